/* SPDX-License-Identifier: Apache-2.0
 *
 * Spans: bytes that somebody else owns. Parsers return spans into their input, so that a value always knows
 * where it stands. Nothing here allocates. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct span {
	const char *p;
	size_t n;
} span;

#define SPAN(literal) ((span){(literal), sizeof(literal) - 1})
#define SPAN_ARG(s)   (int)((s).n > INT32_MAX ? INT32_MAX : (s).n), (s).p /* for "%.*s" */
#define SPAN_NONE     SIZE_MAX

/* The span of a C string; NULL gives the empty span. */
static inline span span_of(const char *text)
{
	return (span){text, text ? strlen(text) : 0};
}

static inline bool span_equal(span a, span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Whether s is exactly the C string word. */
static inline bool span_is(span s, const char *word)
{
	return span_equal(s, span_of(word));
}

static inline bool span_starts(span s, span prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool span_ends(span s, span suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Bytes [from, from + n) of s, clipped to s. */
static inline span span_sub(span s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	return (span){s.p ? s.p + from : s.p, n < s.n - from ? n : s.n - from};
}

/* All of s from byte `from` on. */
static inline span span_from(span s, size_t from)
{
	return span_sub(s, from, SIZE_MAX);
}

/* ASCII only, whatever the locale says. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}
static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}
static inline bool ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool ascii_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}
static inline bool ascii_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Equality that ignores ASCII case. */
bool span_equal_fold(span a, span b);
bool span_is_fold(span s, const char *word);

/* Where needle (or the byte c) first stands in s, or SPAN_NONE. An empty needle stands at 0. */
size_t span_find(span s, span needle);
size_t span_find_fold(span s, span needle);
size_t span_find_byte(span s, char c);
/* Where the byte c last stands in s, or SPAN_NONE. */
size_t span_find_last(span s, char c);
bool span_contains(span s, const char *needle);

/* s without ASCII white space at its ends. */
span span_trim(span s);

/* Takes the part before the next sep off *rest into *ret; false once nothing is left. "a,,b" gives "a", "", "b";
 * the empty span gives nothing. */
bool span_cut(span *rest, char sep, span *ret);

/* Takes the next word (delimited by ASCII white space) off *rest; false once none is left. */
bool span_word(span *rest, span *ret);

/* Byte order, the shorter first when one is a prefix of the other. */
int span_compare(span a, span b);

/* Whether s is one of the words of a list that is separated by single spaces ("a b c"). */
bool span_in(span s, const char *words);

/* A decimal integer with an optional sign; false (and *ret untouched) if s is anything else or does not fit. */
bool span_int(span s, int64_t *ret);

/* FNV-1a, 64 bits: for hash tables and fingerprints, not for security. */
uint64_t span_hash(span s);
