/* SPDX-License-Identifier: Apache-2.0
 *
 * From an image to its inventory: a reader of files that is given to image_open(), and what is made of all that it has read. */
#pragma once

#include "image/walk.h"
#include "inventory/cache.h"
#include "inventory/inventory.h"
#include "packages/join.h"

typedef struct inventory_reader inventory_reader;

/* What looks into files. rules: NULL for none, then secrets are not looked for; they, allow and cache (both may be NULL) are borrowed and must
 * outlive it. Owned by the caller. */
inventory_reader *inventory_reader_new(
	const secret_rules *rules, const secret_allow *allow, layer_cache *cache);

/* Takes NULL. After the image is closed nothing that was read is left. */
void inventory_reader_free(inventory_reader *r);

/* For image_options.reader. */
image_reader inventory_reader_hooks(inventory_reader *r);

typedef struct inventory_parts { /* what is needed besides, by those who make facts of it */
	image_files files;
	package_set packages;
} inventory_parts;

/* Walks the image and makes its inventory; what is damaged becomes problems of the image. All of it lives as long as the image and a.
 * name is what reports call it; borrowed. < 0 only for limits on the whole. */
int inventory_make(inventory_reader *r, image *im, const char *name, arena *a, inventory *ret,
	inventory_parts *ret_parts, error *e);
