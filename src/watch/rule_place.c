/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of problems, and the excerpts that show them: the line with a caret below. Lines, columns and offsets are 0-based and count
 * bytes, as Falco tells them. A place inside a condition is one quirk of its: the line, column and byte within the condition are
 * added to those of the place before, and the caret is put at that sum inside the condition, at most at its end. */
#include "base/limits.h"
#include "watch/rule_set.h"

enum {
	EXCERPT_HALF = 80, /* bytes shown before and behind the place */
	NAME_BYTES = 20,   /* of a condition, as a name */
};

static const rule_at *at_new(const rule_set *s, rule_at from)
{
	rule_at *ret = ARENA_NEW(s->arena, rule_at);
	*ret = from;
	return ret;
}

const rule_at *rule_at_file(const rule_set *s)
{
	return at_new(s, (rule_at){
				 .place = {.kind = "rules content", .file = span_of(s->source->path)},
				 .source = s->source,
			 });
}

const rule_at *rule_at_offset(
	const rule_set *s, const rule_at *up, const char *kind, span name, uint32_t offset)
{
	uint32_t line = text_line_number(s->source, offset);
	rule_place place = {.kind = kind,
		.name = name,
		.file = up->place.file,
		.line = line - 1,
		.column = offset - text_line_start(s->source, line),
		.offset = offset};
	return at_new(s, (rule_at){.up = up, .place = place, .source = s->source});
}

/* An empty value stands where the next thing is. */
static uint32_t behind_blank(span bytes, uint32_t i)
{
	while (i < bytes.n && (ascii_space(bytes.p[i]) || bytes.p[i] == '#')) {
		if (bytes.p[i] == '#')
			while (i < bytes.n && bytes.p[i] != '\n')
				i++;
		else
			i++;
	}
	return i;
}

const rule_at *rule_at_node(const rule_set *s, const rule_at *up, const char *kind, span name, const node *n)
{
	uint32_t at = n->kind == NODE_NULL && n->start == n->end ? behind_blank(s->source->bytes, n->start)
								 : n->start;
	return rule_at_offset(s, up, kind, name, at);
}

static span condition_name(const rule_set *s, span condition)
{
	bool whole = condition.n <= NAME_BYTES;
	span start = whole ? condition : span_sub(condition, 0, NAME_BYTES - 3);
	char *name = arena_alloc(s->arena, start.n + 6);
	name[0] = '"';
	for (size_t i = 0; i < start.n; i++)
		name[i + 1] = (char)(start.p[i] == '\n' || start.p[i] == '\r' ? ' ' : start.p[i]);
	memcpy(name + 1 + start.n, whole ? "\"" : "...\"", whole ? 1 : 4);
	return (span){name, start.n + (whole ? 2 : 5)};
}

const rule_at *rule_at_condition(
	const rule_set *s, const rule_at *up, span condition, const condition_place *place)
{
	text *source = ARENA_NEW(s->arena, text);
	source->bytes = arena_copy(s->arena, condition);
	rule_place at = {.kind = "condition expression",
		.file = condition_name(s, condition),
		.line = up->place.line + place->line,
		.column = up->place.column + place->column,
		.offset = up->place.offset + place->at};
	return at_new(s, (rule_at){.up = up, .place = at, .source = source});
}

/* --- excerpts --- */

static bool on_line(span bytes, size_t i)
{
	return bytes.p[i] != '\n';
}

static span excerpt(const rule_set *s, const rule_at *at)
{
	span bytes = at->source->bytes;
	if (bytes.n == 0)
		return SPAN("<No context available>\n");
	size_t here = at->place.offset < bytes.n ? at->place.offset : bytes.n - 1;
	while (here > 0 && !on_line(bytes, here))
		here--;
	if (!on_line(bytes, here))
		return SPAN("<No context available>\n");
	size_t from = here, to = here + 1;
	while (from > 0 && here - from < EXCERPT_HALF && on_line(bytes, from - 1))
		from--;
	while (to < bytes.n && to - here <= EXCERPT_HALF && on_line(bytes, to))
		to++;
	bool cut_before = here - from == EXCERPT_HALF, cut_behind = to - here == EXCERPT_HALF + 1;
	int caret = (int)(here - from);
	if (cut_before)
		from += 3;
	if (cut_behind)
		to -= 3;
	return arena_format(s->arena, "%s%.*s%s\n%*s^\n", cut_before ? "..." : "", (int)(to - from),
		bytes.p + from, cut_behind ? "..." : "", caret, "");
}

/* --- problems --- */

static void add_places(const rule_set *s, const rule_at *at, rule_problem *p)
{
	uint32_t count = 0;
	for (const rule_at *i = at; i; i = i->up)
		count++;
	p->places.items = ARENA_ARRAY(s->arena, rule_place, count);
	p->places.count = p->places.room = count;
	for (const rule_at *i = at; i; i = i->up)
		p->places.items[--count] = i->place;
}

__attribute__((format(printf, 5, 0))) static void add_problem(const rule_set *s, const char *code,
	bool warning, const rule_at *at, const char *format, va_list args)
{
	if (!s->result || (warning && s->result->problems.count >= LIMIT_RULE_PROBLEMS))
		return;
	rule_problem p = {.code = code, .warning = warning};
	p.message = arena_vformat(s->arena, format, args);
	p.snippet = excerpt(s, at);
	add_places(s, at, &p);
	s->result->read &= warning;
	list_push(s->arena, &s->result->problems, p);
}

int rule_fail(const rule_set *s, const char *code, const rule_at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_problem(s, code, false, at, format, args);
	va_end(args);
	return -1;
}

void rule_warn(const rule_set *s, const char *code, const rule_at *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_problem(s, code, true, at, format, args);
	va_end(args);
}
