/* SPDX-License-Identifier: Apache-2.0
 *
 * What a machine looked like when an event came: its threads, their descriptors, users and groups, network addresses. Filled from
 * the lists at the head of a capture (or from /proc), and kept up to date by the events themselves. */
#pragma once

#include "base/arena.h"
#include "watch/event.h"
#include "watch/process.h"

typedef struct account {
	uint32_t id, group;
	span name, home, shell;
} account;

typedef struct network_address { /* of an interface of the machine */
	bool ipv6;
	uint8_t address[16], mask[16];
} network_address;

typedef struct watch_state {
	arena *arena; /* of the lists */
	process_table *processes;
	LIST(account) users;
	LIST(account) groups;
	LIST(network_address) addresses;
	span hostname;
	uint64_t boot_time; /* nanoseconds since 1970 */
	descriptor spoken;  /* of the event in hand: a file that a call names without opening it */
	arena *scratch;     /* of the event in hand */
} watch_state;

void state_init(watch_state *s, arena *a);
void state_done(watch_state *s);

/* Before the rules see an event: finds its process and its descriptor, and does to the tables what the call did (opens, connects,
 * execs, clones …). Old events (entries, old types) have been brought to today's form already. */
void state_event_before(watch_state *s, event *e);

/* After the rules have seen it: what ends with it (closed descriptors, exited threads). */
void state_event_after(watch_state *s, event *e);

/* The account of a user's or group's number, or NULL. */
const account *state_user(const watch_state *s, uint32_t id);
const account *state_group(const watch_state *s, uint32_t id);
