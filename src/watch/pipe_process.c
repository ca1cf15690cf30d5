/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting programs by posix_spawn(3): the watcher has threads, and much memory. */
#include "watch/pipe_process.h"

#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

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

static int spawn(const char *path, char *const arguments[], int in, int out, pid_t *ret)
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
		why = posix_spawn(ret, path, &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return why;
}

int pipe_process_start(const char *path, char *const arguments[], bool back, pipe_process *ret, error *e)
{
	int there[2], here[2] = {-1, -1};
	if (pipe2(there, O_CLOEXEC) < 0)
		return error_set_system(e, "pipe");
	if (back && pipe2(here, O_CLOEXEC) < 0) {
		error_set_system(e, "pipe");
		close(there[0]);
		close(there[1]);
		return -e->code;
	}
	pipe_process p = {-1, there[1], here[0]};
	fcntl(p.to, F_SETFL, O_NONBLOCK); /* this end only: each has its own description */
	if (back)
		fcntl(p.from, F_SETFL, O_NONBLOCK);
	int why = spawn(path, arguments, there[0], here[1], &p.process);
	close(there[0]);
	if (back)
		close(here[1]);
	if (why == 0) {
		*ret = p;
		return 0;
	}
	p.process = -1;
	pipe_process_kill(&p);
	errno = why;
	return error_set_system(e, "%s", path);
}

void pipe_process_kill(pipe_process *p)
{
	int status;
	files_close(&p->to);
	files_close(&p->from);
	p->to = p->from = -1;
	if (p->process > 0) {
		kill(p->process, SIGKILL);
		while (waitpid(p->process, &status, 0) < 0 && errno == EINTR)
			;
	}
	p->process = -1;
}
