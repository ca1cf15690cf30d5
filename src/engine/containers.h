/* SPDX-License-Identifier: Apache-2.0
 *
 * The containers of an engine, as it describes them. */
#pragma once

#include "engine/api.h"

typedef struct engine_container { /* all of it lives as long as the arena it was read on */
	engine_kind kind;
	span id;             /* 64 hex digits */
	span name;           /* without the '/' that Docker puts before it */
	span image;          /* as it was typed */
	span image_id;       /* "sha256:…"; empty when it has none (a root file system) */
	span state;          /* running, exited, paused, created … */
	int64_t pid;         /* its first process as the engine's host counts; 0: none runs */
	const node *labels;  /* a map, or NULL */
	const node *inspect; /* the whole answer of GET /containers/ID/json */
	const text *answer;  /* the text that inspect's offsets speak of */
	const char *
		fault; /* why it could not be inspected; then labels, inspect and answer are NULL, pid is 0. NULL: it could */
} engine_container;

typedef LIST(engine_container) engine_container_list;

/* All running containers (paused ones too); with `all` also those that are not. In the order in which the engine lists them: one list, then one question a
 * container over the same connection. One that ends between the two is left out; one that the engine cannot describe is there with its fault.
 * < 0: the engine could not be asked to the end. */
int engine_containers(engine *g, bool all, arena *a, engine_container_list *ret, error *e);
