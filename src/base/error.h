/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors: one value on the caller's stack, nothing to release. A function that can fail takes `error *e` last and
 * returns < 0 (an error_code, negated) when *e says why; its ret_ parameters are then untouched.
 * Set where the fault is found, wrapped where its name is known, passed up by TRY(). */
#pragma once

#include <stdarg.h>
#include <stdint.h>

typedef enum error_code { /* few: those that a caller can act on differently */
	ERROR_NONE,
	ERROR_SYSTEM,  /* the system refused; .sys is its errno */
	ERROR_SYNTAX,  /* the input is not what its format says */
	ERROR_LIMIT,   /* the input is larger than base/limits.h allows */
	ERROR_DAMAGED, /* the input contradicts itself */
	ERROR_ABSENT,  /* what was asked for is not there */
	ERROR_DENIED,  /* not allowed to read it */
	ERROR_USAGE,   /* the person called it wrongly */
} error_code;

typedef struct error {
	int code, sys;
	uint32_t line, column; /* 1-based; 0 = not known */
	char text[232];
} error;

/* Sets *e and returns -code. */
int error_set(error *e, error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place in the input. */
int error_set_at(error *e, error_code code, uint32_t line, uint32_t column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* ERROR_SYSTEM (or ABSENT, DENIED) from errno, as "what: strerror". */
int error_set_system(error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "what: " before the text of *e; returns -e->code. */
int error_wrap(error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define TRY(call)                           \
	do {                                \
		int try_result_ = (call);   \
		if (try_result_ < 0)        \
			return try_result_; \
	} while (0)
