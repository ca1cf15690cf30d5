/* SPDX-License-Identifier: Apache-2.0
 *
 * RubyGems' order (Gem::Version): segments are runs of digits or of letters; a hyphen stands for ".pre.". Zeros at the end, and those right
 * before the first letters, do not count; letters come before numbers, so they make a pre-release; a missing segment is 0.
 *
 * Invalid versions: bytes that are neither letters nor digits only separate. */
#include "advisories/version_order.h"

typedef struct gem_segments {
	span rest;
	bool seen_letters;
	const char *kept; /* zeros that start before here count */
} gem_segments;

static bool is_gap(char c)
{
	return !version_alnum(c) && c != '-';
}

/* Takes the next segment; the empty span at the end. */
static span segment_take(span *rest)
{
	version_take(rest, is_gap);
	if (version_skip(rest, '-'))
		return SPAN("pre");
	return ascii_digit(version_first(*rest)) ? version_take(rest, ascii_digit)
						 : version_take(rest, ascii_alpha);
}

static bool is_number(span segment)
{
	return !segment.n || ascii_digit(segment.p[0]);
}

/* Whether the zeros that start at `first` count: not when letters or the end follow. Remembers how far it looked, so that all of them
 * together cost one pass. */
static bool zeros_count(gem_segments *of, span first)
{
	if (first.p < of->kept)
		return true;
	span rest = of->rest, next;
	do {
		of->kept = rest.p;
		next = segment_take(&rest);
	} while (next.n && is_number(next) && version_zero(next));
	if (next.n && is_number(next))
		return true;
	of->rest = (span){of->kept, (size_t)(of->rest.p + of->rest.n - of->kept)};
	return false;
}

static span segment_next(gem_segments *of)
{
	span next = segment_take(&of->rest);
	if (next.n && !of->seen_letters && is_number(next) && version_zero(next) && !zeros_count(of, next))
		next = segment_take(&of->rest);
	of->seen_letters |= !is_number(next);
	return next;
}

static int segment_compare(span a, span b)
{
	if (is_number(a) != is_number(b))
		return is_number(a) ? 1 : -1;
	return is_number(a) ? version_number(a, b) : span_compare(a, b);
}

static int rubygems_compare(span a, span b)
{
	gem_segments left = {.rest = a, .kept = a.p}, right = {.rest = b, .kept = b.p};
	span from_a, from_b;
	do {
		from_a = segment_next(&left);
		from_b = segment_next(&right);
		int order = segment_compare(from_a, from_b);
		if (order)
			return order;
	} while (from_a.n || from_b.n);
	return 0;
}

static bool is_tail(char c)
{
	return version_alnum(c) || c == '-';
}

/* Segments of a kind of bytes, with dots between them. */
static bool dotted(span *rest, bool (*of_kind)(char))
{
	bool more;
	do {
		if (!version_take(rest, of_kind).n)
			return false;
		more = version_skip(rest, '.');
	} while (more);
	return true;
}

/* Gem::Version::VERSION_PATTERN; white space around it and nothing at all (which means 0) are allowed. */
static bool rubygems_valid(span s)
{
	s = span_trim(s);
	if (!s.n)
		return true;
	if (!version_take(&s, ascii_digit).n)
		return false;
	if (version_skip(&s, '.') && !dotted(&s, version_alnum))
		return false;
	if (version_skip(&s, '-') && !dotted(&s, is_tail))
		return false;
	return s.n == 0;
}

const version_order version_rubygems = {"rubygems", rubygems_compare, rubygems_valid};
