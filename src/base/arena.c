/* SPDX-License-Identifier: Apache-2.0
 *
 * Arenas: blocks that double in size from 4 KiB to 256 KiB; what is larger gets a block of its own. */
#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_FIRST = 1024, BLOCK_LAST = 1 << 18, ALIGN = alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t used, room;
	alignas(ALIGN) char bytes[];
};

void arena_done(arena *a)
{
	for (struct arena_block *block = a->head, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	*a = (arena){0};
}

void arena_clear(arena *a)
{
	struct arena_block *keep = a->head;
	if (!keep)
		return;
	arena older = {.head = keep->next};
	arena_done(&older);
	keep->next = NULL;
	memset(keep->bytes, 0, keep->used);
	keep->used = 0;
	a->bytes = keep->room;
}

void arena_adopt(arena *a, arena *from)
{
	if (!from->head)
		return;
	if (!a->head) {
		*a = *from;
	} else { /* behind the block in use, which keeps its room */
		struct arena_block *last = from->head;
		while (last->next)
			last = last->next;
		last->next = a->head->next;
		a->head->next = from->head;
		a->bytes += from->bytes;
	}
	*from = (arena){0};
}

static struct arena_block *block_add(arena *a, size_t n)
{
	size_t room = a->head ? a->head->room * 2 : BLOCK_FIRST;
	if (room > BLOCK_LAST)
		room = BLOCK_LAST;
	if (room < n)
		room = n;
	struct arena_block *block = memory_zeroed(1, sizeof *block + room);
	block->room = room;
	block->next = a->head;
	a->head = block;
	a->bytes += room;
	return block;
}

void *arena_alloc(arena *a, size_t n)
{
	if (n > SIZE_MAX - 2 * BLOCK_LAST)
		memory_exhausted(n);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct arena_block *block = a->head;
	if (!block || block->room - block->used < n)
		block = block_add(a, n);
	void *ret = block->bytes + block->used;
	block->used += n;
	return ret;
}

void *arena_alloc_array(arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		memory_exhausted(n);
	return arena_alloc(a, bytes);
}

span arena_copy(arena *a, span s)
{
	char *copy = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return (span){copy, s.n};
}

const char *arena_string(arena *a, span s)
{
	return arena_copy(a, s).p;
}

span arena_vformat(arena *a, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	if (n < 0)
		n = 0;
	char *text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return (span){text, (size_t)n};
}

span arena_format(arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	span ret = arena_vformat(a, format, args);
	va_end(args);
	return ret;
}

void *arena_grow(arena *a, void *items, uint32_t count, uint32_t *room, size_t size)
{
	uint32_t more = *room ? *room : 4;
	if (__builtin_add_overflow(*room, more, room))
		memory_exhausted(size);
	void *ret = arena_alloc_array(a, *room, size);
	if (count)
		memcpy(ret, items, count * size);
	return ret;
}
