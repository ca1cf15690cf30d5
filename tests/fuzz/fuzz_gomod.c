/* SPDX-License-Identifier: Apache-2.0
 *
 * go.mod. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/go.mod", bytes);
}
