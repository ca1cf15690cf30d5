/* SPDX-License-Identifier: Apache-2.0
 *
 * What captures say of containers: events of the type "container" with a JSON text, {"container": {"id", "name", "image", …}}, as Falco and sysdig write
 * them. What these have no key for stands in an object "bulkhead" beside their keys. */
#pragma once

#include "base/buffer.h"
#include "watch/containers.h"
#include "watch/event.h"

/* The JSON text of a container; id: its first 12 digits. Labels and mounts are left out of one that would be longer than a parameter of an event may be. */
void container_event_write(const watch_container *c, span id, buffer *out);

/* The containers that the events of a capture told of, the last word of each; at most LIMIT_WATCH_CONTAINERS. */
typedef struct told_containers told_containers;

/* Says of a container what makes it worse (watch_container.worse), on a, for captures of recorders that do not. */
typedef void container_weigher(const void *of, watch_container *c, arena *a);

/* weigh may be NULL. */
told_containers *told_containers_new(container_weigher *weigh, const void *of);
void told_containers_free(told_containers *t); /* NULL is allowed */

/* Learns from an event if it is one that tells of a container, or of the host as if it were one; true: it was. */
bool told_containers_learn(told_containers *t, const event *e);

container_lookup told_containers_lookup(told_containers *t);
