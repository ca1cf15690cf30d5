/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing an export: all rows in the order of their texts, so that the same content gives the same bytes, whatever the order in which it was
 * imported. SQLite writes the JSON of each row. */
#include "advisories/database_rows.h"
#include "advisories/exported.h"
#include "base/files.h"
#include "base/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zstd.h>

enum { COMPRESSION_LEVEL = 12, LINES_BYTES = 1 << 20 };

static const char sources_sql[] =
	"SELECT number, kind, json_object('source', json_object('name', name, 'kind', kind, 'imported', imported, 'etag', etag))"
	" FROM sources ORDER BY name";

/* A row for each package of an advisory: its number, all but its packages, one package. */
static const char advisories_sql[] =
	"SELECT a.number, json_object('id', a.id, 'modified', a.modified, 'published', a.published, 'title', a.title, 'url', a.url,"
	"  'label', a.label, 'vectors', a.vectors, 'aliases', a.aliases, 'upstream', a.upstream), json_array(e.name, f.name, f.rules)"
	" FROM advisories a JOIN affected f ON f.advisory = a.number JOIN ecosystems e ON e.number = f.ecosystem WHERE a.source = ?"
	" ORDER BY a.id, a.modified, a.identity, e.key, f.name, f.rules";

static const char exploited_sql[] =
	"SELECT json_object('exploited', json_array(cve, added, due, json(iif(ransomware, 'true', 'false')))) FROM exploited ORDER BY cve";
static const char probability_sql[] =
	"SELECT json_object('probability', json_array(cve, probability, percentile)) FROM probability ORDER BY cve";

typedef struct exporting {
	advisories *db;
	buffer lines; /* not compressed yet */
	buffer out;   /* to the file */
	ZSTD_CCtx *zstd;
	char *block;
} exporting;

/* Compresses what there is; with `last` the frame ends. */
static int lines_flush(exporting *x, bool last, error *e)
{
	ZSTD_inBuffer in = {x->lines.p, x->lines.n, 0};
	for (size_t left = 1; in.pos < in.size || (last && left);) {
		ZSTD_outBuffer out = {x->block, ZSTD_CStreamOutSize(), 0};
		left = ZSTD_compressStream2(x->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return error_set(e, ERROR_SYSTEM, "zstd: %s", ZSTD_getErrorName(left));
		buffer_add(&x->out, (span){x->block, out.pos});
	}
	x->lines.n = 0;
	return buffer_flush(&x->out) ? 0 : error_set(e, ERROR_SYSTEM, "%s", strerror(x->out.failed));
}

static int line_end(exporting *x, error *e)
{
	buffer_add_byte(&x->lines, '\n');
	return x->lines.n < LINES_BYTES ? 0 : lines_flush(x, false, e);
}

static int rows_write(exporting *x, const char *sql, error *e)
{
	sqlite3_stmt *s;
	int got, status = 0;
	TRY(statement_new(x->db->db, sql, &s, e));
	while (status >= 0 && (got = statement_step(s, e)) != 0) {
		if (got > 0)
			buffer_add(&x->lines, statement_column(s, 0));
		status = got < 0 ? got : line_end(x, e);
	}
	sqlite3_finalize(s);
	return status;
}

/* One row; an advisory's first one begins its line, which is ended by whoever comes next. */
static int advisory_row(exporting *x, sqlite3_stmt *s, int64_t *current, error *e)
{
	int64_t number = sqlite3_column_int64(s, 0);
	if (number != *current) {
		if (*current) {
			buffer_add_string(&x->lines, "]}}");
			TRY(line_end(x, e));
		}
		span head = statement_column(s, 1);
		buffer_add_string(&x->lines, "{\"advisory\":");
		buffer_add(&x->lines, span_sub(head, 0, head.n - 1));
		buffer_add_string(&x->lines, ",\"affected\":[");
	} else
		buffer_add_byte(&x->lines, ',');
	*current = number;
	buffer_add(&x->lines, statement_column(s, 2));
	return 0;
}

static int advisories_write(exporting *x, int64_t source, error *e)
{
	sqlite3_stmt *s;
	int64_t current = 0;
	int got, status = 0;
	TRY(statement_new(x->db->db, advisories_sql, &s, e));
	statement_bind_number(s, 1, source);
	while (status >= 0 && (got = statement_step(s, e)) != 0)
		status = got < 0 ? got : advisory_row(x, s, &current, e);
	sqlite3_finalize(s);
	if (status < 0 || !current)
		return status;
	buffer_add_string(&x->lines, "]}}");
	return line_end(x, e);
}

static int source_write(exporting *x, sqlite3_stmt *s, error *e)
{
	span kind = statement_column(s, 1);
	buffer_add(&x->lines, statement_column(s, 2));
	TRY(line_end(x, e));
	if (span_is(kind, "exploited"))
		return rows_write(x, exploited_sql, e);
	if (span_is(kind, "probability"))
		return rows_write(x, probability_sql, e);
	return advisories_write(x, sqlite3_column_int64(s, 0), e);
}

static int all_write(exporting *x, error *e)
{
	sqlite3_stmt *s;
	int got, status = 0;
	buffer_add_string(&x->lines, "{\"schema\":\"bulkhead-advisories/1\"}\n");
	TRY(statement_new(x->db->db, sources_sql, &s, e));
	while (status >= 0 && (got = statement_step(s, e)) != 0)
		status = got < 0 ? got : source_write(x, s, e);
	sqlite3_finalize(s);
	return status < 0 ? status : lines_flush(x, true, e);
}

static int file_write(exporting *x, const char *path, uint64_t *ret_bytes, error *e)
{
	arena a = {0};
	char *temporary = (char *)arena_format(&a, "%s.XXXXXX", path).p;
	mode_t mask = umask(0);
	umask(mask);
	auto_fd fd = mkostemp(temporary, O_CLOEXEC);
	struct stat st = {0};
	int status = fd < 0 ? error_set_system(e, "%s", path) : 0;
	x->out.sink = fd + 1;
	if (status >= 0 && (status = all_write(x, e)) < 0)
		error_wrap(e, "%s", path);
	if (status >= 0 && (fchmod(fd, 0666 & ~mask) < 0 || fsync(fd) < 0 || fstat(fd, &st) < 0 ||
				   rename(temporary, path) < 0))
		status = error_set_system(e, "%s", path);
	if (status < 0 && fd >= 0)
		unlink(temporary);
	*ret_bytes = (uint64_t)st.st_size;
	arena_done(&a);
	return status;
}

int export_write(advisories *db, const char *path, uint64_t *ret_bytes, error *e)
{
	exporting x = {.db = db, .zstd = ZSTD_createCCtx(), .block = memory_zeroed(1, ZSTD_CStreamOutSize())};
	if (!x.zstd)
		memory_exhausted(1);
	ZSTD_CCtx_setParameter(x.zstd, ZSTD_c_compressionLevel, COMPRESSION_LEVEL);
	ZSTD_CCtx_setParameter(x.zstd, ZSTD_c_checksumFlag, 1);
	int status = file_write(&x, path, ret_bytes, e);
	ZSTD_freeCCtx(x.zstd);
	free(x.block);
	buffer_done(&x.lines);
	buffer_done(&x.out);
	return status;
}
