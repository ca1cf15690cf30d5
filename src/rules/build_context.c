/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about the build context: what .dockerignore keeps out of it, and secrets that are copied from it. Patterns are those of
 * docs.docker.com/build/concepts/context/#dockerignore-files: * and ? within a part of a path, ** over parts, ! takes back. */
#include "rules/build_tables.h"

/* --- patterns --- */

/* One part of a path. A star that did not fit is made longer, the last one first: that is enough. */
static bool part_matches(span pattern, span s)
{
	size_t p = 0, at = 0, star = SPAN_NONE, mark = 0;
	while (at < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = at;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[at])) {
			p++;
			at++;
		} else if (star != SPAN_NONE) {
			p = star + 1;
			at = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

enum { PARTS_MAX = 64 };

typedef struct parts {
	span items[PARTS_MAX];
	uint32_t count;
} parts;

/* The parts of a path; with `clean` without "." */
static parts split(span path, bool clean)
{
	parts ret = {.count = 0};
	span part;
	while (ret.count < PARTS_MAX && span_cut(&path, '/', &part))
		if (part.n && !(clean && span_is(part, ".")))
			ret.items[ret.count++] = part;
	return ret;
}

/* Whether the pattern fits the first `count` parts of the path. */
static bool path_matches(const parts *pattern, const parts *path, uint32_t count)
{
	uint32_t p = 0, at = 0, star = UINT32_MAX, mark = 0;
	while (at < count) {
		if (p < pattern->count && span_is(pattern->items[p], "**")) {
			star = p++;
			mark = at;
		} else if (p < pattern->count && part_matches(pattern->items[p], path->items[at])) {
			p++;
			at++;
		} else if (star != UINT32_MAX) {
			p = star + 1;
			at = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern->count && span_is(pattern->items[p], "**"))
		p++;
	return p == pattern->count;
}

/* A folder that is left out takes all below it along. */
static bool or_parent_matches(const parts *pattern, const parts *path)
{
	for (uint32_t count = 1; count <= path->count; count++)
		if (path_matches(pattern, path, count))
			return true;
	return false;
}

static bool is_ignored(const text *ignore, const parts *path)
{
	bool ret = false;
	span rest = ignore->bytes, line;
	while (span_cut(&rest, '\n', &line)) {
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		bool back = line.p[0] == '!';
		parts pattern = split(span_from(line, back), true);
		if (ret == back && or_parent_matches(&pattern, path))
			ret = !back;
	}
	return ret;
}

static bool ignores(const text *ignore, span path, bool clean)
{
	parts p = split(path, clean);
	return p.count && is_ignored(ignore, &p);
}

/* --- what is copied from the context --- */

static bool copies_context(const dockerfile_instruction *i)
{
	return (i->kind == DOCKERFILE_COPY || i->kind == DOCKERFILE_ADD) && i->words.count >= 2 &&
	       !dockerfile_flag_get(i, "from");
}

static bool any_of(span s, const char *bytes)
{
	for (size_t k = 0; k < s.n; k++)
		if (strchr(bytes, s.p[k]))
			return true;
	return false;
}

/* With `!` a folder that is left out may still hold files that are not. */
static bool takes_back(const text *ignore)
{
	span rest = ignore->bytes, line;
	while (span_cut(&rest, '\n', &line))
		if (span_starts(span_trim(line), SPAN("!")))
			return true;
	return false;
}

/* Paths are looked for as they are written as well: BuildKit takes the dot of "./x" for a part of its own. */
BUILD_JUDGE(judge_copy_ignored)
{
	(void)b;
	if (!d->ignore || takes_back(d->ignore))
		return;
	build_each(i, d) for (uint32_t k = 0; copies_context(i) && k + 1 < i->words.count; k++)
	{
		span source = i->words.items[k].value;
		if (build_is_url(source) || any_of(source, "*?[$<") || !split(source, true).count)
			continue;
		if (ignores(d->ignore, source, true) || ignores(d->ignore, source, false))
			build_found(out, r, d, i, i->words.items[k].source, NULL,
				".dockerignore keeps %.*s out of the build", SPAN_ARG(source));
	}
}

BUILD_JUDGE(judge_ignore_file)
{
	(void)b;
	const build_ignore *of = r->of;
	static const span never[] = {{".git", 4}, {".env", 4}};
	if (!d->context_known || (d->ignore == NULL) != of->missing)
		return;
	build_each(i, d) for (uint32_t k = 0; copies_context(i) && k + 1 < i->words.count; k++)
	{
		if (build_is_url(i->words.items[k].value) || !span_in(i->words.items[k].value, ". ./ * ./*"))
			continue;
		if (of->missing) {
			build_found(out, r, d, i, i->words.items[k].source, NULL,
				"all of the folder is copied, and there is no .dockerignore");
			continue;
		}
		for (size_t n = 0; n < sizeof never / sizeof *never; n++)
			if (!ignores(d->ignore, never[n], true))
				build_found(out, r, d, i, i->words.items[k].source, NULL,
					"all of the folder is copied, and .dockerignore does not keep %.*s out",
					SPAN_ARG(never[n]));
	}
}

/* --- secrets --- */

static const char *const secret_files[] = {".env", ".env.*", "*.env", "id_rsa", "id_dsa", "id_ecdsa",
	"id_ed25519", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.pem", ".npmrc",
	".pypirc", ".netrc", ".git-credentials", ".htpasswd", ".pgpass", ".aws", ".ssh", ".gnupg", ".kube",
	"kubeconfig", ".dockercfg", ".dockerconfigjson", "credentials", "credentials.json",
	"service-account*.json", "*.tfstate", "secrets.y*ml", NULL};
static const char *const paths_to_secrets[] = {
	"**/.aws/**", "**/.ssh/**", "**/.docker/config.json", "**/.kube/config", NULL};
/* Certificates, examples and public keys are no secrets. */
static const char *const innocent_files[] = {"*.pub", "*example*", "*sample*", "*.dist", "*template*", "*.md",
	"ca.pem", "ca-*", "*-ca.pem", "*ca-bundle*", "*cert*.pem", "*chain*.pem", "*public*", "*root*.pem",
	"authorized_keys", "known_hosts", NULL};

static bool name_in(const char *const *patterns, span name)
{
	for (; *patterns; patterns++)
		if (part_matches(span_of(*patterns), name))
			return true;
	return false;
}

static bool path_in(const char *const *patterns, span source)
{
	parts path = split(source, true);
	for (; *patterns; patterns++) {
		parts pattern = split(span_of(*patterns), true);
		if (path_matches(&pattern, &path, path.count))
			return true;
	}
	return false;
}

static bool is_secret_file(span source)
{
	while (source.n > 1 && source.p[source.n - 1] == '/')
		source.n--;
	span name = build_base_name(source);
	if (!name.n || name_in(innocent_files, name))
		return false;
	return name_in(secret_files, name) || path_in(paths_to_secrets, source);
}

BUILD_JUDGE(judge_copied_secret)
{
	(void)b;
	build_each(i, d) for (uint32_t k = 0; copies_context(i) && k + 1 < i->words.count; k++)
	{
		span source = i->words.items[k].value;
		if (!build_is_url(source) && is_secret_file(source))
			build_found(out, r, d, i, i->words.items[k].source, NULL,
				"%.*s becomes part of the image", SPAN_ARG(source));
	}
}
