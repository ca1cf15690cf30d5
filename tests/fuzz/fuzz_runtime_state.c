/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of runtimes: what comes out can be asked for in /proc. */
#include "fuzz.h"
#include "sources/kernel.h"

FUZZ(bytes)
{
	arena a = {0};
	kernel_state s;
	if (kernel_state_read(bytes, &a, &s)) {
		FUZZ_HOLDS(s.pid > 0 && s.started > 0);
		FUZZ_HOLDS(s.bundle.n == 0 || s.bundle.p[0] == '/');
	}
	arena_done(&a);
}
