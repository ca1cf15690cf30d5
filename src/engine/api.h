/* SPDX-License-Identifier: Apache-2.0
 *
 * The API of an engine (Docker's Engine API 1.24 and later, Podman's libpod API 4 and later), over its socket, or over TCP with or without TLS. */
#pragma once

#include "engine/engine.h"

typedef struct engine engine;

typedef struct engine_options { /* `engine_options o = {0};`: where the environment says */
	const char *host;       /* "unix:///run/x.sock", "tcp://host:port"; NULL: not given */
	int seconds;            /* for the whole of one answer; 0: LIMIT_ENGINE_ANSWER_SECONDS */
} engine_options;

/* Connects to an engine and agrees with it on the version of its API: the newest that both know. Where it is, in this order: options->host; $DOCKER_HOST
 * ($CONTAINER_HOST for Podman); the Docker context that $DOCKER_CONTEXT or ~/.docker/config.json names; the usual sockets, of which the first
 * that answers is taken. TCP is with TLS when $DOCKER_TLS_VERIFY or $DOCKER_TLS is set, or the context holds certificates. options may be NULL. Owned by the
 * caller. The error names what was tried; ERROR_USAGE: a host or context that cannot be spoken to. */
int engine_open(engine_kind kind, const engine_options *options, engine **ret, error *e);

/* Takes NULL. */
void engine_close(engine *g);

/* What it calls itself ("20.10.24"), empty when it does not say; the version of the API that was agreed on ("1.41", of libpod "4.3.1"); where it is
 * ("unix:///run/docker.sock"). They live as long as g. */
const char *engine_version(const engine *g);
const char *engine_api(const engine *g);
const char *engine_address_of(const engine *g);

/* Whether it is reached over the network: its containers may be those of another host. */
bool engine_is_remote(const engine *g);

engine_kind engine_kind_of(const engine *g);

/* GET of a path of the API, which begins with '/', without the version. It fails with ERROR_LIMIT when the whole answer is not there in time. The answer is at most LIMIT_FILE_BYTES long, on a; also with a status that is no
 * 200. The connection is kept for the next. */
int engine_get(engine *g, const char *path, arena *a, uint32_t *ret_status, span *ret, error *e);

/* The same, read as JSON. A status that is no 200 is an error with what the engine says (ERROR_ABSENT for 404). What a host audit asks for: "/info",
 * "/version", "/networks" ("/networks/json" for Podman), "/images/json". */
int engine_json(engine *g, const char *path, arena *a, node **ret, error *e);

/* The same, written to a descriptor; at most LIMIT_PULL_MIB. It may take as long as it likes, but for LIMIT_ENGINE_SECONDS of silence. */
int engine_stream(engine *g, const char *path, int fd, error *e);

/* text with what may not stand in a path as %XX; '/' and ':' stay. */
span engine_escape(span text, arena *a);
