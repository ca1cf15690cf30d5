/* SPDX-License-Identifier: Apache-2.0
 *
 * packages.config. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/packages.config", bytes);
}
