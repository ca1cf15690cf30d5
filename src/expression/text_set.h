/* SPDX-License-Identifier: Apache-2.0
 *
 * Many texts that one value is compared with at once: equal to one, beginning or ending with one, or lying below one as a path.
 * The time depends on the length of the value, not on the number of texts. */
#pragma once

#include "base/arena.h"

typedef enum text_set_mode { TEXT_SET_EQUAL, TEXT_SET_PREFIX, TEXT_SET_SUFFIX, TEXT_SET_PATH } text_set_mode;

typedef struct text_set text_set;

/* A set of n texts (borrowed), on a. */
text_set *text_set_new(text_set_mode mode, const span *texts, uint32_t n, arena *a);

bool text_set_match(const text_set *s, span value);
