/* SPDX-License-Identifier: Apache-2.0
 *
 * Whoever stops processes may itself be killed, stopped or stuck before it lets them go. A small process of its own then does: it waits for the end of
 * this one, which the kernel tells by a pipe, or for its heartbeat to fail, and sends SIGCONT to all that are still in the map. */
#pragma once

#include "base/error.h"

#include <sys/types.h>

typedef struct guardian {
	int pipe;  /* its end closes with this process */
	pid_t pid; /* 0: none was started */
} guardian;

/* `map`: a BPF map whose keys are the pids of stopped processes. `heartbeat`: shared memory in which this process writes the time, in nanoseconds since the
 * machine started; after two seconds without it those who are stopped go on. What it does is fit for a fork of several threads. < 0: ERROR_SYSTEM. */
int guardian_start(int map, const volatile unsigned long long *heartbeat, guardian *ret, error *e);

/* Lets it do its work and waits for it. What could stop further processes must be gone. */
void guardian_end(guardian *g);
