/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's Berkeley databases, of both byte orders. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("var/lib/rpm/Packages", bytes);
}
