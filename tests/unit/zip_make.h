/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip archives made by hand. */
#pragma once

#include "base/buffer.h"

#include <zlib.h>

typedef struct zip_made {
	buffer body, directory;
	uint32_t count;
} zip_made;

static inline void zip_put(buffer *b, uint64_t n, int width)
{
	for (int i = 0; i < width; i++)
		buffer_add_byte(b, (char)(n >> 8 * i));
}

/* Raw deflate. */
static inline void zip_deflate(span s, buffer *ret)
{
	z_stream z = {.next_in = (Bytef *)s.p, .avail_in = (uInt)s.n};
	deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	size_t room = deflateBound(&z, s.n);
	buffer_repeat(ret, 0, room);
	z.next_out = (Bytef *)ret->p;
	z.avail_out = (uInt)room;
	deflate(&z, Z_FINISH);
	ret->n = z.total_out;
	deflateEnd(&z);
}

static inline void zip_add(zip_made *z, const char *name, span content, bool deflated)
{
	auto_buffer packed = {0};
	uint64_t at = z->body.n, crc = crc32(0, (const Bytef *)content.p, (uInt)content.n);
	if (deflated)
		zip_deflate(content, &packed);
	else
		buffer_add(&packed, content);
	uint64_t rest[] = {deflated ? 8 : 0, 0, crc, packed.n, content.n, strlen(name)};
	static const int widths[] = {2, 4, 4, 4, 4, 2};
	buffer_add_string(&z->body, "PK\3\4");
	zip_put(&z->body, 20, 2), zip_put(&z->body, 0, 2);
	buffer_add_string(&z->directory, "PK\1\2");
	zip_put(&z->directory, 20, 2), zip_put(&z->directory, 20, 2), zip_put(&z->directory, 0, 2);
	for (int i = 0; i < 6; i++) {
		zip_put(&z->body, rest[i], widths[i]);
		zip_put(&z->directory, rest[i], widths[i]);
	}
	zip_put(&z->body, 0, 2);
	buffer_repeat(&z->directory, 0, 12);
	zip_put(&z->directory, at, 4);
	buffer_add_string(&z->body, name);
	buffer_add_string(&z->directory, name);
	buffer_add(&z->body, buffer_span(&packed));
	z->count++;
}

/* Writes the directory; the archive is then z->body. */
static inline span zip_end(zip_made *z)
{
	uint64_t at = z->body.n;
	buffer_add(&z->body, buffer_span(&z->directory));
	buffer_add_string(&z->body, "PK\5\6");
	zip_put(&z->body, 0, 4), zip_put(&z->body, z->count, 2), zip_put(&z->body, z->count, 2);
	zip_put(&z->body, z->directory.n, 4), zip_put(&z->body, at, 4), zip_put(&z->body, 0, 2);
	return buffer_span(&z->body);
}

static inline void zip_made_done(zip_made *z)
{
	buffer_done(&z->body);
	buffer_done(&z->directory);
}

#define auto_zip __attribute__((cleanup(zip_made_done))) zip_made
