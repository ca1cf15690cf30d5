/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing the database: the copy, the lock, the sources. What a record becomes is in store_records.c.
 *
 * SQLite's own journal is off: the copy is nobody's database until it is complete, on the disk and renamed. */
#include "advisories/store.h"

#include "advisories/schema.h"
#include "advisories/store_records.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

struct store {
	store_records records;
	arena a; /* of the paths */
	const char *path, *copy;
	int lock;
	store_source source;
	int64_t first; /* numbers of advisories from here on are of this import */
};

/* --- files --- */

/* Makes all folders of a path; those that are there are left alone. */
static int folders_make(const char *path, arena *a, error *e)
{
	const char *folder = path_folder(a, path);
	if (files_is_folder(folder) || strcmp(folder, path) == 0)
		return 0;
	TRY(folders_make(folder, a, e));
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return error_set_system(e, "%s", folder);
	return 0;
}

static int lock_take(store *s, error *e)
{
	span name = arena_format(&s->a, "%s.lock", s->path);
	s->lock = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->lock < 0)
		return error_set_system(e, "%s", name.p);
	while (flock(s->lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_set_system(e, "%s", name.p);
	return 0;
}

static int bytes_copy(int from, int to, error *e)
{
	char block[1 << 16];
	ssize_t n;
	while ((n = read(from, block, sizeof block)) > 0)
		for (ssize_t at = 0, done; at < n; at += done)
			if ((done = write(to, block + at, (size_t)(n - at))) < 0)
				return error_set_system(e, "the copy of the database");
	return n < 0 ? error_set_system(e, "the database") : 0;
}

/* Copies the database, if there is one; *ret says whether there is. */
static int database_copy(store *s, bool *ret, error *e)
{
	auto_fd from = open(s->path, O_RDONLY | O_CLOEXEC);
	if (from < 0 && errno != ENOENT)
		return error_set_system(e, "%s", s->path);
	struct stat st = {0};
	mode_t mode = from >= 0 && fstat(from, &st) == 0 ? st.st_mode & 0666 : 0666;
	unlink(s->copy);
	auto_fd to = open(s->copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (to < 0)
		return error_set_system(e, "%s", s->copy);
	*ret = from >= 0;
	return from >= 0 ? bytes_copy(from, to, e) : 0;
}

static int disk_write(const char *path, int flags, error *e)
{
	auto_fd fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return error_set_system(e, "%s", path);
	return 0;
}

/* --- opening --- */

static int number_of(sqlite3 *db, const char *sql, int64_t *ret, error *e)
{
	sqlite3_stmt *s;
	TRY(statement_new(db, sql, &s, e));
	int got = statement_step(s, e);
	if (got > 0)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return got < 0 ? got : 0;
}

static int copy_open(store *s, bool exists, error *e)
{
	int64_t application = 0, version = 0;
	if (sqlite3_open_v2(s->copy, &s->records.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
		SQLITE_OK)
		return statement_fault(s->records.db, e);
	sqlite3 *db = s->records.db;
	TRY(statement_text(db,
		"PRAGMA trusted_schema = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		"PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536",
		e));
	if (!exists)
		return statement_text(db, schema_sql, e);
	TRY(number_of(db, "PRAGMA application_id", &application, e));
	TRY(number_of(db, "PRAGMA user_version", &version, e));
	if (application == SCHEMA_APPLICATION && version == SCHEMA_VERSION)
		return 0;
	return error_set(e, ERROR_DAMAGED, "%s",
		application == SCHEMA_APPLICATION ? "was made by another version of this program"
						  : "is no database of advisories");
}

static int begin(store *s, bool anew, error *e)
{
	bool exists = false;
	TRY(folders_make(s->path, &s->a, e));
	TRY(lock_take(s, e));
	TRY(database_copy(s, &exists, e));
	int status = copy_open(s, exists, e);
	if (status < 0 && exists && anew) {
		sqlite3_close(s->records.db);
		s->records.db = NULL;
		if (truncate(s->copy, 0) < 0)
			return error_set_system(e, "%s", s->copy);
		status = copy_open(s, false, e);
	}
	if (status < 0)
		return error_wrap(e, "%s", s->path);
	TRY(statement_text(s->records.db, "BEGIN", e));
	return store_records_open(&s->records, e);
}

int store_open(const char *path, bool anew, store **ret, error *e)
{
	store *s = memory_zeroed(1, sizeof *s);
	s->lock = -1;
	s->path = arena_string(&s->a, span_of(path));
	s->copy = arena_format(&s->a, "%s.new", path).p;
	int status = begin(s, anew, e);
	if (status < 0)
		store_close(s);
	else
		*ret = s;
	return status;
}

void store_close(store *s)
{
	if (!s)
		return;
	store_records_close(&s->records);
	sqlite3_close(s->records.db);
	if (s->lock >= 0) {
		unlink(s->copy);
		close(s->lock);
	}
	arena_done(&s->a);
	free(s);
}

int store_commit(store *s, error *e)
{
	store_records_close(&s->records);
	TRY(statement_text(s->records.db, "COMMIT", e));
	if (sqlite3_close(s->records.db) != SQLITE_OK)
		return statement_fault(s->records.db, e);
	s->records.db = NULL;
	TRY(disk_write(s->copy, O_RDWR, e));
	if (rename(s->copy, s->path) < 0)
		return error_set_system(e, "%s", s->path);
	return disk_write(path_folder(&s->a, s->path), O_RDONLY | O_DIRECTORY, e);
}

/* --- sources --- */

static int source_number(sqlite3 *db, const char *name, int64_t *ret, error *e)
{
	sqlite3_stmt *insert, *find;
	TRY(statement_new(db,
		"INSERT OR IGNORE INTO sources (name, kind, imported, newest, count, etag) VALUES (?, '', 0, '', 0, '')",
		&insert, e));
	statement_bind(insert, 1, span_of(name));
	int status = statement_run(insert, e);
	sqlite3_finalize(insert);
	TRY(status);
	TRY(statement_new(db, "SELECT number FROM sources WHERE name = ?", &find, e));
	statement_bind(find, 1, span_of(name));
	status = statement_step(find, e);
	*ret = status > 0 ? sqlite3_column_int64(find, 0) : 0;
	sqlite3_finalize(find);
	return status;
}

int store_source_begin(store *s, const store_source *source, error *e)
{
	store_records *r = &s->records;
	s->source = (store_source){arena_string(&s->a, span_of(source->name)),
		arena_string(&s->a, span_of(source->etag)), source->imported};
	TRY(source_number(r->db, source->name, &r->source, e));
	TRY(number_of(r->db, "SELECT coalesce(max(number), 0) + 1 FROM advisories", &s->first, e));
	TRY(number_of(r->db,
		"SELECT max(coalesce((SELECT max(round) FROM exploited), 0), coalesce((SELECT max(round) FROM probability), 0)) + 1",
		&r->round, e));
	r->next = r->first = s->first;
	r->counts = (store_counts){0};
	r->exploited_count = r->probability_count = 0;
	return 0;
}

record_sink store_sink(store *s)
{
	return (record_sink){store_advisory, store_exploited, store_probability, &s->records};
}

/* What the source had before this import. */
static int old_remove(store *s, error *e)
{
	store_records *r = &s->records;
	sqlite3_stmt *gone;
	TRY(statement_new(r->db, "DELETE FROM advisories WHERE source = ? AND number < ?", &gone, e));
	statement_bind_number(gone, 1, r->source);
	statement_bind_number(gone, 2, s->first);
	int status = statement_run(gone, e);
	r->counts.removed += (uint32_t)sqlite3_changes(r->db);
	sqlite3_finalize(gone);
	return status;
}

static int rounds_remove(store_records *r, const char *sql, error *e)
{
	sqlite3_stmt *gone;
	TRY(statement_new(r->db, sql, &gone, e));
	statement_bind_number(gone, 1, r->round);
	int status = statement_run(gone, e);
	r->counts.removed += (uint32_t)sqlite3_changes(r->db);
	sqlite3_finalize(gone);
	return status;
}

static int source_write(store *s, const char *kind, error *e)
{
	sqlite3_stmt *update;
	const store_records *r = &s->records;
	TRY(statement_new(r->db,
		"UPDATE sources SET kind = ?2, imported = ?3, etag = ?4,"
		" newest = coalesce((SELECT max(max(modified), max(published)) FROM advisories WHERE source = ?1), ''),"
		" count = CASE ?2 WHEN 'exploited' THEN (SELECT count(*) FROM exploited)"
		"  WHEN 'probability' THEN (SELECT count(*) FROM probability)"
		"  ELSE (SELECT count(*) FROM advisories WHERE source = ?1) END WHERE number = ?1",
		&update, e));
	statement_bind_number(update, 1, r->source);
	statement_bind(update, 2, span_of(kind));
	statement_bind_number(update, 3, s->source.imported);
	statement_bind(update, 4, span_of(s->source.etag));
	int status = statement_run(update, e);
	sqlite3_finalize(update);
	return status;
}

int store_source_end(store *s, bool whole, store_counts *ret, error *e)
{
	store_records *r = &s->records;
	const char *kind = r->exploited_count     ? "exploited"
			   : r->probability_count ? "probability"
						  : "advisories";
	if (whole && r->exploited_count)
		TRY(rounds_remove(r, "DELETE FROM exploited WHERE round <> ?", e));
	else if (whole && r->probability_count)
		TRY(rounds_remove(r, "DELETE FROM probability WHERE round <> ?", e));
	else if (whole)
		TRY(old_remove(s, e));
	TRY(statement_text(
		r->db, "DELETE FROM affected WHERE advisory NOT IN (SELECT number FROM advisories)", e));
	TRY(source_write(s, kind, e));
	*ret = r->counts;
	return 0;
}
