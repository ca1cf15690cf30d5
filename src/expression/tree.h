/* SPDX-License-Identifier: Apache-2.0
 *
 * What a condition becomes when its fields and macros are known: made by compile*.c, walked by eval.c. */
#pragma once

#include "expression/expression.h"
#include "expression/text_set.h"

typedef struct literal {
	span text;      /* BYTES after bcontains: decoded; ADDRESS, NET: 4 or 16 bytes */
	int64_t number; /* NUMBER, UNSIGNED, PORT; TRUTH as 0 or 1; NET: the bits of the mask */
	double real;
	void *regex; /* OP_REGEX: a pcre2_code on the arena */
} literal;

typedef enum operand_kind { OPERAND_FIELD, OPERAND_TEXT, OPERAND_LIST, OPERAND_TRANSFORM } operand_kind;

/* One side of a test. */
typedef struct operand {
	operand_kind kind;
	const field_row *field;          /* FIELD */
	span text;                       /* TEXT */
	transform transform;             /* TRANSFORM */
	LIST(const struct operand *) of; /* LIST: what is in it; TRANSFORM: its arguments */
	char option;                     /* getopt(…)[o], or 0 */
	value_type type;
	const char *type_name; /* for messages; may be NULL */
	bool list;             /* has several values; `in` asks all of them */
} operand;

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
	const operand *left;
	const field_row
		*field;  /* of left: the only one, or the first; NULL when there is none (join of texts) */
	value_type type; /* of left */
	op op;           /* OP_SAME is OP_EQUAL here */
	modifier modifier;
	LIST(literal) values;
	const text_set *set;  /* the same values, when they are many */
	const operand *right; /* instead of values */
	bool falco;           /* its globs have escapes, and pmatch goes by components */
};

/* Whether one value passes a test (of =, when it is of !=); match.c. */
bool match_value(const expression *x, const field_value *v);

/* The same for one literal alone. */
bool match_literal(const expression *x, const literal *l, const field_value *v);

/* Compiles a regular expression onto the arena; `whole`: it must match all of a text. < 0 and *e (text only) when it is none. */
int match_compile_regex(span pattern, bool whole, arena *a, void **ret, error *e);

/* fnmatch(3) without flags: * anything, ? one byte, [a-z] and [!a-z] sets; `escapes`: a backslash takes the next byte as it is.
 * One star is remembered, so the time is at most s.n * pattern.n. */
typedef struct glob_flags {
	bool fold, escapes;
} glob_flags;
bool glob_match(span pattern, span s, glob_flags flags);

/* Makes the set of a test's values when that pays; compile_value.c. */
void expression_index(expression *x, arena *a);

/* One test, without parts; eval.c. */
verdict expression_test(const expression *x, const subject *s, decided *d);

/* Whether a test asks a field that has one value at most, and nothing else: then expression_passes is its answer for that value. Without a
 * value, what expression_test says. */
bool expression_is_plain(const expression *x);
bool expression_passes(const expression *x, field_state state, const field_value *v);

/* Calls `each` for every field of an operand. */
void operand_fields(const operand *o, void (*each)(void *of, const field_row *field), void *of);

/* The values of an operand that is more than a field, on scratch; operand.c. */
typedef struct operand_value {
	field_value value;
	field_state state;
} operand_value;
typedef struct operand_values {
	LIST(operand_value) list;
	bool empty; /* known, but there are none */
} operand_values;
void operand_collect(const operand *o, const subject *s, arena *scratch, operand_values *ret);
