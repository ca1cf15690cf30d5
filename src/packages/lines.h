/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a database in text, counted. */
#pragma once

#include "base/span.h"

typedef struct lines {
	span rest;
	uint32_t line; /* the number of the last one, 1-based */
} lines;

/* The next line without its end, LF or CRLF; false behind the last. */
static inline bool lines_next(lines *l, span *ret)
{
	if (l->rest.n == 0)
		return false;
	const char *end = memchr(l->rest.p, '\n', l->rest.n);
	size_t n = end ? (size_t)(end - l->rest.p) : l->rest.n;
	*ret = (span){l->rest.p, n && l->rest.p[n - 1] == '\r' ? n - 1 : n};
	l->rest = span_from(l->rest, end ? n + 1 : n);
	l->line++;
	return true;
}
