/* SPDX-License-Identifier: Apache-2.0
 *
 * Drift: what was asked for and does not hold. Two layers of a running container are compared fact by fact; only what both of them know is, and only
 * facts that they say in the same terms (drift.c has the table). */
#pragma once

#include "posture/running.h"

typedef struct drift_row {
	fact_id fact;
	running_layer from, to; /* what was asked there does not hold here */
	span what;              /* the fact, and the item of a list: "memory.limit", "mount /etc" */
	span asked, holds;      /* in words; "nothing" where an item is missing */
	origin asked_at, at;    /* the words that asked, and those that tell what holds */
	bool weaker;            /* it is less strict than what was asked for */
} drift_row;

typedef LIST(drift_row) drift_list;

/* What holds otherwise than it was asked for, between neighbours: declared → configured → enforced, leaving out a layer that could not be read. What one layer
 * changed is said once. Only facts of one control; CONTROL_COUNT: all. Rows and their words live as long as a. */
void drift_find(const running *r, control about, arena *a, drift_list *ret);
