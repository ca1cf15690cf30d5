/* SPDX-License-Identifier: Apache-2.0
 *
 * The connections of the pages. */
#include "watch/serve.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "watch/output_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { BACKLOG = 16, READ_MOST = 2048 };

typedef struct client {
	int fd; /* < 0: none */
	int64_t until;
	buffer in, out;
	size_t sent;
	bool answered;
} client;

struct server {
	int fd;
	client clients[LIMIT_SERVE_CLIENTS];
};

typedef union listen_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} listen_address;

static bool host_read(span host, uint16_t port, listen_address *ret)
{
	char text[INET6_ADDRSTRLEN + 1] = "127.0.0.1";
	if (host.n >= sizeof text)
		return false;
	if (host.n) {
		memcpy(text, host.p, host.n);
		text[host.n] = 0;
	}
	if (span_is(host, "localhost"))
		memcpy(text, "127.0.0.1", sizeof "127.0.0.1");
	*ret = (listen_address){0};
	if (inet_pton(AF_INET, text, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons(port);
		return true;
	}
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons(port);
	return inet_pton(AF_INET6, text, &ret->v6.sin6_addr) == 1;
}

static bool address_read(const char *words, listen_address *ret)
{
	int64_t port;
	span s = span_of(words);
	size_t colon = span_find_last(s, ':');
	span host = colon == SPAN_NONE ? (span){0} : span_sub(s, 0, colon);
	if (!span_int(colon == SPAN_NONE ? s : span_from(s, colon + 1), &port) || port < 0 || port > 65535)
		return false;
	bool bracketed = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	if (!bracketed && span_find_byte(host, ':') != SPAN_NONE)
		return false;
	return host_read(bracketed ? span_sub(host, 1, host.n - 2) : host, (uint16_t)port, ret);
}

int server_open(const char *words, server **ret, error *e)
{
	listen_address address;
	int yes = 1;
	if (!address_read(words, &address))
		return error_set(e, ERROR_USAGE,
			"--listen '%s': it takes ADDRESS:PORT, [ADDRESS]:PORT or PORT", words);
	int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	socklen_t n = address.any.sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6;
	if (fd < 0 || bind(fd, &address.any, n) < 0 || listen(fd, BACKLOG) < 0) {
		int status = error_set_system(e, "--listen %s", words);
		files_close(&fd);
		return status;
	}
	server *s = memory_zeroed(1, sizeof *s);
	s->fd = fd;
	for (int i = 0; i < LIMIT_SERVE_CLIENTS; i++)
		s->clients[i].fd = -1;
	*ret = s;
	return 0;
}

static void client_close(client *c)
{
	files_close(&c->fd);
	buffer_done(&c->in);
	buffer_done(&c->out);
	*c = (client){.fd = -1};
}

void server_close(server *s)
{
	if (!s)
		return;
	for (int i = 0; i < LIMIT_SERVE_CLIENTS; i++)
		client_close(&s->clients[i]);
	close(s->fd);
	free(s);
}

uint16_t server_port(const server *s)
{
	listen_address a = {0};
	socklen_t n = sizeof a;
	if (getsockname(s->fd, &a.any, &n) < 0)
		return 0;
	return ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
}

/* --- answers --- */

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} rows[] = {{200, "OK"}, {400, "Bad Request"}, {404, "Not Found"}, {405, "Method Not Allowed"},
		{413, "Content Too Large"}, {431, "Request Header Fields Too Large"},
		{505, "HTTP Version Not Supported"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return "Error";
}

static void answer(client *c, int status, const char *type, span body, bool head)
{
	auto_buffer words = {0};
	if (status != 200) {
		buffer_format(&words, "%s\n", reason_of(status));
		type = "text/plain; charset=utf-8";
		body = buffer_span(&words);
	}
	buffer_format(&c->out,
		"HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s"
		"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
		status, reason_of(status), type, body.n, status == 405 ? "Allow: GET, HEAD\r\n" : "");
	if (!head)
		buffer_add(&c->out, body);
	c->answered = true;
}

static void request_serve(client *c, server_page *page, void *of)
{
	serve_request q;
	auto_buffer body = {0};
	int status = serve_request_parse(buffer_span(&c->in), &q);
	if (status == 0)
		return;
	if (status < 0) {
		answer(c, -status, NULL, (span){0}, false);
		return;
	}
	bool head = span_is(q.method, "HEAD");
	const char *type = head || span_is(q.method, "GET") ? page(of, q.path, &body) : NULL;
	status = type ? 200 : head || span_is(q.method, "GET") ? 404 : 405;
	answer(c, status, type, buffer_span(&body), head);
}

/* --- connections --- */

static void clients_accept(server *s)
{
	for (int i = 0; i < LIMIT_SERVE_CLIENTS; i++) {
		client *c = &s->clients[i];
		if (c->fd >= 0)
			continue;
		c->fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (c->fd < 0)
			return;
		c->until = output_now() + LIMIT_SERVE_MS;
	}
}

/* false: it is over. */
static bool client_read(client *c, server_page *page, void *of)
{
	char bytes[READ_MOST];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	buffer_add(&c->in, (span){bytes, (size_t)n});
	request_serve(c, page, of);
	return true;
}

static bool client_write(client *c)
{
	while (c->sent < c->out.n) {
		ssize_t n = send(c->fd, c->out.p + c->sent, c->out.n - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		c->sent += (size_t)n;
	}
	shutdown(c->fd, SHUT_WR);
	return false;
}

void server_poll(const server *s, poll_set *set)
{
	bool room = false;
	for (int i = 0; i < LIMIT_SERVE_CLIENTS; i++) {
		const client *c = &s->clients[i];
		room = room || c->fd < 0;
		poll_set_add(set, c->fd, c->answered ? POLLOUT : POLLIN);
	}
	if (room)
		poll_set_add(set, s->fd, POLLIN);
}

void server_step(server *s, server_page *page, void *of)
{
	int64_t now = output_now();
	clients_accept(s);
	for (int i = 0; i < LIMIT_SERVE_CLIENTS; i++) {
		client *c = &s->clients[i];
		if (c->fd < 0)
			continue;
		bool open = now < c->until;
		if (open && !c->answered)
			open = client_read(c, page, of);
		if (open && c->answered)
			open = client_write(c);
		if (!open)
			client_close(c);
	}
}
