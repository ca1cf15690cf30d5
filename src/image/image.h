/* SPDX-License-Identifier: Apache-2.0
 *
 * One interface over the ways in which an image lies on disk: what `docker save` writes (also compressed as a whole, also before manifest.json
 * was invented), an OCI image layout as a folder or as a tar (image-spec v1.1), the folder that skopeo's "dir:" writes, a plain root
 * file system, and the folders of an engine's store. Nothing is unpacked.
 *
 * An archive that is not compressed is mapped, and its layers are read when they are asked for, in parallel. One that is compressed, or a pipe,
 * is read once from start to end: the layers are walked while they come by, before it is known which image they belong to. */
#pragma once

#include "formats/node.h"
#include "formats/sha256.h"
#include "image/tar.h"

struct unpack;

/* What is looked for in an image. Both functions are called on several threads at once, once a layer on one of them. */
typedef struct image_reader {
	/* Whether to hand out the content of a file, or of what a hard link (size 0) points to; the entry is borrowed. NULL: of none. */
	bool (*wanted)(void *of, const tar_entry *entry);
	/* A file that is wanted; bytes and entry are borrowed until it returns. The result is kept as image_file.found; it may lie on a, which lives
	 * as long as the image. The layer is not known yet. */
	void *(*found)(void *of, arena *a, const tar_entry *entry, span bytes);
	void *of;
	/* A memory of layers that were read before, by their diff ids; all four or none. They are called on the threads of the layers. recall gives
	 * bytes that keep was given once, on a; what is kept was read whole, and its diff id holds. */
	bool (*recall)(void *of, span diff_id, arena *a, span *ret);
	void (*keep)(void *of, span diff_id, span bytes);
	/* What found returned, as bytes; false when it cannot be kept. */
	bool (*pack)(const void *found, buffer *out);
	/* And back, on a; spans may point into the bytes. */
	void *(*unpack)(struct unpack *u, arena *a);
} image_reader;

typedef enum image_verify {
	IMAGE_VERIFY_READ, /* the diff ids of layers that have to be read whole anyway: the compressed ones */
	IMAGE_VERIFY_ALL,
	IMAGE_VERIFY_NONE,
} image_verify;

typedef struct image_options {
	const char *os, *architecture, *variant; /* NULL: linux, what this machine is, any */
	const char
		*reference; /* "name:tag" or a digest, where an archive has several images; NULL: the first */
	unsigned threads;   /* 0: as many as there are CPUs */
	image_verify verify;
	image_reader reader; /* .of must live until image_walk() has returned */
} image_options;

typedef enum image_kind {
	IMAGE_DOCKER_ARCHIVE,
	IMAGE_OCI_LAYOUT,
	IMAGE_ROOT_FOLDER,
	IMAGE_STORE_LAYERS, /* each layer is a folder */
} image_kind;

typedef enum layer_check { LAYER_UNCHECKED, LAYER_HOLDS, LAYER_DIFFERS } layer_check;

typedef struct image_layer { /* spans live as long as the image */
	span name;           /* where it lies in the archive or layout */
	span digest;         /* of the bytes as they are stored, or empty where nobody says */
	span diff_id;        /* of the bytes decompressed, as the config says, or empty */
	span media_type;     /* as the manifest says; nobody trusts it */
	const node *history; /* the entry of the config that made it, or NULL */
	uint64_t stored;     /* bytes; 0 until it is walked where nobody says */
	/* after image_walk(): */
	uint64_t size; /* bytes decompressed */
	compression compression;
	layer_check check; /* of the diff id */
	uint32_t files;
	bool damaged; /* it could not be read to its end */
} image_layer;

typedef LIST(error) image_problems;

typedef struct image {
	image_kind kind;
	const char *path;    /* as it was opened */
	span reference;      /* the name and tag that the archive gives it, or empty */
	span digest;         /* of the manifest, or empty */
	span config_digest;  /* or empty */
	text config_text;    /* of config */
	const node *config;  /* NULL when there is none (a root folder) */
	image_layer *layers; /* the lowest first */
	uint32_t layer_count;
	uint32_t others; /* further images in the same archive that were not chosen */
	image_problems
		problems; /* what is damaged or missing without stopping the rest; at most LIMIT_FILE_ERRORS */
	uint32_t problems_dropped;
	bool whole; /* IMAGE_STORE_LAYERS: see image_folders */
	image_options options;
	struct image_store *store;
	struct arena arena;
} image;

/* Opens an image ("-" is standard input); owned by the caller. < 0 when there is none to speak of: ERROR_ABSENT when the archive holds no
 * image, or none for the platform (the text lists what there is), else what went wrong. */
int image_open(const char *path, const image_options *options, image **ret, error *e);

typedef struct image_folders {      /* an image as engines keep it: unpacked layer by layer */
	const char *config;         /* the file */
	const char *const *folders; /* one for each layer, the lowest first */
	uint32_t count;
	bool whole; /* each has all that the layers below it have, too; else they are parts of an overlay */
	span id;    /* the digest of the config */
	span digest, reference; /* or empty */
} image_folders;

/* Opens such an image; .name of a layer is its folder. Diff ids are taken from the config and not computed. All that is borrowed must outlive the
 * image. */
int image_open_folders(
	const image_folders *folders, const char *shown, const image_options *options, image **ret, error *e);

/* Takes NULL. */
void image_close(image *im);

/* Adds to .problems; for those that read images. */
void image_problem(image *im, const error *e);
