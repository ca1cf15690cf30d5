/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes by what they are: a node is looked for under the bytes that tell it from all others before it is made. */
#include "watch/ruleset_node.h"

#include <stdlib.h>

static void key_bytes(buffer *key, const void *p, size_t n)
{
	buffer_add(key, (span){p, n});
}

static void key_text(buffer *key, span s)
{
	key_bytes(key, &s.n, sizeof s.n);
	buffer_add(key, s);
}

static void key_operand(buffer *key, const operand *o)
{
	buffer_add_byte(key, (char)o->kind);
	buffer_add_byte(key, (char)o->transform);
	buffer_add_byte(key, o->option);
	key_bytes(key, &o->field, sizeof o->field); /* equal fields are one slot */
	key_text(key, o->text);
	key_bytes(key, &o->of.count, sizeof o->of.count);
	for (uint32_t i = 0; i < o->of.count; i++)
		key_operand(key, o->of.items[i]);
}

static void key_test(buffer *key, const expression *x)
{
	buffer_add_byte(key, NODE_TEST);
	buffer_add_byte(key, (char)x->op);
	buffer_add_byte(key, (char)x->modifier);
	key_operand(key, x->left);
	buffer_add_byte(key, x->right != NULL);
	if (x->right)
		key_operand(key, x->right);
	for (uint32_t i = 0; i < x->values.count; i++) {
		const literal *l = &x->values.items[i];
		key_text(key, l->text);
		key_bytes(key, &l->number, sizeof l->number);
		key_bytes(key, &l->real, sizeof l->real);
	}
}

/* The node with that key; a new one (*ret_new) when there is none. */
static rule_node *node_of(rule_graph *g, node_kind kind, const buffer *key, bool *ret_new)
{
	rule_node *n = map_get(&g->nodes, buffer_span(key));
	*ret_new = n == NULL;
	if (n)
		return n;
	n = ARENA_NEW(g->arena, rule_node);
	n->kind = kind;
	n->id = g->count++;
	map_set(&g->nodes, g->arena, arena_copy(g->arena, buffer_span(key)), n);
	return n;
}

rule_node *node_test(rule_graph *g, const expression *x)
{
	auto_buffer key = {0};
	bool new;
	key_test(&key, x);
	rule_node *n = node_of(g, NODE_TEST, &key, &new);
	if (!new)
		return n;
	n->test = x;
	n->plain = expression_is_plain(x);
	node_search_add(g, n);
	node_estimate_test(n);
	return n;
}

static int compare_ids(const void *a, const void *b)
{
	const rule_node *x = *(rule_node *const *)a, *y = *(rule_node *const *)b;
	return (x->id > y->id) - (x->id < y->id);
}

/* Sorts by id and takes out what is there twice. */
static void unique(node_list *parts)
{
	uint32_t kept = 0;
	qsort(parts->items, parts->count, sizeof *parts->items, compare_ids);
	for (uint32_t i = 0; i < parts->count; i++)
		if (kept == 0 || parts->items[kept - 1] != parts->items[i])
			parts->items[kept++] = parts->items[i];
	parts->count = kept;
}

rule_node *node_chain(rule_graph *g, node_kind kind, const node_list *parts)
{
	auto_buffer key = {0};
	node_list sorted = {0};
	bool new;
	for (uint32_t i = 0; i < parts->count; i++)
		list_push(g->arena, &sorted, parts->items[i]);
	unique(&sorted);
	if (sorted.count == 1)
		return sorted.items[0];
	buffer_add_byte(&key, (char)kind);
	for (uint32_t i = 0; i < sorted.count; i++)
		key_bytes(&key, &sorted.items[i]->id, sizeof sorted.items[i]->id);
	rule_node *n = node_of(g, kind, &key, &new);
	if (!new)
		return n;
	n->parts = sorted;
	node_order(n);
	return n;
}

rule_node *node_not(rule_graph *g, rule_node *of)
{
	if (of->kind == NODE_NOT)
		return of->parts.items[0];
	if (of->kind == NODE_CONSTANT)
		return of == g->never ? g->always : g->never;
	auto_buffer key = {0};
	bool new;
	buffer_add_byte(&key, NODE_NOT);
	key_bytes(&key, &of->id, sizeof of->id);
	rule_node *n = node_of(g, NODE_NOT, &key, &new);
	if (!new)
		return n;
	list_push(g->arena, &n->parts, of);
	node_estimate_not(n);
	return n;
}
