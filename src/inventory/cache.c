/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of layers. Bytes are kept compressed, with their own checksum: SQLite does not notice when a page of content changes. */
#include "inventory/cache.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "formats/sha256.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zstd.h>

enum { BUSY_MILLISECONDS = 2000, FORM = 1, LEVEL = 1 };

struct layer_cache {
	sqlite3 *db;
	char *path;
	bool damaged; /* found so while it was used: thrown away at the end */
	pthread_mutex_t lock;
	char analyser[SHA256_TEXT + 1];
};

const char *layer_cache_folder(arena *a)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (base && base[0] == '/')
		return path_join(a, base, "bulkhead");
	return home && home[0] == '/' ? path_join(a, home, ".cache/bulkhead") : NULL;
}

/* --- opening --- */

static const char schema[] =
	"PRAGMA user_version = 1;"
	"CREATE TABLE IF NOT EXISTS layer (diff_id TEXT, analyser TEXT, bytes BLOB NOT NULL, size INTEGER NOT NULL, digest TEXT NOT NULL,"
	" used INTEGER NOT NULL, PRIMARY KEY (diff_id, analyser));"
	"CREATE INDEX IF NOT EXISTS layer_used ON layer (used);";

static int version_of(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	int ret = -1;
	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
		sqlite3_step(s) == SQLITE_ROW)
		ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return ret;
}

static bool prepare(sqlite3 *db)
{
	sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = TRUNCATE", NULL, NULL, NULL);
	int version = version_of(db);
	return version == FORM || (version == 0 && sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3 *open_file(const char *path)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
		    NULL) == SQLITE_OK &&
		prepare(db))
		return db;
	sqlite3_close(db);
	return NULL;
}

/* What is no memory of this form is thrown away. */
static sqlite3 *open_or_renew(const char *path)
{
	sqlite3 *db = open_file(path);
	if (db)
		return db;
	remove(path);
	return open_file(path);
}

static int make_folder(const char *folder, arena *a, error *e)
{
	const char *parent = path_folder(a, folder);
	if (!files_is_folder(parent) && mkdir(parent, 0700) < 0 && errno != EEXIST)
		return error_set_system(e, "%s", parent);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_set_system(e, "%s", folder);
	return 0;
}

layer_cache *layer_cache_open(const char *folder, span analyser, error *e)
{
	arena a = {0};
	sqlite3 *db = NULL;
	if (make_folder(folder, &a, e) >= 0) {
		const char *path = path_join(&a, folder, "layers.db");
		db = open_or_renew(path);
		if (!db)
			error_set(e, ERROR_SYSTEM, "%s cannot be opened or made", path);
	}
	arena_done(&a);
	if (!db)
		return NULL;
	layer_cache *c = memory_zeroed(1, sizeof *c);
	span name = span_of(sqlite3_db_filename(db, "main"));
	c->path = memory_zeroed(1, name.n + 1);
	memcpy(c->path, name.p, name.n);
	sha256_of(analyser, c->analyser);
	c->db = db;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void layer_cache_close(layer_cache *c)
{
	if (!c)
		return;
	sqlite3_close(c->db);
	if (c->damaged)
		remove(c->path);
	free(c->path);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* --- statements --- */

static sqlite3_stmt *ask(layer_cache *c, const char *sql, span diff_id)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(s, 1, diff_id.p, (int)diff_id.n, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, c->analyser, -1, SQLITE_STATIC);
	return s;
}

/* One step; what SQLite says of the file is remembered. */
static bool run(layer_cache *c, sqlite3_stmt *s)
{
	int code = s ? sqlite3_step(s) : sqlite3_errcode(c->db);
	c->damaged |= code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
	return code == SQLITE_ROW;
}

/* --- getting --- */

static bool unpack_bytes(span packed, uint64_t size, span digest, arena *a, span *ret)
{
	char text[SHA256_TEXT + 1];
	sha256_of(packed, text);
	if (!span_is(digest, text) || size > (uint64_t)LIMIT_CACHED_LAYER_MIB << 20)
		return false;
	char *bytes = arena_alloc(a, (size_t)size + 1);
	if (ZSTD_decompress(bytes, (size_t)size, packed.p, packed.n) != size)
		return false;
	*ret = (span){bytes, (size_t)size};
	return true;
}

static void forget(layer_cache *c, span diff_id)
{
	sqlite3_stmt *s = ask(c, "DELETE FROM layer WHERE diff_id = ?1 AND analyser = ?2", diff_id);
	run(c, s);
	sqlite3_finalize(s);
}

static void touch(layer_cache *c, span diff_id)
{
	sqlite3_stmt *s = ask(c,
		"UPDATE layer SET used = unixepoch() WHERE diff_id = ?1 AND analyser = ?2 AND used < unixepoch() - 3600",
		diff_id);
	run(c, s);
	sqlite3_finalize(s);
}

static bool get(layer_cache *c, span diff_id, arena *a, span *ret)
{
	sqlite3_stmt *s =
		ask(c, "SELECT bytes, size, digest FROM layer WHERE diff_id = ?1 AND analyser = ?2", diff_id);
	bool there = run(c, s), good = false;
	if (there) {
		span packed = {sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)},
		     digest = {(const char *)sqlite3_column_text(s, 2), (size_t)sqlite3_column_bytes(s, 2)};
		good = unpack_bytes(packed, (uint64_t)sqlite3_column_int64(s, 1), digest, a, ret);
	}
	sqlite3_finalize(s);
	if (good)
		touch(c, diff_id);
	else if (there)
		forget(c, diff_id);
	return good;
}

bool layer_cache_get(layer_cache *c, span diff_id, arena *a, span *ret)
{
	pthread_mutex_lock(&c->lock);
	bool good = get(c, diff_id, a, ret);
	pthread_mutex_unlock(&c->lock);
	return good;
}

/* --- putting --- */

/* Until what is left fits: the oldest first. */
static void shrink(layer_cache *c)
{
	char sql[320];
	snprintf(sql, sizeof sql,
		"DELETE FROM layer WHERE rowid IN (SELECT rowid FROM (SELECT rowid, sum(length(bytes)) OVER (ORDER BY used DESC, rowid DESC) AS "
		"total FROM layer) WHERE total > %lld)",
		(long long)LIMIT_CACHE_MIB << 20);
	sqlite3_exec(c->db, sql, NULL, NULL, NULL);
}

static void put(layer_cache *c, span diff_id, span packed, size_t size)
{
	char digest[SHA256_TEXT + 1];
	sha256_of(packed, digest);
	sqlite3_stmt *s = ask(c,
		"INSERT OR REPLACE INTO layer (diff_id, analyser, bytes, size, digest, used) VALUES (?1, ?2, ?3, ?4, ?5, unixepoch())",
		diff_id);
	if (!s)
		return;
	sqlite3_bind_blob64(s, 3, packed.p, packed.n, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, (sqlite3_int64)size);
	sqlite3_bind_text(s, 5, digest, -1, SQLITE_STATIC);
	run(c, s);
	sqlite3_finalize(s);
	shrink(c);
}

void layer_cache_put(layer_cache *c, span diff_id, span bytes)
{
	if (bytes.n > (size_t)LIMIT_CACHED_LAYER_MIB << 20)
		return;
	size_t room = ZSTD_compressBound(bytes.n);
	char *packed = memory_zeroed(1, room);
	size_t n = ZSTD_compress(packed, room, bytes.p, bytes.n, LEVEL);
	if (!ZSTD_isError(n)) {
		pthread_mutex_lock(&c->lock);
		put(c, diff_id, (span){packed, n}, bytes.n);
		pthread_mutex_unlock(&c->lock);
	}
	free(packed);
}
