/* SPDX-License-Identifier: Apache-2.0
 *
 * dpkg's database: var/lib/dpkg/status, one paragraph a package (deb822(5), dpkg(1)); status.d, one file a package, as distroless images have it; and
 * the lists of files, info/NAME[:ARCH].list and NAME.md5sums. Not read: status-old, available, alternatives, diversions. */
#include "packages/format.h"

#include "base/limits.h"
#include "packages/lines.h"

typedef struct paragraph { /* what is of interest in it, as it stands in the file */
	span name, version, source, architecture, status;
	uint32_t line; /* of its first field; 0: nothing yet */
} paragraph;

static const struct {
	const char *field;
	size_t offset; /* in paragraph */
} fields[] = {
	{"Package", offsetof(paragraph, name)},
	{"Version", offsetof(paragraph, version)},
	{"Source", offsetof(paragraph, source)},
	{"Architecture", offsetof(paragraph, architecture)},
	{"Status", offsetof(paragraph, status)},
};

/* "install ok installed": wanted, error, state. In all states but two some or all files of the package are there. */
static bool is_installed(span status)
{
	span rest = status, word, state = {0};
	while (span_word(&rest, &word))
		state = word;
	return !span_is_fold(state, "not-installed") && !span_is_fold(state, "config-files");
}

/* "glibc (2.36-9)": the version stands there only where it is not that of the package. */
static void source_split(span source, package *p)
{
	size_t open = span_find_byte(source, '(');
	p->source = span_trim(span_sub(source, 0, open));
	if (open == SPAN_NONE)
		return;
	span version = span_from(source, open + 1);
	p->source_version = span_trim(span_sub(version, 0, span_find_byte(version, ')')));
}

static bool paragraph_end(const package_input *in, package_record *out, paragraph *at)
{
	paragraph p = *at;
	*at = (paragraph){0};
	if (p.line == 0 || !is_installed(p.status))
		return true;
	package found = {
		.name = p.name,
		.version = p.version,
		.architecture = p.architecture,
		.line = p.line,
		.type = PACKAGE_DEB,
		.evidence = PACKAGE_INSTALLED,
	};
	source_split(p.source, &found);
	return package_add_copy(in, out, &found);
}

static void field_read(span line, paragraph *p)
{
	size_t colon = span_find_byte(line, ':');
	if (colon == SPAN_NONE)
		return;
	span name = span_sub(line, 0, colon);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (span_is_fold(name, fields[i].field))
			*(span *)((char *)p + fields[i].offset) = span_trim(span_from(line, colon + 1));
}

/* The fields that count begin with one of these: most lines are passed over by their first byte. */
static bool may_count(char c)
{
	c = ascii_upper(c);
	return c == 'P' || c == 'V' || c == 'S' || c == 'A';
}

static void status_read(const package_input *in, package_record *out)
{
	lines all = {.rest = in->bytes};
	paragraph p = {0};
	span line;
	while (lines_next(&all, &line)) {
		if (span_trim(span_sub(line, 0, 1)).n == 0) { /* blank, or the continuation of a field */
			if (span_trim(line).n == 0 && !paragraph_end(in, out, &p))
				return;
			continue;
		}
		if (!p.line)
			p.line = all.line;
		if (may_count(line.p[0]))
			field_read(line, &p);
	}
	paragraph_end(in, out, &p);
}

/* The package that a file info/NAME[:ARCH].SUFFIX speaks of. */
static uint32_t owner_of_file(const package_input *in, package_record *out)
{
	span name = span_sub(in->name, 0, span_find_last(in->name, '.'));
	name = span_sub(name, 0, span_find_byte(name, ':'));
	return package_owner_add(in, out, arena_copy(in->a, name));
}

static void list_read(const package_input *in, package_record *out)
{
	enum { USUAL = 48 }; /* bytes of a path */
	lines all = {.rest = in->bytes};
	package_files_expect(in, out, in->bytes.n / USUAL);
	uint32_t owner = owner_of_file(in, out);
	span line;
	while (lines_next(&all, &line))
		if (line.n > 1 && line.p[0] == '/' && !package_file_add(in, out, package_path(line), owner))
			return;
}

/* Lines of md5sum(1): the sum, two spaces, the path. */
static void sums_read(const package_input *in, package_record *out)
{
	enum { SUM = 32 };
	lines all = {.rest = in->bytes};
	uint32_t owner = owner_of_file(in, out);
	span line;
	while (lines_next(&all, &line)) {
		span path = span_trim(span_from(line, SUM));
		if (path.n && !package_file_add(in, out, package_path(path), owner))
			return;
	}
}

const package_format format_dpkg_status = {"dpkg status", status_read, {{"status", "/var/lib/dpkg"}}};
const package_format format_dpkg_list = {"dpkg list", list_read, {{"*.list", "/var/lib/dpkg/info"}}};
const package_format format_dpkg_sums = {"dpkg sums", sums_read,
	{{"*.md5sums", "/var/lib/dpkg/info"}, {"*.md5sums", "/var/lib/dpkg/status.d"}}};
const package_format format_dpkg_part = {"dpkg status.d", status_read, {{"*", "/var/lib/dpkg/status.d"}}};
