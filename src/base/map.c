/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash map: open addressing, at most two thirds full. */
#include "base/map.h"

struct map_slot {
	span key;
	void *value;
};

static struct map_slot *slot_of(const map *m, span key)
{
	uint32_t mask = m->room - 1;
	for (uint32_t i = (uint32_t)span_hash(key) & mask;; i = (i + 1) & mask)
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
