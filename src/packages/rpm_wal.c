/* SPDX-License-Identifier: Apache-2.0
 *
 * A log is a header and frames; a frame is the number of a page, the size of the database if it ends a transaction, the salts of the header, a
 * checksum over all up to it, and the page. Frames count up to the last one that ends a transaction before the first whose salts or checksum are wrong. */
#include "packages/rpm_wal.h"

#include "base/limits.h"
#include "packages/rpm.h"

enum { HEADER = 32, FRAME = 24, PAGE_MIN = 512, PAGE_MAX = 65536 };
enum {
	LOG_PAGE_SIZE = 8,
	LOG_SALTS = 16,
	LOG_SUM = 24,
	FRAME_SIZE = 4,
	FRAME_SALTS = 8,
	FRAME_SUM = 16,
	SALTS = 8
};

static const uint32_t magic = 0x377f0682; /* the lowest bit says that checksums read big-endian words */

typedef struct wal_sum {
	uint32_t a, b;
	bool big;
} wal_sum;

static void sum_add(wal_sum *s, span bytes)
{
	for (; bytes.n >= 8; bytes = span_from(bytes, 8)) {
		s->a += (s->big ? rpm_be32(bytes.p) : rpm_le32(bytes.p)) + s->b;
		s->b += (s->big ? rpm_be32(bytes.p + 4) : rpm_le32(bytes.p + 4)) + s->a;
	}
}

static bool sum_holds(const wal_sum *s, const char *at)
{
	return rpm_be32(at) == s->a && rpm_be32(at + 4) == s->b;
}

static bool log_open(span log, uint32_t *page_size, wal_sum *sum)
{
	if (log.n < HEADER || (rpm_be32(log.p) & ~1u) != magic)
		return false;
	*page_size = rpm_be32(log.p + LOG_PAGE_SIZE);
	if (*page_size < PAGE_MIN || *page_size > PAGE_MAX || (*page_size & (*page_size - 1)))
		return false;
	*sum = (wal_sum){.big = rpm_be32(log.p) & 1};
	sum_add(sum, span_sub(log, 0, LOG_SUM));
	return sum_holds(sum, log.p + LOG_SUM);
}

bool wal_has_frames(span log)
{
	return log.n > HEADER + FRAME;
}

/* How many frames count, and how many pages the database has behind the last of them. */
static size_t frames_count(span log, uint32_t page_size, wal_sum sum, uint32_t *pages)
{
	size_t step = FRAME + page_size, committed = 0;
	span rest = span_from(log, HEADER);
	for (size_t i = 0; rest.n >= step; i++, rest = span_from(rest, step)) {
		sum_add(&sum, span_sub(rest, 0, FRAME_SALTS));
		sum_add(&sum, span_sub(rest, FRAME, page_size));
		if (memcmp(rest.p + FRAME_SALTS, log.p + LOG_SALTS, SALTS) != 0 ||
			!sum_holds(&sum, rest.p + FRAME_SUM))
			break;
		uint32_t size = rpm_be32(rest.p + FRAME_SIZE);
		if (size) {
			committed = i + 1;
			*pages = size;
		}
	}
	return committed;
}

span wal_apply(span database, span log, arena *a)
{
	uint32_t page_size = 0, pages = 0;
	wal_sum sum;
	if (!log_open(log, &page_size, &sum))
		return (span){0};
	size_t count = frames_count(log, page_size, sum, &pages);
	uint64_t size = (uint64_t)pages * page_size;
	if (count == 0 || size > database.n + log.n) /* pages come from one of the two */
		return (span){0};
	char *bytes = arena_alloc(a, size);
	if (database.n)
		memcpy(bytes, database.p, database.n < size ? database.n : size);
	for (size_t i = 0; i < count; i++) {
		const char *frame = log.p + HEADER + i * (FRAME + page_size);
		uint32_t page = rpm_be32(frame);
		if (page && page <= pages)
			memcpy(bytes + (size_t)(page - 1) * page_size, frame + FRAME, page_size);
	}
	return (span){bytes, size};
}
