/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of scans, in one SQLite file. */
#include "inventory/records.h"

#include "base/files.h"
#include "base/memory.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BUSY_MILLISECONDS = 5000 };

struct scan_records {
	sqlite3 *db;
};

const char *scan_records_folder(arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (base && base[0] == '/')
		return path_join(a, base, "bulkhead");
	return home && home[0] == '/' ? path_join(a, home, ".local/state/bulkhead") : NULL;
}

/* A record that a power failure takes away is made again by the next scan: it need not wait for the disk. */
static const char pragmas[] = "PRAGMA synchronous = OFF; PRAGMA journal_mode = TRUNCATE";

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS scan (image TEXT PRIMARY KEY, name TEXT NOT NULL, time INTEGER NOT NULL, database_date TEXT NOT NULL,"
	" info INTEGER NOT NULL, low INTEGER NOT NULL, medium INTEGER NOT NULL, high INTEGER NOT NULL, critical INTEGER NOT NULL,"
	" complete INTEGER NOT NULL) WITHOUT ROWID";

/* All folders on the way. */
static int make_folders(const char *path, arena *a, error *e)
{
	if (files_is_folder(path))
		return 0;
	const char *parent = path_folder(a, path);
	if (strcmp(parent, path) != 0)
		TRY(make_folders(parent, a, e));
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_set_system(e, "%s", path);
	return 0;
}

static int fault(const scan_records *r, error *e)
{
	return error_set(e, ERROR_DAMAGED, "the records of scans: %s", sqlite3_errmsg(r->db));
}

int scan_records_open(const char *folder, scan_records **ret, error *e)
{
	arena a = {0};
	int status = make_folders(folder, &a, e);
	scan_records *r = memory_zeroed(1, sizeof *r);
	if (status >= 0 && (sqlite3_open(path_join(&a, folder, "scans.db"), &r->db) != SQLITE_OK ||
				   sqlite3_busy_timeout(r->db, BUSY_MILLISECONDS) != SQLITE_OK ||
				   sqlite3_exec(r->db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
				   sqlite3_exec(r->db, schema, NULL, NULL, NULL) != SQLITE_OK))
		status = fault(r, e);
	arena_done(&a);
	if (status < 0) {
		scan_records_close(r);
		return status;
	}
	*ret = r;
	return 0;
}

void scan_records_close(scan_records *r)
{
	if (r)
		sqlite3_close(r->db);
	free(r);
}

static void bind(sqlite3_stmt *s, int at, span text)
{
	sqlite3_bind_text(s, at, text.n ? text.p : "", (int)text.n, SQLITE_STATIC);
}

int scan_records_put(scan_records *r, const scan_record *record, error *e)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(r->db, "INSERT OR REPLACE INTO scan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
		    &s, NULL) != SQLITE_OK)
		return fault(r, e);
	bind(s, 1, record->image);
	bind(s, 2, record->name);
	sqlite3_bind_int64(s, 3, record->time);
	bind(s, 4, record->database_date);
	for (int i = 0; i < RECORD_SEVERITIES; i++)
		sqlite3_bind_int64(s, 5 + i, record->counts[i]);
	sqlite3_bind_int(s, 5 + RECORD_SEVERITIES, record->complete);
	int code = sqlite3_step(s);
	sqlite3_finalize(s);
	return code == SQLITE_DONE ? 0 : fault(r, e);
}

static span column(sqlite3_stmt *s, int at, arena *a)
{
	return arena_copy(
		a, (span){(const char *)sqlite3_column_text(s, at), (size_t)sqlite3_column_bytes(s, at)});
}

static scan_record row(sqlite3_stmt *s, arena *a)
{
	scan_record ret = {.image = column(s, 0, a),
		.name = column(s, 1, a),
		.time = sqlite3_column_int64(s, 2),
		.database_date = column(s, 3, a),
		.complete = sqlite3_column_int(s, 4 + RECORD_SEVERITIES)};
	for (int i = 0; i < RECORD_SEVERITIES; i++)
		ret.counts[i] = (uint32_t)sqlite3_column_int64(s, 4 + i);
	return ret;
}

int scan_records_get(scan_records *r, span image, arena *a, scan_record *ret, error *e)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(r->db, "SELECT * FROM scan WHERE image = ?", -1, &s, NULL) != SQLITE_OK)
		return fault(r, e);
	bind(s, 1, image);
	int code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		*ret = row(s, a);
	sqlite3_finalize(s);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : fault(r, e);
}

int scan_records_all(scan_records *r, arena *a, scan_record_list *ret, error *e)
{
	sqlite3_stmt *s = NULL;
	int code;
	if (sqlite3_prepare_v2(r->db, "SELECT * FROM scan ORDER BY time DESC, image", -1, &s, NULL) !=
		SQLITE_OK)
		return fault(r, e);
	while ((code = sqlite3_step(s)) == SQLITE_ROW)
		list_push(a, ret, row(s, a));
	sqlite3_finalize(s);
	return code == SQLITE_DONE ? 0 : fault(r, e);
}
