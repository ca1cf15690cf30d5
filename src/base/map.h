/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash map from spans to pointers, on an arena. Keys are borrowed. `map m = {0};` is an empty map. */
#pragma once

#include "base/arena.h"

typedef struct map {
	struct map_slot *slots;
	uint32_t count, room; /* room is a power of two */
} map;

/* The value of a key, or NULL. */
void *map_get(const map *m, span key);

/* Sets the value (not NULL) of a key; returns the value that it had before, or NULL. */
void *map_set(map *m, arena *a, span key, void *value);
