/* SPDX-License-Identifier: Apache-2.0
 *
 * The container engines of this machine, and the images that they keep. An engine is asked through its store on disk where that can be read, else
 * through its socket. What they say is parsed here: call it in the sandbox. */
#pragma once

#include "image/image.h"

typedef enum engine_kind { ENGINE_DOCKER, ENGINE_PODMAN, ENGINE_KINDS } engine_kind;

typedef struct engine_image { /* spans live as long as the arena they were read on */
	engine_kind engine;
	span id;          /* "sha256:…", of the config (with containerd's store: of the manifest) */
	LIST(span) names; /* "docker.io/library/app:1", as the engine has them; an image may have none */
	span digest;      /* of the manifest, or empty */
	span layer;       /* for the stores */
	uint64_t size;
	int64_t created; /* seconds since 1970; 0: not known */
	bool inner;      /* a step of a build: nobody named it, others stand on it */
} engine_image;

typedef LIST(engine_image) engine_image_list;

/* "Docker", "Podman" */
const char *engine_name(engine_kind kind);

/* All images of an engine that are more than steps of builds. ERROR_ABSENT: there is no such engine here, as far as can be seen. */
int engine_images(engine_kind kind, arena *a, engine_image_list *ret, error *e);

typedef struct engine_found {
	image_folders
		folders; /* in the store; .count and .config are 0 when the image was written to the descriptor */
	bool stored;
} engine_found;

/* Finds an image by what people type: a name with or without tag, digest and registry, an id or its beginning. It is in the store, or is written to
 * `archive` as `docker save` does. The error says what was tried. */
int engine_find(engine_kind kind, const char *name, int archive, arena *a, engine_found *ret, error *e);
