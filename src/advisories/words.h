/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of words in one text, separated by spaces: ids, vectors. */
#pragma once

#include "base/arena.h"

typedef LIST(span) span_list;

/* Adds a word (an id, a vector), unless it is none: empty, too long, with spaces inside. */
void words_add(span_list *words, arena *a, span word);

/* The words in order, each once, separated by spaces; sorts the list. */
span words_join(span_list *words, arena *a);
