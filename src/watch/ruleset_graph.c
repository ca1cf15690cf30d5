/* SPDX-License-Identifier: Apache-2.0
 *
 * The graph of conditions: filled from expressions, made anew for types of events, and asked. */
#include "watch/ruleset_graph.h"

#include "base/limits.h"
#include "watch/ruleset_node.h"

/* A row that is one for all conditions that name the field with the same argument. */
static const field_row *slot_find(const void *of, span name, span argument, arena *a, span *why)
{
	rule_graph *g = (rule_graph *)of; /* the caller's own graph: only callbacks are const */
	auto_buffer key = {0};
	buffer_add(&key, name);
	buffer_add_byte(&key, argument.p ? '[' : 0);
	buffer_add(&key, argument);
	field_slot *slot = map_get(&g->slots, buffer_span(&key));
	if (slot)
		return &slot->row;
	const field_row *row = g->fields->words->find(g->fields->words->of, name, argument, a, why);
	if (!row)
		return NULL;
	slot = ARENA_NEW(g->arena, field_slot);
	slot->row = *row;
	map_set(&g->slots, g->arena, arena_copy(g->arena, buffer_span(&key)), slot);
	return &slot->row;
}

static bool has_several(const field_row *row)
{
	return row->list || row->either || row->some;
}

/* Reads the values of a slot up to index. */
static void slot_fill(const rule_graph *g, field_slot *slot, uint32_t index)
{
	uint32_t most = has_several(&slot->row) ? LIMIT_EXPRESSION_VALUES : 1;
	while (!slot->complete && slot->values.count <= index) {
		operand_value v = {{.type = slot->row.type}, FIELD_UNSET};
		v.state = g->fields->get(g->of, &slot->row, slot->values.count, &v.value, &slot->empty);
		if (v.state != FIELD_UNSET)
			list_push(g->arena, &slot->values, v);
		slot->complete = v.state == FIELD_UNSET || slot->values.count == most;
	}
}

/* The slot of a row, all of which are those of slots, with its values up to index, as far as there are any. */
static field_slot *slot_of(const rule_graph *g, const field_row *field, uint32_t index)
{
	field_slot *slot = (field_slot *)field;
	if (slot->stamp != g->stamp) {
		slot->stamp = g->stamp;
		slot->complete = slot->empty = false;
		slot->values.count = 0;
	}
	if (!slot->complete && slot->values.count <= index)
		slot_fill(g, slot, index);
	return slot;
}

static field_state slot_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	const field_slot *slot = slot_of(of, field, index);
	*ret_empty = slot->empty;
	if (index >= slot->values.count)
		return FIELD_UNSET;
	*ret = slot->values.items[index].value;
	return slot->values.items[index].state;
}

static rule_node *constant_new(rule_graph *g, bool value)
{
	rule_node *n = ARENA_NEW(g->arena, rule_node);
	n->kind = NODE_CONSTANT;
	n->id = g->count++;
	n->value = value;
	n->chance = value;
	return n;
}

rule_graph *rule_graph_new(const graph_fields *fields, arena *a)
{
	rule_graph *g = ARENA_NEW(a, rule_graph);
	g->fields = fields;
	g->arena = a;
	g->words = (vocabulary){.of = g, .find = slot_find};
	g->subject = (subject){.of = g, .get = slot_get, .absent_is_false = true};
	g->never = constant_new(g, false);
	g->always = constant_new(g, true);
	return g;
}

static rule_node *node_of(rule_graph *g, const expression *x)
{
	if (x->kind == EXPRESSION_TEST)
		return node_test(g, x);
	if (x->kind == EXPRESSION_NOT)
		return node_not(g, node_of(g, x->parts.items[0]));
	node_list parts = {0};
	for (uint32_t i = 0; i < x->parts.count; i++)
		list_push(g->arena, &parts, node_of(g, x->parts.items[i]));
	return node_chain(g, x->kind == EXPRESSION_AND ? NODE_AND : NODE_OR, &parts);
}

int rule_graph_add(rule_graph *g, const condition *tree, rule_node **ret, condition_fault *fault)
{
	const expression *x;
	TRY(expression_compile_tree(tree, &g->words, g->arena, &x, fault));
	*ret = node_of(g, x);
	return 0;
}

static field_state type_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	const rule_graph *g = of;
	*ret_empty = false;
	*ret = (field_value){.type = field->type, .text = g->type};
	return index == 0 ? FIELD_SET : FIELD_UNSET;
}

/* Whether no event has one of the numbers: the idiom for "never", evt.num=0. */
static bool number_never(const expression *x)
{
	bool equal = x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	for (uint32_t i = 0; i < x->values.count; i++)
		equal &= x->values.items[i].number == 0;
	return equal && !x->right && !x->modifier && x->type == VALUE_UNSIGNED;
}

static rule_node *special_test(rule_graph *g, rule_node *n)
{
	const expression *x = n->test;
	if (x->left->kind != OPERAND_FIELD || x->right)
		return n;
	if (x->field->id == g->fields->number && number_never(x))
		return g->never;
	if (x->field->id != g->fields->type)
		return n;
	subject s = {.of = g, .get = type_get, .absent_is_false = true};
	return expression_test(x, &s, NULL) == VERDICT_TRUE ? g->always : g->never;
}

/* Adds a part of a chain; the parts of a chain of the same kind one by one; what cannot change anything not at all. true: it settles
 * the chain. */
static bool special_add(rule_graph *g, node_kind kind, rule_node *part, node_list *into)
{
	const rule_node *strong = kind == NODE_AND ? g->never : g->always;
	if (part == strong)
		return true;
	if (part->kind == NODE_CONSTANT)
		return false;
	for (uint32_t i = 0; part->kind == kind && i < part->parts.count; i++)
		list_push(g->arena, into, part->parts.items[i]);
	if (part->kind != kind)
		list_push(g->arena, into, part);
	return false;
}

static rule_node *special(rule_graph *g, rule_node *n);

static rule_node *special_chain(rule_graph *g, const rule_node *n)
{
	node_list parts = {0};
	for (uint32_t i = 0; i < n->parts.count; i++)
		if (special_add(g, n->kind, special(g, n->parts.items[i]), &parts))
			return n->kind == NODE_AND ? g->never : g->always;
	if (parts.count == 0)
		return n->kind == NODE_AND ? g->always : g->never;
	if (n->kind == NODE_OR)
		node_merge(g, &parts);
	return node_chain(g, n->kind, &parts);
}

static rule_node *special(rule_graph *g, rule_node *n)
{
	if (n->special_of == g->types)
		return n->special;
	rule_node *ret = n;
	if (n->kind == NODE_TEST)
		ret = special_test(g, n);
	else if (n->kind == NODE_NOT)
		ret = node_not(g, special(g, n->parts.items[0]));
	else if (n->kind != NODE_CONSTANT)
		ret = special_chain(g, n);
	n->special_of = g->types;
	n->special = ret;
	return ret;
}

rule_node *rule_graph_specialise(rule_graph *g, rule_node *n, span type)
{
	if (g->types == 0 || !span_equal(g->type, type)) {
		g->type = type;
		g->types++;
	}
	return special(g, n);
}

bool rule_node_never(const rule_node *n)
{
	return n->kind == NODE_CONSTANT && !n->value;
}

void rule_graph_begin(rule_graph *g, const void *of)
{
	g->of = of;
	g->stamp++;
}

static bool chain_holds(rule_graph *g, const rule_node *n)
{
	bool strong = n->kind == NODE_OR;
	for (uint32_t i = 0; i < n->parts.count; i++)
		if (rule_graph_holds(g, n->parts.items[i]) == strong)
			return strong;
	return !strong;
}

/* Most tests are of one value, which lies in its slot. */
static bool test_holds(rule_graph *g, const rule_node *n)
{
	g->asked++;
	if (n->plain) {
		const field_slot *slot = slot_of(g, n->test->field, 0);
		const operand_value *v = slot->values.items;
		if (slot->values.count && n->search)
			return node_search_holds(g, n, v->value.text);
		if (slot->values.count)
			return expression_passes(n->test, v->state, &v->value);
	}
	return expression_test(n->test, &g->subject, NULL) == VERDICT_TRUE;
}

bool rule_graph_holds(rule_graph *g, rule_node *n)
{
	if (n->stamp == g->stamp || n->kind == NODE_CONSTANT)
		return n->value;
	n->stamp = g->stamp;
	if (n->kind == NODE_TEST)
		n->value = test_holds(g, n);
	else if (n->kind == NODE_NOT)
		n->value = !rule_graph_holds(g, n->parts.items[0]);
	else
		n->value = chain_holds(g, n);
	return n->value;
}

uint32_t rule_graph_nodes(const rule_graph *g)
{
	return g->count;
}

uint32_t rule_graph_fields(const rule_graph *g)
{
	return g->slots.count;
}

uint64_t rule_graph_asked(const rule_graph *g)
{
	return g->asked;
}
