/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of descriptors: open addressing by number over pointers. Forked tables share what they point to, and a descriptor is copied
 * when one of its users changes it. Descriptors that are given back keep their memory for the next ones, so that opening and closing
 * asks the heap for nothing. */
#include "watch/descriptor.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>

struct descriptor_pool {
	descriptor *free;
	size_t used; /* bytes of what is in tables, and of the tables */
};

struct descriptor_table {
	descriptor_pool *pool;
	descriptor **slots;
	uint32_t count, room; /* room: 0 or a power of two, never more than two thirds full */
};

enum { FIRST_ROOM = 16, KEPT_NAME = 512 };

static size_t descriptor_size(const descriptor *d)
{
	return sizeof *d + d->name_room + d->raw_room;
}

static bool pool_full(const descriptor_pool *p)
{
	return p->used >> 20 >= LIMIT_WATCH_MEMORY_MIB;
}

descriptor_pool *descriptor_pool_new(void)
{
	return memory_zeroed(1, sizeof(descriptor_pool));
}

static void descriptor_free(descriptor *d)
{
	free(d->name);
	free(d->raw);
	free(d);
}

void descriptor_pool_free(descriptor_pool *p)
{
	if (!p)
		return;
	while (p->free) {
		descriptor *d = p->free;
		p->free = d->next;
		descriptor_free(d);
	}
	free(p);
}

static void descriptor_empty(descriptor *d)
{
	*d = (descriptor){.name = d->name,
		.raw = d->raw,
		.name_room = d->name_room,
		.raw_room = d->raw_room,
		.users = 1};
}

static descriptor *pool_take(descriptor_pool *p)
{
	descriptor *d = p->free;
	if (d)
		p->free = d->next;
	else
		d = memory_zeroed(1, sizeof *d);
	descriptor_empty(d);
	p->used += descriptor_size(d);
	return d;
}

/* One user less; the last one gives it back. */
static void pool_give(descriptor_pool *p, descriptor *d)
{
	if (--d->users)
		return;
	p->used -= descriptor_size(d);
	if (d->name_room + d->raw_room > KEPT_NAME) {
		descriptor_free(d);
		return;
	}
	d->next = p->free;
	p->free = d;
}

descriptor_table *descriptor_table_new(descriptor_pool *p)
{
	descriptor_table *t = memory_zeroed(1, sizeof *t);
	t->pool = p;
	p->used += sizeof *t;
	return t;
}

void descriptor_table_free(descriptor_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->room; i++)
		if (t->slots[i])
			pool_give(t->pool, t->slots[i]);
	t->pool->used -= sizeof *t + t->room * sizeof *t->slots;
	free(t->slots);
	free(t);
}

/* Numbers are small and dense, as the kernel gives the lowest: they are their own hash. Who invents others pays for it with a longer
 * search, so those are mixed. */
static uint32_t slot_first(const descriptor_table *t, int64_t number)
{
	uint64_t h = (uint64_t)number;
	if (h >= LIMIT_WATCH_DESCRIPTORS)
		h = ((h ^ (uintptr_t)t->slots) * 0x9e3779b97f4a7c15u) >> 32;
	return (uint32_t)h & (t->room - 1);
}

/* Where a number is, or would be. */
static uint32_t slot_find(const descriptor_table *t, int64_t number)
{
	uint32_t i = slot_first(t, number);
	while (t->slots[i] && t->slots[i]->number != number)
		i = (i + 1) & (t->room - 1);
	return i;
}

static void table_grow(descriptor_table *t)
{
	descriptor_table old = *t;
	t->room = old.room ? old.room * 2 : FIRST_ROOM;
	t->slots = memory_zeroed(t->room, sizeof *t->slots);
	t->pool->used += (t->room - old.room) * sizeof *t->slots;
	for (uint32_t i = 0; i < old.room; i++)
		if (old.slots[i])
			t->slots[slot_find(t, old.slots[i]->number)] = old.slots[i];
	free(old.slots);
}

descriptor *descriptor_get(const descriptor_table *t, int64_t number)
{
	return t->room ? t->slots[slot_find(t, number)] : NULL;
}

static void text_set(descriptor_pool *p, char **to, uint32_t *n, uint32_t *room, span text)
{
	if (text.n > *room) {
		uint32_t more = (uint32_t)(text.n + 31) & ~31u;
		*to = memory_resize(*to, more);
		p->used += more - *room;
		*room = more;
	}
	if (text.n)
		memcpy(*to, text.p, text.n);
	*n = (uint32_t)text.n;
}

bool descriptor_set_name(descriptor_table *t, descriptor *d, span name)
{
	name = span_sub(name, 0, LIMIT_WATCH_PATH);
	if (span_equal(name, descriptor_name(d)))
		return false;
	text_set(t->pool, &d->name, &d->name_bytes, &d->name_room, name);
	return true;
}

bool descriptor_set_raw(descriptor_table *t, descriptor *d, span raw)
{
	raw = span_sub(raw, 0, LIMIT_WATCH_PATH);
	if (span_equal(raw, descriptor_raw(d)))
		return false;
	text_set(t->pool, &d->raw, &d->raw_bytes, &d->raw_room, raw);
	return true;
}

/* What `from` says, in the memory of d. */
static void descriptor_assign(descriptor_pool *p, descriptor *d, const descriptor *from)
{
	descriptor own = *d;
	*d = *from;
	d->number = own.number;
	d->name = own.name;
	d->raw = own.raw;
	d->name_room = own.name_room;
	d->raw_room = own.raw_room;
	d->users = own.users;
	d->next = NULL;
	text_set(p, &d->name, &d->name_bytes, &d->name_room, descriptor_name(from));
	text_set(p, &d->raw, &d->raw_bytes, &d->raw_room, descriptor_raw(from));
}

descriptor *descriptor_change(descriptor_table *t, int64_t number)
{
	if (!t->room)
		return NULL;
	descriptor **slot = &t->slots[slot_find(t, number)], *shared = *slot;
	if (!shared || shared->users == 1)
		return shared;
	descriptor *d = pool_take(t->pool);
	d->number = number;
	descriptor_assign(t->pool, d, shared);
	pool_give(t->pool, shared);
	*slot = d;
	return d;
}

descriptor *descriptor_put(descriptor_table *t, int64_t number)
{
	if (t->room) {
		descriptor **there = &t->slots[slot_find(t, number)];
		if (*there) {
			pool_give(t->pool, *there);
			*there = pool_take(t->pool);
			(*there)->number = number;
			return *there;
		}
	}
	if (t->count >= LIMIT_WATCH_DESCRIPTORS || pool_full(t->pool))
		return NULL;
	if (t->count * 3 >= t->room * 2)
		table_grow(t);
	descriptor *d = pool_take(t->pool);
	d->number = number;
	t->slots[slot_find(t, number)] = d;
	t->count++;
	return d;
}

descriptor *descriptor_copy(descriptor_table *t, int64_t number, const descriptor *from)
{
	if (from->number == number && descriptor_get(t, number) == from)
		return descriptor_change(t, number);
	/* The one that is copied may be the only user of what the new one takes the place of: it is not, as their numbers differ. */
	descriptor *d = descriptor_put(t, number);
	if (d)
		descriptor_assign(t->pool, d, from);
	return d;
}

void descriptor_remove(descriptor_table *t, int64_t number)
{
	if (!t->room)
		return;
	uint32_t hole = slot_find(t, number), mask = t->room - 1;
	if (!t->slots[hole])
		return;
	pool_give(t->pool, t->slots[hole]);
	t->slots[hole] = NULL;
	t->count--;
	/* What was put further on because the place was taken moves up. */
	for (uint32_t i = (hole + 1) & mask; t->slots[i]; i = (i + 1) & mask) {
		uint32_t home = slot_first(t, t->slots[i]->number);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		t->slots[hole] = t->slots[i];
		t->slots[i] = NULL;
		hole = i;
	}
}

void descriptor_remove_range(descriptor_table *t, int64_t first, int64_t last)
{
	/* All others move to a table of their own, which takes the place. */
	descriptor_table kept = {.pool = t->pool};
	for (uint32_t i = 0; i < t->room; i++) {
		descriptor *d = t->slots[i];
		if (!d)
			continue;
		if (d->number >= first && d->number <= last) {
			pool_give(t->pool, d);
			continue;
		}
		if (kept.count * 3 >= kept.room * 2)
			table_grow(&kept);
		kept.slots[slot_find(&kept, d->number)] = d;
		kept.count++;
	}
	t->pool->used -= t->room * sizeof *t->slots;
	free(t->slots);
	*t = kept;
}

descriptor_table *descriptor_table_copy(const descriptor_table *from)
{
	descriptor_table *t = descriptor_table_new(from->pool);
	if (!from->count || pool_full(from->pool))
		return t;
	t->room = from->room;
	t->slots = memory_zeroed(t->room, sizeof *t->slots);
	t->pool->used += t->room * sizeof *t->slots;
	for (uint32_t i = 0; i < from->room; i++) {
		descriptor *d = from->slots[i];
		if (!d)
			continue;
		/* Places of mixed numbers depend on the table. */
		t->slots[slot_find(t, d->number)] = d;
		d->users++;
		t->count++;
	}
	return t;
}

uint32_t descriptor_count(const descriptor_table *t)
{
	return t->count;
}

void descriptor_each(const descriptor_table *t, bool (*each)(void *of, descriptor *d), void *of)
{
	for (uint32_t i = 0; i < t->room; i++)
		if (t->slots[i] && !each(of, t->slots[i]))
			return;
}
