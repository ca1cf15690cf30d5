/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash of Berkeley DB in which rpm kept headers until 4.16 (db_page.h of Berkeley DB 5.3: pages, metadata, hash items). Pages are read one after
 * another, without the hash: items on hash pages come in pairs, and a header is a value that is kept on the page or, usually, on a
 * chain of overflow pages. Databases of either byte order. Not read: duplicates (rpm has none here), encrypted databases, checksums. */
#include "packages/rpm.h"

#include "base/limits.h"

enum {
	META_MAGIC = 12,
	META_PAGE_SIZE = 20,
	META_ENCRYPTION = 24,
	META_LAST_PAGE = 32,
	META_BYTES = 512,
	PAGE_NEXT = 16,
	PAGE_ENTRIES = 20,
	PAGE_OFFSET = 22, /* of overflow pages: the bytes on it */
	PAGE_TYPE = 25,
	PAGE_HEADER = 26,
	ITEM_OVERFLOW_PAGE = 4,
	ITEM_OVERFLOW_LENGTH = 8,
	ITEM_OVERFLOW_BYTES = 12,
};

enum { HASH_MAGIC = 0x061561, PAGE_SIZE_MIN = 512, PAGE_SIZE_MAX = 65536, HEADER_MIN = 24 };

enum { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH = 13 };

enum { ITEM_ON_PAGE = 1, ITEM_OVERFLOW = 3 };

typedef struct bdb {
	const package_input *in;
	package_record *out;
	span bytes;
	bool swapped; /* big-endian */
	uint32_t page_size, page_count;
	uint64_t read; /* bytes of headers so far */
	arena scratch;
} bdb;

static uint32_t bdb32(const bdb *db, const char *p)
{
	return db->swapped ? rpm_be32(p) : rpm_le32(p);
}

static uint32_t bdb16(const bdb *db, const char *p)
{
	uint16_t n;
	memcpy(&n, p, sizeof n);
	return db->swapped ? __builtin_bswap16(n) : n;
}

bool rpm_is_bdb(span bytes)
{
	return bytes.n >= META_BYTES &&
	       (rpm_le32(bytes.p + META_MAGIC) == HASH_MAGIC || rpm_be32(bytes.p + META_MAGIC) == HASH_MAGIC);
}

static void bdb_fault(bdb *db, const char *what, uint32_t page)
{
	package_fault(
		db->in, db->out, ERROR_DAMAGED, 0, "rpm: page %u of the Berkeley database %s", page, what);
}

/* A whole page, or NULL. */
static const char *page_at(const bdb *db, uint32_t number)
{
	return number < db->page_count ? db->bytes.p + (size_t)number * db->page_size : NULL;
}

/* Collects a chain of overflow pages. No byte belongs to two headers, so all that is read is at most the file. */
static bool overflow_read(bdb *db, uint32_t number, uint32_t length, span *ret)
{
	if (length > db->bytes.n - db->read)
		return false;
	db->read += length;
	char *bytes = arena_alloc(&db->scratch, length);
	uint32_t got = 0;
	while (got < length) {
		const char *page = page_at(db, number);
		if (!page || page[PAGE_TYPE] != PAGE_OVERFLOW)
			return false;
		uint32_t n = bdb16(db, page + PAGE_OFFSET);
		if (n == 0 || n > db->page_size - PAGE_HEADER)
			return false;
		if (n > length - got)
			n = length - got;
		memcpy(bytes + got, page + PAGE_HEADER, n);
		got += n;
		number = bdb32(db, page + PAGE_NEXT);
	}
	*ret = (span){bytes, length};
	return true;
}

/* The value that stands on [start, end) of a page. False when a limit is reached. */
static bool value_read(bdb *db, uint32_t number, const char *page, uint32_t start, uint32_t end)
{
	span value = {page + start + 1, end - start - 1};
	if (page[start] == ITEM_OVERFLOW) {
		if (end - start < ITEM_OVERFLOW_BYTES ||
			!overflow_read(db, bdb32(db, page + start + ITEM_OVERFLOW_PAGE),
				bdb32(db, page + start + ITEM_OVERFLOW_LENGTH), &value)) {
			bdb_fault(db, "points to a header that is not there", number);
			return true;
		}
	} else if (page[start] != ITEM_ON_PAGE ||
		   value.n < HEADER_MIN) { /* the count of packages has a row of its own */
		return true;
	}
	bool more = rpm_header_read(db->in, value, db->out);
	arena_clear(&db->scratch);
	return more;
}

/* Items grow down from the end of the page; each ends where the one before starts. */
static bool page_read(bdb *db, uint32_t number, const char *page)
{
	uint32_t entries = bdb16(db, page + PAGE_ENTRIES);
	if (entries > (db->page_size - PAGE_HEADER) / 2) {
		bdb_fault(db, "has more entries than room", number);
		return true;
	}
	uint32_t end = db->page_size;
	for (uint32_t i = 0; i < entries; i++) {
		uint32_t start = bdb16(db, page + PAGE_HEADER + (size_t)i * 2);
		if (start < PAGE_HEADER + entries * 2 || start >= end) {
			bdb_fault(db, "has entries that overlap", number);
			return true;
		}
		if (i % 2 == 1 && !value_read(db, number, page, start, end))
			return false;
		end = start;
	}
	return true;
}

void rpm_bdb_read(const package_input *in, package_record *out)
{
	bdb db = {.in = in, .out = out, .bytes = in->bytes};
	db.swapped = rpm_le32(in->bytes.p + META_MAGIC) != HASH_MAGIC;
	db.page_size = bdb32(&db, in->bytes.p + META_PAGE_SIZE);
	if (db.page_size < PAGE_SIZE_MIN || db.page_size > PAGE_SIZE_MAX ||
		(db.page_size & (db.page_size - 1))) {
		bdb_fault(&db, "states an impossible size of pages", 0);
		return;
	}
	if (in->bytes.p[META_ENCRYPTION]) {
		bdb_fault(&db, "says that it is encrypted", 0);
		return;
	}
	size_t pages = in->bytes.n / db.page_size;
	db.page_count = pages < UINT32_MAX ? (uint32_t)pages : UINT32_MAX;
	bool more = true;
	for (uint32_t i = 1; more && i < db.page_count; i++) {
		const char *page = page_at(&db, i);
		if (page[PAGE_TYPE] == PAGE_HASH || page[PAGE_TYPE] == PAGE_HASH_UNSORTED)
			more = page_read(&db, i, page);
	}
	if (in->bytes.n % db.page_size || bdb32(&db, in->bytes.p + META_LAST_PAGE) >= db.page_count)
		bdb_fault(&db, "is cut off", db.page_count);
	arena_done(&db.scratch);
}
