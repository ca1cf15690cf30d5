/* SPDX-License-Identifier: Apache-2.0
 *
 * What a condition becomes when its fields and macros are known: made by compile.c, walked by eval.c. */
#pragma once

#include "expression/condition.h"
#include "expression/expression.h"

typedef struct literal {
	span text;
	int64_t number; /* NUMBER fields, and TRUTH as 0 or 1 */
	void *regex;    /* OP_REGEX: a pcre2_code on the arena */
} literal;

typedef enum expression_kind {
	EXPRESSION_AND,
	EXPRESSION_OR,
	EXPRESSION_NOT,
	EXPRESSION_TEST
} expression_kind;

struct expression {
	expression_kind kind;
	LIST(expression *) parts; /* AND, OR: two or more; NOT: one */

	/* EXPRESSION_TEST */
	const field_row *field;
	transform transform;
	value_type type; /* of the field after the transform */
	op op;           /* OP_SAME is OP_EQUAL here */
	modifier modifier;
	LIST(literal) values;
	const field_row *other; /* val(field): compared with another field instead of literals */
};

/* Whether one value passes a test; match.c. */
bool match_value(const expression *x, const field_value *v);

/* Compiles a regular expression onto the arena; < 0 and *e (text only) when it is none. */
int match_compile_regex(span pattern, arena *a, void **ret, error *e);
