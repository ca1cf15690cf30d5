/* SPDX-License-Identifier: Apache-2.0
 *
 * Many texts that a value may contain, found in one pass over it: Aho and Corasick's automaton as a table of transitions. The time depends on
 * the length of the value, not on the number of texts. */
#pragma once

#include "base/arena.h"

typedef struct text_parts text_parts;

/* An automaton of n texts of at least one byte each (borrowed while it is made), on a; `fold`: ASCII letters in either case. NULL: there
 * are none, or it would be larger than LIMIT_TEXT_PARTS_BYTES. */
text_parts *text_parts_new(const span *texts, uint32_t n, bool fold, arena *a);

/* Calls `found` once with the index of each text that is in the value. Not for two threads at once: it remembers what it has told. */
void text_parts_find(text_parts *p, span value, void (*found)(void *of, uint32_t index), void *of);
