/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be known of a foreign regular expression by reading it: how long a match can be, and whether a word is part of it. */
#pragma once

#include "base/arena.h"

enum {
	PATTERN_LITERAL = 64,      /* the longest word that is looked for */
	PATTERN_LONGEST = 4 << 10, /* taken for the length of a match that has no bound */
};

/* The most bytes that a match can have; at most PATTERN_LONGEST, also if it has no bound. */
size_t pattern_longest(span pattern);

/* Whether the word (lower case) is written in the pattern, case ignored: then a match lies around it, and begins at most *ret_before bytes
 * before it. A word that is not says only that the file is worth a look. */
bool pattern_needs(span pattern, span word, size_t *ret_before);

/* The pattern without a leading "[\w.-]{0,50}?", which costs a start at every byte of a name and changes nothing but where the match begins; *prefix
 * says how many bytes it could take, 0 when there was none. A copy on the arena. */
span pattern_translate(span pattern, arena *a, uint32_t *prefix);
