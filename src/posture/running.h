/* SPDX-License-Identifier: Apache-2.0
 *
 * A running container as each source has it: what the engine was asked for, what its runtime was told, what the kernel does. */
#pragma once

#include "posture/workload.h"

typedef enum running_layer {
	RUNNING_DECLARED,   /* what the engine says that it was asked for; with --against: a file */
	RUNNING_CONFIGURED, /* the OCI spec in its bundle */
	RUNNING_ENFORCED,   /* the kernel */
	RUNNING_LAYERS
} running_layer;

extern const char *const running_layer_names[RUNNING_LAYERS]; /* declared, configured, enforced */

typedef struct running {
	span id;            /* 64 hex digits, or whatever the runtime calls it */
	span name;          /* as its engine calls it; empty: only the kernel knows it */
	const char *engine; /* docker, podman, containerd, cri-o; "" when that is not known */
	span image_id;      /* "sha256:…" of the image's configuration, or empty */
	int64_t pid;        /* its first process, on the host; 0: not known */
	posture layers[RUNNING_LAYERS];
	bool known[RUNNING_LAYERS]; /* whether that source could be read at all */
	const char *declared_by;    /* "docker inspect", "compose.yaml" */
	bool by_file; /* the declared layer is what a file says (--against), and the configured one holds also what only the engine was told */
} running;

/* What holds: of every fact what the best informed layer says (kernel before spec before engine). Unlike layers of files these do not add up: a list
 * that the kernel tells is all there is. What only the engine has words for is kept from it as long as the kernel does not contradict: the name of
 * a network, of a volume, of a profile. */
void running_effective(const running *r, posture *ret, arena *a);
