/* SPDX-License-Identifier: Apache-2.0
 *
 * Many words at once: Aho and Corasick's automaton as one table of transitions over classes of bytes, ASCII letters without case. A text is
 * cut into four lanes that are walked in one loop, so that the processor loads for one while it waits for another; words over a cut are found
 * by the lane in which they start. */
#pragma once

#include "base/span.h"

typedef struct automaton automaton;

/* Words of at least one byte each, all different when case is ignored; at most LIMIT_SECRET_KEYWORDS. Borrowed only while it is built. Owned by the caller. */
automaton *automaton_new(const span *words, uint32_t count);

/* Takes NULL. */
void automaton_free(automaton *m);

enum { AUTOMATON_LANES = 4 };

/* Called for every occurrence: its word, first byte, and lane. Within a lane the ends of occurrences never go back. */
typedef void automaton_hit(void *of, uint32_t lane, uint32_t word, size_t start);

/* lanes: 1 or AUTOMATON_LANES; the occurrences are the same. */
void automaton_scan(const automaton *m, span text, uint32_t lanes, automaton_hit *hit, void *of);
