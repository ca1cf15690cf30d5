/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of a condition. */
#pragma once

#include "base/span.h"

typedef enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* a name, a keyword or an unquoted value */
	TOKEN_STRING, /* a quoted value; text is without its quotes, escapes still in it */
	TOKEN_SYMBOL, /* = == != < <= > >= ( ) , */
	TOKEN_BAD,    /* an unfinished string */
} token_kind;

typedef struct token {
	token_kind kind;
	span text;
	size_t at; /* byte offset in the condition */
} token;

/* The token at *position, which is moved behind it. */
token token_next(span condition, size_t *position);
