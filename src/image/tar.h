/* SPDX-License-Identifier: Apache-2.0
 *
 * Tar archives, read forwards: V7, ustar and pax (POSIX.1-2017, pax), GNU (long names, sparse files, base-256 numbers) and star, as GNU tar
 * and Go's archive/tar take them. Where the two differ, Go is followed: the engines that unpack images are written in it.
 * Not read: multi-volume archives, ACLs, the older dialects of Solaris and HP-UX. */
#pragma once

#include "base/buffer.h"
#include "formats/decompress.h"

typedef enum tar_type {
	TAR_FILE,
	TAR_HARD_LINK,
	TAR_LINK, /* symbolic */
	TAR_CHARACTER,
	TAR_BLOCK,
	TAR_FOLDER,
	TAR_FIFO,
	TAR_OTHER, /* of a type that nobody unpacks: volume labels and the like */
} tar_type;

typedef struct tar_entry { /* all spans live until the next tar_next() */
	span name;         /* without "./", "/" and "//"; empty for the root itself */
	span link; /* of links: a hard link's is written like name, a symbolic one's is as it was found */
	span capability;         /* the value of security.capability, or empty */
	uint64_t size;           /* of the content, holes included */
	int64_t mtime;           /* seconds since 1970 */
	uint32_t mode, uid, gid; /* mode: the lower 12 bits; ids that do not fit are UINT32_MAX */
	uint32_t major, minor;   /* of devices */
	uint32_t index;          /* counts the entries from 0 */
	tar_type type;
	const char *
		fault; /* why no engine would unpack it, or NULL: then name is as it was found, and there is no content */
} tar_entry;

typedef struct tar tar;

/* Reads from `in`, which is borrowed. Owned by the caller. */
tar *tar_open(stream in);

/* Takes NULL. */
void tar_close(tar *t);

/* The next entry; content that was not read is passed over without being looked at. 1: got one; 0: the end of the archive (what follows in the
 * stream is not read); < 0: ERROR_DAMAGED, ERROR_LIMIT or what the stream said. */
int tar_next(tar *t, tar_entry *ret, error *e);

/* The next block of the content of the entry that tar_next() gave last, holes written out as zeros: 1, *ret is borrowed until the next
 * call; 0: all was given. */
int tar_content(tar *t, span *ret, error *e);

/* The rest of the content in one piece; points into the stream's block where that holds all of it, else it is collected in *b, which is emptied
 * first. Borrowed until the next call. ERROR_LIMIT when there are more than limit bytes. */
int tar_content_all(tar *t, uint64_t limit, buffer *b, span *ret, error *e);
