/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions that are compiled (PCRE2, with its JIT where the system lets it) when they are first needed, shared by
 * threads, and bounded in what a match may cost. */
#pragma once

#include "base/error.h"
#include "base/span.h"

#include <stdatomic.h>

typedef struct regex {
	span pattern;
	bool foreign;         /* written for RE2: what differs is allowed for */
	_Atomic(void *) code; /* pcre2_code; NULL: not yet */
	atomic_bool broken;   /* it does not compile */
} regex;

/* Compiles it now; what is wrong is said in *e. */
int regex_compile(regex *r, error *e);

/* Gives back what was compiled. */
void regex_done(regex *r);

typedef struct regex_matcher regex_matcher; /* of one thread */

regex_matcher *regex_matcher_new(void);
/* Takes NULL. */
void regex_matcher_free(regex_matcher *m);

enum { REGEX_GROUPS = 32 };

typedef struct regex_match {
	size_t start[REGEX_GROUPS],
		end[REGEX_GROUPS]; /* 0: the whole match; SPAN_NONE: the group took no part */
	uint32_t count;
} regex_match;

/* Looks for the first match that starts in [from, last] and ends by `to`; bytes before it count for \b and look-behind. 1: found, 0: none,
 * < 0: given up after too much effort, or the pattern is broken. */
int regex_find(regex *r, regex_matcher *m, span text, size_t from, size_t last, size_t to, regex_match *ret);

/* Whether it matches anywhere in a (short) text; giving up counts as no. */
bool regex_matches(regex *r, regex_matcher *m, span text);
