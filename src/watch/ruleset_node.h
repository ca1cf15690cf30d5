/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the graph share. */
#pragma once

#include "base/buffer.h"
#include "base/map.h"
#include "expression/text_parts.h"
#include "watch/ruleset.h"
#include "watch/ruleset_graph.h"

typedef enum node_kind { NODE_CONSTANT, NODE_TEST, NODE_NOT, NODE_AND, NODE_OR } node_kind;

typedef LIST(struct rule_node *) node_list;

typedef struct text_search text_search;

struct rule_node {
	node_kind kind;
	bool value;     /* CONSTANT; else the answer of the event `stamp` */
	uint64_t stamp; /* 0: never asked */
	const expression *test;
	bool plain;                /* TEST: of one value of a field */
	node_list parts;           /* AND, OR: two or more; NOT: one */
	uint32_t id;               /* in the order of making */
	float cost;                /* an estimate, in nanoseconds, of asking it */
	float chance;              /* an estimate of how often it is true */
	uint64_t special_of;       /* of the type with this number: */
	struct rule_node *special; /* this node */
	text_search *search;       /* TEST: by which its texts are looked for; NULL: by itself */
	uint64_t hit;              /* the last event for which such a search has found one */
};

/* A field with its values of the event in hand; its row is what expressions point to. */
typedef struct field_slot {
	field_row row; /* first: a row's address is its slot's */
	uint64_t stamp;
	bool complete, empty;
	LIST(operand_value) values;
	text_search *contains, *icontains; /* NULL: no test */
} field_slot;

struct rule_graph {
	const graph_fields *fields;
	arena *arena;
	vocabulary words; /* gives slots */
	map nodes, slots; /* by their keys */
	LIST(text_search *) searches;
	uint32_t count;
	uint64_t stamp, types, asked;
	rule_node *never, *always;
	subject subject;
	const void *of; /* of the event in hand */
	span type;      /* that is specialised for */
};

/* The node of a test, of parts: made, or the one that is there already. Parts are copied. */
rule_node *node_test(rule_graph *g, const expression *x);
rule_node *node_chain(rule_graph *g, node_kind kind, const node_list *parts);
rule_node *node_not(rule_graph *g, rule_node *n);

/* Parts that test one field in the same way become one test with all their values; ruleset_merge.c. */
void node_merge(rule_graph *g, node_list *parts);

/* Enters a new test among those of its field that one search may answer; whether its texts are in the value; ruleset_search.c. */
void node_search_add(rule_graph *g, rule_node *n);
bool node_search_holds(const rule_graph *g, const rule_node *n, span value);

/* Sorts the parts of a chain so that asking it costs least; sets its cost and chance; ruleset_cost.c. */
void node_order(rule_node *n);
void node_estimate_test(rule_node *n);

/* The same, but only for the estimates: what is asked later is asked rarely. */
void node_estimate_not(rule_node *n);

/* The index-th condition of the rules for events of a type, as it is for them; NULL: there are no more. ruleset.c. */
rule_node *ruleset_root(const ruleset *r, span type, uint32_t index);

/* The index-th rule of the set; NULL: there are no more. */
const watch_rule *ruleset_nth(const ruleset *r, uint32_t index);

/* Its condition, for all types. */
rule_node *ruleset_nth_root(const ruleset *r, uint32_t index);

/* The rule that it is of. */
const watch_rule *ruleset_rule(const ruleset *r, span type, uint32_t index);
