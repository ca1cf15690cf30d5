/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over one layer, or over a folder that stands for one. */
#pragma once

#include "image/walk.h"

#include <stdatomic.h>

typedef enum layer_mark { LAYER_ENTRY, LAYER_WHITEOUT, LAYER_OPAQUE } layer_mark; /* image_file.mark */

typedef struct layer_again { /* a hard link whose target is to be read in a second pass */
	image_file *link;
	uint32_t index; /* of the target in its layer */
} layer_again;

typedef struct layer_list { /* what a pass over a layer found */
	arena arena;
	image_file *first, **last;
	uint32_t files;
	uint64_t stored, size;
	compression compression;
	char diff_id[SHA256_TEXT + 1]; /* empty when it was not computed */
	image_problems problems;
	uint32_t problems_dropped;
	bool damaged; /* the last of problems says why */
} layer_list;

typedef struct layer_walk { /* how to go about it */
	const image_reader *reader;
	atomic_size_t *index_bytes; /* what all layers of the image have taken of LIMIT_IMAGE_INDEX_MIB */
	bool hash;                  /* compute the diff id, of what is compressed or of anything */
	bool hash_plain;
	bool lasting; /* the blocks of the layer as it comes live until the call after the next one */
	const layer_again
		*again; /* NULL, or the entries to read, in order: nothing is added to the list then */
	uint32_t again_count;
	uint32_t again_at;
	layer_list *out;
} layer_walk;

/* Reads a layer as it is stored. Whatever goes wrong is in the list. */
void layer_read(layer_walk *w, stream in);

typedef enum folder_meaning {
	FOLDER_TREE,    /* a root file system */
	FOLDER_OVERLAY, /* the upper folder of an overlay: what is in it, and marks for what is hidden */
	FOLDER_WHOLE, /* the tree of this layer and all below it; its part is what differs from the tree below */
} folder_meaning;

typedef struct layer_folder {
	folder_meaning meaning;
	int root;  /* open */
	int below; /* FOLDER_WHOLE: the tree of the layer below, open; -1: there is none */
} layer_folder;

/* Walks a folder without leaving it and without following links or entering /proc and its like. Of what has several names, those after the
 * first are hard links to it. With w->again it only reads what that asks for. */
void layer_read_folder(layer_walk *w, const layer_folder *folder);

/* How an overlay marks what it hides (Documentation/filesystems/overlayfs.rst); fuse-overlayfs and older engines use the names of archives, which
 * layer_add() knows. */
struct stat;
bool overlay_is_whiteout(const struct stat *st);

/* Whether a folder hides what lies below it. What else is said of it, and cannot be followed, becomes *problem; NULL when there is nothing. */
bool overlay_is_opaque(int folder, const char **problem);

/* Whether the content of a file lies in another layer. */
bool overlay_is_metacopy(int folder, const char *name, const struct stat *st);

/* Adds an entry to the list. NULL when it is a name that only engines use, or there is no room (then *e says so). */
image_file *layer_add(layer_walk *w, const tar_entry *entry, error *e);

void layer_problem(layer_list *l, const error *e);

/* Takes n bytes of the index; ERROR_LIMIT when none are left. */
int layer_charge(atomic_size_t *index_bytes, size_t n, error *e);

void layer_list_done(layer_list *l);
