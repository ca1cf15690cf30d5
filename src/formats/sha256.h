/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 (FIPS 180-4), as the digests of images are written. */
#pragma once

#include "base/span.h"

enum { SHA256_TEXT = sizeof "sha256:" - 1 + 64 }; /* characters of a digest, without the 0 behind it */

typedef struct sha256 sha256;

/* A hash of nothing yet; owned by the caller. Ends the program when OpenSSL has no SHA-256 to give. */
sha256 *sha256_new(void);

/* Takes NULL. */
void sha256_free(sha256 *h);

void sha256_add(sha256 *h, span bytes);

/* Writes "sha256:" and 64 lower-case hexadecimal digits, and a 0. The hash then starts anew. */
void sha256_text(sha256 *h, char ret[SHA256_TEXT + 1]);

/* The same of bytes that lie together. */
void sha256_of(span bytes, char ret[SHA256_TEXT + 1]);

/* Whether s is written like a digest of this kind. */
bool sha256_is_text(span s);
