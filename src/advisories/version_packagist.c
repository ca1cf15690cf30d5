/* SPDX-License-Identifier: Apache-2.0
 *
 * Packagist's order: PHP's version_compare(), by which Composer compares, without the leading "v". A version is cut wherever a digit meets
 * a letter and at all punctuation; the parts are compared by what they mean, numbers by value:
 * any other word < dev < alpha = a < beta = b < RC = rc < nothing < number < pl = p.
 * Only the start of a word decides, in this case of letters, and words that mean the same are equal (1-BETA = 1-ALPHA).
 *
 * All versions are valid; a branch ("dev-main") comes before every release. */
#include "advisories/version_order.h"

enum { RANK_WORD, RANK_NOTHING = 5, RANK_NUMBER };

static const struct {
	span start;
	int rank;
} packagist_words[] = {
	{{"dev", 3}, 1},
	{{"a", 1}, 2},
	{{"b", 1}, 3},
	{{"RC", 2}, 4},
	{{"rc", 2}, 4},
	{{"p", 1}, 7},
};

static bool is_gap(char c)
{
	return !version_alnum(c);
}

static span part_next(span *rest)
{
	version_take(rest, is_gap);
	return ascii_digit(version_first(*rest)) ? version_take(rest, ascii_digit)
						 : version_take(rest, ascii_alpha);
}

static int part_rank(span part)
{
	if (!part.n)
		return RANK_NOTHING;
	if (ascii_digit(part.p[0]))
		return RANK_NUMBER;
	for (size_t i = 0; i < sizeof packagist_words / sizeof *packagist_words; i++)
		if (span_starts(part, packagist_words[i].start))
			return packagist_words[i].rank;
	return RANK_WORD;
}

static int part_compare(span a, span b)
{
	int rank = part_rank(a), order = rank - part_rank(b);
	return order || rank != RANK_NUMBER ? order : version_number(a, b);
}

static span without_v(span s)
{
	bool v = s.n > 1 && ascii_lower(s.p[0]) == 'v' && ascii_digit(s.p[1]);
	return span_from(s, v);
}

static int packagist_compare(span a, span b)
{
	span from_a, from_b;
	a = without_v(a);
	b = without_v(b);
	do {
		from_a = part_next(&a);
		from_b = part_next(&b);
		int order = part_compare(from_a, from_b);
		if (order)
			return order;
	} while (from_a.n || from_b.n);
	return 0;
}

static bool packagist_valid(span s)
{
	return s.n > 0;
}

const version_order version_packagist = {"packagist", packagist_compare, packagist_valid};
