/* SPDX-License-Identifier: Apache-2.0
 *
 * `fd.name startswith /a or fd.name startswith /b …` as one test with a set of values. */
#include "watch/ruleset_node.h"

/* The operator of the merged test, or OP_COUNT: cannot be merged. */
static op merged_op(const rule_node *n)
{
	const expression *x = n->test;
	if (n->kind != NODE_TEST || x->type != VALUE_TEXT || x->left->kind != OPERAND_FIELD || x->right ||
		x->modifier)
		return OP_COUNT;
	if (x->op == OP_STARTSWITH || x->op == OP_ENDSWITH || x->op == OP_CONTAINS || x->op == OP_PMATCH)
		return x->op;
	bool equal = x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	return equal && !x->field->list ? OP_IN : OP_COUNT;
}

static bool fits(const rule_node *n, op o, const field_row *field)
{
	return merged_op(n) == o && n->test->field == field;
}

static rule_node *merge_from(rule_graph *g, const node_list *parts, uint32_t first, op o)
{
	expression *x = ARENA_NEW(g->arena, expression);
	const expression *model = parts->items[first]->test;
	*x = *model;
	x->op = o;
	x->set = NULL;
	memset(&x->values, 0, sizeof x->values);
	for (uint32_t i = first; i < parts->count; i++)
		for (uint32_t j = 0;
			fits(parts->items[i], o, model->field) && j < parts->items[i]->test->values.count;
			j++)
			list_push(g->arena, &x->values, parts->items[i]->test->values.items[j]);
	expression_index(x, g->arena);
	return node_test(g, x);
}

/* Drops the parts from `first` on that were merged. */
static void drop(node_list *parts, uint32_t first, op o, const field_row *field)
{
	uint32_t kept = first;
	for (uint32_t i = first; i < parts->count; i++)
		if (!fits(parts->items[i], o, field))
			parts->items[kept++] = parts->items[i];
	parts->count = kept;
}

void node_merge(rule_graph *g, node_list *parts)
{
	for (uint32_t i = 0; i < parts->count; i++) {
		op o = merged_op(parts->items[i]);
		if (o == OP_COUNT)
			continue;
		const field_row *field = parts->items[i]->test->field;
		uint32_t same = 0;
		for (uint32_t j = i; j < parts->count; j++)
			same += fits(parts->items[j], o, field);
		if (same < 2)
			continue;
		rule_node *merged = merge_from(g, parts, i, o);
		drop(parts, i + 1, o, field);
		parts->items[i] = merged;
	}
}
