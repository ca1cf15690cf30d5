/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking one source about one container. Each asker belongs to one thread. */
#pragma once

#include "commands/watch_containers.h"

enum { CONTAINER_ID_DIGITS = 64, CONTAINER_ID_SHOWN = 12, CONTAINER_PIDS = 12 };

typedef struct container_question {
	char id[CONTAINER_ID_DIGITS + 1]; /* hex digits: all 64, or the first 12 */
	int32_t pids[CONTAINER_PIDS];     /* a process of it, and its ancestors, as far as they are known */
	uint32_t count;
	char root
		[256]; /* where the runtime that makes it keeps its records, as it was told; empty: it was not */
	uint64_t start; /* of the first of its processes that is known, nanoseconds since 1970; 0: unknown */
} container_question;

typedef struct container_asker container_asker;

/* Never fails: one whose engine is not there knows nothing until it is. May wait for the engine. */
container_asker *container_asker_open(watch_container_source source);
void container_asker_close(container_asker *a);

/* Fills *ret, whose texts live as long as the arena. False: this source does not know it. May wait for the engine: two seconds. */
bool container_ask(container_asker *a, const container_question *q, arena *arena, watch_container *ret);
