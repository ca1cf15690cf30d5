/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip (RFC 1952) by ISA-L, which checks the CRC of every member. It stops behind a member: those that follow are ours to start. */
#include "base/memory.h"
#include "formats/decompress_codec.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 30 }; /* its counts have 32 bits */

typedef struct gzip {
	struct inflate_state inflate;
	bool between; /* behind a member */
	bool again;   /* the first member is done */
} gzip;

static void *gzip_open(void)
{
	gzip *g = memory_zeroed(1, sizeof *g);
	isal_inflate_init(&g->inflate);
	g->inflate.crc_flag = ISAL_GZIP;
	return g;
}

static const char *gzip_fault(int code)
{
	switch (code) {
	case ISAL_INCORRECT_CHECKSUM:
		return "gzip: the checksum is wrong";
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD:
		return "gzip: the header is damaged";
	default:
		return "gzip: the data is damaged";
	}
}

/* What is no member any more is padding or garbage: GNU gzip ignores it too. */
static bool gzip_garbage(const gzip *g, int code)
{
	return g->again && (code == ISAL_INVALID_WRAPPER || code == ISAL_UNSUPPORTED_METHOD);
}

static int gzip_run(void *of, span *in, char *out, size_t room, size_t *made, error *e)
{
	gzip *g = of;
	if (g->between && in->n == 0)
		return CODEC_BOUNDARY;
	if (g->between && in->p[0] != 0x1f)
		return CODEC_DONE;
	if (g->between)
		isal_inflate_reset(&g->inflate);
	g->between = false;
	uint32_t step = (uint32_t)(in->n < INPUT_MAX ? in->n : INPUT_MAX);
	g->inflate.next_in = (uint8_t *)in->p;
	g->inflate.avail_in = step;
	g->inflate.next_out = (uint8_t *)out;
	g->inflate.avail_out = (uint32_t)room;
	int code = isal_inflate(&g->inflate);
	*in = span_from(*in, step - g->inflate.avail_in);
	*made = room - g->inflate.avail_out;
	if (gzip_garbage(g, code))
		return CODEC_DONE;
	if (code < 0 || code == ISAL_NEED_DICT)
		return error_set(e, ERROR_DAMAGED, "%s", gzip_fault(code));
	if (g->inflate.block_state != ISAL_BLOCK_FINISH)
		return CODEC_GOING;
	g->between = g->again = true;
	return CODEC_BOUNDARY;
}

const codec codec_gzip = {gzip_open, gzip_run, free};
