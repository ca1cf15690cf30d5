/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash map: open addressing, at most two thirds full. */
#include "base/map.h"

struct map_slot {
	span key;
	void *value;
};

/* FNV-1a from a start that only this process knows (where its memory lies), so that nobody can write a file whose keys all fall into
 * one slot. */
static uint32_t hash(const map *m, span key)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)(uintptr_t)m->slots * 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (uint8_t)key.p[i]) * 0x100000001b3u;
	return (uint32_t)(h >> 32 ^ h);
}

static struct map_slot *slot_of(const map *m, span key)
{
	uint32_t mask = m->room - 1;
	for (uint32_t i = hash(m, key) & mask;; i = (i + 1) & mask)
		if (!m->slots[i].value || span_equal(m->slots[i].key, key))
			return &m->slots[i];
}

void *map_get(const map *m, span key)
{
	return m->room ? slot_of(m, key)->value : NULL;
}

static void map_grow(map *m, arena *a)
{
	map old = *m;
	m->room = old.room ? old.room * 2 : 8;
	m->slots = ARENA_ARRAY(a, struct map_slot, m->room);
	for (uint32_t i = 0; i < old.room; i++)
		if (old.slots[i].value)
			*slot_of(m, old.slots[i].key) = old.slots[i];
}

void *map_set(map *m, arena *a, span key, void *value)
{
	if (m->count + 1 > m->room / 3 * 2)
		map_grow(m, a);
	struct map_slot *slot = slot_of(m, key);
	void *before = slot->value;
	m->count += !before;
	*slot = (struct map_slot){key, value};
	return before;
}
