/* SPDX-License-Identifier: Apache-2.0
 *
 * yarn.lock, both syntaxes. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/yarn.lock", bytes);
}
