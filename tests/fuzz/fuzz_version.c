/* SPDX-License-Identifier: Apache-2.0
 *
 * Two versions on two lines, compared by every order: each way round and with itself. */
#include "fuzz.h"

#include "advisories/version.h"

static void orders_hold(const version_order *order, span a, span b)
{
	FUZZ_HOLDS(version_compare(order, a, a) == 0);
	FUZZ_HOLDS(version_compare(order, b, b) == 0);
	FUZZ_HOLDS(version_compare(order, a, b) == -version_compare(order, b, a));
	version_valid(order, a);
}

FUZZ(bytes)
{
	size_t line = span_find_byte(bytes, '\n');
	span a = span_sub(bytes, 0, line), b = line == SPAN_NONE ? (span){0} : span_from(bytes, line + 1);
	version_order_find(a);
	for (const version_ecosystem *row = version_ecosystems; row->name; row++)
		if (row == version_ecosystems || row->order != row[-1].order)
			orders_hold(row->order, a, b);
}
