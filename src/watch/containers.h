/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of containers beyond their ids. Whoever asks engines and bundles (or nobody) stands behind it. */
#pragma once

#include "base/arena.h"
#include "base/limits.h"

typedef struct watch_mount {
	span source, target, mode, propagation;
	bool writable;
} watch_mount;

/* What makes all that happens in a container worse: "privileged", "capability SYS_ADMIN". */
typedef struct watch_worse {
	span items[LIMIT_WATCH_WORSE];
	uint32_t count;
} watch_worse;

typedef struct watch_container {
	span id; /* all of it */
	span name, type, image, image_id, repository, tag, digest;
	span pod, pod_uid, namespace_name; /* of Kubernetes */
	bool privileged, host_pid, host_network, host_ipc;
	uint64_t start; /* nanoseconds since 1970; 0: unknown */
	LIST(watch_mount) mounts;
	LIST(span) labels; /* NAME=value */
	watch_worse worse;
} watch_container;

/* NULL: nobody knows it. */
typedef const watch_container *container_find(void *of, span id);

typedef struct container_lookup {
	void *of;
	container_find *find;
} container_lookup;
