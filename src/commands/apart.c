/* SPDX-License-Identifier: Apache-2.0
 *
 * Children that tell what they found. */
#include "commands/apart.h"

#include "base/files.h"
#include "commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

static _Noreturn void child_run(const apart *a, int fd)
{
	error e;
	bool told = a->work(a->of, fd, &e);
	fflush(NULL);
	_exit(told ? EXIT_CLEAN : EXIT_USAGE);
}

int apart_run(const apart *a, error *e)
{
	int ends[2], status;
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_system(e, "pipe");
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		child_run(a, ends[1]);
	}
	close(ends[1]);
	auto_fd from = ends[0];
	if (child < 0)
		return error_set_system(e, "no process could be started");
	int got = a->hear(a->of, from, e);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return got;
}
