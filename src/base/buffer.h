/* SPDX-License-Identifier: Apache-2.0
 *
 * The one growing byte buffer: what is written out is built here. `buffer b = {0};` is an empty one. */
#pragma once

#include "base/span.h"

typedef struct buffer {
	char *p;
	size_t n, room;
	int sink;   /* a file descriptor plus one that full buffers are written to; 0: none, all is kept */
	int failed; /* errno of the first write to the sink that failed; nothing is written after it */
} buffer;

/* Gives the memory back; the buffer is then empty and can be used again. */
void buffer_done(buffer *b);

void buffer_add(buffer *b, span s);
void buffer_add_string(buffer *b, const char *text);
void buffer_add_byte(buffer *b, char c);

/* Adds a number in decimal digits. */
void buffer_add_unsigned(buffer *b, uint64_t n);
void buffer_add_signed(buffer *b, int64_t n);
void buffer_repeat(buffer *b, char c, size_t times);
void buffer_format(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds words in lines of at most `width` columns (code points) and ends the line. The first line goes on at `column`, the others are
 * indented; a word that is longer than a line has one of its own. */
void buffer_wrap(buffer *b, span words, size_t column, size_t indent, size_t width);

/* Writes what is there to the sink; false once a write has failed. Without a sink nothing happens. */
bool buffer_flush(buffer *b);

/* What was added so far (and is not yet flushed); borrowed until the next change. */
static inline span buffer_span(const buffer *b)
{
	return (span){b->p, b->n};
}

#define auto_buffer __attribute__((cleanup(buffer_done))) buffer
