/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of flags and of choices in parameters (event_words.def). */
#pragma once

#include "base/buffer.h"
#include "watch/event.h"

/* Writes the words of a parameter's value, joined by '|'; false: it has none. `exact`: the value is one word, not bits. */
bool event_words_write(const event *e, int index, uint32_t value, bool exact, buffer *out);
