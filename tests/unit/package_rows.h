/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of files and of what is to be read from them; whoever includes it has a listing(path, bytes, arena, buffer). */
#pragma once

#include "test.h"

typedef struct text_row {
	const char *path, *text, *want;
} text_row;

#define CHECK_ROWS(rows)                                                                 \
	for (size_t i_ = 0; i_ < sizeof rows / sizeof *rows; i_++) {                     \
		arena a_ = {0};                                                          \
		auto_buffer out_ = {0};                                                  \
		span got__ = listing(rows[i_].path, span_of(rows[i_].text), &a_, &out_); \
		if (!span_is(got__, rows[i_].want))                                      \
			printf("# row %zu: %.*s\n", i_, SPAN_ARG(got__));                \
		CHECK_SPAN(got__, rows[i_].want);                                        \
		arena_done(&a_);                                                         \
	}
