/* SPDX-License-Identifier: Apache-2.0
 *
 * Pulling in a child process. */
#include "commands/pull.h"

#include "base/files.h"
#include "commands/commands.h"
#include "fetch/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

/* One line on the terminal, written over and over. */
static void show_progress(void *of, uint64_t done, uint64_t total)
{
	const char *name = of;
	fprintf(stderr, "\r\033[Kpulling %.60s: %.1f of %.1f MB", name, (double)done / 1e6,
		(double)total / 1e6);
}

static int pull(const pull_request *q, arena *a, registry_image *ret, error *e)
{
	registry_options options = *q->options;
	bool show = q->progress && isatty(STDERR_FILENO);
	if (show) {
		options.progress = show_progress;
		options.of = (void *)(uintptr_t)q->name;
	}
	ret->digest = "";
	int status = q->file ? registry_pull_file(q->reference, &options, a, &ret->path, e)
			     : registry_pull(q->reference, &options, a, ret, e);
	if (show)
		fputs("\r\033[K", stderr);
	return status;
}

/* In the child: what came of it, as a message. */
static _Noreturn void pull_and_tell(int fd, const pull_request *q, arena *a)
{
	error e;
	registry_image found;
	auto_buffer out = {0};
	if (pull(q, a, &found, &e) < 0) {
		message_add_number(&out, "fault", (uint64_t)e.code);
		message_add(&out, "error", span_of(e.text));
	} else {
		message_add(&out, "path", span_of(found.path));
		message_add(&out, "digest", span_of(found.digest));
	}
	message_end(&out, (span){0});
	bool told = message_write(fd, buffer_span(&out), &e) >= 0;
	fflush(NULL);
	_exit(told ? EXIT_CLEAN : EXIT_USAGE);
}

static int hear(int fd, arena *a, registry_image *ret, error *e)
{
	auto_buffer in = {0};
	message m;
	int got = message_read(fd, &in, a, &m, e);
	if (got < 0)
		return got;
	if (got == 0)
		return error_set(e, ERROR_SYSTEM, "the process that pulls it has ended");
	uint64_t fault = message_number(&m, "fault");
	if (fault)
		return error_set(e, fault <= ERROR_USAGE ? (error_code)fault : ERROR_DAMAGED, "%.*s",
			SPAN_ARG(message_get(&m, "error")));
	*ret = (registry_image){
		arena_string(a, message_get(&m, "path")), arena_string(a, message_get(&m, "digest"))};
	return 0;
}

int pull_apart(const pull_request *q, arena *a, registry_image *ret, error *e)
{
	int ends[2], status;
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_system(e, "pipe");
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		pull_and_tell(ends[1], q, a);
	}
	close(ends[1]);
	auto_fd from = ends[0];
	if (child < 0)
		return error_set_system(e, "no process could be started");
	int got = hear(from, a, ret, e);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return got;
}
