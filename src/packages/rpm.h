/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the rpm readers: the header of a package, and the four kinds of database that hold headers. */
#pragma once

#include "packages/format.h"

/* One header as databases store it (no magic in front): adds its package and files to the record. False when a limit of the record is reached.
 * What is damaged is a problem of the record. */
bool rpm_header_read(const package_input *in, span header, package_record *out);

/* Whether the bytes are of this kind, by their magic. */
bool rpm_is_sqlite(span bytes);
bool rpm_is_ndb(span bytes);
bool rpm_is_bdb(span bytes);

void rpm_sqlite_read(const package_input *in, package_record *out);
void rpm_ndb_read(const package_input *in, package_record *out);
void rpm_bdb_read(const package_input *in, package_record *out);

/* package_record.more of an SQLite database that may have a journal beside it, and of the journal itself: a copy of the file. */
typedef struct rpm_pages {
	span bytes;
	bool journal;
} rpm_pages;

/* The record of a database when the frames of its write-ahead log that are committed lie over it; NULL when there are none. Both are
 * package_record.more; neither changes. */
package_record *rpm_sqlite_join(const rpm_pages *database, const rpm_pages *journal, arena *a);

/* Numbers at p, which need not be aligned. */
static inline uint32_t rpm_be32(const char *p)
{
	uint32_t n;
	memcpy(&n, p, sizeof n);
	return __builtin_bswap32(n);
}

static inline uint32_t rpm_le32(const char *p)
{
	uint32_t n;
	memcpy(&n, p, sizeof n);
	return n;
}
