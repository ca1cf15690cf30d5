/* SPDX-License-Identifier: Apache-2.0
 *
 * The running kernel as a source of events: what capture.h is for a recorded one. */
#pragma once

#include "watch/collector.h"
#include "watch/ruleset.h"

typedef struct live live;

/* Attaches to the kernel for the events that a set of rules asks about; the state is filled with what runs already. `respond`: processes
 * in containers are stopped at events for which a rule may want them killed, until the rules were asked. < 0: *e. */
int live_open(const ruleset *rules, bool respond, watch_state *s, live **ret, error *e);
void live_close(live *l);

/* Asks the kernel for what other rules need. Nothing is missed meanwhile that both the old and the new ones ask for. Events that are read
 * later may still be some that only the old ones asked for. < 0: *e; then some of what was asked for may be missed. */
int live_rules(live *l, const ruleset *rules, error *e);

/* To be called when those rules are what `each` goes by: calls are denied no more for the sake of the earlier ones. `each` may still be
 * called for these until it returns. < 0: *e. */
int live_rules_settle(live *l, error *e);

/* Calls `each` for every event that has come, at most one buffer full, and waits for at most that long when there was none. The
 * event and its scratch memory live until the call returns. Gives how many there were; < 0: *e. */
typedef void live_each(void *of, const event *e, arena *scratch);
int live_poll(live *l, int milliseconds, live_each *each, void *of, error *e);

/* Of an event that the kernel made fail for the sake of rules, the index-th of these; NULL: there are no more. Only from within live_each. */
const watch_rule *live_denied_by(const live *l, uint32_t index);

/* Whether the kernel decides calls for the sake of that rule. */
bool live_denies(const live *l, const watch_rule *rule);

/* Whether the call of the event failed with EPERM. Only from within live_each. */
bool live_refused_call(const live *l);

/* For people: what rules want denied and the kernel cannot, a line each. */
span live_refused(const live *l);

/* Becomes readable when somebody waits for an answer. */
int live_fd(const live *l);

/* How killing the process of an event went. */
typedef enum live_killed {
	LIVE_SPARED,         /* it is not in a container: those of the host are never killed */
	LIVE_ENDED,          /* it was no more */
	LIVE_KILLED_AT_ONCE, /* it had been stopped at the event, and did nothing after it */
	LIVE_KILLED,         /* some time after the event */
} live_killed;

/* Only from within live_each, for the event that it was given. */
live_killed live_kill(live *l, const event *e);

/* Takes over what the kernel has sent, for the next live_poll: for whoever waits for something else while events come. */
void live_keep(live *l);

/* When events were lost: the ends of processes may be among them. */
void live_forget(live *l);

/* Events that were lost because nobody read them in time, since the start. */
uint64_t live_lost(const live *l);

/* The process that made most of those that were lost because it had had its share; false: there is none. */
bool live_noisiest(const live *l, collector_noise *ret);

/* For people: how it is attached, and which system calls of the set cannot be told (empty: none). */
const char *live_means(const live *l);
span live_missing(const live *l);
