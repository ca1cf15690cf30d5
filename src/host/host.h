/* SPDX-License-Identifier: Apache-2.0
 *
 * What a host and its container engines are set to. Each is a workload of a document of kind DOCUMENT_HOST: "host", "docker", "podman" and "containerd",
 * the last three where there is a sign of them. Their facts are settings (posture/settings.def) and files (the list host_file).
 *
 * The engine's own answer comes first, as it is what holds; what it does not tell is read from the arguments of the daemon that runs, then from its file
 * of settings. What cannot be told has a reason, and is neither good nor bad. Nothing is started, nothing is written. */
#pragma once

#include "posture/source.h"

struct engine; /* engine/api.h */

typedef struct host_request {
	const char *root;               /* "/", or where the root of a host is mounted or recorded */
	struct engine *docker, *podman; /* connected; NULL: they do not answer */
	const char *docker_absent, *podman_absent; /* why; NULL: nobody asked them. Borrowed */
	int64_t now;                               /* seconds since 1970: what ages are counted from */
} host_request;

/* Of the documents that host_read adds: what they can state. It has no writer. */
extern const source host_source;

/* Reads the host into b; all lives as long as b->arena. A root that cannot be opened is a problem of the bundle. */
void host_read(const host_request *q, bundle *b);
