/* SPDX-License-Identifier: Apache-2.0
 *
 * Decompression and tar: what is read does not depend on the blocks in which it comes, names stay inside, content has the size that was said. */
#include "fuzz.h"
#include "image/tar.h"

enum { MOST_CONTENT = 1 << 20 };

typedef struct pieces {
	span rest;
	size_t step;
} pieces;

static int pieces_next(void *of, span *ret, error *e)
{
	(void)e;
	pieces *p = of;
	*ret = span_sub(p->rest, 0, p->step);
	p->rest = span_from(p->rest, p->step);
	return ret->n > 0;
}

static bool inside(span name)
{
	span part;
	while (span_cut(&name, '/', &part))
		if (part.n == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	return true;
}

static uint64_t content_hash(tar *t, const tar_entry *entry, uint64_t h)
{
	span part;
	error e;
	int got = 1;
	uint64_t n = 0;
	while (n < MOST_CONTENT && (got = tar_content(t, &part, &e)) > 0) {
		FUZZ_HOLDS(part.n > 0);
		for (size_t i = 0; i < part.n && n < MOST_CONTENT; i++, n++)
			h = (h ^ (uint8_t)part.p[i]) * 0x100000001b3u;
	}
	FUZZ_HOLDS(n <= entry->size && (got != 0 || n == entry->size));
	return h ^ n;
}

static uint64_t archive_hash(stream in)
{
	tar *t = tar_open(in);
	tar_entry entry;
	error e;
	uint64_t h = 0;
	int got;
	while ((got = tar_next(t, &entry, &e)) > 0) {
		FUZZ_HOLDS(entry.fault || inside(entry.name));
		h = h * 31 + span_hash(entry.name) + span_hash(entry.link) * 3 + entry.size * 5 + entry.mode +
		    (uint64_t)entry.mtime;
		if (!entry.fault)
			h = content_hash(t, &entry, h);
	}
	tar_close(t);
	return h * 7 + (uint64_t)(got < 0 ? e.code : 0);
}

static uint64_t packed_hash(span bytes, size_t step)
{
	pieces p = {bytes, step};
	decompress *d;
	error e;
	if (decompress_open((stream){pieces_next, &p}, &d, &e) < 0)
		return 0;
	uint64_t h = archive_hash(decompress_stream(d));
	decompress_close(d);
	return h;
}

FUZZ(bytes)
{
	pieces whole = {bytes, SIZE_MAX}, parts = {bytes, 100};
	FUZZ_HOLDS(
		archive_hash((stream){pieces_next, &whole}) == archive_hash((stream){pieces_next, &parts}));
	if (compression_sniff(bytes) != COMPRESSION_NONE)
		packed_hash(bytes, 1000);
}
