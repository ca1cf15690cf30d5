/* SPDX-License-Identifier: Apache-2.0
 *
 * Connecting and asking. */
#include "engine/api.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "engine/address.h"
#include "engine/http.h"
#include "engine/tls.h"
#include "engine/version.h"
#include "formats/json.h"

#include <errno.h>
#include <stdlib.h>

struct engine {
	engine_kind kind;
	engine_address address;
	engine_versions versions;
	http http;
	arena arena;
	int seconds;  /* for the whole of one answer */
	int fd;       /* under the transport, which owns it */
	int patience; /* that it has now */
};

/* --- connecting --- */

static int tcp_connect(const engine_address *where, transport *ret, int *ret_fd, error *e)
{
	int fd;
	TRY(transport_tcp(where->host, where->port, &fd, e));
	*ret_fd = fd;
	if (!where->tls) {
		*ret = transport_over(fd);
	} else if (tls_open(fd,
			   &(tls_options){.host = where->host,
				   .certificates = where->certificates,
				   .verify = where->verify,
				   .own_authority = where->own_authority},
			   ret, e) < 0) {
		return -e->code;
	}
	transport_patience(fd, LIMIT_ENGINE_SECONDS);
	return 0;
}

static int address_connect(const engine_address *where, transport *ret, int *ret_fd, error *e)
{
	int fd;
	if (!where->path)
		return tcp_connect(where, ret, ret_fd, e) < 0 ? error_wrap(e, "%s", where->shown) : 0;
	TRY(transport_unix(where->path, &fd, e));
	transport_patience(fd, LIMIT_ENGINE_SECONDS);
	*ret = transport_over(fd);
	*ret_fd = fd;
	return 0;
}

/* Absent when nothing answers anywhere, denied when something does that does not let us in. */
static int first_connect(engine *g, const engine_address_list *all, error *e)
{
	auto_buffer tried = {0};
	error_code code = ERROR_ABSENT;
	list_each(const engine_address, where, all) {
		if (address_connect(where, &g->http.over, &g->fd, e) >= 0) {
			g->patience = LIMIT_ENGINE_SECONDS;
			g->address = *where;
			return 0;
		}
		if (e->code != ERROR_SYSTEM && e->code != ERROR_ABSENT)
			code = (error_code)e->code;
		buffer_format(&tried, "%s%s", tried.n ? "; " : "", e->text);
	}
	return error_set(e, code, "%.*s", SPAN_ARG(buffer_span(&tried)));
}

/* --- asking --- */

static int connect_again(engine *g, error *e)
{
	transport over;
	TRY(address_connect(&g->address, &over, &g->fd, e));
	g->patience = LIMIT_ENGINE_SECONDS;
	transport_close(&g->http.over);
	g->http = (http){.over = over};
	return 0;
}

/* A stream has no end in sight: only its silence is measured. */
static void wait_for(engine *g, bool stream)
{
	int patience = stream ? LIMIT_ENGINE_SECONDS : g->seconds;
	if (patience != g->patience)
		transport_patience(g->fd, patience);
	g->patience = patience;
	g->http.deadline = stream ? 0 : http_clock() + g->seconds;
}

static int ask_once(engine *g, const char *path, bool stream, http_answer *answer, error *e)
{
	wait_for(g, stream);
	int status = http_send(&g->http, g->address.host, path, e);
	if (status >= 0)
		status = http_receive(&g->http, answer, e);
	if (status < 0)
		g->http.closing = true;
	return status;
}

/* An engine may close a connection that has rested; it may do so at the moment of asking. */
static int ask(engine *g, const char *path, bool stream, http_answer *answer, error *e)
{
	arena a = {0};
	bool rested = g->http.used && !g->http.closing;
	const char *whole = arena_format(&a, "%s%s", g->versions.prefix, path).p;
	int status = g->http.closing ? connect_again(g, e) : 0;
	if (status >= 0)
		status = ask_once(g, whole, stream, answer, e);
	bool dropped = status < 0 && (g->http.ended || e->sys == EPIPE || e->sys == ECONNRESET);
	if (dropped && rested && connect_again(g, e) >= 0)
		status = ask_once(g, whole, stream, answer, e);
	g->http.used = true;
	arena_done(&a);
	return status;
}

/* --- opening --- */

/* An engine, or what stands before it, that does not say its version is spoken to as to an old one. */
static int versions_ask(engine *g, error *e)
{
	http_answer answer;
	span part;
	int got;
	size_t all = 0;
	g->versions.prefix = "";
	TRY(ask(g, "/_ping", false, &answer, e));
	while ((got = http_body(&g->http, &answer, &part, e)) > 0 && all <= LIMIT_FETCH_HEADER)
		all += part.n;
	if (got != 0)
		g->http.closing = true;
	TRY(got);
	return engine_versions_agree(g->kind, &answer, &g->arena, &g->versions, e);
}

int engine_open(engine_kind kind, const engine_options *options, engine **ret, error *e)
{
	engine_address_list all = {0};
	engine *g = memory_zeroed(1, sizeof *g);
	g->kind = kind;
	g->seconds = options && options->seconds ? options->seconds : LIMIT_ENGINE_ANSWER_SECONDS;
	int status = engine_addresses(kind, options ? options->host : NULL, &g->arena, &all, e);
	if (status >= 0)
		status = first_connect(g, &all, e);
	if (status >= 0 && (status = versions_ask(g, e)) < 0)
		status = error_wrap(e, "%s", g->address.shown);
	if (status < 0) {
		engine_close(g);
		return status;
	}
	*ret = g;
	return 0;
}

void engine_close(engine *g)
{
	if (!g)
		return;
	transport_close(&g->http.over);
	arena_done(&g->arena);
	free(g);
}

const char *engine_version(const engine *g)
{
	return g->versions.engine;
}

const char *engine_api(const engine *g)
{
	return g->versions.api;
}

const char *engine_address_of(const engine *g)
{
	return g->address.shown;
}

bool engine_is_remote(const engine *g)
{
	return !g->address.path;
}

engine_kind engine_kind_of(const engine *g)
{
	return g->kind;
}

/* --- answers --- */

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
	TRY(ask(g, path, false, &answer, e));
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
	TRY(ask(g, path, true, &answer, e));
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
