/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks all layers of an image and lays them over one another, as the OCI image specification has it ("Image Layer Filesystem Changeset"):
 * `.wh.NAME` takes away NAME, and `.wh..wh..opq` all that is in its folder, of lower layers only; what is no folder takes the place of all that
 * stood there; hard links may point into lower layers. As in the engines, a folder on the way to a file may be a symbolic link of a lower layer. */
#pragma once

#include "image/image.h"

typedef enum image_state {
	IMAGE_FINAL,    /* a container sees it */
	IMAGE_REPLACED, /* another layer, or a later entry of the same one, has a newer one at this path */
	IMAGE_DELETED,  /* by a whiteout, or with the folder it was in */
} image_state;

typedef struct image_file {
	struct image_file *next; /* in the order of the layers, and of the entries in them */
	span path;               /* as the layer writes it */
	span link;               /* of links */
	const struct image_file
		*target;        /* of hard links: the file, when it is there; never a hard link itself */
	void *found;            /* what image_reader.found returned; of a hard link: for its target */
	const span *capability; /* security.capability, or NULL */
	uint64_t size;
	uint32_t mode, uid, gid;
	uint32_t index; /* of the entry in its layer */
	uint16_t layer;
	uint16_t gone; /* unless IMAGE_FINAL: the layer that deleted or replaced it */
	uint8_t type;  /* tar_type */
	uint8_t state; /* image_state */
	uint8_t mark;  /* for walk.c */
	bool wanted;   /* image_reader.wanted said so */
} image_file;

typedef struct image_files { /* lives as long as the image */
	image_file *first;
	uint32_t count;
	struct image_tree *tree;
} image_files;

/* Reads the layers that were not read yet, on .options.threads threads, and merges them. Damaged layers and entries, and diff ids that differ, are
 * problems of the image; what could be read of them counts. < 0 only for limits on the whole. Once for each image. */
int image_walk(image *im, image_files *ret, error *e);

/* The final file at a path; symbolic links on the way are followed, also the last one. NULL when there is none. */
const image_file *image_find(const image_files *files, span path);
