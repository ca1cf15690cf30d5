/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel enforces on a running container, as facts (KNOWN_ENFORCED). */
#pragma once

#include "kernel/kernel.h"
#include "sources/evidence.h"

/* Reads the record of runc or of crun of a container, for kernel_use_states. Its spans live as long as a and the bytes. */
bool kernel_state_read(span bytes, arena *a, kernel_state *ret);

typedef struct kernel_request {
	bool set_uid; /* also list the set-uid files that it can reach: walks its whole file system */
} kernel_request;

/* Fills every fact that the kernel shows of a container (one of kernel_find_containers) in p, with origins in v, whose arena keeps everything. What may
 * not be read becomes one problem of b with the files' names and what to do; what has ended meanwhile is left unset. Facts that the kernel does not
 * know (image, health, restart policy, labels, published ports) stay unset. */
void kernel_posture(
	kernel *k, const kernel_container *c, const kernel_request *r, evidence *v, posture *p, bundle *b);
