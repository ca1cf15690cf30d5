/* SPDX-License-Identifier: Apache-2.0
 *
 * Globs, as fnmatch(3) has them, over bytes. Not known are classes ([[:alpha:]]) and collation. */
#include "expression/tree.h"

/* The end of a set that begins at i, or 0 when it has none: then its '[' stands for itself. */
static size_t set_end(span pattern, size_t i, glob_flags flags)
{
	size_t j = i + 1;
	j += j < pattern.n && (pattern.p[j] == '!' || pattern.p[j] == '^');
	for (size_t first = j; j < pattern.n; j++) {
		if (pattern.p[j] == ']' && j > first)
			return j;
		if (pattern.p[j] == '\\' && flags.escapes)
			j++;
	}
	return 0;
}

static char set_byte(span pattern, size_t *j, glob_flags flags)
{
	if (pattern.p[*j] == '\\' && flags.escapes && *j + 1 < pattern.n)
		++*j;
	return pattern.p[*j];
}

static bool within(unsigned char c, char low, char high)
{
	return c >= (unsigned char)low && c <= (unsigned char)high;
}

static bool set_has(span pattern, size_t i, size_t end, char c, glob_flags flags)
{
	size_t j = i + 1;
	bool negate = pattern.p[j] == '!' || pattern.p[j] == '^', hit = false;
	for (j += negate; j < end; j++) {
		char low = set_byte(pattern, &j, flags), high = low;
		if (j + 2 < end && pattern.p[j + 1] == '-') {
			j += 2;
			high = set_byte(pattern, &j, flags);
		}
		hit |= within((unsigned char)c, low, high) ||
		       (flags.fold && (within((unsigned char)ascii_lower(c), low, high) ||
					      within((unsigned char)ascii_upper(c), low, high)));
	}
	return hit != negate;
}

/* Whether what stands at i of the pattern (no star) takes the byte c; *next is behind it. */
static bool takes(span pattern, size_t i, char c, glob_flags flags, size_t *next)
{
	*next = i + 1;
	if (pattern.p[i] == '?')
		return true;
	size_t end = pattern.p[i] == '[' ? set_end(pattern, i, flags) : 0;
	if (end) {
		*next = end + 1;
		return set_has(pattern, i, end, c, flags);
	}
	if (pattern.p[i] == '\\' && flags.escapes && i + 1 < pattern.n)
		*next = ++i + 1;
	return pattern.p[i] == c || (flags.fold && ascii_lower(pattern.p[i]) == ascii_lower(c));
}

bool glob_match(span pattern, span s, glob_flags flags)
{
	size_t i = 0, j = 0, star = SPAN_NONE, mark = 0, next;
	while (j < s.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			star = ++i;
			mark = j;
		} else if (i < pattern.n && takes(pattern, i, s.p[j], flags, &next)) {
			i = next;
			j++;
		} else if (star != SPAN_NONE) {
			i = star;
			j = ++mark;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}
