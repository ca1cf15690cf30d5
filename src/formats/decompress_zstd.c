/* SPDX-License-Identifier: Apache-2.0
 *
 * Zstandard (RFC 8878) by libzstd, which passes over skippable frames and goes from frame to frame by itself. */
#include "base/limits.h"
#include "base/memory.h"
#include "formats/decompress_codec.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

typedef struct zstd {
	ZSTD_DCtx *context;
	bool between; /* behind a frame: libzstd would ask for the next one */
} zstd;

static void *zstd_open(void)
{
	zstd *z = memory_zeroed(1, sizeof *z);
	z->context = ZSTD_createDCtx();
	if (!z->context)
		memory_exhausted(sizeof *z);
	ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax, LIMIT_ZSTD_WINDOW_LOG);
	return z;
}

static int zstd_fail(size_t code, error *e)
{
	bool window = ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge;
	return error_set(e, window ? ERROR_LIMIT : ERROR_DAMAGED, "zstd: %s", ZSTD_getErrorName(code));
}

static int zstd_run(void *of, span *in, char *out, size_t room, size_t *made, error *e)
{
	zstd *z = of;
	if (z->between && in->n == 0)
		return CODEC_BOUNDARY;
	ZSTD_inBuffer from = {in->p, in->n, 0};
	ZSTD_outBuffer to = {out, room, 0};
	size_t left = ZSTD_decompressStream(z->context, &to, &from);
	*in = span_from(*in, from.pos);
	*made = to.pos;
	if (ZSTD_isError(left))
		return zstd_fail(left, e);
	z->between = left == 0;
	return z->between ? CODEC_BOUNDARY : CODEC_GOING;
}

static void zstd_close(void *of)
{
	ZSTD_freeDCtx(((zstd *)of)->context);
	free(of);
}

const codec codec_zstd = {zstd_open, zstd_run, zstd_close};
