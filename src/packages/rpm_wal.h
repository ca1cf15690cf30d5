/* SPDX-License-Identifier: Apache-2.0
 *
 * The write-ahead log of an SQLite database ("WAL-mode File Format" of sqlite.org): what of it is committed, laid over a copy of the database. */
#pragma once

#include "base/arena.h"

/* Whether the log holds at least one frame. */
bool wal_has_frames(span log);

/* The database with all committed frames of the log laid over it; empty when there are none, or when the two do not belong together. On a. */
span wal_apply(span database, span log, arena *a);
