/* SPDX-License-Identifier: Apache-2.0
 *
 * The API of an engine over its socket (Docker's Engine API 1.40 and later, Podman's libpod API 4). */
#pragma once

#include "engine/engine.h"

typedef struct engine engine;

/* Connects to the first of the engine's sockets that answers: that of $DOCKER_HOST or $CONTAINER_HOST alone where it is set, else the usual ones.
 * Owned by the caller. The error names those that were tried. */
int engine_open(engine_kind kind, engine **ret, error *e);

/* Takes NULL. */
void engine_close(engine *g);

/* GET of a path of the API, which begins with '/', without the version. The answer is at most LIMIT_FILE_BYTES long, on a; also with a status that is no
 * 200. The connection is kept for the next. */
int engine_get(engine *g, const char *path, arena *a, uint32_t *ret_status, span *ret, error *e);

/* The same, read as JSON. A status that is no 200 is an error with what the engine says (ERROR_ABSENT for 404). */
int engine_json(engine *g, const char *path, arena *a, node **ret, error *e);

/* The same, written to a descriptor; at most LIMIT_PULL_MIB. */
int engine_stream(engine *g, const char *path, int fd, error *e);

/* text with what may not stand in a path as %XX; '/' and ':' stay. */
span engine_escape(span text, arena *a);
