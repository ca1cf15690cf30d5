/* SPDX-License-Identifier: Apache-2.0
 *
 * The file system that layers make when they are laid over one another: folders and names, without content. */
#pragma once

#include "image/layer.h"

typedef struct image_tree image_tree;

/* An empty tree that lives as long as a. Its nodes are charged to index_bytes. */
image_tree *image_tree_new(arena *a, atomic_size_t *index_bytes);

/* Lays one layer over the tree: whiteouts first, as they are about lower layers only, then its entries in their order. Sets state, gone, layer
 * and target of the files. < 0: ERROR_LIMIT. Hard links to nothing are problems in the list. */
int image_tree_apply(image_tree *t, layer_list *layer, uint16_t number, error *e);

/* As image_find(); on any number of threads. */
const image_file *image_tree_find(const image_tree *t, span path);
