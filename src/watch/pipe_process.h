/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that are spoken to over pipes, of which neither blocks us. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct pipe_process {
	pid_t process;
	int to;   /* its standard input */
	int from; /* its standard output; -1: that is ours */
} pipe_process;

/* Starts a program with signals as they are at the start of one; `back`: its standard output comes back. < 0: *e, and nothing is open. */
int pipe_process_start(const char *path, char *const arguments[], bool back, pipe_process *ret, error *e);

/* Closes the pipes and kills the program, whatever it is waiting for; *p is then {-1, -1, -1}, which is allowed too. */
void pipe_process_kill(pipe_process *p);
