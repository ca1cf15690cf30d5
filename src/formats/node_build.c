/* SPDX-License-Identifier: Apache-2.0
 *
 * Completing lists and maps: duplicate keys and merge keys.
 * A merge copies members, so that a small file could ask for very many: they are counted over the whole file. */
#include "formats/node_build.h"

#include "base/limits.h"
#include "base/map.h"

enum { HASH_FROM = 16 }; /* below, comparing with every key is faster */

struct members {
	member *items;
	uint32_t count;
	bool hashed, hidden;
	map index;
	arena memory; /* of the index */
};

node *builder_node(node_builder *b, node_kind kind, node_style style, uint32_t start, uint32_t end)
{
	node *n = ARENA_NEW(b->a, node);
	*n = (node){.kind = kind, .style = (uint8_t)style, .start = start, .end = end, .weight = 1};
	b->weight++;
	return n;
}

bool builder_full(const node_builder *b)
{
	return b->weight > LIMIT_TREE_NODES;
}

void builder_problem(node_builder *b, uint32_t start, uint32_t end, const char *message)
{
	if (b->problems->count < LIMIT_FILE_ERRORS)
		list_push(b->a, b->problems, (node_problem){start, end, message});
}

void builder_done(node_builder *b)
{
	arena_done(&b->scratch);
}

void builder_list(node_builder *b, node *n, uint32_t base)
{
	n->count = b->stack.count - base;
	n->items = ARENA_ARRAY(b->a, node *, n->count);
	if (n->count)
		memcpy(n->items, b->stack.items + base, n->count * sizeof(node *));
	b->stack.count = base;
	for (uint32_t i = 0; i < n->count; i++)
		n->weight += n->items[i]->weight;
}

static member *members_find(const struct members *m, span key)
{
	if (m->hashed)
		return map_get(&m->index, key);
	for (uint32_t i = 0; i < m->count; i++)
		if (span_equal(m->items[i].key->value, key))
			return &m->items[i];
	return NULL;
}

static void members_add(struct members *m, member added)
{
	m->items[m->count] = added;
	if (m->hashed)
		map_set(&m->index, &m->memory, added.key->value, &m->items[m->count]);
	m->count++;
}

static bool is_merge_key(const node *key)
{
	return key->kind == NODE_STRING && key->style == NODE_PLAIN && !key->aliased &&
	       span_is(key->value, "<<");
}

/* What one `<<` brings: a map, or each map of a list. */
static uint32_t merge_sources(const node *value, node *const **ret)
{
	if (node_is_list(value)) {
		*ret = value->items;
		return value->count;
	}
	return 1;
}

static uint64_t merge_room(const node *value)
{
	node *const *sources = (node *const[]){(node *)value};
	uint32_t n = merge_sources(value, &sources);
	uint64_t room = 0;
	for (uint32_t i = 0; i < n; i++)
		room += node_is_map(sources[i]) ? sources[i]->count : 0;
	return room;
}

static void members_merge(node_builder *b, struct members *m, const node *value)
{
	node *const *sources = (node *const[]){(node *)value};
	uint32_t n = merge_sources(value, &sources);
	m->hidden = true;
	for (uint32_t i = 0; i < n; i++) {
		if (!node_is_map(sources[i])) {
			builder_problem(b, value->start, value->end, "`<<` needs a map or a list of maps");
			continue;
		}
		for (uint32_t k = 0; k < sources[i]->count; k++) {
			member merged = sources[i]->members[k];
			merged.merged = true;
			if (!members_find(m, merged.key->value))
				members_add(m, merged);
		}
	}
}

static void members_take(node_builder *b, struct members *m, node *key, node *value)
{
	member *before = members_find(m, key->value);
	if (!before) {
		members_add(m, (member){.key = key, .value = value});
		return;
	}
	span message = arena_format(b->a, "duplicate key '%.*s': the last one counts",
		(int)(key->value.n < 80 ? key->value.n : 80), key->value.p);
	builder_problem(b, key->start, key->end, message.p);
	m->hidden = true;
	*before = (member){.key = key, .value = value};
}

static bool members_room(node_builder *b, struct members *m, node *const *pairs, uint32_t n, bool merges)
{
	uint64_t room = n / 2, merged = 0;
	for (uint32_t i = 0; merges && i < n; i += 2)
		if (is_merge_key(pairs[i]))
			merged += merge_room(pairs[i + 1]);
	if (b->merged + merged > LIMIT_TREE_NODES)
		return false;
	b->merged += (uint32_t)merged;
	room += merged;
	m->hashed = room > HASH_FROM;
	m->items = ARENA_ARRAY(b->a, member, room);
	return true;
}

static void map_weigh(node_builder *b, node *n)
{
	uint64_t weight = 1, merged = 0;
	for (uint32_t i = 0; i < n->count; i++) {
		uint64_t both = (uint64_t)n->members[i].key->weight + n->members[i].value->weight;
		weight += both;
		merged += n->members[i].merged ? both : 0;
	}
	/* Each is within the limit by itself; what goes over it is given up before it is used. */
	n->weight = weight > LIMIT_TREE_NODES ? LIMIT_TREE_NODES : (uint32_t)weight;
	merged += b->weight;
	b->weight = merged > LIMIT_TREE_NODES ? LIMIT_TREE_NODES + 1 : (uint32_t)merged;
}

bool builder_map(node_builder *b, node *n, uint32_t base, bool merges)
{
	uint32_t count = b->stack.count - base;
	node *const *pairs = count ? b->stack.items + base : NULL;
	struct members m = {0};
	b->stack.count = base;
	if (!members_room(b, &m, pairs, count, merges))
		return false;
	for (uint32_t i = 0; i + 1 < count; i += 2)
		if (!merges || !is_merge_key(pairs[i]))
			members_take(b, &m, pairs[i], pairs[i + 1]);
	for (uint32_t i = 0; merges && i + 1 < count; i += 2)
		if (is_merge_key(pairs[i]))
			members_merge(b, &m, pairs[i + 1]);
	arena_done(&m.memory);
	n->members = m.items;
	n->count = m.count;
	n->hidden = m.hidden;
	map_weigh(b, n);
	return true;
}
