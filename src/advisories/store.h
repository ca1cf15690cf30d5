/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing the database: into a copy beside it, which takes its place when all is in. While one process writes, others wait; whoever dies leaves
 * what was there before. */
#pragma once

#include "advisories/record.h"

typedef struct store store;

typedef struct store_source { /* where what follows comes from */
	const char *name;
	const char *etag; /* of the web server that gave it, or "" */
	int64_t imported; /* seconds since 1970 */
} store_source;

typedef struct store_counts {
	uint32_t added;     /* new, or newer than what was there */
	uint32_t kept;      /* older than what was there, or the same from elsewhere: left out */
	uint32_t withdrawn; /* left out */
	uint32_t removed;   /* of the same source, no longer in it */
} store_counts;

/* Takes the lock of the database at `path` (its folder is made) and copies it, or starts an empty one. Owned by the caller. A database of
 * another version is begun anew when `anew`. */
int store_open(const char *path, bool anew, store **ret, error *e);

/* Begins a source; what the sink is given until store_source_end() belongs to it. */
int store_source_begin(store *s, const store_source *source, error *e);
record_sink store_sink(store *s);

/* What the source had before and has no longer is removed, unless it was not read whole. */
int store_source_end(store *s, bool whole, store_counts *ret, error *e);

/* Puts the copy in the database's place. */
int store_commit(store *s, error *e);

/* Takes NULL. Without a commit before, the database stays as it was. */
void store_close(store *s);
