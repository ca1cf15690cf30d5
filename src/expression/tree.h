/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree that a condition becomes: made by parse.c, walked by eval.c. */
#pragma once

#include "expression/expression.h"

typedef enum op {
	OP_EQUAL,
	OP_NOT_EQUAL,
	OP_LESS,
	OP_LESS_EQUAL,
	OP_GREATER,
	OP_GREATER_EQUAL,
	OP_CONTAINS,
	OP_ICONTAINS,
	OP_STARTSWITH,
	OP_ISTARTSWITH,
	OP_ENDSWITH,
	OP_IENDSWITH,
	OP_GLOB,
	OP_IGLOB,
	OP_REGEX,
	OP_IN,
	OP_INTERSECTS,
	OP_PMATCH,
	OP_EXISTS,
	OP_HOLDS, /* a bare field: it is true */
	OP_COUNT
} op;

typedef enum transform {
	TRANSFORM_NONE,
	TRANSFORM_LOWER,
	TRANSFORM_UPPER,
	TRANSFORM_BASENAME,
	TRANSFORM_LEN,
	TRANSFORM_KNOWN
} transform;

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
	op op;
	LIST(literal) values;
	const field_row *other; /* val(field): compared with another field instead of literals */
};

/* Whether one value passes a test; match.c. */
bool match_value(const expression *x, const field_value *v);

/* Compiles a regular expression onto the arena; < 0 and *e (text only) when it is none. */
int match_compile_regex(span pattern, arena *a, void **ret, error *e);
