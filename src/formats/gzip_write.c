/* SPDX-License-Identifier: Apache-2.0
 *
 * By zlib: its flushes are what makes the beginning of an unfinished member readable. */
#include "formats/gzip_write.h"

#include "base/memory.h"

#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, PIECE_BYTES = 64 << 10, LONGEST = 1 << 30 };

struct gzip_writer {
	z_stream z;
};

gzip_writer *gzip_writer_new(void)
{
	gzip_writer *w = memory_zeroed(1, sizeof *w);
	/* The only error of sound arguments is that there is no memory. */
	if (deflateInit2(&w->z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
		Z_OK)
		memory_exhausted(sizeof w->z);
	return w;
}

void gzip_writer_free(gzip_writer *w)
{
	if (!w)
		return;
	deflateEnd(&w->z);
	free(w);
}

static void work(gzip_writer *w, int how, buffer *out)
{
	char piece[PIECE_BYTES];
	do {
		w->z.next_out = (Bytef *)piece;
		w->z.avail_out = sizeof piece;
		deflate(&w->z, how);
		buffer_add(out, (span){piece, sizeof piece - w->z.avail_out});
	} while (w->z.avail_out == 0);
}

void gzip_writer_add(gzip_writer *w, span bytes, buffer *out)
{
	while (bytes.n) {
		span part = span_sub(bytes, 0, bytes.n < LONGEST ? bytes.n : LONGEST);
		w->z.next_in = (Bytef *)part.p;
		w->z.avail_in = (uInt)part.n;
		work(w, Z_NO_FLUSH, out);
		bytes = span_from(bytes, part.n);
	}
}

void gzip_writer_flush(gzip_writer *w, buffer *out)
{
	w->z.avail_in = 0;
	work(w, Z_SYNC_FLUSH, out);
}

void gzip_writer_end(gzip_writer *w, buffer *out)
{
	w->z.avail_in = 0;
	work(w, Z_FINISH, out);
}
