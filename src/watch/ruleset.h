/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules made ready for events: indexed by the types that they can be true for; parts of conditions that several rules share are
 * one, and asked once for an event; what is cheap and decides often is asked first. */
#pragma once

#include "expression/event_set.h"
#include "expression/expression.h"
#include "watch/field.h"
#include "watch/rule_file.h"

typedef struct ruleset ruleset;

/* Makes rules ready; they must live as long as a. Rules that are not enabled, and those that can have no
 * priority of at least `least`, are left out. < 0: *e: a condition that does not compile after all. */
int ruleset_new(
	const watch_rule *rules, uint32_t count, watch_priority least, arena *a, ruleset **ret, error *e);

/* The system calls and tracepoints that any rule asks about. */
const event_set *ruleset_events(const ruleset *r);

/* Calls `found` for every rule that is true for the event (until it has once given true, when `first`), in the order of the rules. Not
 * for two threads at once: what was asked already is remembered in the set. */
void ruleset_match(ruleset *r, const event_view *v, bool first,
	bool (*found)(void *of, const watch_rule *rule), void *of);
