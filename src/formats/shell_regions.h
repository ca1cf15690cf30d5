/* SPDX-License-Identifier: Apache-2.0
 *
 * Where shell text stands in files that are no shell scripts: recipes of Makefiles, code blocks of Markdown, steps of CI workflows,
 * `sh` steps of Jenkinsfiles. */
#pragma once

#include "base/text.h"

typedef struct shell_region {
	uint32_t start; /* in the file */
	span shell; /* as many bytes as there; what is no shell (prompts, folded line ends) is blanked out */
} shell_region;

typedef LIST(shell_region) shell_regions;

/* Adds the regions of a text, in its order; what it is its name says. A script is one region. */
void shell_regions_find(const text *t, arena *a, shell_regions *ret);
