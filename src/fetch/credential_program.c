/* SPDX-License-Identifier: Apache-2.0
 *
 * Running docker-credential-NAME: it has LIMIT_CREDENTIAL_SECONDS and says at most LIMIT_CREDENTIAL_BYTES; what it says is never shown. */
#include "fetch/credential_program.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static bool name_valid(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alpha(name.p[i]) && !ascii_digit(name.p[i]) && !strchr("-_.", name.p[i]))
			return false;
	return name.n > 0 && name.n <= 64;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static _Noreturn void become(const char *program, int in, int out)
{
	char *arguments[] = {(char *)(uintptr_t)program, (char[]){"get"}, NULL};
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
		execv(program, arguments);
	_exit(127);
}

static int answer_read(int fd, buffer *out, error *e)
{
	int64_t until = now_ms() + LIMIT_CREDENTIAL_SECONDS * 1000LL;
	char step[4096];
	for (;;) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int64_t left = until - now_ms();
		int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return error_set(
				e, ERROR_LIMIT, "it did not answer within %d s", LIMIT_CREDENTIAL_SECONDS);
		ssize_t n = read(fd, step, sizeof step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? error_set_system(e, "its answer cannot be read") : 0;
		buffer_add(out, (span){step, (size_t)n});
		if (out->n > LIMIT_CREDENTIAL_BYTES)
			return error_set(e, ERROR_LIMIT, "its answer is too long");
	}
}

/* Both pipes to a new process; -1 when there is none. */
static pid_t start(const char *program, int *ret_to, int *ret_from)
{
	int there[2], back[2];
	if (pipe2(there, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(back, O_CLOEXEC) < 0) {
		close(there[0]);
		close(there[1]);
		return -1;
	}
	pid_t child = fork();
	if (child == 0)
		become(program, there[0], back[1]);
	close(there[0]);
	close(back[1]);
	*ret_to = there[1];
	*ret_from = back[0];
	return child;
}

static int talk(int to, int from, span server, buffer *out, error *e)
{
	if (write(to, server.p, server.n) < 0 || write(to, "\n", 1) < 0) {
		/* it has not asked for it */
	}
	close(to);
	return answer_read(from, out, e);
}

int credential_program_run(span name, span server, arena *a, span *ret, error *e)
{
	auto_buffer out = {0};
	auto_fd from = -1;
	int to = -1, ended = 0;
	if (!name_valid(name))
		return error_set(e, ERROR_SYNTAX, "this cannot be the name of a program");
	const char *program = files_program(a, arena_format(a, "docker-credential-%.*s", SPAN_ARG(name)).p);
	if (!program)
		return error_set(e, ERROR_ABSENT, "there is no such program on PATH");
	pid_t child = start(program, &to, &from);
	if (child < 0)
		return error_set_system(e, "it could not be started");
	int status = talk(to, from, server, &out, e);
	if (status < 0)
		kill(child, SIGKILL);
	while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
		;
	TRY(status);
	if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) {
		*ret = arena_copy(a, buffer_span(&out));
		return 1;
	}
	if (span_find_fold(buffer_span(&out), SPAN("not found")) != SPAN_NONE)
		return 0;
	return error_set(e, ERROR_SYSTEM, "it has failed");
}
