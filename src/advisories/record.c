/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers of advisories share. */
#include "advisories/record.h"

#include "base/limits.h"

int record_check_package(span ecosystem, span name, error *e)
{
	if (!ecosystem.n || !name.n)
		return error_set(e, ERROR_SYNTAX, "a package without ecosystem or name");
	if (ecosystem.n > LIMIT_ADVISORY_WORD || name.n > LIMIT_ADVISORY_WORD || !ranges_plain(ecosystem) ||
		!ranges_plain(name))
		return error_set(e, ERROR_SYNTAX, "a package with a name that none can have");
	return 0;
}

bool record_cve_good(span cve)
{
	for (size_t i = 4; i < cve.n; i++)
		if (!ascii_digit(cve.p[i]) && cve.p[i] != '-')
			return false;
	return span_starts(cve, SPAN("CVE-")) && cve.n > 4 && cve.n <= LIMIT_ADVISORY_WORD;
}
