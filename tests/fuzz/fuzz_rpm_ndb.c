/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's ndb databases. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("var/lib/rpm/Packages.db", bytes);
}
