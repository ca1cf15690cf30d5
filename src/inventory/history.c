/* SPDX-License-Identifier: Apache-2.0
 *
 * The history of an image: the instruction that made each layer, as a Dockerfile would have it (builders write them in several ways), and the
 * secrets that stand in instructions, variables and labels. */
#include "inventory/parts.h"

#include "base/map.h"

#include "secrets/secrets.h"

enum { HISTORY_BYTES = 4096 }; /* of one instruction, as it is shown */

/* "/bin/sh -c #(nop)  CMD [...]" (the classic builder), "RUN /bin/sh -c make # buildkit", "|1 A=b /bin/sh -c make" (with arguments),
 * "/bin/sh -c make": CMD [...], RUN make. */
static span instruction_of(span by, arena *a)
{
	static const span shell = {"/bin/sh -c ", 11};
	by = span_trim(by);
	if (span_ends(by, SPAN(" # buildkit")))
		by.n -= strlen(" # buildkit");
	bool arguments = by.n && by.p[0] == '|', run = span_starts(by, SPAN("RUN "));
	size_t at = arguments || run ? span_find(by, shell) : span_starts(by, shell) ? 0 : SPAN_NONE;
	if (at == SPAN_NONE)
		return by;
	span command = span_trim(span_from(by, at + shell.n));
	if (span_starts(command, SPAN("#(nop)")))
		return span_trim(span_from(command, strlen("#(nop)")));
	return arena_format(a, "RUN %.*s", SPAN_ARG(command));
}

/* --- secrets --- */

typedef struct history {
	inventory_reader *reader;
	secret_scratch *scratch; /* NULL: secrets are not looked for */
	arena *arena;
	inventory *inventory;
	map known; /* hashes of what stands in the variables and labels: it need not be told twice */
} history;

static void add_secret(history *h, const secret_found *s, const char *where, uint32_t line, uint16_t layer)
{
	image_spot *spot = ARENA_NEW(h->arena, image_spot);
	*spot = (image_spot){.text.path = where, .line = line, .layer = layer};
	text_init(&spot->text, where, (span){0}, h->arena);
	list_push(h->arena, &h->inventory->secrets, (inventory_secret){s, spot});
}

/* What `NAME=value` holds; rules over variables already speak of the usual ones. */
static void read_variable(history *h, span name, span value, uint32_t number)
{
	secret_result found = {0};
	span words = arena_format(h->arena, "%.*s=%.*s", SPAN_ARG(name), SPAN_ARG(value));
	secret_scan(h->scratch, SPAN("(config)"), words, reader_allow(h->reader), h->arena, &found);
	bool told = secret_form(value) || (secret_name(name) && secret_literal(value));
	list_each(const secret_found, s, &found.found) {
		if (!map_set(&h->known, h->arena, span_of(s->hash), h) && !told)
			add_secret(h, s, "(config)", number, NO_LAYER);
	}
}

static void read_variables(history *h, const node *config)
{
	const node *env = node_path(config, "config/Env"), *labels = node_path(config, "config/Labels");
	for (uint32_t i = 0; node_is_list(env) && i < env->count; i++) {
		span entry = node_text(env->items[i]);
		size_t equal = span_find_byte(entry, '=');
		read_variable(h, span_sub(entry, 0, equal),
			equal == SPAN_NONE ? (span){0} : span_from(entry, equal + 1), i + 1);
	}
	for (uint32_t i = 0; node_is_map(labels) && i < labels->count; i++)
		read_variable(h, labels->members[i].key->value, node_text(labels->members[i].value), i + 1);
}

/* The instruction with its secrets starred out; they are added unless a variable has them. */
static span read_instruction(history *h, span words, uint32_t number, uint16_t layer)
{
	secret_result found = {0};
	if (!h->scratch)
		return words;
	secret_scan(h->scratch, SPAN("(history)"), words, reader_allow(h->reader), h->arena, &found);
	if (found.found.count == 0)
		return words;
	span ret = arena_copy(h->arena, words);
	list_each(const secret_found, s, &found.found) {
		if (s->end <= ret.n && s->start <= s->end)
			memset((char *)ret.p + s->start, '*', s->end - s->start); /* the arena's own copy */
		if (!map_set(&h->known, h->arena, span_of(s->hash), h))
			add_secret(h, s, "(history)", number, layer);
	}
	return ret;
}

static uint16_t layer_of(const image *im, const node *entry)
{
	for (uint32_t i = 0; i < im->layer_count; i++)
		if (im->layers[i].history == entry)
			return (uint16_t)i;
	return NO_LAYER;
}

void inventory_history(inventory_reader *r, const image *im, arena *a, inventory *ret)
{
	history h = {.reader = r, .arena = a, .inventory = ret};
	const node *list = node_get(im->config, "history");
	if (reader_rules(r))
		h.scratch = scratch_take(r);
	ret->layer_count = im->layer_count;
	ret->layers = ARENA_ARRAY(a, inventory_layer, im->layer_count);
	for (uint32_t i = 0; i < im->layer_count; i++)
		ret->layers[i] = (inventory_layer){.digest = im->layers[i].digest,
			.diff_id = im->layers[i].diff_id,
			.size = im->layers[i].size,
			.files = im->layers[i].files};
	if (h.scratch)
		read_variables(&h, im->config);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		uint16_t layer = layer_of(im, list->items[i]);
		span words = instruction_of(node_text(node_get(list->items[i], "created_by")), a);
		words = read_instruction(&h, words, i + 1, layer);
		if (layer != NO_LAYER)
			ret->layers[layer].made_by = span_sub(words, 0, HISTORY_BYTES);
	}
	if (h.scratch)
		scratch_give(r, h.scratch);
}
