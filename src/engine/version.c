/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions of APIs. Both engines answer /_ping with a header Api-Version, the newest version of Docker's API that they have, and Podman also with
 * Libpod-Api-Version. /version says more, but takes Podman half a second, in which it starts other programs. */
#include "engine/version.h"

typedef struct version {
	uint32_t part[3];
} version;

typedef struct known_row {
	version oldest, newest; /* that are known to mean what we read */
	const char *usual;      /* where the engine does not say */
	const char *prefix;     /* printf's, of the version */
} known_row;

static const known_row rows[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = {{{1, 24}}, {{1, 51}}, "1.40", "/v%s"},
	[ENGINE_PODMAN] = {{{4}}, {{5, 99, 99}}, "4.0.0", "/v%s/libpod"},
};

/* "1.41", "5.0.0-rc1"; what stands behind the numbers is not compared. Nothing but what may stand in a path. */
static bool version_read(span s, version *ret)
{
	version v = {0};
	size_t at = 0;
	if (s.n == 0 || s.n > 40)
		return false;
	for (int i = 0; i < 3; i++) {
		size_t start = at;
		for (; at < s.n && ascii_digit(s.p[at]) && at - start < 6; at++)
			v.part[i] = v.part[i] * 10 + (uint32_t)(s.p[at] - '0');
		if (at == start)
			return false;
		if (at == s.n || s.p[at] != '.')
			break;
		at++;
	}
	for (; at < s.n; at++)
		if (!ascii_alpha(s.p[at]) && !ascii_digit(s.p[at]) && s.p[at] != '.' && s.p[at] != '-')
			return false;
	*ret = v;
	return true;
}

static int version_compare(version a, version b)
{
	for (int i = 0; i < 3; i++)
		if (a.part[i] != b.part[i])
			return a.part[i] < b.part[i] ? -1 : 1;
	return 0;
}

/* "Docker/20.10.24 (linux)", "Libpod/4.3.1 (linux)" */
static const char *engine_words(const char *server, arena *a)
{
	span rest = span_of(server), word;
	size_t slash;
	if (!span_word(&rest, &word) || (slash = span_find_byte(word, '/')) == SPAN_NONE)
		return "";
	return arena_string(a, span_from(word, slash + 1));
}

static void set_api(const known_row *row, const char *api, arena *a, engine_versions *v)
{
	const char *mark = strstr(row->prefix, "%s");
	v->api = api;
	v->prefix = arena_format(a, "%.*s%s%s", (int)(mark - row->prefix), row->prefix, api, mark + 2).p;
}

static const char *version_words(engine_kind kind, version v, arena *a)
{
	return kind == ENGINE_DOCKER ? arena_format(a, "%u.%u", v.part[0], v.part[1]).p
				     : arena_format(a, "%u.%u.%u", v.part[0], v.part[1], v.part[2]).p;
}

int engine_versions_agree(engine_kind kind, const http_answer *says, arena *a, engine_versions *ret, error *e)
{
	const known_row *row = &rows[kind];
	span newest = span_of(kind == ENGINE_PODMAN ? says->libpod_api : says->api);
	engine_versions v = {.engine = engine_words(says->server, a)};
	version theirs;
	if (kind == ENGINE_PODMAN && says->api[0] && !newest.n)
		return error_set(e, ERROR_USAGE, "what answers is not Podman");
	if (!version_read(newest, &theirs)) {
		set_api(row, row->usual, a, &v);
		*ret = v;
		return 0;
	}
	if (version_compare(theirs, row->oldest) < 0)
		return error_set(e, ERROR_USAGE, "the engine's API has version %.*s; at least %s is needed",
			SPAN_ARG(newest), version_words(kind, row->oldest, a));
	bool ours = version_compare(theirs, row->newest) > 0;
	set_api(row, ours ? version_words(kind, row->newest, a) : arena_string(a, newest), a, &v);
	*ret = v;
	return 0;
}
