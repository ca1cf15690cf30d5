/* SPDX-License-Identifier: Apache-2.0
 *
 * Pulling from a registry for a command: in a process of its own, because what a registry sends is parsed, and who parses is in the sandbox. */
#pragma once

#include "fetch/registry.h"

typedef struct pull_request {
	const char *name; /* as the person typed it */
	const reference *reference;
	const registry_options *options;
	bool file;     /* the one layer of an artifact, not an image */
	bool progress; /* show it on the terminal, if stderr is one */
} pull_request;

/* .path is the layout, or the file; .digest is that of the manifest (of an image). */
int pull_apart(const pull_request *q, arena *a, registry_image *ret, error *e);
