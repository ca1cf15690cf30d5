/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads and their processes, as events and the process lists of captures tell of them. A thread that is no leader shares the
 * descriptors and much else of its leader. */
#pragma once

#include "base/error.h"
#include "base/span.h"
#include "watch/descriptor.h"

enum { PROCESS_NO_ID = UINT32_MAX }; /* a loginuid that was never set */

/* Texts of a process: each is owned, and replaced as a whole. */
typedef enum process_text {
	PROCESS_COMM,
	PROCESS_EXE,     /* argv[0] */
	PROCESS_EXEPATH, /* what was executed, links followed */
	PROCESS_ARGS,    /* argv[1] and on, each with its 0 byte */
	PROCESS_ENV,     /* NAME=value, each with its 0 byte */
	PROCESS_CWD,     /* ends with '/' */
	PROCESS_ROOT,
	PROCESS_CGROUPS,   /* subsystem=path, each with its 0 byte */
	PROCESS_CONTAINER, /* the first 12 digits of the id; empty on the host */
	PROCESS_TEXTS,
} process_text;

typedef struct process {
	int64_t tid, pid, parent, session, group; /* parent: its leader's id; < 0: unknown */
	int64_t vtid, vpid, vgroup;               /* as its own PID namespace sees it */
	uint32_t uid, gid, login_uid, tty;
	uint64_t start;           /* when it was cloned, nanoseconds since 1970; 0: unknown */
	uint64_t exec_time;       /* when the last exec was */
	uint64_t namespace_start; /* of its PID namespace */
	uint64_t capabilities[3]; /* permitted, effective, inheritable */
	uint64_t exe_inode, exe_ctime, exe_mtime;
	uint32_t flags; /* clone flags, as captures have them (PPM_CL_…) */
	bool exe_writable, exe_upper_layer, exe_lower_layer, exe_from_memory;
	char *texts[PROCESS_TEXTS];
	uint32_t lengths[PROCESS_TEXTS]; /* without a last 0 byte that is not part of it */
	descriptor_table *descriptors;   /* of leaders; NULL: none known */
	struct process *next;            /* in its slot of the table */
} process;

typedef struct process_table process_table;

/* NULL never: running out of memory ends the program. */
process_table *process_table_new(void);
void process_table_free(process_table *t);

/* The thread, or NULL. */
process *process_get(const process_table *t, int64_t tid);

/* The thread, made anew (all ids unknown) when there is none. NULL: there are LIMIT_WATCH_PROCESSES already. */
process *process_add(process_table *t, int64_t tid);

/* Forgets a thread, and its descriptors when it is a leader. */
void process_remove(process_table *t, int64_t tid);

/* The leader of its thread group (itself when nobody knows it); the parent, or NULL; never loops, whatever the ids say. */
process *process_leader(const process_table *t, process *p);
process *process_parent(const process_table *t, const process *p);

span process_text_get(const process *p, process_text which);
/* Copies, at most LIMIT_WATCH_TEXT bytes. */
void process_text_set(process *p, process_text which, span text);

/* The id in a cgroup list, cut to 12 digits (kernel/proc.h knows the patterns), or an empty span. */
span process_container_of(span cgroups);

/* Calls `each` for every thread. */
void process_each(const process_table *t, void (*each)(void *of, process *p), void *of);
uint32_t process_count(const process_table *t);
