/* SPDX-License-Identifier: Apache-2.0
 *
 * Cutting a stream into records. JSON values are cut by counting brackets outside of strings. Lines need no such faith: where one of the first
 * lines is a whole value by itself, a line that is damaged takes none of the others with it. */
#include "advisories/values.h"

#include "base/limits.h"

enum { LOOK_LINES = 8 };

typedef struct nesting {
	uint32_t depth;
	bool string, escaped;
} nesting;

/* Goes on until a value ends (the depth is back at 0); the bytes that belong to it, *ended says whether it is complete. */
static size_t nesting_scan(nesting *n, span bytes, bool *ended)
{
	*ended = false;
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];
		if (n->escaped)
			n->escaped = false;
		else if (n->string) {
			n->escaped = c == '\\';
			n->string = c != '"';
		} else if (c == '"')
			n->string = true;
		else if (c == '{' || c == '[')
			n->depth++;
		else if ((c == '}' || c == ']') && n->depth && --n->depth == 0) {
			*ended = true;
			return i + 1;
		}
	}
	return bytes.n;
}

static bool is_whole(span line)
{
	nesting n = {0};
	bool ended;
	line = span_trim(line);
	return line.n > 2 && line.p[0] == '{' && nesting_scan(&n, line, &ended) == line.n && ended;
}

static values_kind kind_of(span head)
{
	span text = span_trim(head), line;
	if (!text.n)
		return VALUES_EMPTY;
	if (text.p[0] == '[')
		return VALUES_LIST;
	if (text.p[0] != '{')
		return VALUES_LINES;
	for (int i = 0;
		i < LOOK_LINES && span_find_byte(text, '\n') != SPAN_NONE && span_cut(&text, '\n', &line);
		i++)
		if (is_whole(line))
			return VALUES_LINES;
	return VALUES_JSON;
}

static int pull(values *v, error *e)
{
	int got = v->in.next(v->in.of, &v->rest, e);
	if (got <= 0) {
		v->ended = true;
		v->rest = (span){0};
	}
	return got;
}

int values_open(values *v, stream in, error *e)
{
	*v = (values){.in = in, .line = 1};
	TRY(pull(v, e));
	if (span_starts(v->rest, SPAN("\xef\xbb\xbf")))
		v->rest = span_from(v->rest, 3);
	v->head = v->rest;
	v->kind = kind_of(v->rest);
	return 0;
}

void values_done(values *v)
{
	buffer_done(&v->record);
}

static int too_large(error *e)
{
	return error_set(e, ERROR_LIMIT, "a record is larger than %d MiB", LIMIT_ADVISORY_BYTES >> 20);
}

static uint32_t lines_in(span s)
{
	uint32_t n = 0;
	for (const char *p = s.p, *end = s.p + s.n; s.n && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	return n;
}

/* The first n bytes of the block belong to the record. */
static int record_add(values *v, size_t n, error *e)
{
	if (v->record.n + n > LIMIT_ADVISORY_BYTES) {
		v->ended = true;
		v->rest = (span){0};
		return too_large(e);
	}
	buffer_add(&v->record, span_sub(v->rest, 0, n));
	v->line += lines_in(span_sub(v->rest, 0, n));
	v->rest = span_from(v->rest, n);
	return 0;
}

/* A line, without its end. */
static int line_next(values *v, span *ret, error *e)
{
	while (!v->ended) {
		size_t end = span_find_byte(v->rest, '\n');
		TRY(record_add(v, end == SPAN_NONE ? v->rest.n : end + 1, e));
		if (end != SPAN_NONE)
			break;
		TRY(pull(v, e));
	}
	*ret = buffer_span(&v->record);
	ret->n -= ret->n && ret->p[ret->n - 1] == '\n';
	return v->record.n > 0;
}

/* Passes over what stands between values; false at the end. */
static int space_skip(values *v, error *e)
{
	while (!v->ended) {
		size_t n = 0;
		while (n < v->rest.n && v->rest.p[n] != '{' && v->rest.p[n] != '"' && v->rest.p[n] != '[')
			n++;
		v->line += lines_in(span_sub(v->rest, 0, n));
		v->rest = span_from(v->rest, n);
		if (v->rest.n)
			return 1;
		TRY(pull(v, e));
	}
	return 0;
}

static int json_next(values *v, span *ret, error *e)
{
	nesting n = {0};
	bool ended = false;
	while (!ended && !v->ended) {
		TRY(record_add(v, nesting_scan(&n, v->rest, &ended), e));
		if (!ended)
			TRY(pull(v, e));
	}
	*ret = buffer_span(&v->record);
	return v->record.n > 0;
}

int values_next(values *v, span *ret, uint32_t *line, error *e)
{
	v->record.n = 0;
	if (v->kind == VALUES_LIST && v->line && v->head.p) { /* the bracket of the list itself */
		size_t bracket = span_find_byte(v->rest, '[');
		v->line += lines_in(span_sub(v->rest, 0, bracket));
		v->rest = span_from(v->rest, bracket + 1);
	}
	v->head = (span){0};
	if (v->kind == VALUES_JSON || v->kind == VALUES_LIST) {
		int got = space_skip(v, e);
		*line = v->line;
		return got <= 0 ? got : json_next(v, ret, e);
	}
	*line = v->line;
	return line_next(v, ret, e);
}
