/* SPDX-License-Identifier: Apache-2.0
 *
 * Standard output and files: bytes in a row. */
#include "watch/output_parts.h"

#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

enum { STREAM_PIECES = 64, FILE_BYTES = 1 << 20 };

int output_stream_send(output *o, size_t most, error *e)
{
	struct iovec pieces[STREAM_PIECES];
	int count = output_queue_gather(&o->queue, pieces, STREAM_PIECES, most);
	if (count == 0)
		return 0;
	ssize_t n = writev(o->fd, pieces, count);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return error_set_system(e, "writing");
	o->written += output_queue_sent(&o->queue, (size_t)n);
	return n > 0;
}

/* --- standard output --- */

static int stdout_open(output *o, error *e)
{
	(void)e;
	o->fd = STDOUT_FILENO;
	return 0;
}

/* It is shared with others, who would be surprised by O_NONBLOCK: it is asked first. A pipe that has room has room for PIPE_BUF. */
static int stdout_send(output *o, error *e)
{
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};
	if (poll(&p, 1, 0) <= 0)
		return 0;
	return output_stream_send(o, PIPE_BUF, e);
}

static void stdout_shut(output *o)
{
	o->fd = -1;
	o->gone = true; /* nobody can open it again */
}

const output_kind output_stdout = {
	.name = "stdout", .must_open = true, .open = stdout_open, .send = stdout_send, .shut = stdout_shut};

/* --- files --- */

static int file_open(output *o, error *e)
{
	/* O_NONBLOCK: a named pipe without a reader is tried again later. */
	o->fd = open(o->where, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	return o->fd < 0 ? error_set_system(e, "%s", o->where) : 0;
}

static int file_send(output *o, error *e)
{
	return output_stream_send(o, FILE_BYTES, e);
}

const output_kind output_file = {
	.name = "file", .must_open = true, .wants_where = true, .open = file_open, .send = file_send};
