/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this folder share. */
#pragma once

#include "inventory/read.h"

/* What one file says; image_file.found. */
typedef struct reading {
	const package_record *packages; /* or NULL */
	const secret_result *secrets;   /* or NULL */
} reading;

/* A scratch for one thread, from a pool. */
secret_scratch *scratch_take(inventory_reader *r);
void scratch_give(inventory_reader *r, secret_scratch *s);

const secret_rules *reader_rules(const inventory_reader *r);
const secret_allow *reader_allow(const inventory_reader *r);

/* A place of an image, by a path without a leading '/'. On a. */
image_spot *spot_new(arena *a, span path, uint16_t layer, const uint16_t *gone);

/* Fills im->layers, with the instructions that made them, secrets in them starred out; adds secrets in the history and the variables. */
void inventory_history(inventory_reader *r, const image *im, arena *a, inventory *ret);
