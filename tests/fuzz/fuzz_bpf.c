/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs from anybody: the first 64 bytes are the arguments of a call, the rest is a filter. What a call with known arguments gives is among what was said of
 * calls with unknown ones. */
#include "fuzz.h"
#include "kernel/seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

FUZZ(bytes)
{
	struct seccomp_data data;
	if (bytes.n < sizeof data)
		return;
	memcpy(&data, bytes.p, sizeof data);
	span code = span_from(bytes, sizeof data);
	arena a = {0};
	uint32_t count = (uint32_t)(code.n / sizeof(struct sock_filter));
	struct sock_filter *copy = ARENA_ARRAY(&a, struct sock_filter, count + 1);
	if (count)
		memcpy(copy, code.p, count * sizeof *copy);
	seccomp_filter f = {copy, count};
	unsigned all = seccomp_outcomes(&f, data.arch, (uint32_t)data.nr), one = seccomp_run(&f, &data);
	FUZZ_HOLDS(!all || !one || (all & one) == one);
	FUZZ_HOLDS(!all || one); /* a program that can be followed on all paths can be run */
	arena_done(&a);
}
