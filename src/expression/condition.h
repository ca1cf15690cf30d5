/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition as it is written: Falco's grammar (its parser of engine 0.63), and the tree that it gives. What the words mean is
 * not asked here: compile.c gives the tree of a posture rule its fields, macros and lists.
 *
 *   condition = or;  or = and { "or" and };  and = not { "and" not };  not = { "not" } ( "(" or ")" | test | name )
 *   test      = left "exists" | left number-operator number | left text-operator text | left list-operator list
 *   left      = field | transformer
 *   field     = name "." name { "." name } [ "[" argument "]" ]        name = [a-zA-Z][a-zA-Z0-9_]*
 *   transformer = ("tolower" | "toupper" | "b64" | "basename" | "len" | "join" | "concat" | "getopt") "(" arguments ")" [ "[" argument "]" ]
 *   number-operator  <= < >= >
 *   text-operator    == = != and, each with a blank behind it, glob iglob contains icontains bcontains startswith bstartswith
 *                    endswith regex; then, at will, oneof, anyof or allof with a list or the name of one
 *   list-operator    intersects in pmatch, with ( text, … ) or the name of a list
 *   the right side may also be a transformer, or val(field)
 *   text      = [^()"'[:space:]=,]+ | "…" | '…' with \b \f \n \r \t \\ \/ \" (in "") \' (in '') \xHH, and "\ " for a backslash
 *
 * Three keywords need a blank or a parenthesis behind them: and, or, not. No word is reserved: `a.b = not` compares with a text.
 *
 * Conditions of posture rules (`posture` below) may also have names without a dot as fields, fields without an operator (they
 * hold when true), istartswith, iendswith, known(field), units behind numbers (512Mi), and keep an escape that is none (\d). */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

typedef enum op {
	OP_EXISTS,
	OP_LESS_EQUAL,
	OP_LESS,
	OP_GREATER_EQUAL,
	OP_GREATER,
	OP_SAME, /* ==, which means = */
	OP_EQUAL,
	OP_NOT_EQUAL,
	OP_GLOB,
	OP_IGLOB,
	OP_CONTAINS,
	OP_ICONTAINS,
	OP_BCONTAINS,
	OP_STARTSWITH,
	OP_BSTARTSWITH,
	OP_ENDSWITH,
	OP_REGEX,
	OP_ISTARTSWITH, /* posture only, as the next */
	OP_IENDSWITH,
	OP_INTERSECTS,
	OP_IN,
	OP_PMATCH,
	OP_COUNT,
	OP_HOLDS = OP_COUNT, /* a field alone; no word is written for it */
} op;

typedef enum op_class { OP_CLASS_UNARY, OP_CLASS_NUMBER, OP_CLASS_TEXT, OP_CLASS_LIST } op_class;

typedef struct op_row {
	const char *word; /* as it must be written, with its blank */
	op_class kind;
	bool posture; /* not of Falco's language */
} op_row;

extern const op_row op_rows[OP_COUNT];

/* The operator without its blank. */
span op_name(op o);

typedef enum modifier {
	MODIFIER_NONE,
	MODIFIER_ONEOF,
	MODIFIER_ANYOF,
	MODIFIER_ALLOF,
	MODIFIER_COUNT
} modifier;

extern const char *const modifier_names[MODIFIER_COUNT]; /* NULL for none */

typedef enum transform {
	TRANSFORM_VAL,
	TRANSFORM_TOLOWER,
	TRANSFORM_TOUPPER,
	TRANSFORM_B64,
	TRANSFORM_BASENAME,
	TRANSFORM_LEN,
	TRANSFORM_JOIN,
	TRANSFORM_CONCAT,
	TRANSFORM_GETOPT,
	TRANSFORM_KNOWN, /* posture only */
	TRANSFORM_COUNT,
	TRANSFORM_NONE = TRANSFORM_COUNT,
} transform;

extern const char *const transform_names[TRANSFORM_COUNT];

typedef struct condition_place {
	uint32_t at;           /* bytes from the start */
	uint32_t line, column; /* 1-based; columns are bytes */
} condition_place;

typedef enum condition_kind {
	CONDITION_AND,
	CONDITION_OR,
	CONDITION_NOT,
	CONDITION_NAME, /* of a macro */
	CONDITION_TEST,
	CONDITION_FIELD,
	CONDITION_VALUE,
	CONDITION_LIST, /* of values */
	CONDITION_TRANSFORM,
	CONDITION_TRANSFORM_LIST, /* of arguments */
} condition_kind;

typedef struct condition {
	condition_kind kind;
	condition_place place;
	span text;                /* NAME, FIELD: the name; VALUE: without quotes and escapes */
	bool quoted;              /* VALUE */
	bool indexed;             /* FIELD, TRANSFORM: there is an argument in brackets */
	span index;               /* that argument */
	transform transform;      /* TRANSFORM */
	op op;                    /* TEST */
	modifier modifier;        /* TEST */
	condition_place op_place; /* TEST */
	struct condition *left;   /* TEST: a FIELD or a TRANSFORM */
	struct condition *right;  /* TEST: VALUE, LIST or TRANSFORM; NULL with OP_EXISTS */
	LIST(struct condition *)
	parts; /* AND, OR: two or more; NOT: one; LIST and TRANSFORM_LIST: what is in it; TRANSFORM: its arguments */
} condition;

typedef struct condition_options {
	bool posture;
	uint32_t depth; /* parentheses and transformers within another */
} condition_options;

/* What is wrong with a condition, in Falco's words, and where. */
typedef struct condition_fault {
	span text;
	condition_place place;
} condition_fault;

/* Reads a condition; the tree lives as long as a, and its texts as long as a and `text`. < 0: ERROR_SYNTAX (ERROR_LIMIT: larger
 * than base/limits.h allows), *fault (on a) says why and where, and *e does too, cut to its size. */
int condition_parse(span text, const condition_options *options, arena *a, const condition **ret,
	condition_fault *fault, error *e);

/* Reads what stands in the parentheses of a list ("a, 'b c', d") into a CONDITION_LIST. */
int condition_parse_list(span text, arena *a, const condition **ret, error *e);

/* Writes a condition as Falco prints it (short, but an empty text or one with parentheses cannot be read back), or so that
 * reading it gives the same tree. Places are lost. */
void condition_print(const condition *c, bool exact, buffer *out);
