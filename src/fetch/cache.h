/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of pulled images: one OCI image layout of all of them. Blobs are named by their digests, so that images share them; index.json names
 * the manifests. Several processes may use it at once. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* Makes the folders of a layout at `path`. */
int cache_open(const char *path, arena *a, error *e);

/* The path of a blob; digest is one of SHA-256. */
const char *cache_blob_path(const char *path, span digest, arena *a);

/* Whether a blob is there with this size (0: any); it then counts as used now. */
bool cache_has(const char *path, span digest, uint64_t size, arena *a);

/* Stores a blob whose digest was checked. */
int cache_put(const char *path, span digest, span bytes, error *e);

/* Names a manifest in the index, as `name`. */
int cache_name(const char *path, span digest, uint64_t size, span media_type, span name, arena *a, error *e);

/* Removes what was not used for longest until at most `most` bytes are left; nothing while others read. held: what registry_cache_hold()
 * gave. */
void cache_trim(const char *path, uint64_t most, int held, arena *a);
