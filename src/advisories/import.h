/* SPDX-License-Identifier: Apache-2.0
 *
 * Importing files of advisories. What a file holds is decided by its content:
 *
 *   OSV: one JSON object, a list of them, JSON Lines, or a zip of JSON files as the OSV bucket has it
 *   Alpine's secdb, CISA's Known Exploited Vulnerabilities, the vulnerabilities of the Node.js runtime: JSON
 *   EPSS: CSV
 *   what `bulkhead db export` writes
 *
 * any of them compressed with gzip, zstd, xz or bzip2. A record that cannot be read is a problem; the others are imported. */
#pragma once

#include "advisories/store.h"

typedef struct import_file { /* one to import */
	const char *path;
	const char *name; /* of the source; NULL: after the file or, where that tells more, its content */
	const char *etag; /* of the web server that gave it; NULL: none */
} import_file;

typedef struct import_result { /* on the arena of the import */
	const char *name;      /* of the source */
	store_counts counts;
	LIST(error) problems; /* with lines; at most LIMIT_FILE_ERRORS */
	uint32_t dropped;     /* further problems */
} import_result;

/* Imports one file. < 0 only when the database cannot be written; what is wrong with the file is among the problems. now: seconds since 1970. */
int import_one(store *s, const import_file *file, int64_t now, arena *a, import_result *ret, error *e);

/* Reads all records of the bytes of a file into a sink, without a database. */
void import_read(span bytes, const record_sink *sink, arena *a, import_result *ret);
