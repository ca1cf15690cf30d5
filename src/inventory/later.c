/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of two versions of a package is the later one. */
#include "inventory/inventory.h"

#include "advisories/ecosystem.h"

span inventory_later(const package *p, span a, span b)
{
	static const char *const families[] = {
		[PACKAGE_DEB] = "Debian", [PACKAGE_APK] = "Alpine", [PACKAGE_RPM] = "AlmaLinux"};
	const char *ecosystem = p->type <= PACKAGE_RPM ? families[p->type] : package_types[p->type].ecosystem;
	const version_order *order = ecosystem_order(span_of(ecosystem));
	if (a.n == 0 || b.n == 0 || !order)
		return b.n ? b : a;
	return version_compare(order, a, b) >= 0 ? a : b;
}
