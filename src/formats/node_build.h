/* SPDX-License-Identifier: Apache-2.0
 *
 * What the YAML and the JSON reader share: nodes are made while children are not yet counted, so children wait on one
 * stack and move into an array of the right size when their list or map is complete. */
#pragma once

#include "formats/node.h"

typedef struct node_builder {
	arena *a;      /* of the tree */
	arena scratch; /* of the stack */
	node_problems *problems;
	node_list stack; /* children of what is still open: items, or keys and values in turn */
	uint32_t weight; /* nodes so far, aliases written out */
	uint32_t merged; /* members that merge keys have copied so far */
} node_builder;

static inline void builder_push(node_builder *b, node *n)
{
	list_push(&b->scratch, &b->stack, n);
}

/* A new node, which counts. */
node *builder_node(node_builder *b, node_kind kind, node_style style, uint32_t start, uint32_t end);

/* Gives the list n all that waits on the stack from `base` on. */
void builder_list(node_builder *b, node *n, uint32_t base);

/* Gives the map n the keys and values that wait from `base` on. Duplicate keys become problems; the last one wins.
 * With `merges`, plain `<<` keys are merge keys. False when merging would go over the limit. */
bool builder_map(node_builder *b, node *n, uint32_t base, bool merges);

/* Whether there are more nodes than limits.h allows. */
bool builder_full(const node_builder *b);

/* The problem is dropped when there are LIMIT_FILE_ERRORS already. */
void builder_problem(node_builder *b, uint32_t start, uint32_t end, const char *message);

void builder_done(node_builder *b);
