/* SPDX-License-Identifier: Apache-2.0
 *
 * bzip2 by libbz2, member by member. */
#include "base/memory.h"
#include "formats/decompress_codec.h"

#include <bzlib.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 30 }; /* its counts have 32 bits */

typedef struct bzip2 {
	bz_stream stream;
	bool open;  /* inside a member */
	bool again; /* the first member is done */
} bzip2;

static void bzip2_start(bzip2 *b)
{
	b->stream = (bz_stream){0};
	if (BZ2_bzDecompressInit(&b->stream, 0, 0) != BZ_OK)
		memory_exhausted(sizeof *b);
	b->open = true;
}

static void bzip2_stop(bzip2 *b)
{
	if (b->open)
		BZ2_bzDecompressEnd(&b->stream);
	b->open = false;
}

static void *bzip2_open(void)
{
	bzip2 *b = memory_zeroed(1, sizeof *b);
	bzip2_start(b);
	return b;
}

static int bzip2_run(void *of, span *in, char *out, size_t room, size_t *made, error *e)
{
	bzip2 *b = of;
	if (!b->open && in->n == 0)
		return CODEC_BOUNDARY;
	if (!b->open)
		bzip2_start(b);
	unsigned step = (unsigned)(in->n < INPUT_MAX ? in->n : INPUT_MAX);
	b->stream.next_in = (char *)in->p;
	b->stream.avail_in = step;
	b->stream.next_out = out;
	b->stream.avail_out = (unsigned)room;
	int code = BZ2_bzDecompress(&b->stream);
	*in = span_from(*in, step - b->stream.avail_in);
	*made = room - b->stream.avail_out;
	if (code == BZ_MEM_ERROR)
		memory_exhausted(sizeof *b);
	if (code == BZ_DATA_ERROR_MAGIC && b->again)
		return CODEC_DONE;
	if (code != BZ_OK && code != BZ_STREAM_END)
		return error_set(e, ERROR_DAMAGED, "bzip2: the data is damaged");
	if (code == BZ_OK)
		return CODEC_GOING;
	bzip2_stop(b);
	b->again = true;
	return CODEC_BOUNDARY;
}

static void bzip2_close(void *of)
{
	bzip2_stop(of);
	free(of);
}

const codec codec_bzip2 = {bzip2_open, bzip2_run, bzip2_close};
