/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of every workload, whatever source it was read from. */
#pragma once

#include "fuzz.h"
#include "posture/workload.h"

/* Its place and the places of all its facts lie inside their text of n bytes. */
static inline void fuzz_workload(const workload *w, size_t n)
{
	FUZZ_HOLDS(w->origin.start <= w->origin.end && w->origin.end <= n);
	for (int id = 0; id < FACT_COUNT; id++) {
		const origin *at = &w->posture.all[id].origin;
		FUZZ_HOLDS(!at->text || (at->start <= at->end && at->end <= n));
	}
}
