/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing facts into a stage: USER, the tag and digest of FROM, and variables and labels that are taken away. */
#include "sources/dockerfile.h"

typedef struct stage_writer {
	const dockerfile *file;
	const dockerfile_stage *stage;
	arena *arena;
	edit_list edits;
} stage_writer;

static void add_edit(stage_writer *w, uint32_t start, uint32_t end, span replacement)
{
	edit x = {.source = w->file->text, .start = start, .end = end, .replacement = replacement};
	list_push(w->arena, &w->edits, x);
}

static uint32_t start_of(const stage_writer *w, span source)
{
	return text_offset(w->file->text, source);
}

static uint32_t end_of(const stage_writer *w, span source)
{
	return start_of(w, source) + (uint32_t)source.n;
}

static const char *line_end(const stage_writer *w)
{
	return span_contains(w->file->text->bytes, "\r\n") ? "\r\n" : "\n";
}

static uint32_t line_start(const stage_writer *w, uint32_t offset)
{
	const char *p = w->file->text->bytes.p;
	while (offset > 0 && p[offset - 1] != '\n')
		offset--;
	return offset;
}

/* --- USER --- */

/* A comment that stands right above an instruction belongs to it. */
static uint32_t above_comments(const stage_writer *w, uint32_t start, uint32_t least)
{
	const text *t = w->file->text;
	for (uint32_t line = text_place(t, start).line; line > 1; line--) {
		span above = span_trim(text_line(t, line - 1));
		uint32_t at = text_line_start(t, line - 1);
		if (at < least || above.n == 0 || above.p[0] != '#')
			break;
		start = at;
	}
	return start;
}

static bool closes_a_stage(dockerfile_kind kind)
{
	return kind == DOCKERFILE_CMD || kind == DOCKERFILE_ENTRYPOINT || kind == DOCKERFILE_HEALTHCHECK;
}

/* Before the CMD, ENTRYPOINT and HEALTHCHECK at its end, else behind all. */
static void insert_user(stage_writer *w, span user)
{
	dockerfile_instruction *const *all = w->file->instructions.items;
	uint32_t at = w->stage->end;
	while (at > w->stage->first + 1 && closes_a_stage(all[at - 1]->kind))
		at--;
	uint32_t before = end_of(w, all[at - 1]->source);
	if (at == w->stage->end) {
		add_edit(w, before, before,
			arena_format(w->arena, "%sUSER %.*s", line_end(w), SPAN_ARG(user)));
		return;
	}
	uint32_t place = above_comments(w, line_start(w, start_of(w, all[at]->source)), before);
	add_edit(w, place, place, arena_format(w->arena, "USER %.*s%s", SPAN_ARG(user), line_end(w)));
}

static int write_user(stage_writer *w, const want *x, error *e)
{
	int64_t number;
	span user = x->value;
	(void)e;
	if (span_int(user, &number))
		user = arena_format(w->arena, "%.*s:%.*s", SPAN_ARG(user), SPAN_ARG(user));
	for (uint32_t k = w->stage->end; k-- > w->stage->first;) {
		const dockerfile_instruction *i = w->file->instructions.items[k];
		if (i->kind != DOCKERFILE_USER || i->words.count == 0)
			continue;
		span word = i->words.items[0].source;
		add_edit(w, start_of(w, word), end_of(w, word), user);
		return 0;
	}
	insert_user(w, user);
	return 0;
}

/* --- FROM --- */

static int write_image(stage_writer *w, const want *x, error *e)
{
	const dockerfile_word *word = &w->stage->from->from.image;
	span image = word->source;
	if (w->stage->from->from.base != DOCKERFILE_NO_STAGE)
		return error_set(e, ERROR_USAGE,
			"the base is another stage of this Dockerfile: its own FROM has to name the version");
	if (image.n == 0 || !span_equal(image, word->value) || span_find_byte(image, '$') != SPAN_NONE)
		return error_set(e, ERROR_USAGE, "the base image is made of variables");
	size_t digest = span_find_byte(image, '@'), slash = span_find_last(image, '/');
	span name = span_sub(image, 0, digest);
	size_t tag = span_find_last(name, ':');
	if (tag != SPAN_NONE && slash != SPAN_NONE && tag < slash)
		tag = SPAN_NONE; /* a registry's port */
	bool tagged = x->fact == FACT_image_tag;
	size_t from = tagged ? (tag == SPAN_NONE ? name.n : tag) : name.n, to = tagged ? name.n : image.n;
	uint32_t start = start_of(w, image);
	add_edit(w, start + (uint32_t)from, start + (uint32_t)to,
		arena_format(w->arena, "%c%.*s", tagged ? ':' : '@', SPAN_ARG(x->value)));
	return 0;
}

/* --- ENV, ARG, LABEL --- */

/* The lines of the instruction, their last line end included. */
static void remove_instruction(stage_writer *w, const dockerfile_instruction *i)
{
	span bytes = w->file->text->bytes;
	uint32_t end = end_of(w, i->source);
	while (end < bytes.n && bytes.p[end] != '\n')
		end++;
	add_edit(w, line_start(w, start_of(w, i->source)), end < bytes.n ? end + 1 : end, (span){0});
}

static void remove_pair(stage_writer *w, const dockerfile_instruction *i, uint32_t n)
{
	const dockerfile_pair *pairs = i->pairs.items;
	if (i->pairs.count == 1)
		remove_instruction(w, i);
	else if (n == 0)
		add_edit(w, start_of(w, pairs[0].source), start_of(w, pairs[1].source), (span){0});
	else
		add_edit(w, end_of(w, pairs[n - 1].source), end_of(w, pairs[n].source), (span){0});
}

static bool pair_wanted(const stage_writer *w, const dockerfile_pair *pair, const want *x)
{
	if (x->item)
		return start_of(w, pair->source) == x->item->origin.start;
	return span_equal(pair->key.value, x->value);
}

static int write_pairs(stage_writer *w, const want *x, error *e)
{
	dockerfile_kind kind = x->fact == FACT_env    ? DOCKERFILE_ENV
			       : x->fact == FACT_args ? DOCKERFILE_ARG
						      : DOCKERFILE_LABEL;
	if (x->op != WANT_REMOVE)
		return error_set(e, ERROR_USAGE, "only removing %s is known", fact_rows[x->fact].field);
	for (uint32_t k = 0; k < w->stage->end; k++) {
		const dockerfile_instruction *i = w->file->instructions.items[k];
		for (uint32_t n = 0; i->kind == kind && n < i->pairs.count; n++)
			if (pair_wanted(w, &i->pairs.items[n], x)) {
				remove_pair(w, i, n);
				return 0;
			}
	}
	return error_set(e, ERROR_ABSENT, "there is no such %s", fact_rows[x->fact].field);
}

/* --- all of them --- */

static const struct statable {
	fact_id fact;
	want_op op;
	int (*write)(stage_writer *w, const want *x, error *e);
} statable[] = {
	{FACT_user, WANT_SET, write_user},
	{FACT_uid, WANT_SET, write_user},
	{FACT_image_tag, WANT_SET, write_image},
	{FACT_image_digest, WANT_SET, write_image},
	{FACT_env, WANT_REMOVE, write_pairs},
	{FACT_args, WANT_REMOVE, write_pairs},
	{FACT_labels, WANT_REMOVE, write_pairs},
};

static int write_one(stage_writer *w, const want *x, error *e)
{
	for (size_t i = 0; i < sizeof statable / sizeof *statable; i++)
		if (statable[i].fact == x->fact && statable[i].op == x->op)
			return statable[i].write(w, x, e);
	if (x->fact == FACT_health)
		return error_set(e, ERROR_USAGE,
			"a HEALTHCHECK needs to know how the application shows that it is well");
	return error_set(e, ERROR_USAGE, "a Dockerfile cannot state %s", fact_rows[x->fact].field);
}

int dockerfile_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e)
{
	stage_writer writer = {.file = w->document->dockerfile, .stage = w->handle, .arena = a};
	for (size_t i = 0; i < count; i++)
		TRY(write_one(&writer, &wants[i], e));
	for (uint32_t i = 0; i < writer.edits.count; i++)
		list_push(a, ret, writer.edits.items[i]);
	return 0;
}
