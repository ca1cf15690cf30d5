/* SPDX-License-Identifier: Apache-2.0
 *
 * `contains` and `icontains` of one field, in whatever rules: one pass over the value answers all of them. */
#include "watch/ruleset_node.h"

enum { WORTH = 8 }; /* looking for fewer texts one by one costs less */

struct text_search {
	node_list tests;
	text_parts *texts;
	rule_node **test_of; /* of each text */
	uint64_t searched;   /* the event whose value was gone through */
};

static bool is_searched(const rule_node *n)
{
	const expression *x = n->test;
	bool all = n->plain && x->type == VALUE_TEXT && (x->op == OP_CONTAINS || x->op == OP_ICONTAINS) &&
		   (x->modifier == MODIFIER_NONE || x->modifier == MODIFIER_ANYOF);
	for (uint32_t i = 0; all && i < x->values.count; i++)
		all = x->values.items[i].text.n > 0; /* the empty text is everywhere */
	return all && x->values.count;
}

void node_search_add(rule_graph *g, rule_node *n)
{
	if (!is_searched(n))
		return;
	field_slot *slot = (field_slot *)n->test->field;
	text_search **s = n->test->op == OP_CONTAINS ? &slot->contains : &slot->icontains;
	if (!*s) {
		*s = ARENA_NEW(g->arena, text_search);
		list_push(g->arena, &g->searches, *s);
	}
	list_push(g->arena, &(*s)->tests, n);
}

static void search_make(rule_graph *g, text_search *s)
{
	LIST(span) texts = {0};
	LIST(rule_node *) tests = {0};
	for (uint32_t i = 0; i < s->tests.count; i++)
		for (uint32_t j = 0; j < s->tests.items[i]->test->values.count; j++) {
			list_push(g->arena, &texts, s->tests.items[i]->test->values.items[j].text);
			list_push(g->arena, &tests, s->tests.items[i]);
		}
	bool fold = s->tests.items[0]->test->op == OP_ICONTAINS;
	s->texts = texts.count < WORTH ? NULL : text_parts_new(texts.items, texts.count, fold, g->arena);
	s->test_of = tests.items;
	for (uint32_t i = 0; s->texts && i < s->tests.count; i++)
		s->tests.items[i]->search = s;
}

void rule_graph_index(rule_graph *g)
{
	for (uint32_t i = 0; i < g->searches.count; i++)
		search_make(g, g->searches.items[i]);
}

static void note(void *of, uint32_t text)
{
	const text_search *s = of;
	s->test_of[text]->hit = s->searched;
}

bool node_search_holds(const rule_graph *g, const rule_node *n, span value)
{
	text_search *s = n->search;
	if (s->searched != g->stamp) {
		s->searched = g->stamp;
		text_parts_find(s->texts, value, note, s);
	}
	return n->hit == g->stamp;
}
