/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes, live: their events, and those that were there before. */
#pragma once

#include "watch/live_event.h"

/* As live_event, for records of execs, forks and exits. */
bool live_process_event(
	const record *r, span data, const live_clock *clock, watch_state *s, arena *scratch, event *ret);

/* The head of an event of a type. */
void live_begin(const record *r, int code, const live_clock *clock, event *ret);

/* The pid of the parent of who did it. For a moment the kernel still names one that has ended: then it is whom the state gave it to. */
int64_t live_parent(const record *r, const watch_state *s);

/* A folder with a slash at its end. */
span live_folder(span path, arena *a);

/* Forgets processes that are no more: for when their end may have been lost. */
void live_sweep(watch_state *s);

/* Whether the process with that number is the one that started then (nanoseconds since the machine started). */
bool live_started_at(uint32_t pid, uint64_t start);

/* Adds the processes that /proc shows, and the users and groups of the machine. */
void live_seed(watch_state *s, const live_clock *clock);
