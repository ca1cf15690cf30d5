/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions are gone through as they were compiled, before they are made anew for types of events. */
#include "watch/ruleset_names.h"

#include "base/limits.h"
#include "base/map.h"
#include "watch/ruleset_node.h"

enum { NAME_BYTES = 254 }; /* RFC 1035, with a dot at the end */

typedef struct walk {
	arena *arena;
	names_asked *to;
	map known;
	bool asks; /* the rule in hand */
} walk;

static bool is_host_name(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alpha(s.p[i]) && !ascii_digit(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' &&
			s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= NAME_BYTES && s.p[0] != '.';
}

static void name_add(walk *w, span name)
{
	if (!is_host_name(name) || map_get(&w->known, name))
		return;
	if (w->to->names.count == LIMIT_RESOLVE_NAMES) {
		w->to->beyond++;
		return;
	}
	list_push(w->arena, &w->to->names, name);
	map_set(&w->known, w->arena, name, w);
}

static void field_see(void *of, const field_row *field)
{
	bool *named = of;
	*named = *named || watch_field_is_address_name(field->id);
}

static void test_see(walk *w, const expression *x)
{
	bool named = false,
	     whole = x->op == OP_EQUAL || x->op == OP_NOT_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	operand_fields(x->left, field_see, &named);
	w->asks = w->asks || named;
	for (uint32_t i = 0; named && whole && i < x->values.count; i++)
		name_add(w, x->values.items[i].text);
}

static void node_see(walk *w, const rule_node *n)
{
	if (n->kind == NODE_TEST)
		test_see(w, n->test);
	for (uint32_t i = 0; i < n->parts.count; i++)
		node_see(w, n->parts.items[i]);
}

void ruleset_names(const ruleset *r, arena *a, names_asked *ret)
{
	*ret = (names_asked){0};
	walk w = {.arena = a, .to = ret};
	const rule_node *root;
	for (uint32_t i = 0; (root = ruleset_nth_root(r, i)); i++) {
		w.asks = false;
		node_see(&w, root);
		ret->rules += w.asks;
	}
}
