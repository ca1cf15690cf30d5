/* SPDX-License-Identifier: Apache-2.0
 *
 * TOML: spans lie in the text, keys are there once, the tree is no deeper than walkers go, weights add up. */
#include "base/limits.h"
#include "formats/toml.h"
#include "fuzz.h"

static void check_keys(const node *n)
{
	for (uint32_t i = 0; i < n->count && n->count < 100; i++)
		for (uint32_t k = 0; k < i; k++)
			FUZZ_HOLDS(!span_equal(n->members[i].key->value, n->members[k].key->value));
}

static void check_node(const node *n, uint32_t size, uint32_t depth)
{
	uint64_t weight = 1;
	FUZZ_HOLDS(n->start <= n->end && n->end <= size && depth <= LIMIT_TREE_DEPTH);
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++) {
		check_node(n->items[i], size, depth + 1);
		weight += n->items[i]->weight;
		FUZZ_HOLDS(n->items[i]->start >= n->start && n->items[i]->end <= n->end);
	}
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		check_node(n->members[i].key, size, depth + 1);
		check_node(n->members[i].value, size, depth + 1);
		weight += (uint64_t)n->members[i].key->weight + n->members[i].value->weight;
		FUZZ_HOLDS(n->members[i].value->start >= n->start && n->members[i].value->end <= n->end);
	}
	if (n->kind == NODE_MAP)
		check_keys(n);
	FUZZ_HOLDS(n->weight == weight);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node *root;
	node_problems problems = {0};
	error e = {0};
	text_init(&t, "fuzz", bytes, &a);
	if (toml_read(&t, &a, &root, &problems, &e) == 0)
		check_node(root, (uint32_t)bytes.n, 0);
	else
		FUZZ_HOLDS(e.line > 0 && e.column > 0 && e.text[0]);
	arena_done(&a);
}
