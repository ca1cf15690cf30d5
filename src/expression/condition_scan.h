/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner of conditions: a cursor that takes one thing when it stands there. There is no stream of tokens, because what a
 * word is depends on where it stands. Every `scan_` function that returns bool moves the cursor only when it returns true. */
#pragma once

#include "expression/condition.h"

typedef struct scanner {
	span text;
	condition_place now;
	span last; /* the last thing that was taken, for messages */
	condition_options options;
	arena *arena;
	condition_fault *fault;
	uint32_t depth, nodes;
} scanner;

/* What is left. */
span scan_rest(const scanner *s);

/* Moves over n bytes. */
void scan_skip(scanner *s, size_t n);

/* Takes a word, whatever follows it; `last` is then the word without blanks. */
bool scan_word(scanner *s, const char *word);

/* Takes blanks; false when there are none. */
bool scan_blank(scanner *s);

bool scan_name(scanner *s, span *ret);       /* a macro's or a list's */
bool scan_field_name(scanner *s, span *ret); /* with a dot */
bool scan_number(scanner *s, span *ret);
bool scan_bare(scanner *s, span *ret);
bool scan_bare_index(scanner *s, span *ret); /* in brackets */

/* Takes a quoted text: 1, *ret is without its quotes and escapes; 0: none stands here; < 0: an escape is wrong. */
int scan_quoted(scanner *s, span *ret);

/* Fails here. */
int scan_fail(scanner *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
