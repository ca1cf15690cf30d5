/* SPDX-License-Identifier: Apache-2.0
 *
 * The sockets that a daemon really waits on: those among its descriptors that listen, by sock_diag(7) for TCP and /proc/PID/net/unix for paths. */
#pragma once

#include "host/root.h"

typedef struct listener {
	bool tcp;
	uint32_t port;
	span address; /* TCP: 0.0.0.0, ::, …; else the path */
} listener;

typedef struct listeners {
	LIST(listener) all;
	bool known_unix, known_tcp; /* could be looked at */
} listeners;

/* TCP is asked of the kernel that runs: of a foreign root only the paths are known. */
void listeners_find(const host_root *root, const char *process_folder, arena *a, listeners *ret);
