/* SPDX-License-Identifier: Apache-2.0
 *
 * What asking a test costs and how often it is true, roughly: enough to ask cheap and selective tests first. Figures are guesses from
 * measured orders of magnitude, not measurements; a wrong one costs time, never an answer. */
#include "watch/ruleset_node.h"

#include <stdlib.h>

/* Nanoseconds by field_row.cost, when the value is not there yet. */
static const float field_costs[] = {1, 3, 6, 12, 40, 60, 90, 120, 500, 5000};

static float field_cost(const operand *o)
{
	float ret = 0;
	if (o->kind == OPERAND_FIELD)
		ret = field_costs[o->field->cost < sizeof field_costs / sizeof *field_costs ? o->field->cost
											    : 0];
	for (uint32_t i = 0; i < o->of.count; i++)
		ret += 100 + field_cost(o->of.items[i]);
	return ret;
}

/* Of comparing with one literal, and how often one is hit. */
static const struct {
	float cost, chance;
} op_costs[OP_COUNT] = {
	[OP_EXISTS] = {1, .8f},
	[OP_LESS_EQUAL] = {1, .5f},
	[OP_LESS] = {1, .4f},
	[OP_GREATER_EQUAL] = {1, .6f},
	[OP_GREATER] = {1, .5f},
	[OP_EQUAL] = {2, .1f},
	[OP_NOT_EQUAL] = {2, .8f},
	[OP_GLOB] = {40, .1f},
	[OP_IGLOB] = {60, .1f},
	[OP_CONTAINS] = {25, .05f},
	[OP_ICONTAINS] = {80, .05f},
	[OP_BCONTAINS] = {50, .05f},
	[OP_STARTSWITH] = {2, .08f},
	[OP_BSTARTSWITH] = {2, .05f},
	[OP_ENDSWITH] = {2, .05f},
	[OP_REGEX] = {400, .1f},
	[OP_INTERSECTS] = {2, .03f},
	[OP_IN] = {2, .03f},
	[OP_PMATCH] = {60, .05f},
};

void node_estimate_test(rule_node *n)
{
	const expression *x = n->test;
	float values = x->values.count ? (float)x->values.count : 1;
	float chance = x->type == VALUE_TRUTH ? .3f : op_costs[x->op].chance;
	if (x->op != OP_NOT_EQUAL && x->type != VALUE_TRUTH)
		chance *= values;
	n->chance = chance < .7f || x->op == OP_NOT_EQUAL ? chance : .7f;
	n->cost = 5 + field_cost(x->left) + (x->right ? 100 + field_cost(x->right) : 0) +
		  (x->set ? 15 : op_costs[x->op].cost * values);
}

void node_estimate_not(rule_node *n)
{
	n->cost = 1 + n->parts.items[0]->cost;
	n->chance = 1 - n->parts.items[0]->chance;
}

/* What a part costs for each time that it settles the whole: of AND by being false, of OR by being true. */
static float rank(const rule_node *n, node_kind within)
{
	float settles = within == NODE_AND ? 1 - n->chance : n->chance;
	return n->cost / (settles > .01f ? settles : .01f);
}

static int compare(const void *a, const void *b, void *of)
{
	const rule_node *x = *(rule_node *const *)a, *y = *(rule_node *const *)b;
	node_kind within = *(const node_kind *)of;
	float left = rank(x, within), right = rank(y, within);
	if (left != right)
		return left < right ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id); /* always the same order */
}

void node_order(rule_node *n)
{
	float reached = 1;
	qsort_r(n->parts.items, n->parts.count, sizeof *n->parts.items, compare, &n->kind);
	n->cost = 2;
	for (uint32_t i = 0; i < n->parts.count; i++) {
		const rule_node *part = n->parts.items[i];
		n->cost += reached * part->cost;
		reached *= n->kind == NODE_AND ? part->chance : 1 - part->chance;
	}
	n->chance = n->kind == NODE_AND ? reached : 1 - reached;
}
