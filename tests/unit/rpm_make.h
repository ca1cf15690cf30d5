/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes rpm headers and the databases that hold them, for tests. */
#pragma once

#include "base/buffer.h"

#include <stdlib.h>

typedef struct rpm_tag_value { /* a tag with its data as it is stored */
	uint32_t tag, type, count;
	span data;
} rpm_tag_value;

static inline void put32(buffer *b, uint32_t n, bool big)
{
	uint32_t v = big ? __builtin_bswap32(n) : n;
	buffer_add(b, (span){(const char *)&v, sizeof v});
}

static inline void set32(buffer *b, size_t at, uint32_t n, bool big)
{
	uint32_t v = big ? __builtin_bswap32(n) : n;
	memcpy(b->p + at, &v, sizeof v);
}

static inline void set16(buffer *b, size_t at, uint16_t n, bool big)
{
	uint16_t v = big ? __builtin_bswap16(n) : n;
	memcpy(b->p + at, &v, sizeof v);
}

/* Tags end with a row of tag 0. */
static inline void rpm_header_make(buffer *b, const rpm_tag_value *tags)
{
	auto_buffer data = {0};
	uint32_t n = 0;
	while (tags[n].tag)
		n++;
	size_t start = b->n;
	put32(b, n, true);
	put32(b, 0, true);
	for (uint32_t i = 0; i < n; i++) {
		put32(b, tags[i].tag, true);
		put32(b, tags[i].type, true);
		put32(b, (uint32_t)data.n, true);
		put32(b, tags[i].count, true);
		buffer_add(&data, tags[i].data);
	}
	set32(b, start + 4, (uint32_t)data.n, true);
	buffer_add(b, buffer_span(&data));
}

/* "name-1-2" with an epoch, an owner of usr/bin/NAME and etc/NAME.conf. */
static inline void rpm_package_make(buffer *b, const char *name)
{
	auto_buffer names = {0}, words = {0};
	buffer_format(&names, "%s%c%s.conf%c", name, 0, name, 0);
	buffer_repeat(&words, 'x', 700); /* longer than a page of bdb_make() */
	rpm_header_make(b, (rpm_tag_value[]){
				   {63, 7, 16, SPAN("0123456789abcdef")}, /* a region */
				   {1000, 6, 1, (span){name, strlen(name) + 1}},
				   {1001, 6, 1, SPAN("1\0")},
				   {1002, 6, 1, SPAN("2.el9\0")},
				   {1003, 4, 1, SPAN("\0\0\0\3")},
				   {1005, 6, 1, buffer_span(&words)},
				   {1011, 6, 1, SPAN("Maker\0")},
				   {1014, 6, 1, SPAN("MIT\0")},
				   {1022, 6, 1, SPAN("x86_64\0")},
				   {1044, 6, 1, SPAN("the-source-1-2.el9.src.rpm\0")},
				   {1116, 4, 2, SPAN("\0\0\0\0\0\0\0\1")},
				   {1117, 8, 2, buffer_span(&names)},
				   {1118, 8, 2, SPAN("/usr/bin/\0/etc/\0")},
				   {5096, 6, 1, SPAN("mod:1:2:3\0")},
				   {0},
			   });
}

static inline void ndb_make(buffer *b, const span *headers, uint32_t count)
{
	buffer_add_string(b, "RpmP");
	put32(b, 0, false);
	put32(b, 1, false);
	put32(b, 1, false);
	buffer_repeat(b, 0, 16);
	size_t at = 4096;
	for (uint32_t i = 0; i < 254; i++) {
		size_t blocks = i < count ? (headers[i].n + 16 + 12 + 15) / 16 : 0;
		buffer_add_string(b, "Slot");
		put32(b, i < count ? i + 1 : 0, false);
		put32(b, i < count ? (uint32_t)(at / 16) : 0, false);
		put32(b, (uint32_t)blocks, false);
		at += blocks * 16;
	}
	for (uint32_t i = 0; i < count; i++) {
		buffer_add_string(b, "BlbS");
		put32(b, i + 1, false);
		put32(b, 1, false);
		put32(b, (uint32_t)headers[i].n, false);
		buffer_add(b, headers[i]);
		size_t end = (headers[i].n + 16 + 12 + 15) / 16 * 16;
		buffer_repeat(b, 0, end - headers[i].n - 16 - 12);
		put32(b, 0, false); /* the checksum, which nobody reads */
		put32(b, (uint32_t)headers[i].n, false);
		buffer_add_string(b, "BlbE");
	}
}

enum { BDB_PAGE = 512 };

static inline size_t bdb_page(buffer *b, uint8_t type, bool big)
{
	size_t start = b->n;
	buffer_repeat(b, 0, BDB_PAGE);
	set32(b, start + 8, (uint32_t)(start / BDB_PAGE), big);
	b->p[start + 25] = (char)type;
	return start;
}

/* One hash page with a pair for each header, which lies on overflow pages unless it fits 300 bytes. */
static inline void bdb_make(buffer *b, const span *headers, uint32_t count, bool big)
{
	size_t meta = bdb_page(b, 8, big), hash = bdb_page(b, 13, big);
	set32(b, meta + 12, 0x061561, big);
	set32(b, meta + 16, 9, big);
	set32(b, meta + 20, BDB_PAGE, big);
	set16(b, hash + 20, (uint16_t)(count * 2), big);
	size_t top = hash + BDB_PAGE;
	for (uint32_t i = 0; i < count; i++) {
		top -= 5; /* the key */
		b->p[top] = 1;
		set16(b, hash + 26 + i * 4, (uint16_t)(top - hash), big);
		span rest = headers[i];
		bool inside = rest.n < 300;
		top -= inside ? 1 + rest.n : 12;
		set16(b, hash + 28 + i * 4, (uint16_t)(top - hash), big);
		b->p[top] = inside ? 1 : 3;
		if (inside) {
			memcpy(b->p + top + 1, rest.p, rest.n);
			continue;
		}
		set32(b, top + 4, (uint32_t)(b->n / BDB_PAGE), big);
		set32(b, top + 8, (uint32_t)rest.n, big);
		while (rest.n) {
			size_t page = bdb_page(b, 7, big),
			       n = rest.n < BDB_PAGE - 26 ? rest.n : BDB_PAGE - 26;
			set16(b, page + 22, (uint16_t)n, big);
			set32(b, page + 16, n < rest.n ? (uint32_t)(b->n / BDB_PAGE) : 0, big);
			memcpy(b->p + page + 26, rest.p, n);
			rest = span_from(rest, n);
		}
	}
}
