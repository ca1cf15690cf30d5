/* SPDX-License-Identifier: Apache-2.0
 *
 * requirements.txt and its like (pip.pypa.io, "Requirements File Format"; PEP 440 and 508 for a line). Only what is pinned to one version is a package:
 *
 *     name[extra] == 1.2.3 ; python_version < "3.12" --hash=sha256:… \
 *
 * Ranges, "== 1.*", addresses, folders and options (-r, -c, -e, --index-url) say nothing sure and are passed over. Environment markers are not
 * evaluated. A file with "dev", "test", "lint" or "docs" in its name is for development. */
#include "packages/document.h"

static bool is_name_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_' || c == '.';
}

static bool is_version_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || (c && strchr(".!+-_", c));
}

/* "#" starts a comment at the start of a line and behind white space. */
static span without_comment(span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || ascii_space(line.p[i - 1])))
			return span_sub(line, 0, i);
	return line;
}

/* "== 1.2.3", one part of a list of conditions. */
static bool pinned(span condition, span *version)
{
	condition = span_trim(condition);
	size_t n = 0;
	while (n < condition.n && condition.p[n] == '=')
		n++;
	if (n < 2 || n > 3)
		return false;
	span rest = span_trim(span_from(condition, n));
	size_t end = 0;
	while (end < rest.n && is_version_byte(rest.p[end]))
		end++;
	*version = span_sub(rest, 0, end);
	return end && span_trim(span_from(rest, end)).n == 0;
}

/* The name, and what is behind it and its extras. */
static bool requirement_split(span line, span *name, span *conditions)
{
	size_t n = 0;
	while (n < line.n && is_name_byte(line.p[n]))
		n++;
	if (n == 0 || line.p[0] == '-' || line.p[0] == '.')
		return false;
	*name = span_sub(line, 0, n);
	span rest = span_trim(span_from(line, n));
	if (rest.n && rest.p[0] == '[') {
		size_t close = span_find_byte(rest, ']');
		if (close == SPAN_NONE)
			return false;
		rest = span_trim(span_from(rest, close + 1));
	}
	if (rest.n > 1 && rest.p[0] == '(' && rest.p[rest.n - 1] == ')')
		rest = span_sub(rest, 1, rest.n - 2);
	*conditions = rest;
	return true;
}

static bool line_read(
	const package_input *in, package_record *out, span line, uint32_t number, bool development)
{
	span name, conditions, condition, version;
	line = span_trim(without_comment(line));
	line = span_sub(line, 0, span_find_byte(line, ';'));
	size_t option = span_find(line, SPAN(" --"));
	line = span_trim(span_sub(line, 0, option));
	if (line.n && line.p[line.n - 1] == '\\') /* hashes follow */
		line = span_trim(span_sub(line, 0, line.n - 1));
	if (!requirement_split(line, &name, &conditions))
		return true;
	while (span_cut(&conditions, ',', &condition)) {
		if (!pinned(condition, &version))
			continue;
		package p = {
			.name = name,
			.version = version,
			.line = number,
			.type = PACKAGE_PYPI,
			.evidence = PACKAGE_LOCKED,
			.development = development,
		};
		return package_add_copy(in, out, &p);
	}
	return true;
}

static bool is_development(span name)
{
	static const char *const words[] = {"dev", "test", "lint", "docs"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_find_fold(name, span_of(words[i])) != SPAN_NONE)
			return true;
	return false;
}

/* A line that goes on below is only looked at where it starts: a requirement fits there, its hashes follow. */
static void requirements_read(const package_input *in, package_record *out)
{
	bool development = is_development(in->name), going_on = false;
	lines all;
	span line;
	if (!lock_lines(in, out, &all))
		return;
	while (lines_next(&all, &line)) {
		bool behind = going_on;
		going_on = line.n && line.p[line.n - 1] == '\\';
		if (!behind && !line_read(in, out, line, all.line, development))
			return;
	}
}

const package_format format_requirements = {"requirements.txt", requirements_read,
	{{"*requirements.txt", NULL}, {"requirements-dev.txt", NULL}, {"requirements_dev.txt", NULL},
		{"requirements-test.txt", NULL}, {"requirements_test.txt", NULL},
		{"requirements-prod.txt", NULL}, {"requirements-production.txt", NULL},
		{"requirements-base.txt", NULL}, {"requirements.lock", NULL}, {"requirements-dev.lock", NULL},
		{"*.txt", "requirements"}}};
