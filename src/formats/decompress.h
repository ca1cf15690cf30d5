/* SPDX-License-Identifier: Apache-2.0
 *
 * One door for all that may be compressed. What the bytes are is decided by their magic, never by a media type or a file name:
 * gzip (RFC 1952), Zstandard (RFC 8878), bzip2, xz, or none of them, in which case they pass through as they are. */
#pragma once

#include "base/error.h"
#include "base/span.h"

/* A pull stream: bytes come in blocks of the giver's choice. */
typedef struct stream {
	/* 1: *ret is the next block, not empty, borrowed until the next call. 0: the end. < 0: *e says why there is no more. */
	int (*next)(void *of, span *ret, error *e);
	void *of;
} stream;

/* All of bytes as one block; *rest is the state and must live as long as the stream. */
stream stream_of_span(span *rest);

typedef enum compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,
	COMPRESSION_ZSTD,
	COMPRESSION_BZIP2,
	COMPRESSION_XZ,
} compression;

/* "gzip", "zstd", "bzip2", "xz", or "none". */
const char *compression_name(compression c);

/* What the first bytes of something say. */
compression compression_sniff(span head);

typedef struct decompress decompress;

/* Reads the start of `in` to learn what it is. An empty stream is COMPRESSION_NONE. The result is owned by the caller; < 0 when the first
 * bytes cannot be had. */
int decompress_open(stream in, decompress **ret, error *e);

compression decompress_kind(const decompress *d);

/* The next decompressed block: 1, *ret is borrowed until the call after the next one (what is not
 * compressed: as long as `in` has it); 0 at the end. Members and frames that follow one another are one
 * stream, as the tools have it; what follows the last gzip or bzip2 member and is none itself is ignored.
 * < 0, after all that could be read was given: ERROR_DAMAGED when the input ends early or contradicts itself (checksums are checked),
 * ERROR_LIMIT for more than LIMIT_LAYER_MIB or a ratio over LIMIT_RATIO, or what `in` said. */
int decompress_next(decompress *d, span *ret, error *e);

/* The same as a stream; d must outlive it. */
stream decompress_stream(decompress *d);

/* Takes NULL. */
void decompress_close(decompress *d);
