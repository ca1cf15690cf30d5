/* SPDX-License-Identifier: Apache-2.0
 *
 * Connecting and asking. */
#include "engine/api.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "engine/http.h"
#include "formats/json.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

struct engine {
	const char *prefix; /* of all paths */
	const char *path;   /* of the socket */
	http http;
	arena arena;
};

static const struct {
	const char *variable;    /* "unix:///run/x.sock" */
	const char *user_socket; /* below $XDG_RUNTIME_DIR */
	const char *sockets[3];
	const char *prefix;
} kinds[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = {"DOCKER_HOST", "docker.sock", {"/var/run/docker.sock", NULL}, "/v1.40"},
	[ENGINE_PODMAN] = {"CONTAINER_HOST", "podman/podman.sock", {"/run/podman/podman.sock", NULL},
		"/v4.0.0/libpod"},
};

/* --- connecting --- */

static int socket_connect(const char *path, int *ret, error *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = LIMIT_ENGINE_SECONDS};
	if (strlen(path) >= sizeof address.sun_path)
		return error_set(e, ERROR_LIMIT, "%s: too long for a socket", path);
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set_system(e, "%s", path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		error_set_system(e, "%s", path);
		close(fd);
		return -e->code;
	}
	*ret = fd;
	return 0;
}

static void try_socket(engine *g, const char *path, buffer *tried)
{
	error e;
	if (g->http.fd >= 0)
		return;
	if (socket_connect(path, &g->http.fd, &e) >= 0)
		g->path = path;
	else
		buffer_format(tried, "%s%s", tried->n ? "; " : "", e.text);
}

static void try_sockets(engine *g, engine_kind kind, buffer *tried)
{
	const char *host = getenv(kinds[kind].variable), *run = getenv("XDG_RUNTIME_DIR");
	if (host && host[0]) {
		if (strncmp(host, "unix://", 7) == 0)
			try_socket(g, arena_string(&g->arena, span_of(host + 7)), tried);
		else
			buffer_format(
				tried, "%s: only sockets (unix://) are spoken to", kinds[kind].variable);
		return;
	}
	if (run && run[0] == '/')
		try_socket(g, path_join(&g->arena, run, kinds[kind].user_socket), tried);
	for (const char *const *path = kinds[kind].sockets; *path; path++)
		try_socket(g, *path, tried);
}

int engine_open(engine_kind kind, engine **ret, error *e)
{
	auto_buffer tried = {0};
	engine *g = memory_zeroed(1, sizeof *g);
	g->prefix = kinds[kind].prefix;
	g->http.fd = -1;
	try_sockets(g, kind, &tried);
	if (g->http.fd < 0) {
		engine_close(g);
		return error_set(e, ERROR_ABSENT, "%.*s", SPAN_ARG(buffer_span(&tried)));
	}
	*ret = g;
	return 0;
}

void engine_close(engine *g)
{
	if (!g)
		return;
	if (g->http.fd >= 0)
		close(g->http.fd);
	arena_done(&g->arena);
	free(g);
}

/* --- asking --- */

/* An engine may close a connection that has rested. */
static int again(engine *g, error *e)
{
	if (!g->http.closing)
		return 0;
	int fd;
	TRY(socket_connect(g->path, &fd, e));
	close(g->http.fd);
	g->http = (http){.fd = fd};
	return 0;
}

static int ask(engine *g, const char *path, http_answer *answer, error *e)
{
	arena a = {0};
	int status = again(g, e);
	if (status >= 0)
		status = http_send(&g->http, arena_format(&a, "%s%s", g->prefix, path).p, e);
	if (status >= 0)
		status = http_receive(&g->http, answer, e);
	arena_done(&a);
	if (status < 0)
		g->http.closing = true;
	return status;
}

static int body_read(engine *g, http_answer *answer, arena *a, span *ret, error *e)
{
	auto_buffer all = {0};
	span part;
	int got;
	while ((got = http_body(&g->http, answer, &part, e)) > 0) {
		buffer_add(&all, part);
		if (all.n > LIMIT_FILE_BYTES)
			got = error_set(e, ERROR_LIMIT, "the engine's answer is larger than %d MiB",
				LIMIT_FILE_BYTES >> 20);
		if (got < 0)
			break;
	}
	if (got < 0) {
		g->http.closing = true;
		return got;
	}
	*ret = arena_copy(a, buffer_span(&all));
	return 0;
}

int engine_get(engine *g, const char *path, arena *a, uint32_t *ret_status, span *ret, error *e)
{
	http_answer answer;
	TRY(ask(g, path, &answer, e));
	TRY(body_read(g, &answer, a, ret, e));
	*ret_status = answer.status;
	return 0;
}

/* {"message": "…"} of Docker, {"cause": …, "message": …} of Podman. */
static int refused(uint32_t status, span body, error *e)
{
	arena a = {0};
	text t;
	node *says = NULL;
	node_problems problems = {0};
	error unread;
	text_init(&t, "", body, &a);
	span message = json_read(&t, &a, &says, &problems, &unread) >= 0
			       ? node_text(node_get(says, "message"))
			       : (span){0};
	error_set(e, status == 404 ? ERROR_ABSENT : ERROR_DENIED, "the engine answers %u%s%.*s", status,
		message.n ? ": " : "", SPAN_ARG(span_sub(message, 0, 100)));
	arena_done(&a);
	return -e->code;
}

int engine_json(engine *g, const char *path, arena *a, node **ret, error *e)
{
	uint32_t status;
	span body;
	node_problems problems = {0};
	text *t = ARENA_NEW(a, text);
	TRY(engine_get(g, path, a, &status, &body, e));
	if (status != 200)
		return refused(status, body, e);
	text_init(t, "answer", body, a);
	if (json_read(t, a, ret, &problems, e) < 0)
		return error_wrap(e, "the engine's answer");
	return 0;
}

static int write_all(int fd, span s, error *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set_system(e, "keeping the image for the scan");
		s = span_from(s, (size_t)n);
	}
	return 0;
}

static int copy(engine *g, http_answer *answer, int fd, error *e)
{
	uint64_t all = 0;
	span part;
	int got;
	while ((got = http_body(&g->http, answer, &part, e)) > 0) {
		all += part.n;
		if (all > (uint64_t)LIMIT_PULL_MIB << 20)
			return error_set(e, ERROR_LIMIT, "an image of more than %d MiB", LIMIT_PULL_MIB);
		TRY(write_all(fd, part, e));
	}
	return got;
}

int engine_stream(engine *g, const char *path, int fd, error *e)
{
	http_answer answer;
	arena a = {0};
	span body = {0};
	TRY(ask(g, path, &answer, e));
	int status = 0;
	if (answer.status == 200)
		status = copy(g, &answer, fd, e);
	else if ((status = body_read(g, &answer, &a, &body, e)) >= 0)
		status = refused(answer.status, body, e);
	if (status < 0 && answer.status == 200)
		g->http.closing = true;
	arena_done(&a);
	return status;
}

span engine_escape(span text, arena *a)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (ascii_alpha(c) || ascii_digit(c) || (c && strchr("-._~/:", c)))
			buffer_add_byte(&out, c);
		else
			buffer_format(&out, "%%%02X", (unsigned char)c);
	}
	return arena_copy(a, buffer_span(&out));
}
