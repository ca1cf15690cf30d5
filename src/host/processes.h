/* SPDX-License-Identifier: Apache-2.0
 *
 * The daemons of engines that run, found by the names of their programs in /proc. */
#pragma once

#include "host/arguments.h"
#include "host/root.h"

typedef enum daemon_kind { DAEMON_DOCKER, DAEMON_CONTAINERD, DAEMON_PODMAN, DAEMON_KINDS } daemon_kind;

typedef struct process {
	daemon_kind kind;
	const char *folder; /* /proc/4711 */
	arguments given;
	const char *program; /* its executable; NULL: that may not be seen */
	uint32_t uid;        /* whom it runs as */
} process;

typedef struct processes {
	LIST(process) all; /* in the order of their numbers as text */
	bool hidden;       /* some processes may not be looked at */
	bool absent;       /* there is no /proc to look at */
} processes;

void processes_find(const host_root *root, arena *a, processes *ret);

/* The next of a kind behind `after` (NULL: the first); NULL when there is none. */
const process *processes_next(const processes *from, daemon_kind kind, const process *after);
