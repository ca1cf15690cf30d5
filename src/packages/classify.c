/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that no package manager need own, as images are built with "make install" or from an archive of the makers. The name of a file decides which
 * one it may be, a string in its read-only data which version it is. Files of other names are not looked into.
 *
 *     node   …node.js/v18.20.4…                               in the name of its release
 *     nginx  …nginx version: nginx/1.22.1…
 *     python3.11, libpython3.11.so.1.0   …\0 3.11.2\0…        begins as the name of the file says
 *
 * Two kinds of text speak for a whole folder: "release" of a Java runtime, VERSION of Go. Programs written in Go say themselves what they are made of
 * (go_binary.c). */
#include "packages/elf.h"
#include "packages/format.h"
#include "packages/lines.h"

#include "base/limits.h"

enum {                 /* flags of programs */
	START_NUL = 1, /* the string begins with what stands before the version */
	END_NUL = 2,   /* the string ends with the version */
	LETTERS = 4,   /* letters and digits may follow: "1.1.1w", "3.13.0rc1" */
	AHEAD = 8,     /* the version is the string right ahead of it instead */
};

typedef struct program {
	/* The last part of the path. '$' is numbers with dots between, '*' at the end is anything. */
	const char *file;
	const char *name;
	/* What stands before the version. With a '$', that of the file, it is how the version begins. */
	const char *mark;
	uint8_t parts; /* numbers that the version has at least */
	uint8_t flags;
} program;

/* clang-format off */
static const program programs[] = {
	{"node",              "node",       "node.js/v",             3, 0},
	{"nodejs",            "node",       "node.js/v",             3, 0},
	{"libnode.so*",       "node",       "node.js/v",             3, 0},
	{"python$",           "python",     "$.",                    3, END_NUL | LETTERS},
	{"python$m",          "python",     "$.",                    3, END_NUL | LETTERS},
	{"libpython$.so*",    "python",     "$.",                    3, END_NUL | LETTERS},
	{"libpython$m.so*",   "python",     "$.",                    3, END_NUL | LETTERS},
	{"ruby",              "ruby",       "ruby ",                 3, 0},
	{"ruby$",             "ruby",       "ruby ",                 3, 0},
	{"libruby*",          "ruby",       "ruby ",                 3, 0},
	{"perl",              "perl",       "/lib/perl5/",           3, 0},
	{"perl",              "perl",       "v",                     3, START_NUL | END_NUL},
	{"perl$",             "perl",       "v",                     3, START_NUL | END_NUL},
	{"libperl.so*",       "perl",       "v",                     3, START_NUL | END_NUL},
	{"php",               "php",        "X-Powered-By: PHP/",    3, LETTERS},
	{"php$",              "php",        "X-Powered-By: PHP/",    3, LETTERS},
	{"php-cgi*",          "php",        "X-Powered-By: PHP/",    3, LETTERS},
	{"php-fpm*",          "php",        "X-Powered-By: PHP/",    3, LETTERS},
	{"libphp*",           "php",        "X-Powered-By: PHP/",    3, LETTERS},
	{"nginx",             "nginx",      "nginx version: nginx/", 3, 0},
	{"httpd",             "httpd",      "Apache/",               3, 0},
	{"apache2",           "httpd",      "Apache/",               3, 0},
	{"redis-server",      "redis",      "c11-builtin",           3, AHEAD | END_NUL}, /* both of its INFO */
	{"redis-server",      "redis",      "atomic-builtin",        3, AHEAD | END_NUL},
	{"redis-server",      "redis",      "sync-builtin",          3, AHEAD | END_NUL},
	{"postgres",          "postgresql", "postgres (PostgreSQL) ", 2, LETTERS},
	{"mariadbd",          "mariadb",    "MariaDB ",              3, END_NUL},
	{"mysqld",            "mariadb",    "MariaDB ",              3, END_NUL},
	{"mysqld",            "mysql",      "/mysql-",               3, 0},
	{"openssl",           "openssl",    "OpenSSL ",              3, LETTERS},
	{"libssl.so*",        "openssl",    "OpenSSL ",              3, LETTERS},
	{"libcrypto.so*",     "openssl",    "OpenSSL ",              3, LETTERS},
	{"curl",              "curl",       "curl/",                 3, 0},
	{"libcurl.so*",       "curl",       "libcurl/",              3, 0},
	{"libcurl-gnutls.so*", "curl",      "libcurl/",              3, 0},
	{"busybox",           "busybox",    "BusyBox v",             3, 0},
	{"bash",              "bash",       "@(#)Bash version ",     3, 0},
	{"haproxy",           "haproxy",    " version ",             3, START_NUL},
	{"memcached",         "memcached",  "memcached ",            3, 0},
};
/* clang-format on */

/* --- names --- */

static size_t numbers_length(span s)
{
	size_t n = 0;
	while (n < s.n &&
		(ascii_digit(s.p[n]) || (n && s.p[n] == '.' && n + 1 < s.n && ascii_digit(s.p[n + 1]))))
		n++;
	return n;
}

/* Whether the name of a file is of the pattern, and what '$' is in it. */
static bool name_matches(const char *pattern, span name, span *numbers)
{
	for (; *pattern; pattern++) {
		size_t n = *pattern == '$' ? numbers_length(name) : name.n && name.p[0] == *pattern;
		if (*pattern == '*')
			return true;
		if (n == 0)
			return false;
		if (*pattern == '$')
			*numbers = span_sub(name, 0, n);
		name = span_from(name, n);
	}
	return name.n == 0;
}

/* --- versions --- */

enum { VERSION_BYTES = 40 };

/* The version at the start of s; empty when there is none of this program. */
static span version_take(span s, const program *p)
{
	s = span_sub(s, 0, VERSION_BYTES + 1);
	size_t n = numbers_length(s), parts = n > 0;
	for (size_t i = 0; i < n; i++)
		parts += s.p[i] == '.';
	while (p->flags & LETTERS && n < s.n && (ascii_alpha(s.p[n]) || ascii_digit(s.p[n])))
		n++;
	bool ended = n < s.n && (s.p[n] == 0 || !(p->flags & END_NUL));
	return parts >= p->parts && ended && n <= VERSION_BYTES ? span_sub(s, 0, n) : (span){0};
}

static span version_behind(span data, span before, bool begins, const program *p)
{
	size_t at = 0;
	for (size_t next; (next = span_find(span_from(data, at), before)) != SPAN_NONE; at += next + 1) {
		size_t start = at + next;
		if (p->flags & START_NUL && (start == 0 || data.p[start - 1] != 0))
			continue;
		if (begins && start && (ascii_digit(data.p[start - 1]) || data.p[start - 1] == '.'))
			continue;
		span version = version_take(span_from(data, begins ? start : start + before.n), p);
		if (version.n)
			return version;
	}
	return (span){0};
}

static span version_ahead(span data, span behind, const program *p)
{
	size_t at = 0;
	for (size_t next; (next = span_find(span_from(data, at), behind)) != SPAN_NONE; at += next + 1) {
		size_t end = at + next, start = end ? end - 1 : 0;
		while (start && end - start <= VERSION_BYTES &&
			(ascii_digit(data.p[start - 1]) || data.p[start - 1] == '.'))
			start--;
		span version = version_take(span_sub(data, start, end - start), p);
		if (version.n && start + version.n + 1 == end)
			return version;
	}
	return (span){0};
}

static span version_find(span data, const program *p, span numbers)
{
	char before[VERSION_BYTES];
	if (p->flags & AHEAD)
		return version_ahead(data, span_of(p->mark), p);
	if (p->mark[0] != '$')
		return version_behind(data, span_of(p->mark), false, p);
	if (numbers.n + 1 > sizeof before || span_find_byte(numbers, '.') == SPAN_NONE)
		return (span){0}; /* "3." is how many versions of other things begin */
	memcpy(before, numbers.p, numbers.n);
	before[numbers.n] = '.';
	return version_behind(data, (span){before, numbers.n + 1}, true, p);
}

/* --- files --- */

static bool program_read(
	const package_input *in, package_record *out, const elf *f, const program *p, span numbers)
{
	span data = {0}, version = {0};
	if (elf_section_find(f, ".rodata", &data))
		version = version_find(data, p, numbers);
	if (version.n == 0)
		version = version_find(span_sub(f->bytes, 0, LIMIT_PROGRAM_BYTES), p, numbers);
	if (version.n == 0)
		return false;
	package_add_copy(in, out,
		&(package){.name = span_of(p->name),
			.version = version,
			.type = PACKAGE_BINARY,
			.evidence = PACKAGE_BUILT_IN});
	return true;
}

bool classify_read(const package_input *in, package_record *out)
{
	elf f;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		span numbers = {0};
		if (!name_matches(programs[i].file, in->name, &numbers))
			continue;
		if (!elf_open(in->bytes, &f))
			return false;
		if (program_read(in, out, &f, &programs[i], numbers))
			return true;
	}
	return false;
}

static void library_read(const package_input *in, package_record *out)
{
	classify_read(in, out);
}

/* KEY="VALUE" of the file "release" of a Java runtime. */
static void release_read(const package_input *in, package_record *out)
{
	lines all = {.rest = in->bytes};
	span line;
	while (lines_next(&all, &line)) {
		if (!span_starts(line, SPAN("JAVA_VERSION=\"")) || !span_ends(line, SPAN("\"")))
			continue;
		span version = span_from(line, sizeof "JAVA_VERSION=\"" - 1);
		if (version.n < 2)
			return;
		package_add_copy(in, out,
			&(package){.name = SPAN("java"),
				.version = span_sub(version, 0, version.n - 1),
				.line = all.line,
				.type = PACKAGE_BINARY,
				.evidence = PACKAGE_INSTALLED});
		return;
	}
}

/* "go1.21.0" in the first line of VERSION in the folder of Go. */
static void go_read(const package_input *in, package_record *out)
{
	lines all = {.rest = in->bytes};
	span line;
	if (!lines_next(&all, &line) || !span_starts(line, SPAN("go1.")))
		return;
	package_add_copy(in, out,
		&(package){.name = SPAN("go"),
			.version = span_trim(span_from(line, 2)),
			.line = 1,
			.type = PACKAGE_BINARY,
			.evidence = PACKAGE_INSTALLED});
}

/* Libraries that distributions and some makers install without the permission to execute. */
const package_format format_library = {"library", library_read,
	{{"libssl.so.3", NULL}, {"libssl.so.1.1", NULL}, {"libssl.so.1.0.2", NULL}, {"libssl.so.1.0.0", NULL},
		{"libcrypto.so.3", NULL}, {"libcrypto.so.1.1", NULL}, {"libcrypto.so.1.0.2", NULL},
		{"libcrypto.so.1.0.0", NULL}, {"libpython2.7.so.1.0", NULL}, {"libpython3.8.so.1.0", NULL},
		{"libpython3.9.so.1.0", NULL}, {"libpython3.10.so.1.0", NULL}, {"libpython3.11.so.1.0", NULL},
		{"libpython3.12.so.1.0", NULL}, {"libpython3.13.so.1.0", NULL},
		{"libpython3.14.so.1.0", NULL}}};

const package_format format_java_release = {"Java runtime", release_read, {{"release", NULL}}};
const package_format format_go_version = {"Go", go_read, {{"VERSION", "go"}}};
