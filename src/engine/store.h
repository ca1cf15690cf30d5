/* SPDX-License-Identifier: Apache-2.0
 *
 * The stores of engines on disk: Docker's image/ and layer folders, and containers/storage, which is Podman's, Buildah's and CRI-O's. They are only
 * read; locks are not taken, as every file is replaced whole. What they say is checked: ids are hexadecimal before they become parts of paths, chains
 * of parents end. */
#pragma once

#include "base/map.h"
#include "engine/engine.h"

typedef struct engine_store { /* `engine_store s = {0};`; lives as long as the arena */
	engine_kind kind;
	arena *arena;
	const char *root;      /* as people know it */
	const char *driver;    /* overlay2, vfs, … */
	const char *roots[16]; /* containers/storage: root and the additional ones */
	uint32_t root_count;
	map layers;               /* containers/storage: store_layer by id */
	engine_image_list images; /* without sizes and times: engine_store_describe() adds them */
} engine_store;

/* Opens the store of an engine and reads which images it has. */
int engine_store_open(engine_kind kind, arena *a, engine_store *ret, error *e);

/* Adds size and time of creation. */
void engine_store_describe(engine_store *s, engine_image *im);

/* Where its config and its layers lie. */
int engine_store_folders(engine_store *s, const engine_image *im, image_folders *ret, error *e);

/* --- for the two kinds --- */

int engine_store_open_docker(engine_store *s, error *e);
void engine_store_describe_docker(engine_store *s, engine_image *im);
int engine_store_folders_docker(engine_store *s, const engine_image *im, image_folders *ret, error *e);

int engine_store_open_containers(engine_store *s, error *e);
void engine_store_describe_containers(engine_store *s, engine_image *im);
int engine_store_folders_containers(engine_store *s, const engine_image *im, image_folders *ret, error *e);

/* Sets .roots and .driver (NULL where nobody says) from storage.conf. */
int storage_configure(engine_store *s, error *e);

typedef struct store_driver {
	const char *name;
	const char *folder; /* of a layer: a pattern of store_path() */
	bool whole;         /* see image_folders */
} store_driver;

/* NULL: a driver whose layers are no folders that could be read. */
const store_driver *store_driver_find(span name);
/* The next one, for those who look which is there; NULL begins, and ends. */
const store_driver *store_driver_next(const store_driver *d);

/* root/pattern; in the pattern '@' stands for the driver and '#' for an id. */
const char *store_path(const engine_store *s, const char *root, const char *pattern, span id);

/* Reads a JSON file of at most LIMIT_FILE_BYTES. */
int store_json(const char *path, arena *a, node **ret, error *e);

/* 64 hexadecimal digits, which can be part of a path. */
bool store_is_id(span id);

/* Without "sha256:" in front. */
span store_hex(span digest);

/* RFC 3339, seconds since 1970; 0 when it is none. */
int64_t store_time(span text);
