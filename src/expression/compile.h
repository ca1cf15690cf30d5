/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the compiler share. */
#pragma once

#include "expression/tree.h"

typedef struct compiler {
	const vocabulary *words;
	arena *arena;
	uint32_t *nodes; /* shared with those of macros: bounds the whole */
	uint32_t macros; /* that this condition stands in */
	bool falco;
	bool alone; /* the field that is compiled stands without a transformer: its name may also be a macro's */
	condition_fault *fault;
	error *error;
} compiler;

/* Fails: *c->fault and *c->error say why. */
int compile_fail(compiler *c, condition_place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A test: compile_test.c. */
int compile_test(compiler *c, const condition *from, expression *x);

/* A side of a test: compile_operand.c. */
int compile_operand(compiler *c, const condition *from, operand **ret);

/* The literals of a test (a value, or a list of them): compile_value.c. */
int compile_values(compiler *c, expression *x, const condition *right);
