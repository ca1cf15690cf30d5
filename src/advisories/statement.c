/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements of SQLite. */
#include "advisories/statement.h"

int statement_fault(sqlite3 *db, error *e)
{
	int code = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
	bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR ||
		       code == SQLITE_MISMATCH;
	return error_set(
		e, damaged ? ERROR_DAMAGED : ERROR_SYSTEM, "%s", db ? sqlite3_errmsg(db) : "out of memory");
}

int statement_new(sqlite3 *db, const char *sql, sqlite3_stmt **ret, error *e)
{
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) != SQLITE_OK)
		return statement_fault(db, e);
	return 0;
}

int statement_step(sqlite3_stmt *s, error *e)
{
	int code = sqlite3_step(s);
	if (code == SQLITE_ROW)
		return 1;
	int status = code == SQLITE_DONE ? 0 : statement_fault(sqlite3_db_handle(s), e);
	sqlite3_reset(s);
	return status;
}

int statement_run(sqlite3_stmt *s, error *e)
{
	int status = statement_step(s, e);
	sqlite3_reset(s);
	return status < 0 ? status : 0;
}

int statement_text(sqlite3 *db, const char *sql, error *e)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : statement_fault(db, e);
}

void statement_bind(sqlite3_stmt *s, int position, span text)
{
	sqlite3_bind_text64(s, position, text.p ? text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void statement_bind_number(sqlite3_stmt *s, int position, int64_t n)
{
	sqlite3_bind_int64(s, position, n);
}

void statement_bind_real(sqlite3_stmt *s, int position, double n)
{
	sqlite3_bind_double(s, position, n);
}

span statement_column(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column); /* text as it is stored: no conversion */
	int n = sqlite3_column_bytes(s, column);
	return p && n > 0 ? (span){p, (size_t)n} : (span){"", 0};
}

span statement_copy(sqlite3_stmt *s, int column, arena *a)
{
	return arena_copy(a, statement_column(s, column));
}
