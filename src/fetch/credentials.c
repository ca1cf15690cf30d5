/* SPDX-License-Identifier: Apache-2.0
 *
 * Credentials: which file, which entry of it. The most specific entry counts: HOST/NAMESPACE/NAME before HOST/NAMESPACE before HOST. */
#include "fetch/credentials.h"

#include "base/files.h"
#include "base/limits.h"
#include "fetch/credential_program.h"
#include "formats/json.h"

#include <stdlib.h>

/* --- base64 --- */

static int sextet(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

bool credentials_decode(span text, arena *a, span *ret)
{
	while (text.n && text.p[text.n - 1] == '=')
		text.n--;
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;
	uint32_t bits = 0, have = 0;
	for (size_t i = 0; i < text.n; i++) {
		int value = sextet(text.p[i]);
		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xff);
		}
	}
	*ret = (span){out, n};
	return have < 6;
}

/* --- entries --- */

static span host_of(span registry)
{
	return span_is(registry, "index.docker.io") || span_is(registry, "registry-1.docker.io")
		       ? SPAN("docker.io")
		       : registry;
}

/* Keys may be URLs: "https://index.docker.io/v1/" is the host alone. */
static span key_clean(span key, bool *url)
{
	size_t scheme = span_find(key, SPAN("://"));
	*url = scheme != SPAN_NONE;
	if (*url) {
		key = span_from(key, scheme + 3);
		key = span_sub(key, 0, span_find_byte(key, '/'));
	}
	while (key.n && key.p[key.n - 1] == '/')
		key.n--;
	return key;
}

/* How much of HOST/REPOSITORY a key names: 0 is nothing. */
static size_t key_match(span key, span registry, span repository)
{
	bool url;
	span rest = key_clean(key, &url), path;
	size_t slash = span_find_byte(rest, '/');
	span host = span_sub(rest, 0, slash);
	if (host.n == 0 || !span_equal_fold(host_of(host), host_of(registry)))
		return 0;
	if (slash == SPAN_NONE)
		return 1;
	path = span_from(rest, slash + 1);
	if (!span_starts(repository, path) || (path.n < repository.n && repository.p[path.n] != '/'))
		return 0;
	return 1 + path.n;
}

static const member *best_entry(const node *map, span registry, span repository)
{
	const member *ret = NULL;
	size_t best = 0;
	for (uint32_t i = 0; node_is_map(map) && i < map->count; i++) {
		size_t n = key_match(map->members[i].key->value, registry, repository);
		if (n > best) {
			best = n;
			ret = &map->members[i];
		}
	}
	return ret;
}

/* Where an entry says something; Docker leaves empty ones behind when a program keeps the secret. */
static int entry_read(const node *entry, const char *path, arena *a, credential *ret, error *e)
{
	span packed = node_text(node_get(entry, "auth")), token = node_text(node_get(entry, "identitytoken")),
	     both = {0};
	credential c = {.user = node_text(node_get(entry, "username")),
		.secret = node_text(node_get(entry, "password"))};
	if (packed.n) {
		size_t colon;
		if (!credentials_decode(packed, a, &both) || (colon = span_find_byte(both, ':')) == SPAN_NONE)
			return error_set(e, ERROR_SYNTAX,
				"%s: an entry of \"auths\" is not USER:PASSWORD in base64", path);
		c.user = span_sub(both, 0, colon);
		c.secret = span_from(both, colon + 1);
		while (c.secret.n && c.secret.p[c.secret.n - 1] == 0)
			c.secret.n--;
	}
	if (token.n) {
		c.secret = token;
		c.token = true;
	}
	if (c.secret.n == 0)
		return 0;
	*ret = c;
	return 1;
}

int credentials_read(const char *path, span bytes, span registry, span repository, arena *a, credential *ret,
	span *ret_program, error *e)
{
	text t;
	node *root = NULL;
	node_problems problems = {0};
	text_init(&t, path, bytes, a);
	if (json_read(&t, a, &root, &problems, e) < 0)
		return error_wrap(e, "%s: line %u", path, e->line);
	const member *helper = best_entry(node_get(root, "credHelpers"), registry, (span){0});
	const member *entry = best_entry(node_get(root, "auths"), registry, repository);
	span store = node_text(node_get(root, "credsStore"));
	if (helper && node_text(helper->value).n) {
		*ret_program = node_text(helper->value);
		return 2;
	}
	if (entry) {
		int got = entry_read(entry->value, path, a, ret, e);
		if (got != 0)
			return got;
	}
	if (store.n == 0)
		return 0;
	*ret_program = store;
	return 2;
}

int credentials_program_read(span answer, arena *a, credential *ret, error *e)
{
	text t;
	node *root = NULL;
	node_problems problems = {0};
	text_init(&t, "answer", answer, a);
	if (json_read(&t, a, &root, &problems, e) < 0)
		return error_set(e, ERROR_SYNTAX, "its answer is no JSON");
	credential c = {
		.user = node_text(node_get(root, "Username")), .secret = node_text(node_get(root, "Secret"))};
	c.token = span_is(c.user, "<token>");
	if (c.secret.n == 0)
		return 0;
	*ret = c;
	return 1;
}

bool credentials_from_environment(credential *ret)
{
	const char *user = getenv("BULKHEAD_USERNAME"), *secret = getenv("BULKHEAD_PASSWORD");
	if (!user || !secret || !*secret)
		return false;
	*ret = (credential){.user = span_of(user), .secret = span_of(secret)};
	return true;
}

/* --- files --- */

static int ask_program(span name, span registry, arena *a, credential *ret, error *e)
{
	/* Docker's own registry is known under this name to programs that keep what `docker login` has stored. */
	span server =
		span_is(host_of(registry), "docker.io") ? SPAN("https://index.docker.io/v1/") : registry;
	span answer = {0};
	int got = credential_program_run(name, server, a, &answer, e);
	if (got > 0)
		got = credentials_program_read(answer, a, ret, e);
	return got < 0 ? error_wrap(e, "docker-credential-%.*s", SPAN_ARG(span_sub(name, 0, 60))) : got;
}

static int ask_file(
	const char *path, bool must, span registry, span repository, arena *a, credential *ret, error *e)
{
	span bytes, program = {0};
	int got = files_read(path, LIMIT_FILE_BYTES, a, &bytes, e);
	if (got < 0)
		return e->code == ERROR_ABSENT && !must ? 0 : got;
	if (span_trim(bytes).n == 0)
		return 0;
	got = credentials_read(path, bytes, registry, repository, a, ret, &program, e);
	return got == 2 ? ask_program(program, registry, a, ret, e) : got;
}

int credentials_find(span registry, span repository, arena *a, credential *ret, error *e)
{
	static const struct {
		const char *variable, *below, *file;
	} places[] = {
		/* the first that is set of those with one file */
		{"XDG_RUNTIME_DIR", "", "containers/auth.json"},
		{"XDG_CONFIG_HOME", "", "containers/auth.json"},
		{"HOME", ".config", "containers/auth.json"},
		{"DOCKER_CONFIG", "", "config.json"},
		{"HOME", ".docker", "config.json"},
	};
	const char *only = getenv("REGISTRY_AUTH_FILE");
	if (only && *only)
		return ask_file(only, true, registry, repository, a, ret, e);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const char *folder = getenv(places[i].variable);
		bool overruled = i > 0 && strcmp(places[i].variable, "HOME") == 0 &&
				 getenv(places[i - 1].variable) != NULL;
		if (!folder || !*folder || overruled)
			continue;
		const char *path = path_join(
			a, path_join(a, folder, *places[i].below ? places[i].below : "."), places[i].file);
		int got = ask_file(path, false, registry, repository, a, ret, e);
		if (got != 0)
			return got;
	}
	return 0;
}
