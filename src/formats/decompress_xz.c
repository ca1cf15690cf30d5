/* SPDX-License-Identifier: Apache-2.0
 *
 * xz by liblzma, stream by stream; zero bytes between and behind streams are padding (The .xz File Format, section 2.2). */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/decompress_codec.h"

#include <lzma.h>
#include <stdlib.h>

typedef struct xz {
	lzma_stream stream;
	bool between; /* behind a stream */
} xz;

static void xz_start(xz *x)
{
	uint64_t most = (uint64_t)LIMIT_XZ_MEMORY_MIB << 20;
	if (lzma_stream_decoder(&x->stream, most, 0) != LZMA_OK)
		memory_exhausted(sizeof *x);
	x->between = false;
}

static void *xz_open(void)
{
	xz *x = memory_zeroed(1, sizeof *x);
	x->stream = (lzma_stream)LZMA_STREAM_INIT;
	xz_start(x);
	return x;
}

static int xz_fail(lzma_ret code, error *e)
{
	if (code == LZMA_MEM_ERROR)
		memory_exhausted(sizeof(xz));
	if (code == LZMA_MEMLIMIT_ERROR)
		return error_set(e, ERROR_LIMIT, "xz: needs more than %d MiB of memory", LIMIT_XZ_MEMORY_MIB);
	return error_set(e, ERROR_DAMAGED, "xz: the data is damaged");
}

static void skip_padding(span *in)
{
	while (in->n && in->p[0] == 0)
		*in = span_from(*in, 1);
}

static int xz_run(void *of, span *in, char *out, size_t room, size_t *made, error *e)
{
	xz *x = of;
	if (x->between)
		skip_padding(in);
	if (x->between && in->n == 0)
		return CODEC_BOUNDARY;
	if (x->between)
		xz_start(x);
	x->stream.next_in = (const uint8_t *)in->p;
	x->stream.avail_in = in->n;
	x->stream.next_out = (uint8_t *)out;
	x->stream.avail_out = room;
	lzma_ret code = lzma_code(&x->stream, LZMA_RUN);
	*in = span_from(*in, in->n - x->stream.avail_in);
	*made = room - x->stream.avail_out;
	x->between = code == LZMA_STREAM_END;
	if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR)
		return xz_fail(code, e);
	return x->between ? CODEC_BOUNDARY : CODEC_GOING;
}

static void xz_close(void *of)
{
	lzma_end(&((xz *)of)->stream);
	free(of);
}

const codec codec_xz = {xz_open, xz_run, xz_close};
