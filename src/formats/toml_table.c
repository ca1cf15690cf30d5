/* SPDX-License-Identifier: Apache-2.0
 *
 * Which tables a header or a dotted key may open, add to and define: the part of TOML's specification under "Table"
 * and "Array of Tables", as states of a table. */
#include "formats/toml_parse.h"

enum { INDEX_FROM = 16 }; /* below, comparing with every key is faster */

toml_table *toml_table_new(toml *r, node_kind kind, toml_state state, uint32_t depth, uint32_t start)
{
	toml_table *table = ARENA_NEW(r->build.a, toml_table);
	*table = (toml_table){
		.n = {.kind = kind,
			.style = state == TOML_CLOSED ? NODE_FLOW : NODE_BLOCK,
			.start = start,
			.end = start,
			.weight = 1},
		.depth = depth,
		.state = state,
	};
	r->build.weight++;
	return table;
}

/* The position of a key's member, or -1. */
static int64_t table_find(const toml_table *table, span key)
{
	if (table->index.room)
		return (int64_t)(uintptr_t)map_get(&table->index, key) - 1;
	for (uint32_t i = 0; i < table->n.count; i++)
		if (span_equal(table->n.members[i].key->value, key))
			return i;
	return -1;
}

static void index_add(toml *r, toml_table *table, uint32_t i)
{
	map_set(&table->index, &r->build.scratch, table->n.members[i].key->value, (void *)(uintptr_t)(i + 1));
}

static void member_add(toml *r, toml_table *table, node *key, node *value)
{
	node *n = &table->n;
	if (n->count == table->room)
		n->members = arena_grow(r->build.a, n->members, n->count, &table->room, sizeof *n->members);
	n->members[n->count++] = (member){.key = key, .value = value};
	if (table->index.room)
		index_add(r, table, n->count - 1);
	else if (n->count == INDEX_FROM)
		for (uint32_t i = 0; i < n->count; i++)
			index_add(r, table, i);
}

static int fail_at_key(toml *r, const node *key, const char *what)
{
	place at = text_place(r->t, key->start);
	span name = span_sub(key->value, 0, 80);
	return error_set_at(r->e, ERROR_SYNTAX, at.line, at.column, "'%.*s' %s", SPAN_ARG(name), what);
}

/* A table inside another; its parts on a header or key may be nested deeper than a walker should go. */
static int child_new(
	toml *r, toml_table *parent, node_kind kind, toml_state state, node *key, toml_table **ret)
{
	/* An array of tables takes two levels: itself and its items. */
	if (parent->depth + 2 > LIMIT_TREE_DEPTH || builder_full(&r->build))
		return toml_fail_at(r, r->t->bytes.p + key->start, ERROR_LIMIT,
			builder_full(&r->build) ? "more values than a file may have" : "nested too deeply");
	*ret = toml_table_new(r, kind, state, parent->depth + 1, key->start);
	(*ret)->n.end = key->end;
	member_add(r, parent, key, &(*ret)->n);
	return 0;
}

/* One step of a dotted key. */
static int step_dotted(toml *r, toml_table **table, node *key)
{
	int64_t i = table_find(*table, key->value);
	if (i < 0)
		return child_new(r, *table, NODE_MAP, TOML_DOTTED, key, table);
	toml_table *next = (toml_table *)(*table)->n.members[i].value;
	if (next->n.kind != NODE_MAP || next->state == TOML_CLOSED || next->state == TOML_DEFINED)
		return fail_at_key(r, key, "is already defined and cannot be added to");
	next->state = TOML_DOTTED;
	*table = next;
	return 0;
}

int toml_table_assign(toml *r, toml_table *table, node *value)
{
	toml_table *last = table;
	for (uint32_t i = 0; i + 1 < r->parts; i++)
		TRY(step_dotted(r, &last, r->path[i]));
	node *key = r->path[r->parts - 1];
	if (table_find(last, key->value) >= 0)
		return fail_at_key(r, key, "is already defined");
	member_add(r, last, key, value);
	table->n.end = value->end;
	return 0;
}

/* One step of a header: into the table, or the newest of an array of tables. */
static int step_header(toml *r, toml_table **table, node *key)
{
	int64_t i = table_find(*table, key->value);
	if (i < 0)
		return child_new(r, *table, NODE_MAP, TOML_IMPLIED, key, table);
	node *next = (*table)->n.members[i].value;
	if (next->kind == NODE_LIST && next->style == NODE_BLOCK)
		next = next->items[next->count - 1];
	if (next->kind != NODE_MAP || ((toml_table *)next)->state == TOML_CLOSED)
		return fail_at_key(r, key, "is already defined and cannot be added to");
	*table = (toml_table *)next;
	return 0;
}

static int open_one(toml *r, toml_table *parent, node *key, uint32_t start, toml_table **ret)
{
	int64_t i = table_find(parent, key->value);
	if (i < 0) {
		TRY(child_new(r, parent, NODE_MAP, TOML_DEFINED, key, ret));
		(*ret)->n.start = start;
		return 0;
	}
	toml_table *table = (toml_table *)parent->n.members[i].value;
	if (table->n.kind != NODE_MAP || table->state != TOML_IMPLIED)
		return fail_at_key(r, key, "is already defined");
	table->state = TOML_DEFINED;
	*ret = table;
	return 0;
}

static int open_next(toml *r, toml_table *parent, node *key, uint32_t start, toml_table **ret)
{
	int64_t i = table_find(parent, key->value);
	toml_table *list = NULL;
	if (i < 0) {
		TRY(child_new(r, parent, NODE_LIST, TOML_DEFINED, key, &list));
		list->n.start = start;
	} else {
		list = (toml_table *)parent->n.members[i].value;
		if (list->n.kind != NODE_LIST || list->n.style != NODE_BLOCK)
			return fail_at_key(r, key, "is already defined, and not by [[…]]");
	}
	if (builder_full(&r->build))
		return toml_fail_at(
			r, r->t->bytes.p + start, ERROR_LIMIT, "more values than a file may have");
	node *n = &list->n;
	if (n->count == list->room)
		n->items = arena_grow(r->build.a, n->items, n->count, &list->room, sizeof *n->items);
	*ret = toml_table_new(r, NODE_MAP, TOML_DEFINED, list->depth + 1, start);
	n->items[n->count++] = &(*ret)->n;
	return 0;
}

int toml_table_open(toml *r, toml_table *root, bool many, uint32_t start, toml_table **ret)
{
	toml_table *parent = root;
	for (uint32_t i = 0; i + 1 < r->parts; i++)
		TRY(step_header(r, &parent, r->path[i]));
	node *last = r->path[r->parts - 1];
	return many ? open_next(r, parent, last, start, ret) : open_one(r, parent, last, start, ret);
}

static void finish_child(node *n, node *child)
{
	toml_table_finish(child);
	n->weight += child->weight;
	if (n->style == NODE_BLOCK) {
		n->end = n->end < child->end ? child->end : n->end;
		n->start = n->start > child->start ? child->start : n->start;
	}
}

void toml_table_finish(node *n)
{
	if (n->kind != NODE_LIST && n->kind != NODE_MAP)
		return;
	n->weight = 1;
	for (uint32_t i = 0; i < n->count; i++) {
		if (n->kind == NODE_MAP)
			n->weight += n->members[i].key->weight;
		finish_child(n, n->kind == NODE_MAP ? n->members[i].value : n->items[i]);
	}
}
