/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening the database to ask it: read-only, immutable (it is replaced, never changed, so that no locks are needed), mapped. */
#include "advisories/database_rows.h"

#include "advisories/schema.h"
#include "base/files.h"
#include "base/memory.h"

#include <stdlib.h>
#include <unistd.h>

enum { MAP_BYTES = 1 << 30 };

static const char *const sql[DATABASE_STATEMENTS] = {
	[DATABASE_ECOSYSTEM] = "SELECT number FROM ecosystems WHERE key = ?",
	[DATABASE_AFFECTED] =
		"SELECT advisory, rules FROM affected WHERE ecosystem = ? AND name = ? ORDER BY advisory, part",
	[DATABASE_ADVISORY] =
		"SELECT id, modified, published, title, url, label, vectors, aliases, upstream FROM advisories WHERE number = ?",
	[DATABASE_EXPLOITED] = "SELECT added, due, ransomware FROM exploited WHERE cve = ?",
	[DATABASE_PROBABILITY] = "SELECT probability, percentile FROM probability WHERE cve = ?",
};

const char *advisories_path(arena *a)
{
	const char *path = getenv("BULKHEAD_DB"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	if (path && *path)
		return arena_string(a, span_of(path));
	if (data && *data == '/')
		return path_join(a, data, "bulkhead/advisories.db");
	return path_join(a, home && *home ? home : "/", ".local/share/bulkhead/advisories.db");
}

/* A path as SQLite's "file:" URI takes it: all that could mean something else is written as %XX. */
static const char *uri_of(const char *path, arena *a)
{
	auto_buffer uri = {0};
	buffer_add_string(&uri, "file:");
	for (const char *p = path; *p; p++)
		if (ascii_alpha(*p) || ascii_digit(*p) || strchr("/._-", *p))
			buffer_add_byte(&uri, *p);
		else
			buffer_format(&uri, "%%%02X", (unsigned char)*p);
	buffer_add_string(&uri, "?immutable=1");
	return arena_string(a, buffer_span(&uri));
}

static int pragma_number(sqlite3 *db, const char *text, int64_t *ret, error *e)
{
	sqlite3_stmt *s;
	TRY(statement_new(db, text, &s, e));
	int got = statement_step(s, e);
	*ret = got > 0 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return got < 0 ? got : 0;
}

static int database_check(sqlite3 *db, error *e)
{
	int64_t application = 0, version = 0;
	TRY(statement_text(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", e));
	TRY(pragma_number(db, "PRAGMA application_id", &application, e));
	TRY(pragma_number(db, "PRAGMA user_version", &version, e));
	if (application != SCHEMA_APPLICATION)
		return error_set(e, ERROR_DAMAGED, "is no database of advisories");
	if (version != SCHEMA_VERSION)
		return error_set(e, ERROR_DAMAGED,
			"was made by another version of this program; import the advisories anew");
	return 0;
}

static int database_prepare(advisories *db, error *e)
{
	sqlite3_limit(db->db, SQLITE_LIMIT_ATTACHED, 0);
	TRY(database_check(db->db, e));
	for (int i = 0; i < DATABASE_STATEMENTS; i++)
		TRY(statement_new(db->db, sql[i], &db->statements[i], e));
	sqlite3_int64 mapped = MAP_BYTES;
	sqlite3_file_control(db->db, "main", SQLITE_FCNTL_MMAP_SIZE, &mapped);
	return 0;
}

int advisories_open(const char *path, advisories **ret, error *e)
{
	arena a = {0};
	if (access(path, R_OK) < 0) /* SQLite has one word for all reasons */
		return error_set_system(e, "%s", path);
	advisories *db = memory_zeroed(1, sizeof *db);
	db->path = arena_string(&db->arena, span_of(path));
	int code = sqlite3_open_v2(uri_of(path, &a), &db->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
		NULL);
	arena_done(&a);
	int status = code == SQLITE_OK ? database_prepare(db, e) : statement_fault(db->db, e);
	if (status < 0) {
		advisories_close(db);
		return error_wrap(e, "%s", path);
	}
	*ret = db;
	return 0;
}

void advisories_close(advisories *db)
{
	if (!db)
		return;
	for (int i = 0; i < DATABASE_STATEMENTS; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->db);
	arena_done(&db->arena);
	arena_done(&db->last);
	free(db);
}

int advisories_day(advisories *db, arena *a, span *ret, error *e)
{
	sqlite3_stmt *s;
	TRY(statement_new(db->db,
		"SELECT substr(max(newest), 1, 10), date(max(imported), 'unixepoch') FROM sources WHERE kind = 'advisories'",
		&s, e));
	int got = statement_step(s, e);
	if (got > 0)
		*ret = statement_copy(s, sqlite3_column_bytes(s, 0) ? 0 : 1, a);
	sqlite3_finalize(s);
	return got < 0 ? got : 0;
}

int advisories_ecosystem(advisories *db, span key, int64_t *ret, error *e)
{
	if (db->ecosystem.p && span_equal(db->ecosystem, key)) {
		*ret = db->ecosystem_number;
		return *ret != 0;
	}
	sqlite3_stmt *s = db->statements[DATABASE_ECOSYSTEM];
	statement_bind(s, 1, key);
	int got = statement_step(s, e);
	if (got < 0)
		return got;
	db->ecosystem_number = got ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_reset(s);
	arena_clear(&db->last);
	db->ecosystem = arena_copy(&db->last, key);
	*ret = db->ecosystem_number;
	return *ret != 0;
}
