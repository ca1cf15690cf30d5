/* SPDX-License-Identifier: Apache-2.0
 *
 * Searching, cutting and comparing spans. */
#include "base/span.h"

bool span_equal_fold(span a, span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool span_is_fold(span s, const char *word)
{
	return span_equal_fold(s, span_of(word));
}

size_t span_find(span s, span needle)
{
	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return SPAN_NONE;
	const char *at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

size_t span_find_fold(span s, span needle)
{
	if (needle.n == 0)
		return 0;
	char low = ascii_lower(needle.p[0]), high = ascii_upper(needle.p[0]);
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if ((s.p[i] == low || s.p[i] == high) && span_equal_fold(span_sub(s, i, needle.n), needle))
			return i;
	return SPAN_NONE;
}

size_t span_find_byte(span s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

size_t span_find_last(span s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

bool span_contains(span s, const char *needle)
{
	return span_find(s, span_of(needle)) != SPAN_NONE;
}

span span_trim(span s)
{
	while (s.n && ascii_space(s.p[0]))
		s = span_from(s, 1);
	while (s.n && ascii_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool span_cut(span *rest, char sep, span *ret)
{
	if (!rest->p)
		return false;
	size_t at = span_find_byte(*rest, sep);
	if (at == SPAN_NONE) {
		if (rest->n == 0)
			return false;
		*ret = *rest;
		*rest = (span){0};
		return true;
	}
	*ret = span_sub(*rest, 0, at);
	*rest = span_from(*rest, at + 1);
	return true;
}

bool span_word(span *rest, span *ret)
{
	size_t i = 0;
	while (i < rest->n && ascii_space(rest->p[i]))
		i++;
	size_t start = i;
	while (i < rest->n && !ascii_space(rest->p[i]))
		i++;
	if (i == start)
		return false;
	*ret = span_sub(*rest, start, i - start);
	*rest = span_from(*rest, i);
	return true;
}

int span_compare(span a, span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool span_in(span s, const char *words)
{
	span rest = span_of(words), word;
	while (span_word(&rest, &word))
		if (span_equal(s, word))
			return true;
	return false;
}

bool span_int(span s, int64_t *ret)
{
	bool negative = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = span_from(s, 1);
	if (s.n == 0 || s.n > 19)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_digit(s.p[i]))
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, s.p[i] - '0', &value))
			return false;
	}
	*ret = negative ? -value : value;
	return true;
}

uint64_t span_hash(span s)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (uint8_t)s.p[i]) * 0x100000001b3u;
	return hash;
}
