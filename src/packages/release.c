/* SPDX-License-Identifier: Apache-2.0
 *
 * Which distribution a file system holds: os-release(5) with its quoting as of a shell, lsb-release, and for those that have neither the single line of
 * alpine-release, debian_version, redhat-release and the like. */
#include "packages/format.h"

#include "base/limits.h"
#include "packages/lines.h"

enum { LINES = 1000 }; /* os-release has twenty */

/* --- KEY=value --- */

/* The value with its quotes taken off, on a. In double quotes a backslash takes the meaning of the next of " $ ` \ away. */
static span unquote(span value, arena *a)
{
	value = span_trim(value);
	char quote = value.n ? value.p[0] : 0;
	bool quoted = quote == '"' || quote == '\'';
	char *out = arena_alloc(a, value.n + 1);
	size_t n = 0;
	for (size_t i = quoted; i < value.n; i++) {
		char c = value.p[i];
		if (quoted ? c == quote : ascii_space(c))
			break;
		if (c == '\\' && quote != '\'' && i + 1 < value.n)
			c = value.p[++i];
		if ((unsigned char)c >= 0x20)
			out[n++] = c;
	}
	return (span){out, n};
}

typedef struct release_key {
	const char *key;
	size_t offset; /* in package_release */
} release_key;

static const release_key keys[] = {
	{"ID", offsetof(package_release, id)},
	{"ID_LIKE", offsetof(package_release, like)},
	{"VERSION_ID", offsetof(package_release, version)},
	{"VERSION_CODENAME", offsetof(package_release, codename)},
	{"PRETTY_NAME", offsetof(package_release, pretty)},
	{"DISTRIB_ID", offsetof(package_release, id)},
	{"DISTRIB_RELEASE", offsetof(package_release, version)},
	{"DISTRIB_CODENAME", offsetof(package_release, codename)},
	{"DISTRIB_DESCRIPTION", offsetof(package_release, pretty)},
};

static void release_read(const package_input *in, package_record *out)
{
	package_release found = {0};
	lines all = {.rest = in->bytes};
	span line;
	while (lines_next(&all, &line) && all.line <= LINES) {
		size_t equal = span_find_byte(line, '=');
		if (equal == SPAN_NONE)
			continue;
		span key = span_trim(span_sub(line, 0, equal));
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (span_is(key, keys[i].key))
				*(span *)((char *)&found + keys[i].offset) =
					unquote(span_sub(line, equal + 1, LIMIT_PACKAGE_FIELD), in->a);
	}
	if (found.id.n == 0 && found.pretty.n == 0)
		return;
	out->release = ARENA_NEW(in->a, package_release);
	*out->release = found;
}

/* --- one line --- */

static const struct {
	const char *start, *id;
} names[] = {
	/* how the line of redhat-release starts, longer ones first */
	{"Red Hat Enterprise Linux", "rhel"},
	{"CentOS", "centos"},
	{"AlmaLinux", "almalinux"},
	{"Rocky Linux", "rocky"},
	{"Fedora", "fedora"},
	{"Oracle Linux", "ol"},
	{"Amazon Linux", "amzn"},
	{"Scientific Linux", "scientific"},
	{"CloudLinux", "cloudlinux"},
	{"VMware Photon", "photon"},
	{"CBL-Mariner", "mariner"},
	{"Mageia", "mageia"},
	{"openEuler", "openEuler"},
};

/* The first word that starts with a digit. */
static span number_in(span line)
{
	span rest = line, word;
	while (span_word(&rest, &word))
		if (ascii_digit(word.p[0]))
			return word;
	return (span){0};
}

/* alpine-release and debian_version hold nothing but the version; all others name themselves. */
static void release_line_read(const package_input *in, package_record *out)
{
	lines all = {.rest = in->bytes};
	span line = {0};
	lines_next(&all, &line);
	line = arena_copy(in->a, span_sub(span_trim(line), 0, LIMIT_PACKAGE_FIELD));
	if (line.n == 0)
		return;
	package_release found = {0};
	if (span_is(in->name, "alpine-release")) {
		found = (package_release){.id = SPAN("alpine"), .version = line};
		found.pretty = arena_format(in->a, "Alpine Linux %.*s", SPAN_ARG(line));
	} else if (span_is(in->name, "debian_version")) { /* "12.5", or "trixie/sid" */
		found = (package_release){.id = SPAN("debian")};
		if (ascii_digit(line.p[0]))
			found.version = span_sub(line, 0, span_find_byte(line, '.'));
		else
			found.codename = span_sub(line, 0, span_find_byte(line, '/'));
		found.pretty = arena_format(in->a, "Debian GNU/Linux %.*s", SPAN_ARG(line));
	}
	for (size_t i = 0; !found.id.n && i < sizeof names / sizeof *names; i++)
		if (span_starts(line, span_of(names[i].start)))
			found = (package_release){
				.id = span_of(names[i].id), .version = number_in(line), .pretty = line};
	if (!found.id.n)
		return;
	out->release = ARENA_NEW(in->a, package_release);
	*out->release = found;
}

const package_format format_release = {"os-release", release_read,
	{{"os-release", "/etc"}, {"os-release", "/usr/lib"}, {"lsb-release", "/etc"}}};

const package_format format_release_line = {"release", release_line_read,
	{{"alpine-release", "/etc"}, {"debian_version", "/etc"}, {"redhat-release", "/etc"},
		{"centos-release", "/etc"}, {"almalinux-release", "/etc"}, {"rocky-release", "/etc"},
		{"oracle-release", "/etc"}, {"fedora-release", "/etc"}, {"system-release", "/etc"},
		{"photon-release", "/etc"}, {"mariner-release", "/etc"}, {"mageia-release", "/etc"}}};
