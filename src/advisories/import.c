/* SPDX-License-Identifier: Apache-2.0
 *
 * Importing: from a file to records. A file is mapped, decompressed, cut into values, and each value given to the reader of its kind. */
#include "advisories/import.h"

#include "advisories/exported.h"
#include "advisories/values.h"
#include "base/files.h"
#include "base/limits.h"
#include "formats/json.h"
#include "formats/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

typedef struct importing {
	const import_file *file;
	store *store; /* NULL: nothing is stored */
	record_sink sink;
	int64_t now;
	arena *a;      /* of the result */
	arena scratch; /* of one record */
	import_result *result;
	bool begun;     /* the source is */
	exported lines; /* of an export */
	bool exported;  /* there are such lines */
	uint32_t documents;
} importing;

static void problem_add(importing *in, const error *e)
{
	if (in->result->problems.count < LIMIT_FILE_ERRORS)
		list_push(in->a, &in->result->problems, *e);
	else
		in->result->dropped++;
}

/* --- what a document is --- */

/* The name of a source by what it holds: such files are called the same in every release. */
static const char *secdb_name(const node *document, arena *a)
{
	span repository = node_text(node_get(document, "reponame")),
	     release = node_text(node_get(document, "distroversion"));
	span name = arena_format(a, "Alpine secdb %.*s %.*s", SPAN_ARG(span_sub(release, 0, 40)),
		SPAN_ARG(span_sub(repository, 0, 40)));
	return arena_string(a, name);
}

static const char *known_exploited_name(const node *document, arena *a)
{
	(void)document, (void)a;
	return "CISA KEV";
}

static const struct {
	const char *keys[2]; /* a document of this kind has them */
	int (*read)(const node *document, arena *a, const record_sink *sink, error *e);
	const char *(*name)(const node *document, arena *a);
} kinds[] = {
	{{"id", "affected"}, osv_read, NULL}, {{"packages", "distroversion"}, secdb_read, secdb_name},
	{{"vulnerabilities", "catalogVersion"}, known_exploited_read, known_exploited_name},
	{{"vulnerable", "patched"}, node_core_read, NULL},
	{{"id", "modified"}, osv_read, NULL}, /* withdrawn ones need not say what they affect */
};

/* The name of a file without its folder and extensions: "debian12.osv.jsonl.zst" is debian12. Files that are all called the same
 * ("all.zip") are named after their folder. */
static const char *name_of_path(const char *path, arena *a)
{
	span name = span_of(path_name(path));
	size_t dot;
	while ((dot = span_find_last(name, '.')) != SPAN_NONE && dot > 0 &&
		span_in(span_from(name, dot + 1), "json jsonl ndjson csv osv zip gz zst xz bz2"))
		name = span_sub(name, 0, dot);
	const char *folder = path_folder(a, path);
	if (span_is(name, "all") && !span_in(span_of(path_name(folder)), ". / ..") && *path_name(folder))
		return path_name(folder);
	return arena_string(a, name);
}

static int source_begin(importing *in, const char *name, error *e)
{
	if (in->begun)
		return 0;
	in->begun = true;
	in->result->name = in->file->name ? in->file->name
			   : name         ? name
					  : name_of_path(in->file->path, in->a);
	if (!in->store)
		return 0;
	store_source source = {in->result->name, in->file->etag ? in->file->etag : "", in->now};
	return store_source_begin(in->store, &source, e);
}

/* A fault of the input is a problem; of the database, the end. */
static int outcome(importing *in, int status, uint32_t line, const char *entry, error *e)
{
	if (status >= 0)
		return 0;
	if (e->code != ERROR_SYNTAX && e->code != ERROR_LIMIT)
		return status;
	e->line = line ? line + (e->line ? e->line - 1 : 0) : e->line;
	if (entry)
		error_wrap(e, "%s", entry);
	problem_add(in, e);
	return 0;
}

/* The reader of the kind of a document; an unknown kind is a problem. */
static int document_read(importing *in, const node *document, error *e)
{
	if (!in->begun && exported_is_header(document)) {
		in->begun = in->exported = true;
		in->lines.store = in->store;
	}
	if (in->exported)
		return exported_read(&in->lines, document, &in->scratch, &in->sink, e);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!node_get(document, kinds[i].keys[0]) || !node_get(document, kinds[i].keys[1]))
			continue;
		TRY(source_begin(in, kinds[i].name ? kinds[i].name(document, in->a) : NULL, e));
		return kinds[i].read(document, &in->scratch, &in->sink, e);
	}
	return error_set(e, ERROR_SYNTAX, "is no advisory of a kind that is known");
}

/* One JSON text. */
static int json_take(importing *in, span bytes, uint32_t line, const char *entry, error *e)
{
	text t;
	node *document;
	node_problems problems = {0};
	arena_clear(&in->scratch);
	text_init(&t, in->file->path, bytes, &in->scratch);
	int status = json_read(&t, &in->scratch, &document, &problems, e);
	if (status >= 0)
		status = document_read(in, document, e);
	in->documents++;
	return outcome(in, status, line, entry, e);
}

static int csv_take(importing *in, span line, uint32_t number, error *e)
{
	TRY(source_begin(in, "FIRST EPSS", e));
	in->documents++;
	return outcome(in, epss_read_line(line, &in->sink, e), number, NULL, e);
}

/* --- streams --- */

static int records_take(importing *in, values *v, error *e)
{
	span record;
	uint32_t line;
	int got;
	bool csv = v->kind == VALUES_LINES && span_trim(v->head).p[0] != '{';
	if (csv && !span_starts(v->head, SPAN("#model_version")) && !span_starts(v->head, SPAN("cve,")))
		return outcome(
			in, error_set(e, ERROR_SYNTAX, "is nothing that holds advisories"), 0, NULL, e);
	while ((got = values_next(v, &record, &line, e)) > 0) {
		if (csv)
			TRY(csv_take(in, record, line, e));
		else if (span_trim(record).n)
			TRY(json_take(in, record, v->kind == VALUES_JSON && line == 1 ? 0 : line, NULL, e));
	}
	if (got < 0) /* the input's own fault, whatever its code */
		problem_add(in, e);
	return 0;
}

static int stream_take(importing *in, stream from, error *e)
{
	values v;
	if (values_open(&v, from, e) < 0) {
		problem_add(in, e);
		return 0;
	}
	int status = v.kind == VALUES_EMPTY ? outcome(in, error_set(e, ERROR_SYNTAX, "is empty"), 0, NULL, e)
					    : records_take(in, &v, e);
	values_done(&v);
	return status;
}

/* --- zip --- */

static int entry_take(importing *in, const zip *z, const zip_entry *entry, buffer *content, error *e)
{
	const char *name = arena_string(in->a, span_sub(entry->name, 0, 80));
	if (!span_ends(entry->name, SPAN(".json")))
		return 0;
	content->n = 0;
	if (zip_read(z, entry, LIMIT_ADVISORY_BYTES, content, e) < 0) {
		error_wrap(e, "%s", name);
		problem_add(in, e);
		return 0;
	}
	return json_take(in, buffer_span(content), 0, name, e);
}

static int zip_take(importing *in, span bytes, error *e)
{
	zip z;
	zip_entry entry;
	auto_buffer content = {0};
	int got;
	if (zip_open(bytes, &z, e) < 0) {
		problem_add(in, e);
		return 0;
	}
	while ((got = zip_next(&z, &entry, e)) > 0)
		TRY(entry_take(in, &z, &entry, &content, e));
	if (got < 0)
		problem_add(in, e);
	return 0;
}

/* --- files --- */

static int bytes_take(importing *in, span bytes, error *e)
{
	decompress *d;
	span rest = bytes;
	if (zip_is(bytes))
		return zip_take(in, bytes, e);
	if (decompress_open(stream_of_span(&rest), &d, e) < 0) {
		problem_add(in, e);
		return 0;
	}
	int status = stream_take(in, decompress_stream(d), e);
	decompress_close(d);
	if (status >= 0 && !in->documents && !in->result->problems.count)
		status = outcome(in, error_set(e, ERROR_SYNTAX, "holds no advisories"), 0, NULL, e);
	return status;
}

/* Maps a regular file; anything else (a pipe, "-") is read onto the arena. */
static int file_open(const char *path, arena *a, span *ret, bool *mapped, error *e)
{
	auto_fd fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	*mapped = false;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return files_read(path, LIMIT_ADVISORY_PIPE, a, ret, e);
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return error_set_system(e, "%s", path);
	*mapped = true;
	*ret = (span){p, (size_t)st.st_size};
	return 0;
}

int import_one(store *s, const import_file *file, int64_t now, arena *a, import_result *ret, error *e)
{
	importing in = {.file = file, .store = s, .now = now, .a = a, .result = ret, .sink = store_sink(s)};
	arena input = {0};
	span bytes = {0};
	bool mapped = false;
	*ret = (import_result){.name = file->path};
	int status = file_open(file->path, &input, &bytes, &mapped, e);
	if (status < 0) {
		problem_add(&in, e);
		return 0;
	}
	status = bytes_take(&in, bytes, e);
	if (status >= 0 && in.exported) {
		in.lines.damaged |= ret->problems.count > 0;
		status = exported_end(&in.lines, e);
		ret->counts = in.lines.counts;
	} else if (status >= 0 && in.begun)
		status = store_source_end(s, ret->problems.count == 0, &ret->counts, e);
	if (mapped)
		munmap((void *)bytes.p, bytes.n);
	arena_done(&input);
	arena_done(&in.scratch);
	return status;
}

void import_read(span bytes, const record_sink *sink, arena *a, import_result *ret)
{
	static const import_file nowhere = {"input", NULL, NULL};
	importing in = {.file = &nowhere, .sink = *sink, .a = a, .result = ret};
	error e;
	*ret = (import_result){0};
	if (bytes_take(&in, bytes, &e) < 0)
		problem_add(&in, &e);
	arena_done(&in.scratch);
}
