/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that read alerts: how they are started, and the kind "program". */
#include "watch/output_parts.h"

#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { PROGRAM_BYTES = 64 << 10 };

extern char **environ;

/* Signals are blocked here, and SIGPIPE is ignored: a program expects neither. */
static int attributes_set(posix_spawnattr_t *a)
{
	sigset_t none, usual;
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_setsigmask(a, &none);
	posix_spawnattr_setsigdefault(a, &usual);
	return posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(output *o, const char *path, char *const arguments[], int in, int out)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	int why = attributes_set(&attributes);
	if (why == 0)
		why = posix_spawn(&o->process, path, &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (why)
		o->process = -1;
	return why;
}

int output_start(output *o, const char *path, char *const arguments[], bool back, error *e)
{
	int there[2], here[2] = {-1, -1};
	if (pipe2(there, O_CLOEXEC) < 0)
		return error_set_system(e, "pipe");
	o->fd = there[1];
	if (back && pipe2(here, O_CLOEXEC) < 0) {
		close(there[0]);
		return error_set_system(e, "pipe");
	}
	o->in = here[0];
	fcntl(o->fd, F_SETFL, O_NONBLOCK); /* this end only: each has its own description */
	if (back)
		fcntl(o->in, F_SETFL, O_NONBLOCK);
	int why = spawn(o, path, arguments, there[0], here[1]);
	close(there[0]);
	if (back)
		close(here[1]);
	errno = why;
	return why ? error_set_system(e, "%s", path) : 0;
}

bool output_ended(output *o)
{
	int status;
	if (o->process > 0 && (waitpid(o->process, &status, WNOHANG) == o->process || errno == ECHILD))
		o->process = -1;
	return o->process <= 0;
}

static int program_open(output *o, error *e)
{
	char shell[] = "sh", flag[] = "-c";
	char *arguments[] = {shell, flag, (char *)(uintptr_t)o->where, NULL};
	if (!output_ended(o))
		return error_set(e, ERROR_ABSENT, "it reads no more, but has not ended");
	return output_start(o, "/bin/sh", arguments, false, e);
}

static int program_send(output *o, error *e)
{
	struct pollfd p = {.fd = o->fd};
	if (poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP)) {
		output_ended(o);
		return error_set(e, ERROR_ABSENT, "it has ended");
	}
	return output_stream_send(o, PROGRAM_BYTES, e);
}

static bool program_end(output *o)
{
	files_close(&o->fd);
	o->fd = -1;
	return output_ended(o);
}

const output_kind output_program = {.name = "program",
	.wants_where = true,
	.open = program_open,
	.send = program_send,
	.end = program_end};
