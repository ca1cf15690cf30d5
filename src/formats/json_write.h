/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing JSON (RFC 8259): a cursor that knows where commas go. */
#pragma once

#include "base/buffer.h"

typedef struct json_writer {
	buffer *out;
	bool comma; /* something stands before the next value at this level */
} json_writer;

/* Opening with a key (NULL in lists and at the top). */
void json_open(json_writer *w, const char *key, char bracket);
void json_close(json_writer *w, char bracket);

/* Members, or items of a list when key is NULL. Bytes that are no UTF-8 become U+FFFD. */
void json_text(json_writer *w, const char *key, span value);
void json_string(json_writer *w, const char *key, const char *value); /* NULL gives null */
void json_number(json_writer *w, const char *key, int64_t value);
/* 16 hexadecimal digits, as a string. */
void json_hex(json_writer *w, const char *key, uint64_t value);
void json_real(json_writer *w, const char *key, double value);
void json_truth(json_writer *w, const char *key, bool value);

/* The words of a list that is separated by blanks, as strings. */
void json_words(json_writer *w, const char *key, const char *words);
