/* SPDX-License-Identifier: Apache-2.0
 *
 * The zip reader. Sections named below are those of PKWARE's APPNOTE.TXT 6.3.10.
 *
 * Bombs: the content of all entries together cannot be larger than the archive unless entries lie over one another, so that is refused; and each
 * entry is decompressed up to the caller's limit and its own size. */
#include "formats/zip.h"

#include "base/limits.h"

#include <zlib.h>

enum {
	END_BYTES = 22, /* 4.3.16, without its comment */
	COMMENT_MOST = 65535,
	LOCATOR_BYTES = 20, /* 4.3.15 */
	END64_BYTES = 56,   /* 4.3.14, without extensible data */
	CENTRAL_BYTES = 46, /* 4.3.12 */
	LOCAL_BYTES = 30,   /* 4.3.7 */
	METHOD_STORED = 0,  /* 4.4.5 */
	METHOD_DEFLATED = 8,
	FLAG_ENCRYPTED = 1, /* 4.4.4 */
	EXTRA_ZIP64 = 1,    /* 4.5.3 */
};

static uint64_t number(span bytes, size_t at, size_t width)
{
	uint64_t n = 0;
	for (size_t i = width; i-- > 0;)
		n = n << 8 | (uint8_t)bytes.p[at + i];
	return n;
}

static bool signature_at(span bytes, size_t at, const char signature[4])
{
	return at <= bytes.n && bytes.n - at >= 4 && memcmp(bytes.p + at, signature, 4) == 0;
}

bool zip_is(span bytes)
{
	return signature_at(bytes, 0, "PK\3\4") || signature_at(bytes, 0, "PK\5\6");
}

/* --- the end of the archive --- */

typedef struct ending {
	uint64_t at; /* where the directory must have ended */
	uint64_t count, size, offset;
} ending;

/* The last end record whose comment reaches to the end of the bytes. */
static bool end_find(span bytes, size_t *ret)
{
	if (bytes.n < END_BYTES)
		return false;
	size_t last = bytes.n - END_BYTES, first = last > COMMENT_MOST ? last - COMMENT_MOST : 0;
	for (size_t at = last + 1; at-- > first;)
		if (signature_at(bytes, at, "PK\5\6") &&
			number(bytes, at + 20, 2) == bytes.n - at - END_BYTES) {
			*ret = at;
			return true;
		}
	return false;
}

/* zip64 (4.3.14): found right before its locator, whatever the locator says: there may be bytes before the archive. */
static bool end64_read(span bytes, size_t end, ending *ret)
{
	if (end < LOCATOR_BYTES + END64_BYTES || !signature_at(bytes, end - LOCATOR_BYTES, "PK\6\7"))
		return false;
	size_t at = end - LOCATOR_BYTES - END64_BYTES;
	if (!signature_at(bytes, at, "PK\6\6"))
		return false;
	*ret = (ending){at, number(bytes, at + 32, 8), number(bytes, at + 40, 8), number(bytes, at + 48, 8)};
	return true;
}

int zip_open(span bytes, zip *ret, error *e)
{
	size_t at;
	if (!end_find(bytes, &at))
		return error_set(e, ERROR_SYNTAX, "zip: has no directory at its end");
	ending end;
	if (!end64_read(bytes, at, &end))
		end = (ending){
			at, number(bytes, at + 10, 2), number(bytes, at + 12, 4), number(bytes, at + 16, 4)};
	if (end.size > end.at || end.offset > end.at - end.size)
		return error_set(e, ERROR_DAMAGED, "zip: its directory is said to lie where it cannot");
	if (end.count > LIMIT_ZIP_ENTRIES)
		return error_set(e, ERROR_LIMIT, "zip: more than %d entries", LIMIT_ZIP_ENTRIES);
	size_t before = (size_t)(end.at - end.size - end.offset);
	*ret = (zip){.bytes = span_from(bytes, before), .count = end.count, .content_end = end.offset};
	ret->directory = span_sub(ret->bytes, (size_t)end.offset, (size_t)end.size);
	return 0;
}

/* --- the directory --- */

/* Sizes and offset that do not fit stand in the zip64 field, in this order and only those that do not fit. */
static bool zip64_read(span extra, zip_entry *entry)
{
	while (extra.n >= 4) {
		size_t size = (size_t)number(extra, 2, 2);
		span field = span_sub(extra, 4, size);
		if (field.n < size)
			return false;
		if (number(extra, 0, 2) != EXTRA_ZIP64) {
			extra = span_from(extra, 4 + size);
			continue;
		}
		uint64_t *const wanted[] = {&entry->size, &entry->stored, &entry->offset};
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
			if (*wanted[i] != UINT32_MAX)
				continue;
			if (field.n < 8)
				return false;
			*wanted[i] = number(field, 0, 8);
			field = span_from(field, 8);
		}
		return true;
	}
	return true;
}

static int damaged(error *e, const char *what)
{
	return error_set(e, ERROR_DAMAGED, "zip: %s", what);
}

int zip_next(zip *z, zip_entry *ret, error *e)
{
	span d = z->directory;
	if (z->count == 0)
		return 0;
	if (d.n < CENTRAL_BYTES || !signature_at(d, 0, "PK\1\2"))
		return damaged(e, "the directory ends early");
	size_t name = (size_t)number(d, 28, 2), extra = (size_t)number(d, 30, 2),
	       comment = (size_t)number(d, 32, 2);
	if (d.n - CENTRAL_BYTES < name + extra + comment)
		return damaged(e, "the directory ends early");
	zip_entry entry = {
		.name = span_sub(d, CENTRAL_BYTES, name),
		.flags = (uint16_t)number(d, 8, 2),
		.method = (uint16_t)number(d, 10, 2),
		.crc = (uint32_t)number(d, 16, 4),
		.stored = number(d, 20, 4),
		.size = number(d, 24, 4),
		.offset = number(d, 42, 4),
	};
	if (!zip64_read(span_sub(d, CENTRAL_BYTES + name, extra), &entry))
		return damaged(e, "an entry has a broken zip64 field");
	if (entry.offset > z->content_end || entry.stored > z->content_end - z->given)
		return damaged(e, "its entries are larger than itself: they lie over one another");
	entry.folder = span_ends(entry.name, SPAN("/"));
	z->given += entry.stored;
	z->directory = span_from(d, CENTRAL_BYTES + name + extra + comment);
	z->count--;
	*ret = entry;
	return 1;
}

/* --- content --- */

static int content_find(const zip *z, const zip_entry *entry, span *ret, error *e)
{
	span bytes = span_sub(z->bytes, 0, (size_t)z->content_end);
	if (entry->offset > bytes.n || bytes.n - entry->offset < LOCAL_BYTES ||
		!signature_at(bytes, (size_t)entry->offset, "PK\3\4"))
		return damaged(e, "an entry is not where the directory says");
	size_t at = (size_t)entry->offset;
	at += LOCAL_BYTES + (size_t)number(bytes, at + 26, 2) + (size_t)number(bytes, at + 28, 2);
	if (at > bytes.n || bytes.n - at < entry->stored)
		return damaged(e, "an entry reaches into the directory");
	*ret = span_sub(bytes, at, (size_t)entry->stored);
	return 0;
}

/* Inflates up to `room` bytes; true when the stream ended just there. */
static bool inflate_whole(span in, char *out, size_t room)
{
	z_stream s = {.next_in = (Bytef *)in.p,
		.avail_in = (uInt)in.n,
		.next_out = (Bytef *)out,
		.avail_out = (uInt)room};
	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return false;
	int code = inflate(&s, Z_FINISH);
	bool whole = code == Z_STREAM_END && s.avail_out == 0;
	inflateEnd(&s);
	return whole;
}

/* Room is taken only for what the compressed bytes can become: deflate makes at most 1,032 bytes of one. */
static int content_inflate(span in, uint64_t size, buffer *ret, error *e)
{
	if (in.n > UINT32_MAX || size > UINT32_MAX - 1 || size / 1032 > in.n)
		return damaged(e, "an entry cannot be as large as the directory says");
	size_t before = ret->n;
	char byte = 0;
	buffer_repeat(ret, 0, (size_t)size);
	if (!inflate_whole(in, size ? ret->p + before : &byte, (size_t)size))
		return damaged(e, "the content of an entry is damaged");
	return 0;
}

int zip_stored(const zip *z, const zip_entry *entry, span *ret, error *e)
{
	span content;
	if (entry->flags & FLAG_ENCRYPTED || entry->method != METHOD_STORED)
		return error_set(e, ERROR_SYNTAX, "zip: an entry is not stored as it is");
	TRY(content_find(z, entry, &content, e));
	if (content.n != entry->size)
		return damaged(e, "the content of an entry is damaged");
	*ret = content;
	return 0;
}

int zip_read(const zip *z, const zip_entry *entry, uint64_t limit, buffer *ret, error *e)
{
	span content;
	size_t before = ret->n;
	if (entry->flags & FLAG_ENCRYPTED ||
		(entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED))
		return error_set(e, ERROR_SYNTAX,
			"zip: an entry is encrypted or compressed by a method that is not read");
	if (entry->size > limit)
		return error_set(e, ERROR_LIMIT, "zip: an entry is larger than %llu KiB",
			(unsigned long long)limit >> 10);
	TRY(content_find(z, entry, &content, e));
	if (entry->method == METHOD_STORED && content.n != entry->size)
		return damaged(e, "the content of an entry is damaged");
	if (entry->method == METHOD_STORED)
		buffer_add(ret, content);
	else
		TRY(content_inflate(content, entry->size, ret, e));
	if (crc32_z(0, (const Bytef *)(ret->p ? ret->p + before : ""), ret->n - before) != entry->crc)
		return damaged(e, "the checksum of an entry does not hold");
	return 0;
}
