/* SPDX-License-Identifier: Apache-2.0
 *
 * METADATA of Python packages. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/a.dist-info/METADATA", bytes);
}
