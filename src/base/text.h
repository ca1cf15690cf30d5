/* SPDX-License-Identifier: Apache-2.0
 *
 * A source text: bytes with a name, and the way from a byte offset to a line and a column. */
#pragma once

#include "base/arena.h"

typedef struct text {
	const char *path; /* as shown to people */
	span bytes;       /* may hold any byte; a UTF-8 BOM is kept, offsets count it */
	uint32_t *lines;  /* offset of the first byte of every line; made by text_init */
	uint32_t line_count;
} text;

typedef struct place {
	uint32_t line, column; /* 1-based; column counts code points */
} place;

/* Makes a text over bytes (borrowed; they must outlive it, and be shorter than 4 GiB). Lines end with \n; a \r before
 * it belongs to the line. */
void text_init(text *t, const char *path, span bytes, arena *a);

/* The place of a byte offset; offsets past the end give the end. */
place text_place(const text *t, uint32_t offset);

/* Only its line (1-based): quick also in documents that are one line of megabytes, in which the column would be counted anew for every value. */
uint32_t text_line_number(const text *t, uint32_t offset);

/* The line (1-based) with its end-of-line bytes taken off; empty when there is no such line. */
span text_line(const text *t, uint32_t line);

/* The offset of the first byte of a line (1-based); the length of the text past the last line. */
uint32_t text_line_start(const text *t, uint32_t line);

/* The offset of a span that lies inside the text. */
static inline uint32_t text_offset(const text *t, span s)
{
	return (uint32_t)(s.p - t->bytes.p);
}

/* Whether s points into the text. */
bool text_holds(const text *t, span s);
