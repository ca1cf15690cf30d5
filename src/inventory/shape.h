/* SPDX-License-Identifier: Apache-2.0
 *
 * The shape of an image as facts of its posture: files with rights of their own, what everyone may write, tools for an attacker, size, age. */
#pragma once

#include "image/walk.h"
#include "inventory/inventory.h"
#include "posture/workload.h"

struct package_set;

/* Sets the facts of w. `now` is in seconds since 1970. What is made lives as long as a. */
void shape_facts(const inventory *im, const image_files *files, const struct package_set *packages,
	int64_t now, workload *w, arena *a);
