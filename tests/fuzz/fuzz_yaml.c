/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML: spans lie in the text and nest; a document that is read without problems can be edited, says then what was
 * asked for, and nothing else has changed. */
#include "formats/yaml.h"
#include "formats/yaml_edit.h"
#include "fuzz.h"

static void check_node(const text *t, const node *n, uint32_t from, uint32_t to)
{
	FUZZ_HOLDS(n->start <= n->end && n->end <= t->bytes.n);
	FUZZ_HOLDS(from <= n->start && n->end <= to);
	FUZZ_HOLDS(n->weight >= 1);
	if (n->aliased)
		return;
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++)
		check_node(t, n->items[i], n->start, n->end);
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		const member *m = &n->members[i];
		if (m->merged)
			continue;
		check_node(t, m->key, n->start, n->end);
		check_node(t, m->value, n->start, n->end);
		FUZZ_HOLDS(m->key->end <= m->value->start);
	}
}

/* How far two trees may be compared: aliases can make them very large. */
enum { ENOUGH = 5000 };

static bool equal(const node *a, const node *b, uint32_t *budget)
{
	if (*budget == 0)
		return true;
	--*budget;
	if (a->kind != b->kind)
		return false;
	if (a->kind != NODE_LIST && a->kind != NODE_MAP)
		return span_equal(a->value, b->value);
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->kind == NODE_LIST ? !equal(a->items[i], b->items[i], budget)
					 : !equal(a->members[i].value, b->members[i].value, budget))
			return false;
	return true;
}

/* A last block scalar without a line end gets one. */
static bool grows(const text *t)
{
	return t->bytes.n == 0 || t->bytes.p[t->bytes.n - 1] != '\n';
}

/* All but the first member, which may be the one that was set. */
static void check_same(const text *t, const node *before, const node *after)
{
	uint32_t budget = ENOUGH;
	for (uint32_t i = 1; i < before->count && !grows(t) && !before->hidden; i++)
		FUZZ_HOLDS(equal(before->members[i].value, after->members[i].value, &budget));
}

static void apply(
	const text *t, const node_list *before, uint32_t at, const tree_change *changes, size_t n, arena *a)
{
	edit_list edits = {0};
	error e;
	auto_buffer out = {0};
	const node *top = before->items[at];
	if (tree_edit(t, top, changes, n, a, &edits, &e) < 0)
		return;
	FUZZ_HOLDS(edits_apply(t, &edits, &out, &e) == 0);
	text again;
	node_list after = {0};
	node_problems problems = {0};
	text_init(&again, "edited", buffer_span(&out), a);
	yaml_read(&again, a, &after, &problems);
	FUZZ_HOLDS(problems.count == 0 && after.count == before->count);
	const node *value = node_path(after.items[at], changes[0].path);
	if (changes[0].op == TREE_REMOVE) {
		FUZZ_HOLDS(value == NULL || after.items[at]->hidden);
		return;
	}
	FUZZ_HOLDS(node_truth(value) == 1);
	check_same(t, top, after.items[at]);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node_list documents = {0};
	node_problems problems = {0};
	text_init(&t, "fuzz", bytes, &a);
	yaml_read(&t, &a, &documents, &problems);
	for (uint32_t i = 0; i < problems.count; i++)
		FUZZ_HOLDS(problems.items[i].start <= problems.items[i].end && problems.items[i].message[0]);
	for (uint32_t i = 0; i < documents.count; i++)
		check_node(&t, documents.items[i], 0, (uint32_t)bytes.n);
	/* A BOM inside is a letter to libyaml in some places only. */
	bool editable = problems.count == 0 && !span_contains(span_from(bytes, 1), "\xef\xbb\xbf");
	for (uint32_t i = 0; i < documents.count && i < 3 && editable; i++) {
		const node *top = documents.items[i];
		if (top->kind != NODE_MAP || node_get(top, "bulkhead"))
			continue;
		apply(&t, &documents, i, &(tree_change){TREE_SET, "bulkhead/probe", TREE_TRUE}, 1, &a);
		if (top->count > 1 && top->members[0].key->value.n && !top->members[0].merged &&
			!memchr(top->members[0].key->value.p, 0, top->members[0].key->value.n) &&
			span_find_byte(top->members[0].key->value, '/') == SPAN_NONE &&
			span_find_byte(top->members[0].key->value, '~') == SPAN_NONE) {
			const char *key = arena_string(&a, top->members[0].key->value);
			apply(&t, &documents, i, &(tree_change){TREE_REMOVE, key, {0}}, 1, &a);
			if (!span_contains(bytes, "*")) /* what has an anchor changes for its aliases too */
				apply(&t, &documents, i, &(tree_change){TREE_SET, key, TREE_TRUE}, 1, &a);
		}
	}
	arena_done(&a);
}
