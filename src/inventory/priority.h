/* SPDX-License-Identifier: Apache-2.0
 *
 * How urgent a vulnerability is here: its severity, corrected by what attackers do and by what the workload that runs it may do. */
#pragma once

#include "inventory/inventory.h"
#include "posture/posture.h"

/* What of a posture stands between a vulnerability and its harm. */
typedef struct exposure {
	bool contained;    /* not root, read-only, without capabilities: what is taken over can do little */
	bool unprivileged; /* not root, and no way to become it */
	bool unreachable;  /* nothing of it is published, or it has no network at all */
	span contained_why, unprivileged_why, unreachable_why;
} exposure;

/* From the effective posture of a workload. Only what is known counts: what nobody has said protects from nothing. */
exposure exposure_of(const posture *p);

/* The priority of a match, and why it is not its severity; the reason lives as long as a. */
severity_label priority_of(const advisory_match *m, const exposure *x, arena *a, span *ret_reason);
