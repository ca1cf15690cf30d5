/* SPDX-License-Identifier: Apache-2.0
 *
 * Java archives: jar, war, ear and their like, and those inside of them (Spring Boot's BOOT-INF/lib, WEB-INF/lib, …).
 *
 * Each META-INF/maven/GROUP/ARTIFACT/pom.properties names a package: the archive itself, or what was merged into it. When none of them can be the
 * archive itself, its manifest and its name are asked (java_name.c). A package that one file holds several times is listed once.
 *
 * Not read: class files. What was merged without Maven's words is not seen. */
#include "packages/java.h"
#include "packages/format.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"
#include "formats/zip.h"

static const char *const endings[] = {".jar", ".war", ".ear", ".par", ".jpi", ".hpi", ".kar"};

typedef struct java { /* one file of the image */
	const package_input *in;
	package_record *out;
	arena scratch;
	map seen; /* "group:artifact version" */
	uint64_t unpacked, entries;
} java;

typedef struct archive {   /* it, or one inside */
	span bytes, inner; /* the way to it: "a.war!/WEB-INF/lib/b.jar" */
	span file;         /* the last part of its path */
	uint32_t depth;
	arena arena;  /* given back when it is read */
	bool named;   /* one of its pom.properties is its own */
	map versions; /* of its pom.properties */
	zip zip;
	zip_entry manifest; /* without a name: there is none */
} archive;

static bool archive_read(java *j, archive *at);

static span last_part(span path)
{
	size_t slash = span_find_last(path, '/');
	return slash == SPAN_NONE ? path : span_from(path, slash + 1);
}

static bool is_archive(span name)
{
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, span_of(endings[i])))
			return true;
	return false;
}

static bool is_properties(span name)
{
	return span_starts(name, SPAN("META-INF/maven/")) && span_ends(name, SPAN("/pom.properties"));
}

static void problem(java *j, const archive *at, error *e)
{
	if (at->inner.n)
		error_wrap(e, "%.*s", SPAN_ARG(span_sub(at->inner, 0, 120)));
	package_problem(j->out, j->in->a, e);
}

/* Memory is taken for what is new only, so that repeating a name costs nothing. */
static bool name_add(java *j, const archive *at, const java_name *n)
{
	auto_buffer key = {0};
	if (n->group.n)
		buffer_format(&key, "%.*s:", SPAN_ARG(n->group));
	buffer_add(&key, n->artifact);
	size_t name = key.n;
	buffer_format(&key, " %.*s", SPAN_ARG(n->version));
	if (map_get(&j->seen, buffer_span(&key)))
		return true;
	map_set(&j->seen, &j->scratch, arena_copy(&j->scratch, buffer_span(&key)), j);
	return package_add_copy(j->in, j->out,
		&(package){.name = span_sub(buffer_span(&key), 0, name),
			.version = n->version,
			.inner = at->inner,
			.type = PACKAGE_MAVEN,
			.evidence = PACKAGE_INSTALLED});
}

static void version_note(archive *at, span version)
{
	if (at->versions.count < LIMIT_JAVA_VERSIONS && !map_get(&at->versions, version))
		map_set(&at->versions, &at->arena, arena_copy(&at->arena, version), at);
}

static bool properties_add(java *j, archive *at, const zip_entry *entry)
{
	auto_buffer text = {0};
	java_name n;
	error e;
	if (zip_read(&at->zip, entry, LIMIT_JAVA_TEXT, &text, &e) < 0) {
		problem(j, at, &e);
		return true;
	}
	if (!java_properties_read(buffer_span(&text), &n))
		return true;
	at->named = at->named || java_name_is(&n, at->file);
	version_note(at, n.version);
	return name_add(j, at, &n);
}

/* --- archives inside --- */

/* What is stored as it is needs no copy, and so costs nothing. */
static int inner_bytes(java *j, const archive *at, const zip_entry *entry, buffer *room, span *ret, error *e)
{
	if (zip_stored(&at->zip, entry, ret, e) == 0)
		return 0;
	if (entry->size > LIMIT_JAVA_UNPACKED - j->unpacked)
		return error_set(
			e, ERROR_LIMIT, "more than %d MiB of archives inside", LIMIT_JAVA_UNPACKED >> 20);
	j->unpacked += entry->size;
	TRY(zip_read(&at->zip, entry, LIMIT_JAVA_UNPACKED, room, e));
	*ret = buffer_span(room);
	return 0;
}

static bool inner_read(java *j, const archive *at, const zip_entry *entry)
{
	auto_buffer room = {0}, path = {0};
	error e;
	archive next = {.depth = at->depth + 1, .file = last_part(entry->name)};
	if (at->inner.n)
		buffer_format(&path, "%.*s!/", SPAN_ARG(at->inner));
	buffer_add(&path, span_sub(entry->name, 0, LIMIT_PACKAGE_FIELD));
	next.inner = buffer_span(&path);
	if (next.depth > LIMIT_JAVA_DEPTH) {
		error_set(&e, ERROR_LIMIT, "more than %d archives in one another", LIMIT_JAVA_DEPTH);
		problem(j, &next, &e);
		return true;
	}
	if (inner_bytes(j, at, entry, &room, &next.bytes, &e) < 0) {
		problem(j, &next, &e);
		return true;
	}
	bool good = archive_read(j, &next);
	arena_done(&next.arena);
	return good;
}

/* --- one archive --- */

static bool entry_read(java *j, archive *at, const zip_entry *entry)
{
	if (entry->folder)
		return true;
	if (is_properties(entry->name))
		return properties_add(j, at, entry);
	if (span_is(entry->name, "META-INF/MANIFEST.MF"))
		at->manifest = *entry;
	else if (is_archive(entry->name))
		return inner_read(j, at, entry);
	return true;
}

static bool self_add(java *j, archive *at)
{
	auto_buffer text = {0};
	java_name n;
	error e;
	if (at->named)
		return true;
	if (at->manifest.name.n && zip_read(&at->zip, &at->manifest, LIMIT_JAVA_TEXT, &text, &e) < 0) {
		text.n = 0;
		problem(j, at, &e);
	}
	if (!java_name_guess(buffer_span(&text), at->file, &at->arena, &n))
		return true;
	/* without a group, but of the version of one of them: that one under another file name */
	return (n.group.n == 0 && map_get(&at->versions, n.version)) || name_add(j, at, &n);
}

/* False when the record is full. What only is called like an archive is none, and no damage. */
static bool archive_read(java *j, archive *at)
{
	error e;
	zip_entry entry;
	int more = 0;
	if (zip_open(at->bytes, &at->zip, &e) < 0) {
		if (zip_is(at->bytes))
			problem(j, at, &e);
		return true;
	}
	while (j->entries++ < LIMIT_ZIP_ENTRIES && (more = zip_next(&at->zip, &entry, &e)) > 0)
		if (!entry_read(j, at, &entry))
			return false;
	if (more > 0)
		error_set(&e, ERROR_LIMIT, "more than %d entries", LIMIT_ZIP_ENTRIES);
	if (more != 0)
		problem(j, at, &e);
	return self_add(j, at);
}

static void java_read(const package_input *in, package_record *out)
{
	java j = {.in = in, .out = out};
	archive whole = {.bytes = in->bytes, .file = in->name};
	archive_read(&j, &whole);
	arena_done(&whole.arena);
	arena_done(&j.scratch);
}

const package_format format_java = {"Java archive", java_read,
	{{"*.jar", NULL}, {"*.war", NULL}, {"*.ear", NULL}, {"*.par", NULL}, {"*.jpi", NULL}, {"*.hpi", NULL},
		{"*.kar", NULL}}};
