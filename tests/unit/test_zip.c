/* SPDX-License-Identifier: Apache-2.0
 *
 * The zip reader over archives made by hand; that it agrees with other programs is for tests/system/advisories.py. */
#include "formats/zip.h"
#include "test.h"

#include <zlib.h>

typedef struct made { /* an archive with one entry "a.txt" of the content "hello" */
	char method;  /* 0 or 8 */
	const char *content;
	uint32_t stored, size, crc;
	const char *before; /* the archive */
	bool zip64;
	uint32_t count;
} made;

static void put(buffer *b, uint64_t n, int width)
{
	for (int i = 0; i < width; i++)
		buffer_add_byte(b, (char)(n >> 8 * i));
}

static void central_put(const made *m, uint64_t offset, buffer *b)
{
	buffer_add_string(b, "PK\1\2");
	put(b, 45, 2), put(b, 45, 2), put(b, 0, 2), put(b, (uint8_t)m->method, 2), put(b, 0, 4),
		put(b, m->crc, 4);
	put(b, m->zip64 ? UINT32_MAX : m->stored, 4), put(b, m->zip64 ? UINT32_MAX : m->size, 4);
	put(b, 5, 2), put(b, m->zip64 ? 28 : 0, 2), put(b, 0, 2), put(b, 0, 2), put(b, 0, 2), put(b, 0, 4);
	put(b, m->zip64 ? UINT32_MAX : offset, 4);
	buffer_add_string(b, "a.txt");
	if (m->zip64)
		put(b, 1, 2), put(b, 24, 2), put(b, m->size, 8), put(b, m->stored, 8), put(b, offset, 8);
}

static void archive_put(const made *m, buffer *b)
{
	size_t before = strlen(m->before), directory, directory_end;
	buffer_add_string(b, m->before);
	buffer_add_string(b, "PK\3\4");
	put(b, 45, 2), put(b, 0, 2), put(b, (uint8_t)m->method, 2), put(b, 0, 4), put(b, 0, 4), put(b, 0, 4),
		put(b, 0, 4), put(b, 5, 2), put(b, 3, 2);
	buffer_add_string(b, "a.txtxyz");
	buffer_add(b, (span){m->content, m->stored});
	directory = b->n - before;
	for (uint32_t i = 0; i < m->count; i++)
		central_put(m, 0, b);
	directory_end = b->n - before;
	if (m->zip64) {
		buffer_add_string(b, "PK\6\6");
		put(b, 44, 8), put(b, 45, 2), put(b, 45, 2), put(b, 0, 4), put(b, 0, 4), put(b, m->count, 8),
			put(b, m->count, 8);
		put(b, directory_end - directory, 8), put(b, directory, 8);
		buffer_add_string(b, "PK\6\7");
		put(b, 0, 4), put(b, directory_end, 8), put(b, 1, 4);
	}
	buffer_add_string(b, "PK\5\6");
	put(b, 0, 4), put(b, m->zip64 ? 0xffff : m->count, 2), put(b, m->zip64 ? 0xffff : m->count, 2);
	put(b, m->zip64 ? UINT32_MAX : directory_end - directory, 4),
		put(b, m->zip64 ? UINT32_MAX : directory, 4), put(b, 2, 2);
	buffer_add_string(b, "hi");
}

static const char deflated[] = "\xcb\x48\xcd\xc9\xc9\x07\x00"; /* "hello" */

static made hello(bool deflate)
{
	return (made){.method = deflate ? 8 : 0,
		.content = deflate ? deflated : "hello",
		.stored = deflate ? 7 : 5,
		.size = 5,
		.crc = (uint32_t)crc32(0, (const Bytef *)"hello", 5),
		.before = "",
		.count = 1};
}

/* The content of the first entry, or "!code". */
static span first_read(span bytes, uint64_t limit, buffer *out)
{
	zip z;
	zip_entry entry;
	error e;
	out->n = 0;
	int got = zip_open(bytes, &z, &e);
	if (got >= 0)
		got = zip_next(&z, &entry, &e);
	if (got > 0)
		got = zip_read(&z, &entry, limit, out, &e);
	if (got < 0) {
		out->n = 0;
		buffer_format(out, "!%d", -got);
	}
	return buffer_span(out);
}

#define CHECK_FIRST(made_, limit, want)                                             \
	do {                                                                        \
		auto_buffer archive_ = {0}, out_ = {0};                             \
		archive_put(made_, &archive_);                                      \
		CHECK_SPAN(first_read(buffer_span(&archive_), limit, &out_), want); \
	} while (0)

TEST(zip_reads_stored_deflated_zip64_and_prefixed)
{
	for (int i = 0; i < 8; i++) {
		made m = hello(i & 1);
		m.zip64 = i & 2;
		m.before = i & 4 ? "#!/bin/sh\nexec java -jar $0\n" : "";
		CHECK_FIRST(&m, 100, "hello");
	}
}

TEST(zip_refuses_what_does_not_hold)
{
	made m = hello(true);
	m.crc++;
	CHECK_FIRST(&m, 100, "!4");
	m = hello(true);
	CHECK_FIRST(&m, 4, "!3");
	m.size = 4;
	CHECK_FIRST(&m, 100, "!4");
	m.size = 6;
	CHECK_FIRST(&m, 100, "!4");
	m.size = 4000000000u;
	CHECK_FIRST(&m, UINT64_MAX, "!4");
	m = hello(false);
	m.size = 4;
	CHECK_FIRST(&m, 100, "!4");
	m = hello(false);
	m.method = 12;
	CHECK_FIRST(&m, 100, "!2");
}

TEST(zip_refuses_overlapping_entries)
{
	made m = hello(false);
	m.count = 100; /* of the same bytes */
	auto_buffer archive = {0};
	zip z;
	zip_entry entry;
	error e;
	int got;
	archive_put(&m, &archive);
	CHECK(zip_open(buffer_span(&archive), &z, &e) == 0);
	uint32_t n = 0;
	while ((got = zip_next(&z, &entry, &e)) > 0)
		n++;
	CHECK(got < 0 && n < 20);
}

TEST(zip_cut_short_anywhere)
{
	made m = hello(true);
	auto_buffer archive = {0}, out = {0};
	archive_put(&m, &archive);
	for (size_t n = 0; n < archive.n; n++)
		CHECK_SPAN(first_read((span){archive.p, n}, 100, &out), "!2");
}

TEST_MAIN()
