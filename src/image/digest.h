/* SPDX-License-Identifier: Apache-2.0
 *
 * The digest of a stream's bytes, made on a thread of its own while they are used: hashing costs nearly half of what inflating costs. */
#pragma once

#include "formats/decompress.h"
#include "formats/sha256.h"

typedef struct digest digest;

/* Passes `in` on. With `lasting`, its blocks live until the call after the next one, as those of decompress_next() do: a block is hashed while the
 * next is made; without, it is hashed at once. Owned by the caller; in is borrowed. */
digest *digest_open(stream in, bool lasting);

/* The same bytes. Of digest, which must outlive it. */
stream digest_stream(digest *d);

/* Waits for the thread; "sha256:…" of all that went by. Once. */
void digest_text(digest *d, char ret[SHA256_TEXT + 1]);

/* Takes NULL. */
void digest_close(digest *d);
