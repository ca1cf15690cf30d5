/* SPDX-License-Identifier: Apache-2.0
 *
 * The database of advisories: one SQLite file, read-only and immutable while it is scanned with, replaced as a whole by imports. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef struct advisories advisories;

/* Where the database lies when nobody says: $BULKHEAD_DB, else $XDG_DATA_HOME/bulkhead/advisories.db, else below ~/.local/share. */
const char *advisories_path(arena *a);

/* Opens it read-only; owned by the caller. ERROR_ABSENT when there is none, ERROR_DAMAGED when it is no database of this version. */
int advisories_open(const char *path, advisories **ret, error *e);

/* The day up to which it knows advisories: of the newest, or of the last import where none says. "2026-01-31", on a; empty for an empty one. */
int advisories_day(advisories *db, arena *a, span *ret, error *e);

/* Takes NULL. */
void advisories_close(advisories *db);
