/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of captures: type (u32), length of all of it (u32), body, the length again. They are read where they lie; those that lie across
 * two pieces of the input are put together. */
#include "base/limits.h"
#include "base/memory.h"
#include "watch/capture_parts.h"

#include <stdlib.h>

enum { BLOCK_HEAD = 8, BLOCK_TAIL = 4 };

/* Makes n bytes lie in the window: 1; 0: there are fewer; < 0: *e. */
static int source_need(capture_source *s, size_t n, error *e)
{
	if (s->window.n == 0) {
		s->window = s->rest;
		s->rest.n = 0;
	}
	if (s->window.n >= n)
		return 1;
	if (n > s->room) {
		/* The window may lie in the old room. */
		char *room = memory_resize(NULL, n);
		if (s->window.n)
			memcpy(room, s->window.p, s->window.n);
		free(s->joined);
		s->joined = room;
		s->room = n;
	} else if (s->window.n) {
		memmove(s->joined, s->window.p, s->window.n);
	}
	s->window.p = s->joined;
	while (s->window.n < n) {
		if (s->rest.n == 0) {
			int got = decompress_next(s->d, &s->rest, e);
			if (got <= 0) {
				s->rest.n = 0;
				return got;
			}
		}
		size_t more = n - s->window.n < s->rest.n ? n - s->window.n : s->rest.n;
		memcpy(s->joined + s->window.n, s->rest.p, more);
		s->window.n += more;
		s->rest = span_from(s->rest, more);
	}
	return 1;
}

static uint32_t word_at(span s, size_t at)
{
	uint32_t n;
	memcpy(&n, s.p + at, sizeof n);
	return n;
}

int capture_block_next(capture_source *s, capture_block *ret, error *e)
{
	int got = source_need(s, BLOCK_HEAD, e);
	if (got < 0 || (got == 0 && s->window.n == 0))
		return got;
	if (got == 0)
		return error_set(e, ERROR_DAMAGED, "it ends within the head of a block");
	uint32_t type = word_at(s->window, 0), total = word_at(s->window, 4);
	if (total < BLOCK_HEAD + BLOCK_TAIL)
		return error_set(e, ERROR_DAMAGED, "a block of %u bytes cannot be", total);
	if (total > LIMIT_CAPTURE_BLOCK)
		return error_set(e, ERROR_LIMIT, "a block of %u bytes is too large", total);
	got = source_need(s, total, e);
	if (got < 0)
		return got;
	if (got == 0)
		return error_set(e, ERROR_DAMAGED, "it ends within a block");
	if (word_at(s->window, total - BLOCK_TAIL) != total)
		return error_set(e, ERROR_DAMAGED, "a block says two lengths: %u and %u", total,
			word_at(s->window, total - BLOCK_TAIL));
	*ret = (capture_block){type, {s->window.p + BLOCK_HEAD, total - BLOCK_HEAD - BLOCK_TAIL}};
	s->window = span_from(s->window, total);
	return 1;
}
