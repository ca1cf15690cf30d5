/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program and its helper bulkhead-fetch say to each other over pipes, both ways:
 *
 *   KEY VALUE\n      any number of lines; a value holds no control bytes
 *   \n               the end of the lines
 *   BYTES            as many as the line "bytes N" said; none without it */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

typedef struct message_field {
	span key, value;
} message_field;

typedef struct message { /* spans live as long as the bytes it was read from */
	LIST(message_field) fields;
	span body;
} message;

/* Adds a line; control bytes of the value become spaces. */
void message_add(buffer *out, const char *key, span value);
void message_add_number(buffer *out, const char *key, uint64_t number);
/* Ends the lines; the body may be empty. */
void message_end(buffer *out, span body);

/* Reads the first message of bytes. 1: *ret is it and *ret_used what it takes. 0: it is not complete. < 0: it is none, or too large. */
int message_parse(span bytes, arena *a, message *ret, size_t *ret_used, error *e);

/* The first value of a key, or the empty span (.p is NULL). */
span message_get(const message *m, const char *key);
/* The same as a number; 0 where there is none. */
uint64_t message_number(const message *m, const char *key);

/* Reads from a pipe until a message is complete: 1, copied to a. 0: the other side has closed. `in` keeps what was read beyond it. */
int message_read(int fd, buffer *in, arena *a, message *ret, error *e);
/* Writes all of it. */
int message_write(int fd, span bytes, error *e);
