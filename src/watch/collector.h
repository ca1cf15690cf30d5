/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's side of watch: loads the programs of bpf/, tells them which system calls matter and which of those are to be sent, and
 * reads what they send. Closing (or the end of the process, however it comes) takes all of it out of the kernel again. */
#pragma once

#include "base/error.h"
#include "base/span.h"
#include "watch/bpf/record.h"

/* What is asked of one system call. */
typedef struct collector_call {
	uint16_t number;
	const char *name; /* of its tracepoint: sys_exit_NAME */
	call_plan plan;
} collector_call;

/* A text that is sought, and for which classes. */
typedef struct collector_text {
	span text;
	text_classes classes;
} collector_text;

/* How paths begin and end, and how processes are called, that are sought. */
typedef struct collector_texts {
	const collector_text *prefixes, *suffixes, *names;
	uint32_t prefix_count, suffix_count, name_count;
} collector_texts;

typedef struct collector collector;

/* `stops`: processes may be stopped (PURPOSE_STOP). < 0: ERROR_SYSTEM, with what is missing and what to do about it. */
int collector_open(const collector_call *calls, uint32_t count, const collector_texts *texts, bool stops,
	collector **ret, error *e);
/* Attaches to the calls of 32-bit programs too, unless that is done: which costs every call of every program a little. */
void collector_compat(collector *c);

void collector_close(collector *c);

/* Other calls and texts in the place of those that were given before; what both ask for is sent all the time. < 0: *e. */
int collector_rules(
	collector *c, const collector_call *calls, uint32_t count, const collector_texts *texts, error *e);

/* Tells the kernel what a cgroup is (CGROUP_HOST or CGROUP_CONTAINER). */
void collector_cgroup(collector *c, uint64_t id, uint8_t what);

/* Whether the kernel was told that it is none of a container. */
bool collector_is_host(const collector *c, uint64_t id);

/* Reads what there is, calling `each` with the record and its data until that gives false; sleeps for at most that many milliseconds when there
 * is nothing. < 0: *e. */
typedef bool collector_each(void *of, const record *r, span data);
int collector_poll(collector *c, int milliseconds, collector_each *each, void *of, error *e);

/* Becomes readable when a process was stopped; other records wake nobody. */
int collector_fd(const collector *c);

/* Lets a process that was stopped go on; or tells that there is nothing left to let go. */
void collector_let_go(collector *c, uint32_t pid);
void collector_forget(collector *c, uint32_t pid);

/* Tells the kernel that a process which runs already has a name that is sought for these classes. */
void collector_named(collector *c, uint32_t pid, const text_classes *classes);

/* How many records found no room since the start, those included whose process had had its share of a buffer that was nearly full. */
uint64_t collector_lost(const collector *c);

/* The process that had most of its records held back so; false: there is none. */
typedef struct collector_noise {
	uint32_t pid;
	uint64_t held;
	char name[16];
} collector_noise;

bool collector_noisiest(const collector *c, collector_noise *ret);

/* Descriptors of maps that further programs share. */
typedef struct collector_maps {
	bool unified; /* cgroups are those of version 2 */
	int cgroups, records, shares, counters;
} collector_maps;

collector_maps collector_maps_get(const collector *c);

/* How it is attached, for people: "52 tracepoints of system calls, 3 of the scheduler". */
const char *collector_means(const collector *c);
