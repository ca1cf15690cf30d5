/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions of many rules as one graph: equal parts are one node, whose answer is remembered for the event in hand, and equal
 * fields are one slot, whose values are. For a type of events the graph is made anew with what is then already known (tests of
 * evt.type), flatter, and with the cheap and selective parts first. */
#pragma once

#include "expression/tree.h"

typedef struct rule_node rule_node;
typedef struct rule_graph rule_graph;

/* What the graph reads. */
typedef struct graph_fields {
	const vocabulary *words;
	field_state (*get)(
		const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty);
	int type;   /* the id of the field that is fixed for a type of events */
	int number; /* the id of a field that counts events from 1 on */
} graph_fields;

/* An empty graph; lives as long as a, as the fields and all trees must. */
rule_graph *rule_graph_new(const graph_fields *fields, arena *a);

/* Adds a condition. < 0: *fault says why it does not compile. */
int rule_graph_add(rule_graph *g, const condition *tree, rule_node **ret, condition_fault *fault);

/* The same condition for events of one type. */
rule_node *rule_graph_specialise(rule_graph *g, rule_node *n, span type);

/* Once all conditions are there, for all types: readies what answers many tests at once. What comes later is asked one by one. */
void rule_graph_index(rule_graph *g);

/* Whether nothing can make it true. */
bool rule_node_never(const rule_node *n);

/* A new event: forgets all answers. `of` is what the getter is given. */
void rule_graph_begin(rule_graph *g, const void *of);

/* Whether the condition holds for the event in hand. */
bool rule_graph_holds(rule_graph *g, rule_node *n);

/* How many nodes and fields there are: for tests and benchmarks. */
uint32_t rule_graph_nodes(const rule_graph *g);
uint32_t rule_graph_fields(const rule_graph *g);

/* How many tests were answered (not remembered) since the graph was made. */
uint64_t rule_graph_asked(const rule_graph *g);
