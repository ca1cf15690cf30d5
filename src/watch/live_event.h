/* SPDX-License-Identifier: Apache-2.0
 *
 * From the records of the kernel's programs to events: the same types and parameters as captures have. */
#pragma once

#include "base/buffer.h"
#include "expression/event_set.h"
#include "watch/collector.h"
#include "watch/event.h"
#include "watch/state.h"

/* The system calls of a set of codes that the programs can tell, with their plans; returns how many (at most RECORD_CALLS). None of
 * their classes is wanted yet. */
uint32_t live_calls(const event_set *codes, collector_call calls[RECORD_CALLS]);

/* Those of the set that they cannot tell are named, each with a blank before it. */
void live_calls_missing(const event_set *codes, buffer *out);

typedef struct live_clock {
	uint64_t boot; /* nanoseconds since 1970 when the machine started */
} live_clock;

/* Makes an event of a record and does to the state what it tells. Everything in it lives until the next call with the same scratch
 * memory (emptied by the caller). false: the record is damaged, or of a call without a plan. */
bool live_event(
	const record *r, span data, const live_clock *clock, watch_state *s, arena *scratch, event *ret);

/* A section of a record, or an empty span. */
span live_section(const record *r, span data, record_section which);

/* The path of a cgroup from its section: "/docker/0123…". */
span live_cgroup(span section, arena *a);
