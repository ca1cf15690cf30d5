/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip archives that lie in memory as a whole (PKWARE APPNOTE 6.3.10): the central directory is read, zip64 included; bytes before the archive (a
 * self-extracting one, an executable jar) are passed over. Content is stored or deflated. What lies at the local headers counts only as far as it is
 * needed to find the content. Not read: encrypted entries, other methods, archives of several volumes, names in other encodings (they are bytes). */
#pragma once

#include "base/buffer.h"
#include "base/error.h"

typedef struct zip {          /* private; over bytes that are borrowed */
	span bytes;           /* the archive, without what comes before it */
	span directory;       /* of it, what zip_next() has not given yet */
	uint64_t count;       /* of entries left */
	uint64_t content_end; /* where the directory begins: no content lies behind */
	uint64_t given;       /* bytes of compressed content named so far */
} zip;

typedef struct zip_entry { /* spans point into the archive */
	span name;         /* as it is written: not to be used as a path unchecked */
	uint64_t size;     /* decompressed, as the directory says */
	uint64_t stored;   /* bytes in the archive */
	uint64_t offset;   /* of the local header */
	uint32_t crc;
	uint16_t method, flags;
	bool folder;
} zip_entry;

/* Whether bytes begin like an archive: to tell it from other files without looking for its end. */
bool zip_is(span bytes);

/* Finds the central directory. ERROR_SYNTAX when there is none. */
int zip_open(span bytes, zip *ret, error *e);

/* The next entry: 1, or 0 at the end. ERROR_DAMAGED when the directory ends early or its entries name more content than there is, as those do
 * that lie over one another; ERROR_LIMIT for more than LIMIT_ZIP_ENTRIES. */
int zip_next(zip *z, zip_entry *ret, error *e);

/* The content of an entry that is stored as it is, borrowed from the archive; its checksum is not looked at. ERROR_SYNTAX when it is compressed. */
int zip_stored(const zip *z, const zip_entry *entry, span *ret, error *e);

/* Adds the content of an entry to *ret. ERROR_LIMIT when it is more than limit bytes, ERROR_DAMAGED when it is not what the directory says (size
 * and checksum are checked), ERROR_SYNTAX when it is written in a way that is not read. *ret then may hold a part. */
int zip_read(const zip *z, const zip_entry *entry, uint64_t limit, buffer *ret, error *e);
