/* SPDX-License-Identifier: Apache-2.0
 *
 * Gemfile.lock of Ruby's Bundler (bundler/lockfile_parser.rb): sections by their head line, and under "specs:" by four spaces a gem, by six what it needs.
 *
 *     GEM
 *       remote: https://rubygems.org/
 *       specs:
 *         nokogiri (1.15.0-x86_64-linux)
 *           racc (~> 1.4)
 *
 * Gems of PATH are the project's own and left out. The file does not say what is needed for development only; the version of Bundler at its end is that of
 * the person who wrote it. */
#include "packages/document.h"

static bool is_source(span head)
{
	return span_is(head, "GEM") || span_is(head, "GIT") || span_is(head, "PLUGIN SOURCE");
}

/* "NAME (VERSION)" or "NAME (VERSION-PLATFORM)"; versions of gems hold no '-'. */
static bool spec_read(const package_input *in, package_record *out, span spec, uint32_t line)
{
	size_t open = span_find(spec, SPAN(" ("));
	if (open == SPAN_NONE || spec.p[spec.n - 1] != ')')
		return true;
	span version = span_sub(spec, open + 2, spec.n - open - 3);
	size_t dash = span_find_byte(version, '-');
	package p = {
		.name = span_sub(spec, 0, open),
		.version = span_sub(version, 0, dash),
		.architecture = dash == SPAN_NONE ? (span){0} : span_from(version, dash + 1),
		.line = line,
		.type = PACKAGE_GEM,
		.evidence = PACKAGE_LOCKED,
	};
	return package_add_copy(in, out, &p);
}

static void gemfile_read(const package_input *in, package_record *out)
{
	static const char *const indent = "    ";
	bool source = false, specs = false;
	lines all;
	span line;
	if (!lock_lines(in, out, &all))
		return;
	while (lines_next(&all, &line)) {
		if (line.n && line.p[0] != ' ') {
			source = is_source(line);
			specs = false;
		} else if (source && span_is(span_trim(line), "specs:")) {
			specs = true;
		} else if (specs && span_starts(line, span_of(indent)) && line.n > 4 && line.p[4] != ' ') {
			if (!spec_read(in, out, span_from(line, 4), all.line))
				return;
		}
	}
}

const package_format format_gemfile = {
	"Gemfile.lock", gemfile_read, {{"Gemfile.lock", NULL}, {"gems.locked", NULL}}};
