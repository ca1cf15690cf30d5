/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's database in SQLite: the table Packages holds the headers. The file is handed to SQLite as bytes in memory, read-only, and with all that a
 * hostile schema could use switched off: only columns of tables may be read, by our one query, within bounds of steps and bytes. */
#include "packages/rpm.h"

#include "base/limits.h"
#include "packages/rpm_wal.h"

#include <sqlite3.h>

enum { WRITE_VERSION = 18, READ_VERSION = 19, HEADER = 100, MODE_ROLLBACK = 1, MODE_LOG = 2 };

/* Virtual machine instructions between two looks at the clock of LIMIT_SQLITE_STEPS. */
enum { STEPS = 10000 };

bool rpm_is_sqlite(span bytes)
{
	static const char magic[16] = "SQLite format 3";
	return bytes.n >= HEADER && memcmp(bytes.p, magic, sizeof magic) == 0;
}

static int steps_count(void *of)
{
	uint64_t *steps = of;
	*steps += STEPS;
	return *steps > LIMIT_SQLITE_STEPS;
}

/* A view, a trigger or a virtual table that calls itself Packages would need more than this. */
static int allow(void *of, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)of, (void)b, (void)c, (void)d;
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	if (action == SQLITE_READ && a && (strcmp(a, "Packages") == 0 || strcmp(a, "sqlite_master") == 0))
		return SQLITE_OK;
	return SQLITE_DENY;
}

static void harden(sqlite3 *db, uint64_t *steps)
{
	static const struct {
		int what, value;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, LIMIT_RPM_HEADER},
		{SQLITE_LIMIT_SQL_LENGTH, 1 << 16},
		{SQLITE_LIMIT_COLUMN, 64},
		{SQLITE_LIMIT_EXPR_DEPTH, 20},
		{SQLITE_LIMIT_COMPOUND_SELECT, 2},
		{SQLITE_LIMIT_VDBE_OP, 10000},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
		{SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(db, limits[i].what, limits[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
	sqlite3_progress_handler(db, STEPS, steps_count, steps);
	sqlite3_exec(db, "PRAGMA cell_size_check=ON", NULL, NULL, NULL);
	sqlite3_exec(db, "PRAGMA mmap_size=0", NULL, NULL, NULL);
	sqlite3_set_authorizer(db, allow, NULL);
}

static void fault_of(const package_input *in, package_record *out, sqlite3 *db, int code)
{
	bool limit = code == SQLITE_TOOBIG || code == SQLITE_INTERRUPT || code == SQLITE_NOMEM;
	package_fault(in, out, limit ? ERROR_LIMIT : ERROR_DAMAGED, 0, "rpm: the SQLite database: %s",
		sqlite3_errmsg(db));
}

/* What a broken tree of pages can have read over and over is bounded by the size of the file: headers do not share bytes. */
static void rows_read(const package_input *in, package_record *out, sqlite3 *db, sqlite3_stmt *rows)
{
	uint64_t read = 0;
	int code;
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		span header = {sqlite3_column_blob(rows, 0), (size_t)sqlite3_column_bytes(rows, 0)};
		read += header.n;
		if (read > in->bytes.n) {
			package_fault(in, out, ERROR_DAMAGED, 0,
				"rpm: the packages of the SQLite database overlap");
			return;
		}
		if (!rpm_header_read(in, header, out))
			return;
	}
	if (code != SQLITE_DONE)
		fault_of(in, out, db, code);
}

/* in->bytes are not of a database in log mode any more. */
static void database_read(const package_input *in, package_record *out)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *rows = NULL;
	uint64_t steps = 0;
	int code = sqlite3_open_v2(":memory:", &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_MEMORY, NULL);
	if (code == SQLITE_OK) {
		/* READONLY: the bytes are not written to, whatever the missing const says. */
		code = sqlite3_deserialize(db, "main", (unsigned char *)(uintptr_t)in->bytes.p,
			(sqlite3_int64)in->bytes.n, (sqlite3_int64)in->bytes.n, SQLITE_DESERIALIZE_READONLY);
	}
	if (code ==
		SQLITE_OK) { /* nothing of the bytes has been looked at yet; handing them over is itself a statement that would be denied */
		harden(db, &steps);
		code = sqlite3_prepare_v2(db, "SELECT blob FROM Packages", -1, &rows, NULL);
	}
	if (code == SQLITE_OK)
		rows_read(in, out, db, rows);
	else
		fault_of(in, out, db, code);
	sqlite3_finalize(rows);
	sqlite3_close(db);
}

/* SQLite cannot share a log in memory: it is told that there is none, in a copy, which is also what a log is laid over later. */
static span log_forget(span bytes, arena *a)
{
	char *copy = arena_alloc(a, bytes.n);
	memcpy(copy, bytes.p, bytes.n);
	copy[WRITE_VERSION] = copy[READ_VERSION] = MODE_ROLLBACK;
	return (span){copy, bytes.n};
}

void rpm_sqlite_read(const package_input *in, package_record *out)
{
	package_input from = *in;
	if (in->bytes.p[READ_VERSION] == MODE_LOG) {
		from.bytes = log_forget(in->bytes, in->a);
		rpm_pages *pages = ARENA_NEW(in->a, rpm_pages);
		*pages = (rpm_pages){.bytes = from.bytes};
		out->more = pages;
	}
	database_read(&from, out);
}

package_record *rpm_sqlite_join(const rpm_pages *database, const rpm_pages *journal, arena *a)
{
	if (database->journal || !journal->journal)
		return NULL;
	span bytes = wal_apply(database->bytes, journal->bytes, a);
	if (!rpm_is_sqlite(bytes))
		return NULL;
	package_record *out = ARENA_NEW(a, package_record);
	package_input in = {.bytes = log_forget(bytes, a), .a = a};
	database_read(&in, out);
	return out;
}
