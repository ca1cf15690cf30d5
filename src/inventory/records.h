/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of scans: when which image was scanned, with how old a database, and what was found. `scan` writes them; `scan --records` and the audit of
 * running containers ask whether an image has a fresh one. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

enum { RECORD_SEVERITIES = 5 }; /* info … critical, as severities of rules */

typedef struct scan_record {                /* spans live as long as the arena they were read on */
	span image;                         /* the digest of its configuration, by which engines know it */
	span name;                          /* as it was scanned last */
	int64_t time;                       /* seconds since 1970 */
	span database_date;                 /* the newest advisory then, or empty: none was asked */
	uint32_t counts[RECORD_SEVERITIES]; /* findings that were not accepted */
	bool complete;                      /* nothing was left unread */
} scan_record;

typedef struct scan_records scan_records;

/* $XDG_STATE_HOME/bulkhead, else ~/.local/state/bulkhead; NULL when neither is known. */
const char *scan_records_folder(arena *a);

/* Opens (or makes) the records in a folder. Owned by the caller. */
int scan_records_open(const char *folder, scan_records **ret, error *e);

/* Takes NULL. */
void scan_records_close(scan_records *r);

/* Writes the record of an image in place of an older one. */
int scan_records_put(scan_records *r, const scan_record *record, error *e);

/* 1: the last record of an image; 0: there is none. */
int scan_records_get(scan_records *r, span image, arena *a, scan_record *ret, error *e);

typedef LIST(scan_record) scan_record_list;

/* All, the newest first. */
int scan_records_all(scan_records *r, arena *a, scan_record_list *ret, error *e);
