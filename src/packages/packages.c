/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of package formats, and the way from a path to one of them. The first pattern that matches decides. The way is gone for every
 * file of an image, so it compares bytes and nothing else. */
#include "packages/format.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>

/* Ends with NULL. */
static const package_format *const formats[] = {
	/* of distributions */
	&format_dpkg_status,
	&format_dpkg_list,
	&format_dpkg_sums,
	&format_dpkg_part, /* behind the sums: it takes what they leave */
	&format_apk,
	&format_rpm,
	&format_release,
	&format_release_line,
	/* of languages */
	&format_npm,
	&format_npm_lock,
	&format_bun,
	&format_yarn,
	&format_pnpm,
	&format_python,
	&format_requirements,
	&format_python_lock,
	&format_uv,
	&format_pipenv,
	&format_gem,
	&format_gemfile,
	&format_cargo,
	&format_gomod,
	&format_composer_installed,
	&format_composer_lock,
	&format_nuget_deps,
	&format_nuget_assets,
	&format_nuget_lock,
	&format_nuget_config,
	&format_pub,
	&format_cran,
	&format_renv,
	&format_stack,
	&format_cabal,
	&format_hex,
	&format_swift,
	&format_java,
	/* programs that no package owns */
	&format_library,
	&format_java_release,
	&format_go_version,
	NULL,
};

static package_executable_reader *const executable_readers[] = {
	go_binary_read,
	rust_binary_read,
	classify_read,
	NULL,
};

const package_format *package_format_at(size_t i)
{
	return i < sizeof formats / sizeof *formats ? formats[i] : NULL;
}

/* --- paths --- */

/* "./" and "/" in front are not meant. */
static span path_strip(span path)
{
	for (;;) {
		size_t n = path.n && path.p[0] == '/'                           ? 1
			   : path.n > 1 && path.p[0] == '.' && path.p[1] == '/' ? 2
										: 0;
		if (n == 0)
			return path;
		path = (span){path.p + n, path.n - n};
	}
}

static uint64_t word_at(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two words a step, the last ones from the end of the path, so that they may overlap. It is called for every file of every package. */
uint64_t package_path(span path)
{
	static const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xff51afd7ed558ccdu;
	enum { WORD = sizeof(uint64_t), STEP = 2 * WORD };
	path = path_strip(path);
	if (path.n >= 4 && memcmp(path.p, "usr/", 4) == 0)
		path = (span){path.p + 4, path.n - 4};
	uint64_t h = k0 ^ path.n;
	if (path.n < STEP) {
		char padded[STEP] = {0};
		if (path.n)
			memcpy(padded, path.p, path.n);
		return mix(mix(word_at(padded) ^ k1, word_at(padded + WORD) ^ h), k0);
	}
	for (size_t i = 0; i + STEP < path.n; i += STEP)
		h = mix(word_at(path.p + i) ^ k1, word_at(path.p + i + WORD) ^ h);
	const char *last = path.p + path.n - STEP;
	return mix(mix(word_at(last) ^ k1, word_at(last + WORD) ^ h), k0);
}

static bool name_matches(const char *pattern, span name)
{
	if (pattern[0] != '*')
		return span_is(name, pattern);
	return span_ends(name, span_of(pattern + 1));
}

static bool folder_matches(const char *pattern, span folder)
{
	if (!pattern)
		return true;
	if (pattern[0] == '/')
		return span_is(folder, pattern + 1);
	if (pattern[0] == '*')
		return span_ends(folder, span_of(pattern + 1));
	span end = span_of(pattern);
	return span_ends(folder, end) && (folder.n == end.n || folder.p[folder.n - end.n - 1] == '/');
}

/* Takes the last part off a path. */
static span path_split(span path, span *folder)
{
	size_t slash = span_find_last(path, '/');
	*folder = span_sub(path, 0, slash == SPAN_NONE ? 0 : slash);
	return slash == SPAN_NONE ? path : span_from(path, slash + 1);
}

static bool pattern_matches(const package_pattern *p, span folder, span name)
{
	return name_matches(p->name, name) && folder_matches(p->folder, folder);
}

static const package_format *format_find(span path)
{
	span folder, name = path_split(path, &folder);
	if (name.n == 0)
		return NULL;
	for (size_t i = 0; formats[i]; i++)
		for (const package_pattern *p = formats[i]->patterns; p->name; p++)
			if (pattern_matches(p, folder, name))
				return formats[i];
	return NULL;
}

bool package_wanted(span path)
{
	return format_find(path_strip(path)) != NULL;
}

/* --- the finder --- */

enum { FINDER_BUCKETS = 1024 };

typedef struct finder_item {
	const package_pattern *pattern;
	struct finder_item *next;
} finder_item;

struct package_finder { /* patterns by the last three bytes of their names; those that have less, by the end of their folders */
	finder_item *by_name[FINDER_BUCKETS], *by_folder[FINDER_BUCKETS];
};

enum { TAIL = 3 };

static uint32_t bucket_of(span s)
{
	const unsigned char *end = (const unsigned char *)s.p + s.n;
	uint32_t tail = (uint32_t)end[-1] | (uint32_t)end[-2] << 8 | (uint32_t)end[-3] << 16;
	return tail * 0x9e3779b1u >> 22;
}

static void finder_add(package_finder *f, const package_pattern *p, arena *a)
{
	span name = span_of(p->name), folder = span_of(p->folder);
	name = span_from(name, name.p[0] == '*');
	finder_item **head = name.n < TAIL ? &f->by_folder[bucket_of(folder)] : &f->by_name[bucket_of(name)];
	finder_item *item = ARENA_NEW(a, finder_item);
	*item = (finder_item){p, *head};
	*head = item;
}

package_finder *package_finder_new(arena *a)
{
	package_finder *f = ARENA_NEW(a, package_finder);
	for (size_t i = 0; formats[i]; i++)
		for (const package_pattern *p = formats[i]->patterns; p->name; p++)
			finder_add(f, p, a);
	return f;
}

static bool bucket_matches(finder_item *const table[], span by, span folder, span name)
{
	if (by.n < TAIL)
		return false;
	for (const finder_item *i = table[bucket_of(by)]; i; i = i->next)
		if (pattern_matches(i->pattern, folder, name))
			return true;
	return false;
}

bool package_finder_wants(const package_finder *f, span path)
{
	span folder, name = path_split(path_strip(path), &folder);
	if (name.n == 0)
		return false;
	return bucket_matches(f->by_name, name, folder, name) ||
	       bucket_matches(f->by_folder, folder, folder, name);
}

/* --- reading --- */

static bool record_says(const package_record *r)
{
	return r->packages.count || r->files.count || r->release || r->more || r->problems.count;
}

package_record *package_read(span path, span bytes, arena *a)
{
	path = path_strip(path);
	const package_format *format = format_find(path);
	if (!format)
		return NULL;
	span folder;
	package_input in = {path, path_split(path, &folder), bytes, a};
	package_record *out = ARENA_NEW(a, package_record);
	format->read(&in, out);
	return record_says(out) ? out : NULL;
}

package_record *package_read_executable(span path, span bytes, arena *a)
{
	span folder;
	path = path_strip(path);
	package_input in = {path, path_split(path, &folder), bytes, a};
	package_record *out = NULL;
	for (size_t i = 0; executable_readers[i]; i++) {
		if (!out)
			out = ARENA_NEW(a, package_record);
		executable_readers[i](&in, out);
	}
	return out && record_says(out) ? out : NULL;
}

/* --- what readers are made of --- */

void package_problem(package_record *r, arena *a, const error *e)
{
	if (r->problems.count < LIMIT_FILE_ERRORS)
		list_push(a, &r->problems, *e);
}

void package_fault(
	const package_input *in, package_record *out, error_code code, uint32_t line, const char *format, ...)
{
	error e = {.code = (int)code, .line = line};
	if (out->problems.count >= LIMIT_FILE_ERRORS)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(e.text, sizeof e.text, format, args);
	va_end(args);
	package_problem(out, in->a, &e);
}

/* Names and versions are printed and looked up: what is no text is none. */
static bool is_field(span s)
{
	if (s.n > LIMIT_PACKAGE_FIELD)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Whether it can be added; else the record has one problem more. */
static bool package_is_good(const package_input *in, package_record *out, const package *p)
{
	if (p->name.n == 0 || p->version.n == 0)
		package_fault(in, out, ERROR_DAMAGED, p->line, "a package without a %s: '%.*s'",
			p->name.n ? "version" : "name", SPAN_ARG(span_sub(p->name, 0, 64)));
	else if (!is_field(p->name) || !is_field(p->version))
		package_fault(in, out, ERROR_DAMAGED, p->line, "a package whose name or version is none");
	else
		return true;
	return false;
}

static bool has_room(const package_input *in, package_record *out, uint32_t line)
{
	if (out->packages.count < LIMIT_PACKAGES)
		return true;
	package_fault(in, out, ERROR_LIMIT, line, "more than %d packages", LIMIT_PACKAGES);
	return false;
}

bool package_add(const package_input *in, package_record *out, const package *p)
{
	if (!has_room(in, out, p->line))
		return false;
	if (package_is_good(in, out, p))
		list_push(in->a, &out->packages, *p);
	return true;
}

/* What is too long besides names and versions is cut off. */
static span keep(arena *a, span s)
{
	return s.n ? arena_copy(a, span_sub(s, 0, LIMIT_PACKAGE_FIELD)) : (span){0};
}

bool package_add_copy(const package_input *in, package_record *out, const package *p)
{
	arena *a = in->a;
	if (!has_room(in, out, p->line))
		return false;
	if (!package_is_good(in, out, p))
		return true;
	package copy = *p;
	span *const fields[] = {&copy.name, &copy.version, &copy.source, &copy.source_version,
		&copy.architecture, &copy.licence, &copy.module, &copy.vendor, &copy.inner};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		*fields[i] = keep(a, *fields[i]);
	list_push(a, &out->packages, copy);
	return true;
}

uint32_t package_owner_add(const package_input *in, package_record *out, span name)
{
	list_push(in->a, &out->owners, name);
	return out->owners.count - 1;
}

void package_files_expect(const package_input *in, package_record *out, size_t n)
{
	if (n > LIMIT_PACKAGE_FILES)
		n = LIMIT_PACKAGE_FILES;
	if (out->files.items || n == 0)
		return;
	out->files.items = ARENA_ARRAY(in->a, package_file, n);
	out->files.room = (uint32_t)n;
}

bool package_file_add(const package_input *in, package_record *out, uint64_t path, uint32_t owner)
{
	if (out->files.count >= LIMIT_PACKAGE_FILES) {
		package_fault(in, out, ERROR_LIMIT, 0, "more than %d files of packages", LIMIT_PACKAGE_FILES);
		return false;
	}
	list_push(in->a, &out->files, (package_file){path, owner});
	return true;
}
