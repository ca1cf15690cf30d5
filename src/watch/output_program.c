/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that read alerts: how they are started, and the kind "program". */
#include "watch/output_parts.h"

#include "base/files.h"
#include "watch/pipe_process.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { PROGRAM_BYTES = 64 << 10 };

int output_start(output *o, const char *path, char *const arguments[], bool back, error *e)
{
	pipe_process p = {-1, -1, -1};
	TRY(pipe_process_start(path, arguments, back, &p, e));
	o->process = p.process;
	o->fd = p.to;
	o->in = p.from;
	return 0;
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
