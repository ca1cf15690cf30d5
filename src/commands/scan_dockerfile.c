/* SPDX-License-Identifier: Apache-2.0
 *
 * Which instruction of a Dockerfile made which layer. The history of an image lists what was done, the base's first; the Dockerfile's last stage
 * is its end. Builders add entries (ARG) and leave others out, so the two lists are laid along one another like two texts in a diff. */
#include "commands/scan_context.h"

#include "formats/dockerfile.h"

enum { CELLS_MAX = 1 << 20, SAME_WORD = 1, SAME_TEXT = 3 };

typedef struct entry { /* of the history, or of the Dockerfile */
	span keyword, words;
	uint16_t layer;
	const dockerfile_instruction *instruction;
} entry;

typedef LIST(entry) entry_list;

/* The words that builders keep as they are: RUN's. Of others they keep the keyword. */
static int likeness(const entry *made, const entry *written)
{
	if (!span_equal_fold(made->keyword, written->keyword))
		return 0;
	span words = span_trim(written->words);
	return words.n && span_find(made->words, span_sub(words, 0, span_find_byte(words, '\n'))) != SPAN_NONE
		       ? SAME_TEXT
		       : SAME_WORD;
}

static void add_stage(const dockerfile *d, const dockerfile_stage *s, entry_list *ret, arena *a)
{
	if (s->from->from.base != DOCKERFILE_NO_STAGE)
		add_stage(d, &d->stages.items[s->from->from.base], ret, a);
	for (uint32_t i = s->first; i < s->end; i++) {
		const dockerfile_instruction *x = d->instructions.items[i];
		if (x->kind != DOCKERFILE_FROM)
			list_push(a, ret, (entry){.keyword = x->keyword, .words = x->body, .instruction = x});
	}
}

/* inventory_history() has made the instructions of layers readable; here only keyword and words matter. */
static void add_history(const inventory *im, const node *config, entry_list *ret, arena *a)
{
	const node *list = node_get(config, "history");
	uint16_t layer = 0;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		bool empty = node_truth(node_get(list->items[i], "empty_layer")) == 1;
		span rest = node_text(node_get(list->items[i], "created_by")), word = {0};
		size_t nop = span_find(rest, SPAN("#(nop)"));
		if (nop != SPAN_NONE)
			rest = span_from(rest, nop + strlen("#(nop)"));
		else if (!empty && layer < im->layer_count && im->layers[layer].made_by.n)
			rest = im->layers[layer].made_by;
		span_word(&rest, &word);
		list_push(a, ret, (entry){.keyword = word, .words = rest, .layer = empty ? NO_LAYER : layer});
		layer += !empty;
	}
}

/* The best way to lay one along the other: a table of what the ends are worth, then back along it. */
static void align(const entry_list *made, const entry_list *written, instruction_map *ret, arena *a)
{
	size_t columns = (size_t)written->count + 1;
	if ((size_t)made->count * columns > CELLS_MAX)
		return;
	uint32_t *worth = ARENA_ARRAY(a, uint32_t, (made->count + 1) * columns);
	for (uint32_t i = made->count; i-- > 0;)
		for (uint32_t k = written->count; k-- > 0;) {
			uint32_t best = worth[(i + 1) * columns + k], other = worth[i * columns + k + 1];
			uint32_t both = worth[(i + 1) * columns + k + 1] +
					(uint32_t)likeness(&made->items[i], &written->items[k]);
			best = best > other ? best : other;
			worth[i * columns + k] = best > both ? best : both;
		}
	for (uint32_t i = 0, k = 0; i < made->count && k < written->count;) {
		uint32_t here = worth[i * columns + k];
		if (here == worth[(i + 1) * columns + k]) {
			i++; /* the base's entries come first: when in doubt, an entry is the base's */
		} else if (here == worth[i * columns + k + 1]) {
			k++;
		} else {
			uint16_t layer = made->items[i].layer;
			if (layer < ret->layer_count)
				ret->layers[layer] = written->items[k].instruction;
			i++, k++;
		}
	}
}

instruction_map instruction_map_new(const dockerfile *file, const inventory *im, const node *config, arena *a)
{
	instruction_map ret = {.file = file, .layer_count = im->layer_count};
	entry_list made = {0}, written = {0};
	ret.layers = ARENA_ARRAY(a, const dockerfile_instruction *, im->layer_count);
	if (file->stages.count == 0)
		return ret;
	add_stage(file, &file->stages.items[file->stages.count - 1], &written, a);
	add_history(im, config, &made, a);
	align(&made, &written, &ret, a);
	return ret;
}

/* --- placing --- */

static origin origin_of(const dockerfile *file, span source)
{
	uint32_t start = text_offset(file->text, source);
	return (origin){file->text, start, start + (uint32_t)source.n};
}

/* The instruction that says what a line of the configuration says: the last of its kind, of variables and labels the last that sets this one. */
static const dockerfile_instruction *said_by(const dockerfile *file, span line)
{
	span keyword;
	if (file->stages.count == 0 || !span_word(&line, &keyword))
		return NULL;
	const dockerfile_stage *last = &file->stages.items[file->stages.count - 1];
	for (uint32_t i = last->end; i-- > last->first;) {
		const dockerfile_instruction *x = file->instructions.items[i];
		if (!span_equal_fold(x->keyword, keyword))
			continue;
		if (x->pairs.count == 0)
			return x;
		list_each(const dockerfile_pair, pair, &x->pairs)
			if (span_starts(line, pair->key.value) && span_sub(line, pair->key.value.n, 1).n &&
				line.p[pair->key.value.n] == '=')
				return x;
	}
	return NULL;
}

void instruction_map_place(const instruction_map *map, finding *f, arena *a)
{
	const dockerfile_instruction *by = NULL;
	const text *t = f->at.text;
	if (f->spot && f->spot->layer < map->layer_count)
		by = map->layers[f->spot->layer];
	else if (!f->spot && t && t->bytes.n && f->workload && t == f->workload->document->text)
		by = said_by(map->file, text_line(t, text_place(t, f->at.start).line));
	if (!by)
		return;
	if (f->spot && !f->vulnerability)
		f->message = arena_format(a, "%.*s, in %s", SPAN_ARG(f->message), f->spot->text.path);
	f->at = origin_of(map->file, by->source);
	f->spot = NULL;
}
