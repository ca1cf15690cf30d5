/* SPDX-License-Identifier: Apache-2.0
 *
 * What a machine looked like when an event came: its threads, their descriptors, users and groups, network addresses. Filled from
 * the lists at the head of a capture (or from /proc), and kept up to date by the events themselves. */
#pragma once

#include "base/arena.h"
#include "base/limits.h"
#include "watch/event.h"
#include "watch/process.h"

typedef struct account {
	uint32_t id, group;
	span name, home, shell;
	span container; /* of which it is, as a capture tells: 12 digits; empty: of the machine */
	uint32_t next;  /* in its chain; one more than its index */
} account;

enum { ACCOUNT_CHAINS = 1 << 12 };

typedef struct accounts accounts; /* accounts.h */

typedef struct account_list {
	LIST(account) rows;
	uint32_t chains[ACCOUNT_CHAINS]; /* by id: one more than an index */
} account_list;

typedef struct network_address { /* of an interface of the machine */
	bool ipv6;
	uint8_t address[16], mask[16];
} network_address;

typedef struct watch_state {
	arena *arena; /* the caller's */
	arena lists;  /* of users, groups, addresses */
	process_table *processes;
	account_list users, groups;
	accounts *inside; /* those of containers; NULL: containers are not looked into */
	LIST(network_address) addresses;
	uint8_t own_address
		[4]; /* IPv4, live: what sockets that are bound to none send from; 0.0.0.0: nobody knows */
	span hostname;
	char hostname_room[128];
	struct address_names *names; /* address_names.h; NULL: nobody asks for them */
	uint64_t boot_time;          /* nanoseconds since 1970; 0: unknown */
	uint32_t cpus;               /* 0: unknown; likewise the next two */
	uint64_t memory, largest_pid;
	descriptor spoken; /* of the event in hand: what a call names without opening it; its number is -1 */
	char spoken_name[LIMIT_WATCH_PATH]; /* behind spoken.name */
	int64_t leaving; /* what ends with the event in hand: a thread (< 0: none), a descriptor (< 0: none) */
	int64_t closing;
} watch_state;

void state_init(watch_state *s, arena *a);
void state_done(watch_state *s);

/* After the lists at the head are read: who is the server of which connection. */
void state_lists_done(watch_state *s);

/* Before the rules see an event: finds its process and its descriptor, and does to the tables what the call did (opens, connects,
 * execs, clones …). Old events (entries, old types) have been brought to today's form already. */
void state_event_before(watch_state *s, event *e);

/* After the rules have seen it: what ends with it (closed descriptors, exited threads). */
void state_event_after(watch_state *s, event *e);

/* The account of a user's or group's number, as a process sees it (NULL: the machine's), or NULL. What was added last counts. Processes in
 * containers whose accounts are followed have those of their container. */
const account *state_user(const watch_state *s, const process *p, uint32_t id);
const account *state_group(const watch_state *s, const process *p, uint32_t id);

/* A path that a call of a process was given, made absolute and plain ("." and ".." and double slashes taken out) in room: below its
 * working directory for the folder STATE_CWD, else below what is open there; "<UNKNOWN>path", as Falco has it, when nobody knows that. */
enum { STATE_CWD = -100 };
span state_path(const watch_state *s, process *p, int64_t folder, span path, char room[LIMIT_WATCH_PATH]);
