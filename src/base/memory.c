/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place where bulkhead's own code asks the heap, and the one place where a library function may end the
 * program: inputs are bounded, so nobody can force it. */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void *memory_zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p)
		memory_exhausted(n * size);
	return p;
}

void *memory_resize(void *p, size_t n)
{
	void *ret = realloc(p, n);
	if (!ret)
		memory_exhausted(n);
	return ret;
}

_Noreturn void memory_exhausted(size_t n)
{
	fprintf(stderr, "bulkhead: out of memory: %zu bytes were not to be had\n", n);
	exit(2);
}
