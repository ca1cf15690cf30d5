/* SPDX-License-Identifier: Apache-2.0
 *
 * Values written behind one another into bytes, and read back: for what is kept between runs. Numbers have as many bytes as they need (LEB128).
 * What is read may be damaged: a reader that ran out of bytes gives zeros and empty spans from then on, and says so. */
#pragma once

#include "base/buffer.h"

void pack_number(buffer *b, uint64_t n);
void pack_span(buffer *b, span s);

typedef struct unpack { /* `unpack u = {.rest = bytes};` */
	span rest;
	bool failed; /* something was not there */
} unpack;

uint64_t unpack_number(unpack *u);

/* A number that is at most `most`; else 0, and the reader has failed. */
uint64_t unpack_below(unpack *u, uint64_t most);

/* Points into the bytes. */
span unpack_span(unpack *u);

/* The number of things that follow, each of at least one byte: never more than there are bytes left. */
uint32_t unpack_count(unpack *u);
