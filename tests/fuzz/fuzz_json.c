/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON: spans lie in the text and nest, and what is JSON can be edited. */
#include "formats/json.h"
#include "formats/yaml_edit.h"
#include "fuzz.h"

static void check_node(const node *n, uint32_t from, uint32_t to)
{
	FUZZ_HOLDS(from <= n->start && n->start < n->end && n->end <= to);
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++)
		check_node(n->items[i], n->start + 1, n->end - 1);
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		check_node(n->members[i].key, n->start + 1, n->end - 1);
		check_node(n->members[i].value, n->members[i].key->end + 1, n->end - 1);
	}
}

static void check_edit(const text *t, const node *top, arena *a)
{
	const tree_change change = {TREE_SET, "bulkhead/probe", TREE_TRUE};
	edit_list edits = {0};
	error e;
	auto_buffer out = {0};
	FUZZ_HOLDS(tree_edit(t, top, &change, 1, a, &edits, &e) == 0);
	FUZZ_HOLDS(edits_apply(t, &edits, &out, &e) == 0);
	text again;
	node *after;
	node_problems problems = {0};
	text_init(&again, "edited", buffer_span(&out), a);
	FUZZ_HOLDS(json_read(&again, a, &after, &problems, &e) == 0);
	FUZZ_HOLDS(node_truth(node_path(after, "bulkhead/probe")) == 1 && after->count == top->count + 1);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node *root;
	node_problems problems = {0};
	error e;
	text_init(&t, "fuzz", bytes, &a);
	if (json_read(&t, &a, &root, &problems, &e) == 0) {
		check_node(root, 0, (uint32_t)bytes.n);
		if (root->kind == NODE_MAP && problems.count == 0 && !node_get(root, "bulkhead"))
			check_edit(&t, root, &a);
	} else {
		FUZZ_HOLDS(e.line > 0 && e.column > 0 && e.text[0]);
	}
	arena_done(&a);
}
