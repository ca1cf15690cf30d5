/* SPDX-License-Identifier: Apache-2.0
 *
 * Installed gemspecs. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/specifications/a-1.gemspec", bytes);
}
