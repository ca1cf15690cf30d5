/* SPDX-License-Identifier: Apache-2.0
 *
 * What it is about a container that makes whatever happens in it worse: a table of conditions over the facts of its posture, which the
 * readers of `audit` read from engines and bundles. */
#pragma once

#include "posture/posture.h"
#include "watch/containers.h"

typedef struct container_weights container_weights;

/* The table made ready, on a; immutable. */
const container_weights *container_weights_new(arena *a);

/* How many rows there are, and how many of them could be made ready: all, or it is a bug. */
uint32_t container_weights_count(const container_weights *w, uint32_t *ret_ready);

/* Sets ret->worse to what p says, in the order of the table: texts on a, LIMIT_WATCH_WORSE at most. */
void container_weigh(const container_weights *w, const posture *p, arena *a, watch_container *ret);

/* The same by what c itself says, of a container that only a capture tells of; `of`: the weights. */
void container_weigh_told(const void *of, watch_container *c, arena *a);
