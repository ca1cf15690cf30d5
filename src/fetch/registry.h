/* SPDX-License-Identifier: Apache-2.0
 *
 * Images of registries (OCI distribution-spec v1.1, Docker's token authentication): pulled into a cache that is an OCI image layout, so that
 * image_open() reads them. Whatever comes is held against the digest that was asked for.
 *
 * Not done: schema 1 manifests, digests other than SHA-256, pushing. */
#pragma once

#include "base/options.h"
#include "formats/platform.h"
#include "formats/reference.h"

typedef struct registry_options {
	platform platform;    /* what is wanted of images for several */
	string_list insecure; /* HOST[:PORT]: certificates are not asked for, plain HTTP will do */
	string_list
		mirrors; /* [REGISTRY=]HOST[:PORT][/PREFIX], in order; of docker.io where no registry is named */
	const char *ca;                      /* a file of certificates to trust too, or NULL */
	uint64_t cache_bytes;                /* that the cache may take; 0: LIMIT_IMAGE_CACHE_MIB */
	bool (*have)(void *of, span digest); /* whether a layer need not be fetched; may be NULL */
	void (*progress)(void *of, uint64_t done,
		uint64_t total); /* bytes; may be NULL; called on several threads, one at a time */
	void *of;
} registry_options;

typedef struct registry_image { /* lives as long as the arena */
	const char *path;       /* of the layout */
	const char *digest;     /* of the manifest of this image in it: image_options.reference */
} registry_image;

/* Pulls an image. Starts programs (credential helpers, bulkhead-fetch), then enters the sandbox, for ever: to be called in a process of its
 * own. ERROR_ABSENT when there is no such image or the registry cannot be reached, ERROR_DENIED when it refuses, ERROR_DAMAGED when digests
 * differ. */
int registry_pull(const reference *r, const registry_options *o, arena *a, registry_image *ret, error *e);

/* Pulls the one layer of an artifact (what `oras push` makes of a file) and gives its path. The same conditions. */
int registry_pull_file(const reference *r, const registry_options *o, arena *a, const char **ret, error *e);

/* Where pulled images are kept: $XDG_CACHE_HOME/bulkhead/images, else below ~/.cache; NULL when there is no home either. */
const char *registry_cache_path(arena *a);

/* Opens the lock that keeps the cache from being emptied while it is read; held until the descriptor is closed. -1 when there is none. */
int registry_cache_hold(const char *path);
