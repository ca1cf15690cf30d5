/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions from anybody: compiling and evaluating them ends, and says where it went wrong. */
#include "expression/expression.h"
#include "fuzz.h"

static const field_row *find_field(const void *of, span name)
{
	static const field_row rows[] = {{.name = "t", .type = VALUE_TEXT},
		{.name = "n", .type = VALUE_NUMBER, .id = 1}, {.name = "b", .type = VALUE_TRUTH, .id = 2},
		{.name = "l", .type = VALUE_TEXT, .list = true, .id = 3}};
	(void)of;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

static field_state get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	(void)of, (void)ret_empty;
	*ret = (field_value){.type = field->type, .text = SPAN("/etc/passwd"), .number = 7};
	return index < (field->list ? 3u : 1u) ? FIELD_SET : FIELD_UNSET;
}

static const char *find_macro(const void *of, span name)
{
	(void)of;
	return span_is(name, "m") ? "t = x or m" : span_is(name, "k") ? "n = 1" : NULL;
}

FUZZ(bytes)
{
	static const vocabulary words = {.field = find_field, .macro = find_macro};
	arena a = {0};
	error e = {0};
	const expression *x;
	if (expression_compile(bytes, &words, &a, &x, &e) < 0) {
		FUZZ_HOLDS(e.text[0] && e.line > 0 && e.column > 0);
		expression_excerpt(bytes, &e, &a);
	} else {
		decided by = {0};
		verdict v = expression_eval(x, &(subject){.get = get}, &by);
		FUZZ_HOLDS(v == expression_eval(x, &(subject){.get = get}, NULL));
	}
	arena_done(&a);
}
