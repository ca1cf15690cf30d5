/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite as far as the database of advisories needs it: prepared statements, spans in and out, errors as ours. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <sqlite3.h>

/* Compiles one statement; to be finished with sqlite3_finalize(), which takes NULL. */
int statement_new(sqlite3 *db, const char *sql, sqlite3_stmt **ret, error *e);

/* Steps: 1 for a row, 0 at the end; then, and when it fails, the statement is reset. */
int statement_step(sqlite3_stmt *s, error *e);

/* Steps a statement that gives no rows. */
int statement_run(sqlite3_stmt *s, error *e);

/* Runs SQL text without parameters and rows. */
int statement_text(sqlite3 *db, const char *sql, error *e);

/* Binds by position, from 1. Text is borrowed until the statement is reset; the empty span is ''. */
void statement_bind(sqlite3_stmt *s, int position, span text);
void statement_bind_number(sqlite3_stmt *s, int position, int64_t n);
void statement_bind_real(sqlite3_stmt *s, int position, double n);

/* Columns from 0. The text is borrowed until the next step; the copy lives as long as a. */
span statement_column(sqlite3_stmt *s, int column);
span statement_copy(sqlite3_stmt *s, int column, arena *a);

/* ERROR_DAMAGED, ERROR_SYSTEM … from what SQLite says of a connection. */
int statement_fault(sqlite3 *db, error *e);
