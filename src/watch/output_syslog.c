/* SPDX-License-Identifier: Apache-2.0
 *
 * The local syslog: "<PRI>Mmm dd hh:mm:ss bulkhead[PID]: TEXT", RFC 3164 section 4.1 without the name of the host, as syslog(3) of libc
 * writes it to /dev/log. The facility is "user"; severities have the numbers of our priorities. */
#include "watch/output_parts.h"

#include "base/files.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { FACILITY_USER = 1 << 3 };

static int connect_as(output *o, const struct sockaddr_un *address, int type)
{
	o->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (o->fd >= 0 && connect(o->fd, (const struct sockaddr *)address, sizeof *address) == 0)
		return 0;
	int why = errno;
	files_close(&o->fd);
	o->fd = -1;
	return why;
}

static int syslog_open(output *o, error *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = *o->where ? o->where : "/dev/log";
	if (strlen(path) >= sizeof address.sun_path)
		return error_set(e, ERROR_USAGE, "%s: the path is too long for a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	int why = connect_as(o, &address, SOCK_DGRAM);
	o->stream = why == EPROTOTYPE;
	if (o->stream)
		why = connect_as(o, &address, SOCK_STREAM);
	errno = why;
	return why ? error_set_system(e, "%s", path) : 0;
}

static void message_write(const output_alert *a, bool stream, buffer *out)
{
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm t = {0};
	time_t seconds = (time_t)(a->time / 1000000000u);
	localtime_r(&seconds, &t);
	buffer_format(out, "<%d>%s %2d %02d:%02d:%02d bulkhead[%d]: ", FACILITY_USER | (int)a->priority,
		months[t.tm_mon], t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)getpid());
	size_t before = out->n;
	span text = span_trim(a->line);
	buffer_add(out, span_sub(text, 0, LIMIT_SYSLOG_BYTES - before));
	/* A process may have line feeds in its name; they must not become lines of a log. */
	for (size_t i = before; i < out->n; i++)
		if ((unsigned char)out->p[i] < ' ' || out->p[i] == 0x7f)
			out->p[i] = ' ';
	if (stream)
		buffer_add_byte(out, 0);
}

/* One message; of a stream also the rest of one. */
static int syslog_send(output *o, error *e)
{
	output_alert a;
	if (!output_queue_next(&o->queue, &a))
		return 0;
	auto_buffer text = {0};
	message_write(&a, o->stream, &text);
	span rest = span_from(buffer_span(&text), o->queue.sent);
	ssize_t n = send(o->fd, rest.p, rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS))
		return 0;
	if (n < 0 && errno != EMSGSIZE)
		return error_set_system(e, "%s", *o->where ? o->where : "/dev/log");
	if (n >= 0 && (size_t)n < rest.n) {
		o->queue.sent += (size_t)n;
		return 1;
	}
	output_queue_advance(&o->queue);
	output_queue_taken(&o->queue);
	if (n < 0)
		o->refused++; /* EMSGSIZE: no try would be better */
	else
		o->written++;
	return 1;
}

const output_kind output_syslog = {.name = "syslog", .open = syslog_open, .send = syslog_send};
