/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets. */
#include "engine/transport.h"

#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int transport_failed(error *e)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return error_set(e, ERROR_SYSTEM, "the engine does not answer in time");
	return error_set_system(e, "talking to the engine");
}

/* --- over a descriptor --- */

static ssize_t plain_receive(void *of, void *to, size_t n, error *e)
{
	for (;;) {
		ssize_t got = read(*(int *)of, to, n);
		if (got >= 0)
			return got;
		if (errno != EINTR)
			return transport_failed(e);
	}
}

static ssize_t plain_send(void *of, const void *from, size_t n, error *e)
{
	for (;;) {
		ssize_t sent = send(*(int *)of, from, n, MSG_NOSIGNAL);
		if (sent > 0)
			return sent;
		if (errno != EINTR)
			return transport_failed(e);
	}
}

static void plain_close(void *of)
{
	close(*(int *)of);
	free(of);
}

transport transport_over(int fd)
{
	int *of = memory_zeroed(1, sizeof *of);
	*of = fd;
	return (transport){plain_receive, plain_send, plain_close, of};
}

void transport_close(transport *t)
{
	if (t->close)
		t->close(t->of);
	*t = (transport){0};
}

/* --- connecting --- */

void transport_patience(int fd, int seconds)
{
	struct timeval patience = {.tv_sec = seconds};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

/* The time that connect() may take is that of sending. */
static int connected(
	int fd, const struct sockaddr *address, socklen_t size, const char *name, int *ret, error *e)
{
	if (fd < 0)
		return error_set_system(e, "%s", name);
	transport_patience(fd, LIMIT_FETCH_CONNECT_SECONDS);
	if (connect(fd, address, size) < 0) {
		if (errno == EINPROGRESS || errno == EAGAIN)
			errno = ETIMEDOUT;
		error_set_system(e, "%s", name);
		close(fd);
		return -e->code;
	}
	*ret = fd;
	return 0;
}

int transport_unix(const char *path, int *ret, error *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return error_set(e, ERROR_LIMIT, "%s: too long for a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	return connected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&address,
		sizeof address, path, ret, e);
}

int transport_tcp(const char *host, const char *port, int *ret, error *e)
{
	struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *all = NULL;
	int fault = getaddrinfo(host, port, &want, &all), one = 1;
	if (fault)
		return error_set(e, ERROR_ABSENT, "%s: %s", host, gai_strerror(fault));
	error_set(e, ERROR_ABSENT, "%s: no address", host);
	int status = -e->code;
	for (struct addrinfo *at = all; at && status < 0; at = at->ai_next)
		status = connected(socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), at->ai_addr,
			at->ai_addrlen, host, ret, e);
	freeaddrinfo(all);
	if (status >= 0)
		setsockopt(*ret, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return status;
}
