/* SPDX-License-Identifier: Apache-2.0
 *
 * The 512 bytes of a tar header: checksum, numbers, the fields of the dialects; and names. */
#include "base/limits.h"
#include "image/tar_parse.h"

enum { /* offsets and lengths: POSIX.1-2017, pax, "ustar Interchange Format" */
	NAME = 0,
	NAME_BYTES = 100,
	MODE = 100,
	UID = 108,
	GID = 116,
	ID_BYTES = 8,
	SIZE = 124,
	MTIME = 136,
	SIZE_BYTES = 12,
	CHECKSUM = 148,
	TYPE = 156,
	LINK = 157,
	MAGIC = 257,
	MAJOR = 329,
	MINOR = 337,
	PREFIX = 345,
	PREFIX_BYTES = 155,
	STAR_PREFIX_BYTES = 131, /* star keeps times behind it, and "tar" at the very end */
	STAR_MAGIC = 508,
};

bool tar_block_is_zero(const char *block)
{
	return block[0] == 0 && memcmp(block, block + 1, TAR_BLOCK_BYTES - 1) == 0;
}

bool tar_checksum_holds(const char *block)
{
	int64_t want, plain = 0, with_sign = 0;
	if (!tar_number((span){block + CHECKSUM, ID_BYTES}, &want))
		return false;
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
		char c = i >= CHECKSUM && i < CHECKSUM + ID_BYTES ? ' ' : block[i];
		plain += (uint8_t)c;
		with_sign += (signed char)c; /* as early tars on machines with signed characters summed */
	}
	return want == plain || want == with_sign;
}

/* Two's complement, most significant byte first; the top bit only says that it is one. */
static bool number_binary(span field, int64_t *ret)
{
	uint8_t first = (uint8_t)field.p[0];
	bool negative = first & 0x40;
	uint64_t value = negative ? UINT64_MAX : 0;
	for (size_t i = 0; i < field.n; i++) {
		uint8_t byte = (uint8_t)field.p[i];
		if (i == 0)
			byte = negative ? byte : byte & 0x7f;
		if (value >> 55 != (negative ? UINT64_MAX >> 55 : 0))
			return false;
		value = value << 8 | byte;
	}
	*ret = (int64_t)value;
	return true;
}

bool tar_number(span field, int64_t *ret)
{
	if (field.n && (uint8_t)field.p[0] & 0x80)
		return number_binary(field, ret);
	while (field.n && (field.p[0] == ' ' || field.p[0] == 0))
		field = span_from(field, 1);
	uint64_t value = 0;
	size_t i = 0;
	for (; i < field.n && field.p[i] >= '0' && field.p[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(field.p[i] - '0'); /* 12 digits at most: 36 bits */
	if (i < field.n && field.p[i] != ' ' && field.p[i] != 0)
		return false;
	*ret = (int64_t)value;
	return true;
}

static span text_field(const char *block, size_t at, size_t n)
{
	return (span){block + at, strnlen(block + at, n)};
}

static bool sized(const char *block, size_t at, size_t n, uint64_t *ret)
{
	int64_t value;
	if (!tar_number((span){block + at, n}, &value) || value < 0)
		return false;
	*ret = (uint64_t)value;
	return true;
}

static bool numbers_read(const char *block, tar_header *h)
{
	if (!tar_number((span){block + MTIME, SIZE_BYTES}, &h->mtime))
		h->mtime = 0; /* nobody depends on it */
	return sized(block, MODE, ID_BYTES, &h->mode) && sized(block, UID, ID_BYTES, &h->uid) &&
	       sized(block, GID, ID_BYTES, &h->gid) && sized(block, SIZE, SIZE_BYTES, &h->size);
}

/* The first part of a name that is longer than 100 bytes. GNU headers have other things in its place. */
static span prefix_of(const char *block)
{
	if (memcmp(block + MAGIC, "ustar\0", 6) != 0)
		return (span){0};
	bool star = memcmp(block + STAR_MAGIC, "tar\0", 4) == 0;
	return text_field(block, PREFIX, star ? STAR_PREFIX_BYTES : PREFIX_BYTES);
}

int tar_header_read(const char *block, arena *a, tar_header *ret, error *e)
{
	tar_header h = {.type = block[TYPE]};
	if (!numbers_read(block, &h))
		return error_set(
			e, ERROR_DAMAGED, "tar: a header holds something else where a number should be");
	h.gnu = memcmp(block + MAGIC, "ustar  ", 8) == 0;
	h.name = text_field(block, NAME, NAME_BYTES);
	h.link = text_field(block, LINK, NAME_BYTES);
	span prefix = prefix_of(block);
	if (prefix.n)
		h.name = arena_format(a, "%.*s/%.*s", SPAN_ARG(prefix), SPAN_ARG(h.name));
	bool device = h.type == '3' || h.type == '4';
	if (device && (!sized(block, MAJOR, ID_BYTES, &h.major) || !sized(block, MINOR, ID_BYTES, &h.minor)))
		h.major = h.minor = UINT32_MAX;
	*ret = h;
	return 0;
}

static bool is_clean(span path)
{
	span rest = path, part;
	while (span_cut(&rest, '/', &part))
		if (part.n == 0 || span_is(part, "."))
			return false;
	return path.n == 0 || path.p[path.n - 1] != '/';
}

static span without_dots(span path, arena *a)
{
	char *out = arena_alloc(a, path.n + 1);
	size_t n = 0;
	span part;
	while (span_cut(&path, '/', &part)) {
		if (part.n == 0 || span_is(part, "."))
			continue;
		if (n)
			out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	return (span){out, n};
}

static bool climbs(span path)
{
	span part;
	while (span_cut(&path, '/', &part))
		if (span_is(part, ".."))
			return true;
	return false;
}

const char *tar_path_clean(span path, arena *a, span *ret)
{
	*ret = path;
	if (path.n >= LIMIT_IMAGE_PATH)
		return "its name is longer than any file system takes";
	if (path.n && memchr(path.p, 0, path.n))
		return "its name has a zero byte in it";
	if (climbs(path))
		return "its name climbs out with \"..\"";
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	while (path.n && (path.p[0] == '/' || span_starts(path, SPAN("./"))))
		path = span_from(path, 1);
	*ret = is_clean(path) ? path : without_dots(path, a);
	return NULL;
}
