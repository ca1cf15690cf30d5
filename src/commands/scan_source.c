/* SPDX-License-Identifier: Apache-2.0
 *
 * Which image a word names. What exists is a path; what begins with the name of a scheme is the scheme's; all else is a reference. */
#include "commands/scan_source.h"

#include "base/files.h"
#include "commands/pull.h"
#include "commands/scan_engine.h"

typedef int source_find(
	const scan_options *o, const char *word, const char *rest, arena *a, scan_subject *ret, error *e);

/* --- registries --- */

static int find_in_registry(
	const scan_options *o, const char *word, const char *rest, arena *a, scan_subject *ret, error *e)
{
	registry_options options = {.platform = platform_parse(span_of(o->platform)),
		.insecure = o->insecure_registries,
		.mirrors = o->mirrors,
		.ca = o->ca_file};
	reference r;
	registry_image image;
	pull_request q = {.name = word, .reference = &r, .options = &options, .progress = !o->output.quiet};
	TRY(reference_parse(span_of(rest), a, &r, e));
	TRY(pull_apart(&q, a, &image, e));
	*ret = (scan_subject){.shown = word, .path = image.path, .reference = image.digest};
	return 0;
}

/* --- engines --- */

static int find_in_docker(
	const scan_options *o, const char *word, const char *rest, arena *a, scan_subject *ret, error *e)
{
	(void)o;
	return scan_engine_find(ENGINE_DOCKER, word, rest, a, ret, e);
}

static int find_in_podman(
	const scan_options *o, const char *word, const char *rest, arena *a, scan_subject *ret, error *e)
{
	(void)o;
	return scan_engine_find(ENGINE_PODMAN, word, rest, a, ret, e);
}

/* --- schemes --- */

static const struct {
	const char *prefix;
	source_find *find;
} schemes[] = {
	{"registry:", find_in_registry},
	{"docker:", find_in_docker},
	{"podman:", find_in_podman},
	{"containers-storage:", find_in_podman},
};

/* Words that are meant as paths: "./app", "/srv/app", "app.tar.gz". */
static bool looks_like_path(span word)
{
	static const char *const ends[] = {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2", "/"};
	if (word.n && (word.p[0] == '/' || word.p[0] == '~' || span_starts(word, SPAN("./")) ||
			      span_starts(word, SPAN("../"))))
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends(word, span_of(ends[i])))
			return true;
	return false;
}

int scan_source_find(const scan_options *o, const char *word, arena *a, scan_subject *ret, error *e)
{
	if (strcmp(word, "-") == 0 || files_exists(word)) {
		*ret = (scan_subject){.shown = word, .path = word};
		return 0;
	}
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (span_starts(span_of(word), span_of(schemes[i].prefix)))
			return schemes[i].find(o, word, word + strlen(schemes[i].prefix), a, ret, e);
	if (looks_like_path(span_of(word)))
		return error_set(e, ERROR_ABSENT, "there is no such file or folder");
	reference r;
	if (reference_parse(span_of(word), a, &r, e) < 0)
		return error_set(
			e, ERROR_USAGE, "is neither a file or folder that exists nor the name of an image");
	return find_in_registry(o, word, word, a, ret, e);
}
