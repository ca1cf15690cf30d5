/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines that edits change. Edits that touch the same or neighbouring lines become one hunk; of its old and new lines those
 * that are equal at both ends are left out. */
#include "report/style.h"
#include "rules/mask.h"

#include <stdlib.h>

enum { DIFF_LINES_MAX = 24 };

static int by_place(const void *a, const void *b)
{
	const edit *x = a, *y = b;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

/* The bytes from `from` to `to` of the source with edits applied. */
static void apply(const text *t, const edit *edits, uint32_t count, uint32_t from, uint32_t to, buffer *out)
{
	for (uint32_t i = 0; i < count; i++) {
		buffer_add(out, span_sub(t->bytes, from, edits[i].start - from));
		buffer_add(out, edits[i].replacement);
		from = edits[i].end;
	}
	if (to > from)
		buffer_add(out, span_sub(t->bytes, from, to - from));
}

static void add_lines(const report *r, buffer *out, span lines, char sign, const char *indent)
{
	span line;
	int shown = 0;
	while (span_cut(&lines, '\n', &line)) {
		if (!line.n && !lines.p)
			break;
		if (shown++ == DIFF_LINES_MAX) {
			buffer_format(out, "%s%c …\n", indent, sign);
			return;
		}
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		buffer_add_string(out, indent);
		unsigned room = r->width > 16 ? r->width - 10 : 400;
		span clipped = span_sub(line, 0, room);
		style_add(r, out, sign == '-' ? TINT_RED : TINT_GREEN,
			arena_format(r->scratch, "%c %.*s", sign, SPAN_ARG(clipped)));
		buffer_add_byte(out, '\n');
	}
}

/* Takes equal whole lines off the front of both. */
static void trim_front(span *a, span *b)
{
	for (;;) {
		size_t n = span_find_byte(*a, '\n');
		if (n == SPAN_NONE || !span_equal(span_sub(*a, 0, n + 1), span_sub(*b, 0, n + 1)))
			return;
		*a = span_from(*a, n + 1);
		*b = span_from(*b, n + 1);
	}
}

/* The last line of s with its line end. */
static span last_line(span s)
{
	size_t end = s.n && s.p[s.n - 1] == '\n' ? s.n - 1 : s.n;
	size_t start = span_find_last(span_sub(s, 0, end), '\n');
	return span_from(s, start == SPAN_NONE ? 0 : start + 1);
}

static void trim_back(span *a, span *b)
{
	while (a->n && b->n && span_equal(last_line(*a), last_line(*b))) {
		size_t n = last_line(*a).n;
		a->n -= n;
		b->n -= n;
	}
}

static void add_hunk(const report *r, buffer *out, const edit *edits, uint32_t count, const char *indent)
{
	const text *t = mask_text(r->mask, edits[0].source);
	uint32_t from = text_line_start(t, text_place(t, edits[0].start).line);
	uint32_t to = text_line_start(t, text_place(t, edits[count - 1].end).line + 1);
	auto_buffer changed = {0};
	apply(t, edits, count, from, to, &changed);
	span old = span_sub(t->bytes, from, to - from), new = buffer_span(&changed);
	trim_front(&old, &new);
	trim_back(&old, &new);
	add_lines(r, out, old, '-', indent);
	add_lines(r, out, new, '+', indent);
}

void style_diff(const report *r, buffer *out, const edit_list *edits, const char *indent)
{
	edit *sorted = ARENA_ARRAY(r->scratch, edit, edits->count);
	memcpy(sorted, edits->items, edits->count * sizeof *sorted);
	qsort(sorted, edits->count, sizeof *sorted, by_place);
	for (uint32_t i = 0, end; i < edits->count; i = end) {
		const text *t = sorted[i].source;
		for (end = i + 1; end < edits->count && sorted[end].source == t; end++)
			if (text_place(t, sorted[end].start).line >
				text_place(t, sorted[end - 1].end).line + 1)
				break;
		add_hunk(r, out, sorted + i, end - i, indent);
	}
}
