/* SPDX-License-Identifier: Apache-2.0
 *
 * Helm charts and kustomizations: rendered by `helm template` and `kustomize build` (or `kubectl kustomize`) when PATH has them, named as
 * skipped when not. */
#pragma once

#include "posture/workload.h"

typedef struct render_row { /* a file that makes its folder something to render */
	const char *file;
	const char *covers; /* which part of the folder is then not read as it stands; "" is all of it */
	const char *program;
	const char *const *arguments; /* before the folder */
	const char *hint;
} render_row;

typedef struct render_entry {
	const char *folder;
	const render_row *row;
} render_entry;

typedef LIST(render_entry) render_folders;

/* Adds the folder of path if path is a Chart.yaml or a kustomization. */
void render_find(render_folders *folders, const char *path, arena *a);

/* Whether a file is part of what is rendered. */
bool render_covers(const render_folders *folders, const char *path);

/* The manifests that a folder becomes, as a text named after it; NULL when it was skipped or the tool failed (both are told to b). */
const text *render_folder(const render_entry *entry, bundle *b);
