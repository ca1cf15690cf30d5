/* SPDX-License-Identifier: Apache-2.0
 *
 * The door itself: sniffing, pulling, limits. The formats are in decompress_*.c. */
#include "formats/decompress.h"

#include "base/limits.h"
#include "base/memory.h"
#include "formats/decompress_codec.h"

#include <stdlib.h>

enum {
	/* Large enough for ISA-L to decode straight into it, small enough for the second-level cache. */
	BLOCK_BYTES = 256 << 10,
	MAGIC_BYTES = 6,
};

static const struct {
	const char *name;
	span magic;
	const codec *codec;
} kinds[] = {
	[COMPRESSION_NONE] = {"none", {NULL, 0}, NULL},
	[COMPRESSION_GZIP] = {"gzip", {"\x1f\x8b\x08", 3}, &codec_gzip},
	[COMPRESSION_ZSTD] = {"zstd", {"\x28\xb5\x2f\xfd", 4}, &codec_zstd},
	[COMPRESSION_BZIP2] = {"bzip2", {"BZh", 3}, &codec_bzip2},
	[COMPRESSION_XZ] = {"xz",
		{"\xfd"
		 "7zXZ\0",
			6},
		&codec_xz},
};

struct decompress {
	stream in;
	span rest; /* of the block that was pulled last */
	bool ended, starved, finished;
	codec_state state;
	compression kind;
	void *codec;
	uint64_t taken, given;
	int status; /* < 0: fault is to be told after what was read */
	error fault;
	char head[MAGIC_BYTES]; /* the first bytes, when the first blocks are shorter than a magic */
	size_t head_at, head_end;
	char *out; /* the half of room that is being filled */
	char room[];
};

static int span_next(void *of, span *ret, error *e)
{
	(void)e;
	span *rest = of;
	if (rest->n == 0)
		return 0;
	*ret = *rest;
	*rest = (span){0};
	return 1;
}

stream stream_of_span(span *rest)
{
	return (stream){span_next, rest};
}

const char *compression_name(compression c)
{
	return kinds[c].name;
}

/* A skippable frame (RFC 8878, section 3.1.2) may come before the first one with content. */
static bool zstd_skippable(span head)
{
	return head.n >= 4 && ((uint8_t)head.p[0] & 0xf0) == 0x50 &&
	       memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0;
}

compression compression_sniff(span head)
{
	for (compression c = COMPRESSION_GZIP; c <= COMPRESSION_XZ; c++)
		if (span_starts(head, kinds[c].magic))
			return c;
	return zstd_skippable(head) ? COMPRESSION_ZSTD : COMPRESSION_NONE;
}

static int pull(decompress *d, error *e)
{
	int got = d->in.next(d->in.of, &d->rest, e);
	if (got == 0)
		d->ended = true;
	return got;
}

static void head_add(decompress *d, size_t n)
{
	if (n)
		memcpy(d->head + d->head_end, d->rest.p, n);
	d->head_end += n;
	d->rest = span_from(d->rest, n);
}

/* Collects the first bytes in `head` only when the first block is too short to show them. */
static int fill_head(decompress *d, error *e)
{
	while (!d->ended && d->head_end + d->rest.n < MAGIC_BYTES) {
		head_add(d, d->rest.n);
		TRY(pull(d, e));
	}
	size_t more = MAGIC_BYTES - d->head_end;
	if (d->head_end)
		head_add(d, more < d->rest.n ? more : d->rest.n);
	return 0;
}

static span head_of(const decompress *d)
{
	return (span){d->head + d->head_at, d->head_end - d->head_at};
}

int decompress_open(stream in, decompress **ret, error *e)
{
	decompress first = {.in = in};
	TRY(fill_head(&first, e));
	compression kind = compression_sniff(first.head_end ? head_of(&first) : first.rest);
	decompress *d = memory_zeroed(1, sizeof *d + (kind == COMPRESSION_NONE ? 0 : 2 * BLOCK_BYTES));
	*d = first;
	d->kind = kind;
	d->out = d->room;
	if (kinds[kind].codec)
		d->codec = kinds[kind].codec->open();
	*ret = d;
	return 0;
}

compression decompress_kind(const decompress *d)
{
	return d->kind;
}

void decompress_close(decompress *d)
{
	if (d && d->codec)
		kinds[d->kind].codec->close(d->codec);
	free(d);
}

static int check_limits(const decompress *d, error *e)
{
	uint64_t mib = 1 << 20;
	if (d->given > LIMIT_LAYER_MIB * mib)
		return error_set(e, ERROR_LIMIT, "%s: more than %d GiB when decompressed",
			kinds[d->kind].name, LIMIT_LAYER_MIB >> 10);
	if (d->given > LIMIT_RATIO_FROM_MIB * mib && d->given / LIMIT_RATIO > d->taken)
		return error_set(e, ERROR_LIMIT, "%s: grows by more than %d times when decompressed",
			kinds[d->kind].name, LIMIT_RATIO);
	return 0;
}

/* What is not compressed passes through. */
static int next_plain(decompress *d, span *ret, error *e)
{
	if (head_of(d).n) {
		*ret = head_of(d);
		d->head_at = d->head_end;
	} else {
		if (d->rest.n == 0 && !d->ended)
			TRY(pull(d, e));
		if (d->rest.n == 0)
			return 0;
		*ret = d->rest;
		d->rest = (span){0};
	}
	d->taken = d->given += ret->n;
	TRY(check_limits(d, e));
	return 1;
}

/* One step of the codec over the head or the rest of the block. */
static int run_codec(decompress *d, size_t *made, error *e)
{
	span head = head_of(d);
	span *in = head.n ? &head : &d->rest;
	size_t before = in->n, n = 0;
	int state = kinds[d->kind].codec->run(d->codec, in, d->out + *made, BLOCK_BYTES - *made, &n, e);
	d->taken += before - in->n;
	d->given += n;
	if (in == &head)
		d->head_at = d->head_end - head.n;
	*made += n;
	d->starved = in->n == 0 && *made < BLOCK_BYTES;
	return state;
}

static bool input_empty(const decompress *d)
{
	return d->rest.n == 0 && d->head_at == d->head_end;
}

static int step(decompress *d, size_t *made, error *e)
{
	if (d->starved && input_empty(d) && !d->ended)
		TRY(pull(d, e));
	int state = run_codec(d, made, e);
	TRY(state);
	d->state = (codec_state)state;
	TRY(check_limits(d, e));
	bool dry = d->ended && d->starved && input_empty(d);
	d->finished = d->state == CODEC_DONE || (d->state == CODEC_BOUNDARY && dry);
	if (dry && d->state == CODEC_GOING)
		return error_set(e, ERROR_DAMAGED, "%s: the data ends too early", kinds[d->kind].name);
	return 0;
}

static int next_compressed(decompress *d, span *ret, error *e)
{
	size_t made = 0;
	d->out = d->out == d->room ? d->room + BLOCK_BYTES : d->room; /* the last block lives on */
	while (made < BLOCK_BYTES && !d->finished && d->status == 0)
		d->status = step(d, &made, &d->fault);
	if (made) {
		*ret = (span){d->out, made};
		return 1;
	}
	if (d->status < 0)
		*e = d->fault;
	return d->status;
}

int decompress_next(decompress *d, span *ret, error *e)
{
	return d->codec ? next_compressed(d, ret, e) : next_plain(d, ret, e);
}

static int stream_next(void *of, span *ret, error *e)
{
	return decompress_next(of, ret, e);
}

stream decompress_stream(decompress *d)
{
	return (stream){stream_next, d};
}
