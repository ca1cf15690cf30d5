/* SPDX-License-Identifier: Apache-2.0
 *
 * Compose trees that lie over one another: maps are joined, lists appended, but for those that are replaced or whose items have a
 * key; !reset takes away and !override replaces. See docs.docker.com/reference/compose-file/merge. */
#include "sources/compose_project.h"

typedef enum merge_way {
	MERGE_APPEND,
	MERGE_REPLACE,
	MERGE_PAIRS,   /* NAME=value, or a map of them */
	MERGE_TARGETS, /* lists in which a target is there once */
} merge_way;

static const struct {
	const char *key;
	merge_way way;
} ways[] = {
	{"command", MERGE_REPLACE},
	{"entrypoint", MERGE_REPLACE},
	{"test", MERGE_REPLACE},
	{"environment", MERGE_PAIRS},
	{"labels", MERGE_PAIRS},
	{"annotations", MERGE_PAIRS},
	{"args", MERGE_PAIRS},
	{"sysctls", MERGE_PAIRS},
	{"networks", MERGE_PAIRS},
	{"depends_on", MERGE_PAIRS},
	{"volumes", MERGE_TARGETS},
	{"secrets", MERGE_TARGETS},
	{"configs", MERGE_TARGETS},
	{"devices", MERGE_TARGETS},
};

static merge_way way_of(span key)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (span_is(key, ways[i].key))
			return ways[i].way;
	return MERGE_APPEND;
}

/* A map or list of several files: what is in it knows its place, it itself takes that of the last. */
static node *new_container(const compose_project *p, const node *like, node_kind kind, uint32_t room)
{
	node *n = compose_copy(p, like);
	n->kind = kind;
	n->style = NODE_BLOCK;
	n->count = 0;
	n->hidden = true;
	if (kind == NODE_MAP)
		n->members = ARENA_ARRAY(p->arena, member, room);
	else
		n->items = ARENA_ARRAY(p->arena, node *, room);
	return n;
}

static void put_member(const compose_project *p, node *map_node, map *index, const member *m)
{
	member *old = map_get(index, m->key->value);
	if (!old) {
		old = &map_node->members[map_node->count++];
		map_set(index, p->arena, m->key->value, old);
	}
	*old = *m;
}

static const node *merge_maps(compose_project *p, const node *base, const node *over)
{
	map index = {0}; /* one index, so that large maps stay linear */
	node *ret = new_container(p, over, NODE_MAP, base->count + over->count);
	for (uint32_t i = 0; i < base->count; i++)
		put_member(p, ret, &index, &base->members[i]);
	for (uint32_t i = 0; i < over->count; i++) {
		member m = over->members[i];
		const member *old = map_get(&index, m.key->value);
		const node *value = compose_merge(p, m.key->value, old ? old->value : NULL, m.value);
		if (old && value == old->value) /* nothing new: it is still said where it was */
			continue;
		if (!value) { /* reset: a null says the same */
			node *none = compose_copy(p, m.value);
			none->kind = NODE_NULL;
			value = none;
		}
		m.value = (node *)value;
		put_member(p, ret, &index, &m);
	}
	return ret;
}

/* "NAME=value" as a member; the place of both is that of the item. */
static member pair_member(const compose_project *p, const node *item)
{
	span words = node_text(item);
	size_t equal = span_find_byte(words, '=');
	member m = {.key = compose_copy(p, item), .value = compose_copy(p, item)};
	m.key->end = m.key->start;
	m.key->value = span_sub(words, 0, equal);
	m.value->style = NODE_PLAIN;
	m.value->value = equal == SPAN_NONE ? (span){0} : span_from(words, equal + 1);
	if (equal == SPAN_NONE)
		m.value->kind = NODE_NULL;
	return m;
}

static const node *as_map(const compose_project *p, const node *n)
{
	if (!node_is_list(n))
		return n;
	map index = {0};
	node *ret = new_container(p, n, NODE_MAP, n->count);
	for (uint32_t i = 0; i < n->count; i++)
		if (node_is_scalar(n->items[i])) {
			member m = pair_member(p, n->items[i]);
			put_member(p, ret, &index, &m);
		}
	return ret;
}

/* What tells the items of a list apart. */
static span item_key(const node *item, merge_way way)
{
	if (way != MERGE_TARGETS)
		return node_text(item);
	if (node_is_map(item)) {
		span target = node_text(node_get(item, "target"));
		return target.n ? target : node_text(node_get(item, "source"));
	}
	span rest = node_text(item), source = {0}, target = {0};
	docker_cut(&rest, ':', &source);
	return docker_cut(&rest, ':', &target) ? target : source;
}

static const node *merge_lists(compose_project *p, const node *base, const node *over, merge_way way)
{
	map replaced = {0};
	node *ret = new_container(p, over, NODE_LIST, base->count + over->count);
	for (uint32_t i = 0; i < over->count; i++) {
		span key = item_key(over->items[i], way);
		if (key.n)
			map_set(&replaced, p->arena, key, over->items[i]);
	}
	for (uint32_t i = 0; i < base->count; i++)
		if (!map_get(&replaced, item_key(base->items[i], way)))
			ret->items[ret->count++] = base->items[i];
	for (uint32_t i = 0; i < over->count; i++)
		ret->items[ret->count++] = over->items[i];
	return ret;
}

const node *compose_merge(compose_project *p, span key, const node *base, const node *over)
{
	merge_way way = way_of(key);
	if (!over || over->kind == NODE_NULL)
		return over && over->tag == NODE_TAG_RESET ? NULL : base ? base : over;
	if (over->tag == NODE_TAG_RESET)
		return NULL;
	if (!base || over->tag == NODE_TAG_OVERRIDE || way == MERGE_REPLACE)
		return over;
	if (way == MERGE_PAIRS && (node_is_list(base) || node_is_list(over))) {
		base = as_map(p, base);
		over = as_map(p, over);
	}
	if (node_is_map(base) && node_is_map(over))
		return merge_maps(p, base, over);
	return node_is_list(base) && node_is_list(over) ? merge_lists(p, base, over, way) : over;
}
