/* SPDX-License-Identifier: Apache-2.0
 *
 * The database as one file to hand on: JSON Lines, compressed with zstd. A database file of SQLite would have to be trusted by whoever takes it;
 * these lines go through the same readers as all other input, and the same content gives the same bytes. */
#pragma once

#include "advisories/database.h"
#include "advisories/store.h"

typedef struct exported { /* the reading of one; {0} with .store (or NULL: nothing is stored) */
	store *store;
	bool open;    /* a source is */
	bool damaged; /* a line of the source was: what it had before stays */
	store_counts counts;
} exported;

/* Whether a line is the first one of an export. */
bool exported_is_header(const node *line);

int exported_read(exported *x, const node *line, arena *a, const record_sink *sink, error *e);

/* After the last line. */
int exported_end(exported *x, error *e);

/* Writes a database to a file; *ret_bytes is its size. */
int export_write(advisories *db, const char *path, uint64_t *ret_bytes, error *e);
