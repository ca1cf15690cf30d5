/* SPDX-License-Identifier: Apache-2.0
 *
 * A machine to which events happen, for tests. */
#pragma once

#include "capture_make.h"

/* A machine with init (1), a shell (100) below it, and a thread of the shell (101). */
typedef struct machine {
	arena a;
	watch_state s;
	made_event m;
} machine;

static inline process *process_make(
	watch_state *s, int64_t tid, int64_t pid, int64_t parent, const char *comm)
{
	process *p = process_add(s->processes, tid);
	process_pid_set(s->processes, p, pid);
	process_parent_set(s->processes, p, parent);
	p->vtid = tid;
	p->vpid = pid;
	process_text_set(s->processes, p, PROCESS_COMM, span_of(comm));
	process_text_set(s->processes, p, PROCESS_CWD, SPAN("/home/"));
	return p;
}

static inline void machine_init(machine *m)
{
	m->a = (arena){0};
	state_init(&m->s, &m->a);
	m->s.boot_time = 1000;
	process_make(&m->s, 1, 1, 0, "init");
	process_make(&m->s, 100, 100, 1, "shell");
	process_make(&m->s, 101, 100, 1, "thread")->flags = CLONE_IS_THREAD | CLONE_SHARES_FILES;
}

static inline void machine_done(machine *m)
{
	state_done(&m->s);
	arena_done(&m->a);
}

#define BEGIN(code, tid) made_begin(&m.m, code, tid)
#define NUMBER(index, n) made_number(&m.m, index, n)
#define WORDS(index, t)  made_text(&m.m, index, t)
#define BEFORE()         state_event_before(&m.s, &m.m.e)
#define AFTER()          state_event_after(&m.s, &m.m.e)
#define RUN()            (BEFORE(), AFTER())
#define OPEN(tid, number, path)       \
	do {                          \
		BEGIN(307, tid);      \
		NUMBER(0, number);    \
		NUMBER(1, STATE_CWD); \
		WORDS(2, path);       \
		NUMBER(3, OPEN_READ); \
		BEFORE();             \
	} while (0)
