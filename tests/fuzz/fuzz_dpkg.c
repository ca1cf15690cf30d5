/* SPDX-License-Identifier: Apache-2.0
 *
 * dpkg's status. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("var/lib/dpkg/status", bytes);
}
