/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads and their processes, as events and the process lists of captures tell of them. A thread that is no leader shares the
 * descriptors, the environment and the working directory of its leader. */
#pragma once

#include "base/error.h"
#include "base/span.h"
#include "watch/descriptor.h"

enum { PROCESS_NO_ID = UINT32_MAX }; /* a loginuid that was never set */

/* Texts of a process: each is replaced as a whole, and shared by the processes that inherit it. */
typedef enum process_text {
	PROCESS_COMM,
	PROCESS_EXE,     /* argv[0] */
	PROCESS_EXEPATH, /* what was executed, links followed */
	PROCESS_ARGS,    /* argv[1] and on, each with its 0 byte */
	PROCESS_ENV,     /* NAME=value, each with its 0 byte; of leaders */
	PROCESS_CWD,     /* ends with '/'; of leaders */
	PROCESS_ROOT,
	PROCESS_CGROUPS,   /* subsystem=path, each with its 0 byte */
	PROCESS_CONTAINER, /* the first 12 digits of the id; empty on the host */
	PROCESS_TEXTS,
} process_text;

/* Flags of clone(2) as captures have them (PPM_CL_…); those that matter here. */
enum {
	CLONE_SHARES_FILES = 1 << 0,
	CLONE_NEW_PID = 1 << 6,
	CLONE_SAME_PARENT = 1 << 8,
	CLONE_IS_THREAD = 1 << 13,
	CLONE_NEW_USER = 1 << 20,
	CLONE_IS_VFORK = 1 << 27,
	CLONE_CHILD_IN_PIDNS = 1 << 29,
};

typedef struct process {
	int64_t tid, pid, parent, session, group; /* parent: its leader's id; < 0: unknown */
	int64_t vtid, vpid, vgroup;               /* as its own PID namespace sees it */
	uint32_t uid, gid, login_uid, tty;
	uint64_t start;           /* when it was cloned, nanoseconds since 1970; 0: unknown */
	uint64_t exec_time;       /* when the last exec was; 0: none was seen */
	uint64_t namespace_start; /* of its PID namespace, nanoseconds since 1970 */
	uint64_t capabilities[3]; /* permitted, effective, inheritable */
	uint64_t exe_inode, exe_ctime, exe_mtime;
	uint64_t exe_age; /* start - exe_ctime at the last exec: proc.exe_ino.ctime_duration_clone_ts */
	uint64_t exe_namespace_age; /* exe_ctime - namespace_start at the last exec; 0: it is older */
	uint32_t flags;             /* clone flags, as captures have them (PPM_CL_…) */
	bool exe_writable, exe_upper_layer, exe_lower_layer, exe_from_memory;
	bool guessed;     /* nothing is known but that it does things: comm and exe are "<NA>" */
	bool exited;      /* a leader that is gone while threads of it go on */
	bool told_first;  /* its own clone event came before that of its parent */
	bool subreaper;   /* takes orphans (prctl) */
	uint32_t threads; /* of a leader: others of its group */
	char *texts[PROCESS_TEXTS];
	uint32_t lengths[PROCESS_TEXTS]; /* without a last 0 byte that is not part of it */
	descriptor_table
		*descriptors; /* its own; NULL: none known, or its leader's (see process_descriptors) */
	struct process *next; /* in its slot of the table */
	struct process *children, *sibling, **sibling_back; /* by parent */
} process;

typedef struct process_table process_table;

/* NULL never: running out of memory ends the program. */
process_table *process_table_new(void);
void process_table_free(process_table *t);

/* The thread, or NULL. */
process *process_get(const process_table *t, int64_t tid);

/* The thread, made anew (all ids unknown) when there is none. NULL: there are LIMIT_WATCH_PROCESSES already. */
process *process_add(process_table *t, int64_t tid);

/* Forgets a thread, and its descriptors when they are its own; its children become those of `reaper` (or nobody's, when that is
 * unknown). A leader of threads that go on stays, marked as exited, until the last of them goes. */
void process_remove(process_table *t, int64_t tid, int64_t reaper);

/* Sets whose child it is, and of which group: the only way to change parent and pid. */
void process_parent_set(process_table *t, process *p, int64_t parent);
void process_pid_set(process_table *t, process *p, int64_t pid);

/* The leader of its thread group (itself when nobody knows it); the parent, or NULL; never loops, whatever the ids say, for at most
 * LIMIT_WATCH_ANCESTORS steps that the caller counts. */
process *process_leader(const process_table *t, process *p);
process *process_parent(const process_table *t, const process *p);

/* The descriptors that a thread uses: its own, or its leader's. NULL: none known; _make makes it (NULL: the pool is used up). */
descriptor_table *process_descriptors(const process_table *t, process *p);
descriptor_table *process_descriptors_make(process_table *t, process *p);

span process_text_get(const process *p, process_text which);
/* Copies, at most LIMIT_WATCH_TEXT bytes; setting what is there already costs a comparison. */
void process_text_set(process_table *t, process *p, process_text which, span text);
/* Takes one or all texts of another. */
void process_text_share(process_table *t, process *p, process_text which, const process *from);

/* The id in a cgroup list, cut to 12 digits (kernel/proc.h knows the patterns), or an empty span. Points into it. */
span process_container_of(span cgroups);

/* Calls `each` for every thread. */
void process_each(const process_table *t, void (*each)(void *of, process *p), void *of);
uint32_t process_count(const process_table *t);
