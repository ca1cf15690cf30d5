/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that are mapped rather than read: only the pages that are looked at cost anything. A file that shrinks while it is read ends the process
 * with SIGBUS; who reads files of others does so in a child. */
#pragma once

#include "formats/decompress.h"

typedef struct mapping {
	span bytes;
} mapping;

/* Maps a regular file; the descriptor is not needed afterwards. An empty file is an empty span. */
int mapping_open(int fd, mapping *ret, error *e);

void mapping_close(mapping *m);

typedef struct
	windows { /* a part of a mapping as a stream, whose pages are given back once they were passed */
	span rest, window;
} windows;

/* *w is the state, with .rest set to the part. Blocks are megabytes large. */
stream windows_stream(windows *w);

typedef struct descriptor { /* what cannot be mapped: a pipe */
	int fd;
	char block[256 << 10];
} descriptor;

stream descriptor_stream(descriptor *d);
