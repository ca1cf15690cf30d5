/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders of plain sequences of numbers, the shorter first when it starts the longer: R's package versions (CRAN, Bioconductor; '.' and
 * '-' separate alike: R's package_version) and Haskell's (Hackage; Cabal's Version).
 *
 * Invalid versions: the numbers of both are compared in turns as far as they go; then what is left, byte by byte. */
#include "advisories/version_order.h"

static bool is_cran_separator(char c)
{
	return c == '.' || c == '-';
}

static bool is_hackage_separator(char c)
{
	return c == '.';
}

/* Takes a separator if a digit stands behind it. */
static bool numeric_separator(span *rest, bool (*separator)(char))
{
	if (rest->n < 2 || !separator(rest->p[0]) || !ascii_digit(rest->p[1]))
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

static int numeric_compare(span a, span b, bool (*separator)(char))
{
	bool more_a, more_b;
	do {
		bool empty_a = !ascii_digit(version_first(a)), empty_b = !ascii_digit(version_first(b));
		if (empty_a != empty_b)
			return empty_a ? -1 : 1;
		int order = version_number(version_take(&a, ascii_digit), version_take(&b, ascii_digit));
		if (order)
			return order;
		more_a = numeric_separator(&a, separator);
		more_b = numeric_separator(&b, separator);
	} while (more_a && more_b);
	return more_a != more_b ? more_a - more_b : span_compare(a, b);
}

static int cran_compare(span a, span b)
{
	return numeric_compare(a, b, is_cran_separator);
}

static int hackage_compare(span a, span b)
{
	return numeric_compare(a, b, is_hackage_separator);
}

/* At least two numbers. */
static bool cran_valid(span s)
{
	if (!version_take(&s, ascii_digit).n || !s.n)
		return false;
	while (numeric_separator(&s, is_cran_separator))
		version_take(&s, ascii_digit);
	return s.n == 0;
}

static bool hackage_valid(span s)
{
	bool more;
	do {
		if (!version_canonical_number(version_take(&s, ascii_digit)))
			return false;
		more = version_skip(&s, '.');
	} while (more);
	return s.n == 0;
}

const version_order version_cran = {"cran", cran_compare, cran_valid};
const version_order version_hackage = {"hackage", hackage_compare, hackage_valid};
