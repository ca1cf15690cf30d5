/* SPDX-License-Identifier: Apache-2.0
 *
 * Seccomp filters (seccomp(2), classic BPF as in Documentation/networking/filter.rst): read back from a process, and evaluated for every system call
 * without making any. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

struct sock_filter;

typedef struct seccomp_filter {
	const struct sock_filter *code;
	uint32_t count;
} seccomp_filter;

typedef struct seccomp_stack {        /* all that a process has: each is asked, the strictest answer counts */
	LIST(seccomp_filter) filters; /* the newest first */
	uint64_t stopped;             /* nanoseconds for which the process could not run */
} seccomp_stack;

/* Reads the filters of a thread: it is stopped (PTRACE_SEIZE, PTRACE_INTERRUPT), asked, and let go. Needs SYS_PTRACE and SYS_ADMIN in the first user namespace, and a
 * caller that has no filter of its own. On a. ERROR_ABSENT: it has ended. */
int seccomp_read(int32_t pid, arena *a, seccomp_stack *ret, error *e);

/* What may come of a system call, by its arguments; bits. */
typedef enum seccomp_outcome {
	SECCOMP_RUNS = 1,    /* allowed, or allowed and logged */
	SECCOMP_REFUSED = 2, /* an error, a signal, or the end of the process */
	SECCOMP_ASKED = 4,   /* a tracer or a supervisor decides */
} seccomp_outcome;

/* The outcomes of system call `number` of architecture `audit` (AUDIT_ARCH_…) with whatever arguments. Branches on arguments are followed both ways, as far as what
 * was tested before on the same path allows. 0: the filter is no valid program, or larger than LIMIT_SECCOMP_STEPS lets it be followed. */
unsigned seccomp_outcomes(const seccomp_filter *f, uint32_t audit, uint32_t number);

/* The same of all filters together. Without any: SECCOMP_RUNS. */
unsigned seccomp_stack_outcomes(const seccomp_stack *s, uint32_t audit, uint32_t number);

/* The outcome for one call with its arguments, as the kernel would compute it; 0 for a program that is not valid. data is a struct seccomp_data. */
struct seccomp_data;
unsigned seccomp_run(const seccomp_filter *f, const struct seccomp_data *data);

/* --- system calls of the architecture that this program is built for --- */

typedef struct seccomp_call {
	const char *name;
	uint32_t number;
} seccomp_call;

/* AUDIT_ARCH_… of it; 0: its numbers are not known. */
extern const uint32_t seccomp_architecture;

/* The calls of the architecture, in the order of their names; a row without a name ends them. */
const seccomp_call *seccomp_calls(arena *a);

/* What a dangerous call gives an attacker, and what the default profiles of today's engines make of it for a container without added capabilities. */
typedef struct seccomp_danger {
	const char *name, *gives;
	unsigned usual; /* outcomes */
} seccomp_danger;

/* NULL: nothing is known against it. */
const seccomp_danger *seccomp_danger_of(span name);
