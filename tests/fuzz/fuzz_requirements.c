/* SPDX-License-Identifier: Apache-2.0
 *
 * requirements.txt. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	fuzz_package("srv/requirements.txt", bytes);
}
