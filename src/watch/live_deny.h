/* SPDX-License-Identifier: Apache-2.0
 *
 * What is denied, live, and for the sake of which rule. */
#pragma once

#include "watch/denier.h"
#include "watch/state.h"

typedef struct live_denials {
	denier *now;                        /* NULL: nothing is denied */
	denier *leaving;                    /* of rules that were replaced; NULL: none */
	const watch_rule *by[DENY_CLAUSES]; /* the rule of each clause */
	uint32_t first;                     /* of the clauses that are in force */
	buffer refused;                     /* what rules want denied and the kernel cannot, a line each */
} live_denials;

/* Puts the clauses of other rules in force beside those that are. < 0: *e, and nothing changes. */
int live_deny(live_denials *d, const ruleset *rules, const collector *c, const watch_state *s, error *e);

/* Says what of the rules could not be denied, and denies nothing. */
void live_deny_look(live_denials *d, const ruleset *rules);

/* Takes the clauses of the earlier rules out of the kernel; and, when all was read that they told, forgets those rules. */
void live_deny_close(live_denials *d);
void live_deny_forget(live_denials *d);
void live_deny_done(live_denials *d);

/* The index-th rule that some clauses are of; NULL: there are no more. */
const watch_rule *live_deny_rule(const live_denials *d, uint64_t clauses, uint32_t index);

/* Whether a rule has clauses that are in force. */
bool live_deny_has(const live_denials *d, const watch_rule *rule);
