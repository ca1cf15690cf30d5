/* SPDX-License-Identifier: Apache-2.0
 *
 * Arenas: memory that is given back all at once. One arena per unit of work: a file that is checked, a run.
 * "Lives as long as a" in other headers means the arena named a. An arena belongs to one thread at a time.
 * Running out of memory ends the program with a message: all inputs are bounded, so nobody can force it. */
#pragma once

#include "base/span.h"

#include <stdarg.h>

typedef struct arena {
	struct arena_block *head; /* the block in use; older ones hang behind it */
	size_t bytes;             /* taken from the system so far */
} arena;

/* Gives all memory back; the arena is then empty and can be used again. `arena a = {0};` is an empty arena. */
void arena_done(arena *a);

/* Forgets all that was allocated but keeps the newest block for what comes next: for scratch memory in a loop. */
void arena_clear(arena *a);

/* Hands all memory of from to a; from is then empty. */
void arena_adopt(arena *a, arena *from);

/* n zeroed bytes, aligned for any type. */
void *arena_alloc(arena *a, size_t n);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc_array((a), (n), sizeof(type)))

/* n zeroed elements of `size` bytes; the multiplication is checked. */
void *arena_alloc_array(arena *a, size_t n, size_t size);

/* A copy of s, with a 0 byte behind it, so that .p is also a C string. */
span arena_copy(arena *a, span s);

/* A C string copy of s; bytes after a 0 inside s are kept but not seen by C string functions. */
const char *arena_string(arena *a, span s);

/* A formatted string, with a 0 byte behind it. */
span arena_format(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
span arena_vformat(arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* The start of every growing array in the program: makes room for one more of `size` bytes. Returns the (maybe
 * moved) items; *room is updated. Old items stay in the arena, so pointers to them stay readable. */
void *arena_grow(arena *a, void *items, uint32_t count, uint32_t *room, size_t size);

/* A list on an arena: LIST(node *) children; list_push(a, &children, child); */
#define LIST(type)                    \
	struct {                      \
		type *items;          \
		uint32_t count, room; \
	}

#define list_push(a, list, ...)                                                                           \
	do {                                                                                              \
		if ((list)->count == (list)->room)                                                        \
			(list)->items = arena_grow(                                                       \
				(a), (list)->items, (list)->count, &(list)->room, sizeof *(list)->items); \
		(list)->items[(list)->count++] = (__VA_ARGS__);                                           \
	} while (0)

#define list_each(type, item, list)                                                                    \
	for (__typeof__(type) *item = (list)->items, *item##_end = item ? item + (list)->count : item; \
		item != item##_end; item++)
