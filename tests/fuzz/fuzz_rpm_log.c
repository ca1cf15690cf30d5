/* SPDX-License-Identifier: Apache-2.0
 *
 * Write-ahead logs beside a database. The first byte is the number of pages of the database. */
#include "fuzz.h"
#include "packages/rpm_wal.h"

FUZZ(bytes)
{
	arena a = {0};
	size_t pages = bytes.n ? (unsigned char)bytes.p[0] % 8 : 0;
	span database = {arena_alloc(&a, pages * 512), pages * 512}, log = span_from(bytes, 1);
	span got = wal_apply(database, log, &a);
	FUZZ_HOLDS(got.n <= database.n + log.n);
	arena_done(&a);
}
