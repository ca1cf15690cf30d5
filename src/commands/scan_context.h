/* SPDX-License-Identifier: Apache-2.0
 *
 * What surrounds an image: the workload that runs it (--workload), the Dockerfile that it is built from (--dockerfile). */
#pragma once

#include "commands/collect.h"
#include "inventory/inventory.h"

/* Reads FILE or FILE:NAME and gives the workload; lives as long as the collection. < 0 with what there is in *e. Enters the sandbox. */
int scan_workload(const char *words, collection *c, const char *const *folders, uint32_t folder_count,
	arena *a, const workload **ret, error *e);

typedef struct instruction_map {
	const struct dockerfile *file;
	const struct dockerfile_instruction *
		*layers; /* by layer: what made it; NULL: the base, or not known */
	uint32_t layer_count;
} instruction_map;

/* Lays the history of an image (its config; the layers of im) along the last stage of a Dockerfile, from the end: what is left over is the base. */
instruction_map instruction_map_new(
	const struct dockerfile *file, const inventory *im, const node *config, arena *a);

/* Moves a finding about the image to the line that is to blame for it; findings about the base stay where they are. */
void instruction_map_place(const instruction_map *map, finding *f, arena *a);
