/* SPDX-License-Identifier: Apache-2.0
 *
 * Manifests of a registry. */
#pragma once

#include "fetch/session.h"
#include "formats/node.h"

typedef struct manifest { /* of one image; lives as long as the session's arena */
	const node *root;
	span digest, media_type;
	uint64_t size;
} manifest;

/* Fetches what a reference names; of an index the manifest for the platform that is wanted. What it gives is in the cache. */
int manifest_pull(session *s, const char *cache, const reference *r, manifest *ret, error *e);
