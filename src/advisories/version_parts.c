/* SPDX-License-Identifier: Apache-2.0
 *
 * The small steps of which all version orders are made. */
#include "advisories/version_order.h"

span version_take(span *rest, bool (*of_kind)(char))
{
	size_t n = 0;
	while (n < rest->n && of_kind(rest->p[n]))
		n++;
	span taken = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return taken;
}

bool version_skip(span *rest, char c)
{
	if (!rest->n || rest->p[0] != c)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

bool version_all(span s, bool (*of_kind)(char))
{
	span rest = s;
	version_take(&rest, of_kind);
	return s.n && !rest.n;
}

static span without_zeros(span digits)
{
	while (version_skip(&digits, '0'))
		;
	return digits;
}

int version_number(span a, span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return span_compare(a, b);
}

bool version_zero(span digits)
{
	return without_zeros(digits).n == 0;
}

bool version_canonical_number(span s)
{
	return version_all(s, ascii_digit) && (s.n == 1 || s.p[0] != '0');
}

int version_fold(span a, span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int order = (unsigned char)ascii_lower(a.p[i]) - (unsigned char)ascii_lower(b.p[i]);
		if (order)
			return order;
	}
	return (a.n > b.n) - (a.n < b.n);
}
