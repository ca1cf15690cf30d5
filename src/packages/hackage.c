/* SPDX-License-Identifier: Apache-2.0
 *
 * Haskell: stack.yaml.lock (docs.haskellstack.org, "Lock files"), which has what the project adds to a snapshot, and cabal.project.freeze
 * (cabal.readthedocs.io, "cabal freeze").
 *
 *     packages: [{completed: {hackage: aeson-1.5.6.0@sha256:…,6000}}]           constraints: any.aeson ==1.5.6.0,
 *                                                                                            aeson -bytestring-builder
 *
 * Not read: snapshots, which are on a server. */
#include "packages/document.h"

static void stack_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_YAML, &d))
		return;
	const node *all = node_get(d.root, "packages");
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		const node *whole = node_path(all->items[i], "completed/hackage");
		span text = document_text(whole);
		text = span_sub(text, 0, span_find_byte(text, '@'));
		size_t dash = span_find_last(text, '-');
		if (dash == SPAN_NONE)
			continue;
		package p = {
			.name = span_sub(text, 0, dash),
			.version = span_from(text, dash + 1),
			.type = PACKAGE_HACKAGE,
			.evidence = PACKAGE_LOCKED,
		};
		if (!document_add(&d, whole, &p))
			return;
	}
}

/* "any.NAME ==VERSION"; flags and ranges are passed over. */
static bool constraint_read(const package_input *in, package_record *out, span text, uint32_t line)
{
	static const char *const any = "any.";
	size_t equal = span_find(text, SPAN("=="));
	if (equal == SPAN_NONE)
		return true;
	span name = span_trim(span_sub(text, 0, equal)), version = span_trim(span_from(text, equal + 2));
	if (span_starts(name, span_of(any)))
		name = span_from(name, strlen(any));
	for (size_t i = 0; i < version.n; i++)
		if (!ascii_digit(version.p[i]) && version.p[i] != '.')
			return true;
	package p = {
		.name = name,
		.version = version,
		.line = line,
		.type = PACKAGE_HACKAGE,
		.evidence = PACKAGE_LOCKED,
	};
	return name.n == 0 || version.n == 0 || package_add_copy(in, out, &p);
}

static void freeze_read(const package_input *in, package_record *out)
{
	static const char *const field = "constraints:";
	bool inside = false;
	lines all;
	span line, one;
	if (!lock_lines(in, out, &all))
		return;
	while (lines_next(&all, &line)) {
		if (line.n && !ascii_space(line.p[0]))
			inside = span_starts(line, span_of(field));
		if (!inside || span_starts(span_trim(line), SPAN("--")))
			continue;
		if (span_starts(line, span_of(field)))
			line = span_from(line, strlen(field));
		while (span_cut(&line, ',', &one))
			if (!constraint_read(in, out, one, all.line))
				return;
	}
}

const package_format format_stack = {"stack.yaml.lock", stack_read, {{"stack.yaml.lock", NULL}}};
const package_format format_cabal = {"cabal.project.freeze", freeze_read, {{"cabal.project.freeze", NULL}}};
