/* SPDX-License-Identifier: Apache-2.0
 *
 * Falco's conditions from anybody, over values from anybody: the first line is a condition, the rest is what texts are. Compiling and
 * evaluating end; the graph of rules answers as the condition alone does, whatever the type of the event settles beforehand. */
#include "fuzz.h"

#include "../unit/watch_fields.h"
#include "watch/ruleset_graph.h"

static field_state fuzz_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	const span *rest = of;
	field_state state = test_get(of, field, index, ret, ret_empty);
	if (field->type == VALUE_TEXT && field->id != TEST_TYPE && field->id != 19 && state == FIELD_SET)
		ret->text = span_from(*rest, index);
	if (field->type == VALUE_BYTES)
		ret->text = *rest;
	return state;
}

FUZZ(bytes)
{
	static const graph_fields fields = {
		.words = &test_words, .get = fuzz_get, .type = TEST_TYPE, .number = TEST_NUMBER};
	static const condition_options options = {.depth = 100};
	span rest = bytes, line = {0};
	span_cut(&rest, '\n', &line);
	arena a = {0};
	error e = {0};
	const condition *tree;
	const expression *x;
	condition_fault fault = {0};
	rule_node *n;
	if (condition_parse(line, &options, &a, &tree, &fault, &e) < 0) {
		arena_done(&a);
		return;
	}
	if (expression_compile_tree(tree, &test_words, &a, &x, &fault) < 0) {
		FUZZ_HOLDS(fault.text.n && fault.place.at <= line.n);
		arena_done(&a);
		return;
	}
	verdict v =
		expression_eval(x, &(subject){.of = &rest, .get = fuzz_get, .absent_is_false = true}, NULL);
	FUZZ_HOLDS(v == VERDICT_TRUE || v == VERDICT_FALSE);
	rule_graph *g = rule_graph_new(&fields, &a);
	FUZZ_HOLDS(rule_graph_add(g, tree, &n, &fault) == 0);
	rule_graph_begin(g, &rest);
	FUZZ_HOLDS(rule_graph_holds(g, n) == (v == VERDICT_TRUE));
	rule_node *special = rule_graph_specialise(g, n, SPAN("open"));
	rule_graph_begin(g, &rest);
	FUZZ_HOLDS(rule_graph_holds(g, special) == (v == VERDICT_TRUE));
	arena_done(&a);
}
