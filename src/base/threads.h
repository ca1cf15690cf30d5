/* SPDX-License-Identifier: Apache-2.0
 *
 * A parallel loop: all the threading that bulkhead needs. */
#pragma once

#include <stdint.h>

/* How many threads this machine runs at once (the CPUs this process may use), at least 1. */
unsigned threads_available(void);

/* Calls run(of, i) for every i below count, on up to `threads` threads, in any order; returns when all are done. With one
 * thread (or one call) everything happens on the caller's. A thread that cannot be started is done without. */
void threads_run(unsigned threads, uint32_t count, void (*run)(void *of, uint32_t i), void *of);
