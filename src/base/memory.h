/* SPDX-License-Identifier: Apache-2.0
 *
 * The heap, for the few things that do not live in an arena. */
#pragma once

#include <stddef.h>

/* n * size zeroed bytes from the heap, to be given back with free(); ends the program when there are none. */
void *memory_zeroed(size_t n, size_t size);

/* Makes p (or NULL) n bytes large; ends the program when that cannot be done. */
void *memory_resize(void *p, size_t n);

/* Says that n bytes were not to be had and ends the program with exit code 2. */
_Noreturn void memory_exhausted(size_t n);
