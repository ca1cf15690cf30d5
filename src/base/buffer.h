/* SPDX-License-Identifier: Apache-2.0
 *
 * The one growing byte buffer: what is written out is built here. `buffer b = {0};` is an empty one. */
#pragma once

#include "base/span.h"

typedef struct buffer {
	char *p;
	size_t n, room;
} buffer;

/* Gives the memory back; the buffer is then empty and can be used again. */
void buffer_done(buffer *b);

void buffer_add(buffer *b, span s);
void buffer_add_string(buffer *b, const char *text);
void buffer_add_byte(buffer *b, char c);
void buffer_repeat(buffer *b, char c, size_t times);
void buffer_format(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was added so far; borrowed until the next change. */
static inline span buffer_span(const buffer *b)
{
	return (span){b->p, b->n};
}

#define auto_buffer __attribute__((cleanup(buffer_done))) buffer
