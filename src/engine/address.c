/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding an engine as Docker's and Podman's command lines do (docs.docker.com/engine/manage-resources/contexts, podman-system-service(1)). A context is a folder named by the
 * SHA-256 of its name: contexts/meta/HASH/meta.json has the host, contexts/tls/HASH/docker the certificates. Not done: ssh://, Windows' pipes, Podman's
 * system connections. */
#include "engine/address.h"

#include "base/files.h"
#include "base/limits.h"
#include "formats/json.h"
#include "formats/sha256.h"

#include <stdlib.h>

static const struct {
	const char *variable;    /* "unix:///run/x.sock" */
	const char *user_socket; /* below $XDG_RUNTIME_DIR */
	const char *socket;
} kinds[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = {"DOCKER_HOST", "docker.sock", "/var/run/docker.sock"},
	[ENGINE_PODMAN] = {"CONTAINER_HOST", "podman/podman.sock", "/run/podman/podman.sock"},
};

/* NULL where a variable is not set or empty. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && value[0] ? value : NULL;
}

/* --- addresses --- */

/* What may be part of a request and of a message. */
static bool is_plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

/* "host", "host:1", "[::1]:1" */
static int tcp_read(span where, bool tls, arena *a, engine_address *ret, error *e)
{
	bool brackets = where.n && where.p[0] == '[';
	size_t end = brackets ? span_find_byte(where, ']') : span_find_byte(where, ':');
	span host = span_sub(where, 0, end), port;
	int64_t number;
	if (brackets && end == SPAN_NONE)
		return error_set(e, ERROR_USAGE, "%s: a bracket is open", ret->shown);
	span rest = end == SPAN_NONE ? (span){0} : span_from(where, end + brackets);
	if (brackets)
		host = span_sub(where, 1, end - 1);
	port = rest.n && rest.p[0] == ':' ? span_from(rest, 1) : (span){0};
	if (rest.n == 0)
		port = tls ? SPAN("2376") : SPAN("2375");
	if (host.n == 0 || !span_int(port, &number) || number < 1 || number > 65535)
		return error_set(e, ERROR_USAGE, "%s: not tcp://HOST:PORT", ret->shown);
	ret->host = arena_string(a, host);
	ret->port = arena_format(a, "%lld", (long long)number).p;
	ret->tls = tls;
	return 0;
}

int engine_address_read(const char *url, bool tls, arena *a, engine_address *ret, error *e)
{
	span all = span_of(url);
	engine_address found = {.shown = arena_string(a, all)};
	if (all.n > LIMIT_FETCH_HEADER / 16 || !is_plain(all))
		return error_set(e, ERROR_USAGE, "the address of the engine is none");
	if (span_starts(all, SPAN("unix://"))) {
		found.path = arena_string(a, span_from(all, 7));
		if (found.path[0] != '/')
			return error_set(e, ERROR_USAGE, "%s: not unix:///PATH", url);
	} else if (span_starts(all, SPAN("tcp://"))) {
		span where = span_from(all, 6);
		if (span_ends(where, SPAN("/")))
			where.n--;
		TRY(tcp_read(where, tls, a, &found, e));
	} else if (span_starts(all, SPAN("ssh://"))) {
		return error_set(e, ERROR_USAGE,
			"%s: ssh is not spoken; forward the socket (ssh -L /tmp/engine.sock:SOCKET HOST) and use "
			"unix:///tmp/engine.sock",
			url);
	} else {
		return error_set(
			e, ERROR_USAGE, "%s: only unix:///PATH and tcp://HOST:PORT are spoken to", url);
	}
	*ret = found;
	return 0;
}

/* --- Docker's configuration --- */

static const char *docker_folder(arena *a)
{
	const char *folder = variable("DOCKER_CONFIG"), *home = variable("HOME");
	if (folder)
		return folder;
	return home ? path_join(a, home, ".docker") : NULL;
}

/* A file of Docker's, or NULL and *e. */
static const node *json_of(const char *path, arena *a, error *e)
{
	span bytes;
	node *root;
	node_problems problems = {0};
	text *t = ARENA_NEW(a, text);
	if (files_read(path, LIMIT_FILE_BYTES, a, &bytes, e) < 0)
		return NULL;
	text_init(t, path, bytes, a);
	if (json_read(t, a, &root, &problems, e) < 0) {
		error_wrap(e, "%s", path);
		return NULL;
	}
	return root;
}

/* The context that is chosen; empty for none, and for the one called "default", which is no context. */
static span context_name(arena *a)
{
	error e;
	const char *given = variable("DOCKER_CONTEXT"), *folder = docker_folder(a);
	span name = span_of(given);
	if (!given && folder)
		name = node_text(
			node_get(json_of(path_join(a, folder, "config.json"), a, &e), "currentContext"));
	return span_is(name, "default") ? (span){0} : name;
}

static bool has_certificates(const char *folder, arena *a)
{
	static const char *const names[] = {"ca.pem", "cert.pem", "key.pem"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (files_exists(path_join(a, folder, names[i])))
			return true;
	return false;
}

static int context_read(span name, arena *a, engine_address *ret, error *e)
{
	char hash[SHA256_TEXT + 1];
	const char *folder = docker_folder(a);
	if (!folder)
		return error_set(e, ERROR_USAGE, "the Docker context cannot be found without $HOME");
	sha256_of(name, hash);
	const char *id = strchr(hash, ':') + 1;
	const node *meta = json_of(arena_format(a, "%s/contexts/meta/%s/meta.json", folder, id).p, a, e);
	if (!meta)
		return error_wrap(e, "the Docker context %.*s", SPAN_ARG(span_sub(name, 0, 60)));
	const node *endpoint = node_path(meta, "Endpoints/docker");
	const char *host = arena_string(a, node_text(node_get(endpoint, "Host"))),
		   *certificates = arena_format(a, "%s/contexts/tls/%s/docker", folder, id).p;
	bool skip = node_truth(node_get(endpoint, "SkipTLSVerify")) > 0,
	     own = has_certificates(certificates, a);
	if (engine_address_read(host, own || skip, a, ret, e) < 0)
		return error_wrap(e, "the Docker context %.*s", SPAN_ARG(span_sub(name, 0, 60)));
	ret->verify = !skip;
	ret->certificates = own ? certificates : NULL;
	return 0;
}

/* --- what was said --- */

/* $DOCKER_TLS_VERIFY turns TLS on and checks; $DOCKER_TLS turns it on without. Podman has neither. */
static int host_read(engine_kind kind, const char *host, arena *a, engine_address *ret, error *e)
{
	bool verify = kind == ENGINE_DOCKER && variable("DOCKER_TLS_VERIFY"),
	     tls = verify || (kind == ENGINE_DOCKER && variable("DOCKER_TLS"));
	TRY(engine_address_read(host, tls, a, ret, e));
	if (!ret->tls)
		return 0;
	ret->verify = ret->own_authority = verify;
	ret->certificates = variable("DOCKER_CERT_PATH");
	if (!ret->certificates)
		ret->certificates = docker_folder(a);
	if (verify && !ret->certificates)
		return error_set(e, ERROR_USAGE, "DOCKER_TLS_VERIFY without DOCKER_CERT_PATH");
	return 0;
}

bool engine_is_chosen(engine_kind kind)
{
	arena a = {0};
	bool chosen = variable(kinds[kind].variable) || (kind == ENGINE_DOCKER && context_name(&a).n);
	arena_done(&a);
	return chosen;
}

static void usual_add(const char *path, arena *a, engine_address_list *ret)
{
	list_push(a, ret, (engine_address){.shown = arena_format(a, "unix://%s", path).p, .path = path});
}

int engine_addresses(engine_kind kind, const char *host, arena *a, engine_address_list *ret, error *e)
{
	engine_address one;
	engine_address_list found = {0};
	const char *run = variable("XDG_RUNTIME_DIR"),
		   *said = host && host[0] ? host : variable(kinds[kind].variable);
	span context = said || kind != ENGINE_DOCKER ? (span){0} : context_name(a);
	if (said) {
		if (host_read(kind, said, a, &one, e) < 0)
			return said == host ? -e->code : error_wrap(e, "%s", kinds[kind].variable);
		list_push(a, &found, one);
	} else if (context.n) {
		TRY(context_read(context, a, &one, e));
		list_push(a, &found, one);
	} else {
		if (run && run[0] == '/')
			usual_add(path_join(a, run, kinds[kind].user_socket), a, &found);
		usual_add(kinds[kind].socket, a, &found);
	}
	*ret = found;
	return 0;
}
