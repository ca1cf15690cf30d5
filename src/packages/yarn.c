/* SPDX-License-Identifier: Apache-2.0
 *
 * yarn.lock. Version 1 has a syntax of its own (classic.yarnpkg.com, yarn.lock); from version 2 on it is YAML with a "__metadata" in it.
 *
 *     "@babel/core@^7.0.0", "@babel/core@^7.1.0":        "lodash@npm:^4.0.0, lodash@npm:^4.17.0":
 *       version "7.22.5"                                   version: 4.17.21
 *       resolved "https://…"                               resolution: "lodash@npm:4.17.21"
 *
 * Neither says what is needed for development only. Workspaces, links and folders are the project's own and left out. */
#include "packages/document.h"

/* Splits "NAME@RANGE"; the name may start with '@'. False when there is no range. */
static bool spec_split(span spec, span *name, span *range)
{
	size_t at = span_find_byte(span_from(spec, 1), '@');
	if (spec.n == 0 || at == SPAN_NONE)
		return false;
	*name = span_sub(spec, 0, at + 1);
	*range = span_from(spec, at + 2);
	return true;
}

static bool is_own(span range)
{
	static const char *const own[] = {"workspace:", "link:", "file:", "portal:"};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (span_starts(range, span_of(own[i])))
			return true;
	return false;
}

/* --- version 1 --- */

/* The first text of a line, with or without quotes, up to one of `ends`. */
static span first_text(span line, const char *ends)
{
	line = span_trim(line);
	if (line.n && line.p[0] == '"')
		return span_sub(line, 1, span_find_byte(span_from(line, 1), '"'));
	size_t n = 0;
	while (n < line.n && line.p[n] && !strchr(ends, line.p[n]))
		n++;
	return span_sub(line, 0, n);
}

/* The name of the package that a header speaks of, by its first range; empty for none. "a@npm:b@^1" is b. */
static span header_name(span line)
{
	static const char *const alias = "npm:";
	span name, range, real, rest;
	if (!spec_split(first_text(line, ",:"), &name, &range) || is_own(range))
		return (span){0};
	if (!span_starts(range, span_of(alias)))
		return name;
	return spec_split(span_from(range, strlen(alias)), &real, &rest) ? real
									 : span_from(range, strlen(alias));
}

static void classic_read(const package_input *in, package_record *out)
{
	lines all;
	span line, name = {0};
	uint32_t header = 0;
	if (!lock_lines(in, out, &all))
		return;
	while (lines_next(&all, &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] != ' ') {
			name = header_name(line);
			header = all.line;
		} else if (name.n && span_starts(line, SPAN("  version "))) {
			package p = {
				.name = name,
				.version = first_text(span_from(line, 10), " "),
				.line = header,
				.type = PACKAGE_NPM,
				.evidence = PACKAGE_LOCKED,
			};
			name = (span){0};
			if (!package_add_copy(in, out, &p))
				return;
		}
	}
}

/* --- version 2 and later --- */

static bool berry_one(document *d, const member *m)
{
	span range;
	package p = {
		.version = node_text(node_get(m->value, "version")),
		.type = PACKAGE_NPM,
		.evidence = PACKAGE_LOCKED,
	};
	if (!spec_split(document_text(node_get(m->value, "resolution")), &p.name, &range) || is_own(range))
		return true;
	return document_add(d, m->key, &p);
}

static void berry_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_YAML, &d))
		return;
	for (uint32_t i = 0; node_is_map(d.root) && i < d.root->count; i++)
		if (!berry_one(&d, &d.root->members[i]))
			return;
}

static void yarn_read(const package_input *in, package_record *out)
{
	if (span_find(in->bytes, SPAN("__metadata:")) != SPAN_NONE)
		berry_read(in, out);
	else
		classic_read(in, out);
}

const package_format format_yarn = {"yarn.lock", yarn_read, {{"yarn.lock", NULL}}};
