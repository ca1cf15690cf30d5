/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules as a damaged database might hold them: the first line is the ecosystem, the second a version, the rest are rules. */
#include "advisories/ecosystem.h"
#include "advisories/ranges.h"
#include "fuzz.h"

FUZZ(bytes)
{
	span ecosystem = {0}, version = {0}, fixed;
	span_cut(&bytes, '\n', &ecosystem);
	span_cut(&bytes, '\n', &version);
	const version_order *order = ecosystem_order(ecosystem);
	bool affected = ranges_affect(order, bytes, version);
	if (ranges_fixed(order, bytes, version, &fixed)) {
		FUZZ_HOLDS(affected && fixed.p >= bytes.p && fixed.p + fixed.n <= bytes.p + bytes.n);
		FUZZ_HOLDS(order && version_compare(order, version, fixed) < 0);
	}
	ranges_value(bytes, 'm');
}
