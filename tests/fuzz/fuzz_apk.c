/* SPDX-License-Identifier: Apache-2.0
 *
 * apk's database. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("lib/apk/db/installed", bytes);
}
