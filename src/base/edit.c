/* SPDX-License-Identifier: Apache-2.0
 *
 * Applying edits: sorted by place, then copied piece by piece. */
#include "base/edit.h"

#include <stdlib.h>

static int order(const void *left, const void *right)
{
	const edit *a = *(const edit *const *)left, *b = *(const edit *const *)right;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	bool a_inserts = a->end == a->start, b_inserts = b->end == b->start;
	if (a_inserts != b_inserts)
		return a_inserts ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth > b->depth ? -1 : 1;
	return (a > b) - (a < b); /* both stand in one list */
}

static bool same(const edit *a, const edit *b)
{
	return a->start == b->start && a->end == b->end && a->end > a->start &&
	       span_equal(a->replacement, b->replacement);
}

static int edits_check(const text *t, const edit **sorted, uint32_t count, error *e)
{
	for (uint32_t i = 0; i < count; i++) {
		const edit *now = sorted[i], *before = i ? sorted[i - 1] : NULL;
		if (now->end < now->start || now->end > t->bytes.n)
			return error_set(e, ERROR_USAGE, "an edit lies outside the text");
		if (!before || same(before, now) || now->start >= before->end)
			continue;
		place at = text_place(t, now->start);
		return error_set_at(e, ERROR_USAGE, at.line, at.column, "two edits overlap");
	}
	return 0;
}

int edits_apply(const text *t, const edit_list *edits, buffer *ret, error *e)
{
	arena a = {0};
	const edit **sorted = ARENA_ARRAY(&a, const edit *, edits->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < edits->count; i++)
		if (edits->items[i].source == t)
			sorted[count++] = &edits->items[i];
	if (count)
		qsort(sorted, count, sizeof *sorted, order);
	int result = edits_check(t, sorted, count, e);
	uint32_t done = 0;
	for (uint32_t i = 0; result == 0 && i < count; i++) {
		if (i && same(sorted[i - 1], sorted[i]))
			continue;
		buffer_add(ret, span_sub(t->bytes, done, sorted[i]->start - done));
		buffer_add(ret, sorted[i]->replacement);
		done = sorted[i]->end;
	}
	if (result == 0)
		buffer_add(ret, span_from(t->bytes, done));
	arena_done(&a);
	return result;
}
