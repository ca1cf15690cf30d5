/* SPDX-License-Identifier: Apache-2.0
 *
 * Gemfile.lock. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/Gemfile.lock", bytes);
}
