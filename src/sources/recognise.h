/* SPDX-License-Identifier: Apache-2.0
 *
 * Which source reads a file: by its name, then by what it says. */
#pragma once

#include "sources/sources.h"

typedef enum file_kind {
	FILE_OTHER, /* none of ours */
	FILE_DOCKERFILE,
	FILE_COMPOSE,
	FILE_KUBERNETES,
	FILE_COMMANDS, /* scripts, Makefiles, Markdown: docker run lines */
	FILE_CI,       /* a CI workflow: also docker run lines */
	FILE_CHART,    /* Chart.yaml: its folder is a Helm chart */
	FILE_KUSTOMIZATION,
} file_kind;

/* Whether a file of this name may be one of ours at all: what a walk looks into. */
bool recognise_name(const char *name);

/* Whether a folder of this name is gone into. */
bool recognise_folder(const char *name);

/* What a file is. */
file_kind recognise(const char *path, span bytes);

/* The kind that `--as` names, or FILE_OTHER. */
file_kind recognise_as(const char *word);

/* The words that --as takes; ends with NULL. */
extern const char *const recognise_words[];
