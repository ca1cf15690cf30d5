/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of rules for events. */
#include "watch/rule_words.h"

#include "watch/field.h"

static bool compiles(const void *of, const condition *c, arena *a, condition_fault *fault)
{
	(void)of;
	const expression *ignored;
	return expression_compile_tree(c, &watch_vocabulary, a, &ignored, fault) >= 0;
}

static bool field_known(const void *of, span name, span argument, arena *a)
{
	(void)of;
	return watch_field(name, argument, a);
}

static bool source_known(const void *of, span name)
{
	(void)of;
	return span_is(name, "syscall");
}

const rule_words watch_rule_words = {.condition = compiles, .field = field_known, .source = source_known};
