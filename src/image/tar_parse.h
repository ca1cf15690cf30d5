/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the tar reader share: the header block, the records that extend it, the pieces of sparse files. */
#pragma once

#include "base/arena.h"
#include "image/tar.h"

enum { TAR_BLOCK_BYTES = 512 };

typedef struct tar_piece { /* of a sparse file: bytes that are stored; holes lie between them */
	uint64_t offset, size;
} tar_piece;

typedef LIST(tar_piece) tar_pieces;

typedef struct
	tar_extra { /* what pax records and GNU long names say of an entry; spans of length 0 say nothing */
	span name, link, capability, sparse_name;
	bool has_size, has_mtime, has_uid, has_gid, sparse, has_real_size;
	uint64_t size, real_size;
	int64_t mtime;
	uint32_t uid, gid;
	uint64_t sparse_major; /* 1: the map of pieces stands before the content */
	tar_pieces pieces;
	uint64_t piece_offset; /* of the piece that is being read, in version 0.0 */
	bool damaged;
} tar_extra;

typedef struct tar_header { /* one header block, read */
	char type;
	span name, link; /* as found; into the block or the arena */
	uint64_t size, mode, uid, gid, major, minor;
	int64_t mtime;
	bool gnu; /* the old GNU format: sparse members have their map in the header */
} tar_header;

/* Whether the checksum of a header block holds, by either of the two ways that were ever in use. */
bool tar_checksum_holds(const char *block);

bool tar_block_is_zero(const char *block);

/* A number field: octal digits or base 256. False when it is neither. Negative numbers are possible in base 256 only. */
bool tar_number(span field, int64_t *ret);

/* Takes a header block apart; ERROR_DAMAGED when a number is none. */
int tar_header_read(const char *block, arena *a, tar_header *ret, error *e);

/* Reads pax records over what *x says already. Unknown ones are passed over; a broken list is an error, a broken value sets .damaged. */
int tar_extra_read(span records, arena *a, tar_extra *x, error *e);

/* Adds the sparse entries of an old GNU header or extension; false when one is no number. */
bool tar_pieces_gnu(span fields, arena *a, tar_pieces *pieces);

/* Whether the pieces lie in order inside size bytes and make up `stored` bytes. */
bool tar_pieces_hold(const tar_pieces *pieces, uint64_t size, uint64_t stored);

/* Takes "./", leading and double slashes off a path; *ret points into path or the arena. The reason why nobody would unpack it, or NULL. */
const char *tar_path_clean(span path, arena *a, span *ret);
