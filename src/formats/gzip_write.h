/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing gzip (RFC 1952), one member. */
#pragma once

#include "base/buffer.h"

typedef struct gzip_writer gzip_writer;

/* To be given back with gzip_writer_free. NULL never: running out of memory ends the program. */
gzip_writer *gzip_writer_new(void);
void gzip_writer_free(gzip_writer *w); /* NULL is allowed */

/* Compresses bytes; what comes out of it is added to out. */
void gzip_writer_add(gzip_writer *w, span bytes, buffer *out);

/* All that was added so far can be read from what stands in out afterwards, even if nothing ever follows. */
void gzip_writer_flush(gzip_writer *w, buffer *out);

/* Ends the member; nothing can be added any more. */
void gzip_writer_end(gzip_writer *w, buffer *out);
