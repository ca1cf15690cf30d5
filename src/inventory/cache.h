/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of layers: what was found in a layer, by its diff id and by what looked into it, in one SQLite file that all runs share. It is bounded;
 * what was not used for longest goes first. Losing it costs time and nothing else: a damaged file is made anew. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef struct layer_cache layer_cache;

/* $XDG_CACHE_HOME/bulkhead, else ~/.cache/bulkhead; NULL when neither is known. */
const char *layer_cache_folder(arena *a);

/* Opens (or makes) the memory in a folder, for what `analyser` finds: its version and all that decides what it looks for. NULL when it cannot be had: then
 * there is none, and *e says why. Owned by the caller; may be used by any number of threads, and by any number of processes. */
layer_cache *layer_cache_open(const char *folder, span analyser, error *e);

/* Takes NULL. */
void layer_cache_close(layer_cache *c);

/* The bytes that are kept of a layer, on a; false when there are none. */
bool layer_cache_get(layer_cache *c, span diff_id, arena *a, span *ret);

/* Keeps bytes; what cannot be written is not kept. */
void layer_cache_put(layer_cache *c, span diff_id, span bytes);
