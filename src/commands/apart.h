/* SPDX-License-Identifier: Apache-2.0
 *
 * Work in a child process of its own, which tells what came of it over a pipe: it can enter a sandbox that this process must not be in. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

typedef struct apart {
	/* In the child; writes to fd what `hear` reads. Returns whether it could. */
	bool (*work)(void *of, int fd, error *e);
	/* In this process, while the child works. */
	int (*hear)(void *of, int fd, error *e);
	void *of;
} apart;

/* Runs work and hear, and waits for the child; what hear returns. */
int apart_run(const apart *a, error *e);
