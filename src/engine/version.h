/* SPDX-License-Identifier: Apache-2.0
 *
 * Which version of an engine's API to speak. */
#pragma once

#include "engine/engine.h"
#include "engine/http.h"

typedef struct engine_versions { /* strings live as long as the arena they were made on */
	const char *engine;      /* "20.10.24"; empty when it does not say */
	const char *api;         /* that both know: "1.41", of libpod "4.3.1" */
	const char *prefix;      /* of all paths: "/v1.41" */
} engine_versions;

/* From what the answer to GET /_ping says in its headers. What is missing is empty; without any version it is the oldest that has all that is needed.
 * ERROR_USAGE: there is no version that both know, or this is another kind of engine. */
int engine_versions_agree(
	engine_kind kind, const http_answer *says, arena *a, engine_versions *ret, error *e);
