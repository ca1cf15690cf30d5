/* SPDX-License-Identifier: Apache-2.0
 *
 * Blobs of a registry into the cache. */
#pragma once

#include "fetch/session.h"
#include "formats/node.h"

typedef struct blob {
	span digest;
	uint64_t size;    /* as the manifest says */
	const node *urls; /* where else it is (layers that may not be distributed), or NULL */
} blob;

/* Fetches one unless it is there; goes on with what an earlier run has left. On any thread. */
int blob_pull(session *s, const char *cache, const blob *b, void (*progress)(void *of, uint64_t bytes),
	void *of, error *e);
