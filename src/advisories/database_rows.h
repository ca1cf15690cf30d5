/* SPDX-License-Identifier: Apache-2.0
 *
 * The open database from inside: for the files of this folder that ask it. */
#pragma once

#include "advisories/database.h"
#include "advisories/statement.h"
#include "base/buffer.h"

typedef enum database_statement { /* the SQL is in database.c */
	DATABASE_ECOSYSTEM,
	DATABASE_AFFECTED,
	DATABASE_ADVISORY,
	DATABASE_EXPLOITED,
	DATABASE_PROBABILITY,
	DATABASE_STATEMENTS
} database_statement;

struct advisories {
	sqlite3 *db;
	sqlite3_stmt *statements[DATABASE_STATEMENTS];
	const char *path;
	arena arena;
	arena last;     /* of .ecosystem */
	span ecosystem; /* asked for last: most questions of an image are about one */
	int64_t ecosystem_number;
};

/* The number of an ecosystem by its key: 1, 0 when nothing is known of it. */
int advisories_ecosystem(advisories *db, span key, int64_t *ret, error *e);
