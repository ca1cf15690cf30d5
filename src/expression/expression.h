/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions over a table of fields that the caller supplies (posture facts, fields of events). The language is that of
 * condition.h; here its words get a meaning: fields have a type that operator and value must fit, macros are compiled where they
 * stand, and names of lists in lists (or alone after in, intersects, pmatch) stand for their values.
 *
 * There are two dialects, told apart by vocabulary.find: that of posture rules, and Falco's (engine 0.63), with its rules of types
 * and its words in errors.
 *
 * Evaluation has three values. A field that nobody knows makes a test UNKNOWN (or FALSE, as Falco has it, when the caller
 * wants so); `exists` is always definite. A field with several values (mount.source of a posture) holds if one value does;
 * `!=` is the negation of `=` and so holds if none is equal. */
#pragma once

#include "expression/condition.h"

typedef enum verdict { VERDICT_FALSE, VERDICT_UNKNOWN, VERDICT_TRUE } verdict;

typedef enum value_type {
	VALUE_TRUTH,
	VALUE_NUMBER,
	VALUE_TEXT,
	VALUE_UNSIGNED, /* the 64 bits of a number without a sign */
	VALUE_PORT,     /* as unsigned; literals may be names of services */
	VALUE_BYTES,    /* as text, but only compared with hexadecimal digits */
	VALUE_ADDRESS,  /* text: 4 or 16 bytes in the order of the network */
	VALUE_NET,      /* the same; literals are networks (10.0.0.0/8) */
	VALUE_REAL,     /* .real */
	VALUE_OPAQUE,   /* only `exists` fits */
} value_type;

typedef struct field_value {
	value_type type;
	bool truth;
	int64_t number;
	double real;
	span text; /* VALUE_TEXT, VALUE_BYTES, VALUE_ADDRESS, VALUE_NET */
} field_value;

/* What a getter says of a field. */
typedef enum field_state {
	FIELD_UNSET,   /* nobody knows: tests are UNKNOWN */
	FIELD_DEFAULT, /* known, but nobody said it: tests see it, `exists` is FALSE */
	FIELD_SET,
} field_state;

typedef struct field_row {
	const char *name;
	value_type type;
	bool list; /* may have several values */
	int (*unit)(span literal,
		int64_t *ret); /* NUMBER: reads "512m" or "0.5"; NULL: plain integers; 0 or < 0 */
	int id;                /* the caller's */
	const char *meaning;
	bool either;    /* the two ends of a connection, a list: `=` and `in` hold when one of them does */
	bool indexed;   /* there is an argument in brackets */
	span argument;  /* that */
	int64_t number; /* the argument, when it is a number */
	const char *
		kind; /* the type by the name that messages have for it ("UINT64"); NULL in tables of postures */
	uint8_t cost;   /* roughly what getting it takes, 1 to 9: cheap tests are asked first */
	uint8_t bits;   /* of a NUMBER or UNSIGNED; 0 means 64 */
	bool left_only; /* not on a right side (val(field)) */
	bool bare;      /* no transformer around it */
	bool some; /* several values, and one must pass a test, with `!=` too (any ancestor of a process) */
	bool (*known)(span literal); /* which literals there are; NULL: any */
	const char *unknown;         /* what is said of others: "unknown event type" */
} field_row;

/* Names that a condition may use. All callbacks are given `of`. */
typedef struct vocabulary {
	const void *of;
	const field_row *(*field)(const void *of, span name); /* NULL: no such field */
	const char *(*macro)(const void *of, span name); /* the condition that a macro stands for, or NULL */
	const char *(*list)(const void *of, span name);  /* "a, b, c", may name other lists, or NULL */
	const char *(*suggest)(const void *of, span name); /* the nearest field name, or NULL; may be NULL */
	/* Not NULL: conditions are of Falco's language, and nothing else of this table is asked. The row of a field with its argument
	 * (.p NULL: no brackets); NULL: there is none, and *why, when it is set, says more than that. */
	const field_row *(*find)(const void *of, span name, span argument, arena *a, span *why);
} vocabulary;

typedef struct expression
	expression; /* lives as long as the arena; immutable, may be evaluated by several threads */

/* Compiles a condition (copied). < 0: *e has line and column inside the condition. */
int expression_compile(span condition, const vocabulary *words, arena *a, const expression **ret, error *e);

/* Compiles a tree that was read already; macros must have been put into it. Texts of the tree must live as long as a. < 0: *fault (on
 * a) says why and where. */
int expression_compile_tree(const condition *tree, const vocabulary *words, arena *a, const expression **ret,
	condition_fault *fault);

/* The two lines under which an error is shown: the condition's line and a caret below the column. */
span expression_excerpt(span condition, const error *e, arena *a);

/* Where values come from: gives the index-th value of a field. Fields that are no lists have only index 0. FIELD_UNSET with
 * index > 0 ends a list; a known but empty list answers FIELD_UNSET at index 0 with *ret_empty = true. */
typedef struct subject {
	const void *of;
	field_state (*get)(
		const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty);
	bool absent_is_false; /* as Falco has it */
} subject;

/* Which fields decided: enough of them to make the verdict what it is. index is that of the deciding value, or -1 when all
 * values of a list (or none) did. */
typedef struct decided {
	struct {
		const field_row *field;
		int index;
	} by[16];
	uint32_t count;
} decided;

/* Evaluates; ret may be NULL. */
verdict expression_eval(const expression *x, const subject *s, decided *ret);

/* Calls `each` for every field that the expression reads (a field may come twice). */
void expression_fields(const expression *x, void (*each)(void *of, const field_row *field), void *of);
