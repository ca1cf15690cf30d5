/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the parts of an image lie, by name: members of an archive that is mapped, members of one that went by, files of a folder. */
#pragma once

#include "image/layer.h"
#include "image/mapping.h"

typedef struct image_store image_store;

typedef struct image_blob {
	span bytes;  /* until blob_done(), or as long as the store */
	mapping map; /* what is to be given back */
} image_blob;

void blob_done(image_blob *b);
#define auto_blob __attribute__((cleanup(blob_done))) image_blob

/* Opens what is at path, and reads it whole when it cannot be read twice; then options->reader is used. Owned by the caller; lives on a. */
int image_store_open(const char *path, const image_options *options, arena *a, image_store **ret, error *e);

/* A store without members; lives on a. */
image_store *image_store_new(const image_options *options, arena *a);

/* Gives it one; name and bytes must outlive it. */
void image_store_add(image_store *s, span name, span bytes);

/* Takes NULL. */
void image_store_close(image_store *s);

/* The bytes of a member; links are followed inside the store. ERROR_ABSENT when there is none. On any number of threads. */
int image_store_get(const image_store *s, span name, image_blob *ret, error *e);

bool image_store_has(const image_store *s, span name);

/* Why the archive could not be read to its end; .code is 0 when it could. */
const error *image_store_fault(const image_store *s);

/* The open folder when the store is neither archive nor layout but a root file system; else -1. */
int image_store_root(const image_store *s);

/* The list of a layer that was walked when it went by, or NULL. A list is given out once; then come copies. */
layer_list *image_store_walked(image_store *s, span name);

/* A new list that lives as long as the store. */
layer_list *image_store_list_new(image_store *s);

/* How to walk a layer of this store into a list. */
layer_walk image_store_layer_walk(image_store *s, layer_list *list);

/* What was taken of LIMIT_IMAGE_INDEX_MIB. */
atomic_size_t *image_store_index_bytes(image_store *s);
