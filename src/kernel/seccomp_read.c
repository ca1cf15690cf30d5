/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading filters back (ptrace(2), PTRACE_SECCOMP_GET_FILTER). Between PTRACE_INTERRUPT and PTRACE_DETACH the thread does not run, so nothing else happens there.
 * PTRACE_SEIZE leaves no trace: no signal is sent, and should this process end, the thread goes on. */
#include "kernel/seccomp.h"

#include "base/limits.h"

#include <errno.h>
#include <linux/filter.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A thread that sleeps in a driver does not stop; nobody waits for it for ever. */
static int wait_stopped(int32_t pid, error *e)
{
	const struct timespec pause = {.tv_nsec = 20000};
	int status;
	for (int i = 0; i < LIMIT_SECCOMP_YIELDS + LIMIT_SECCOMP_WAITS; i++) {
		pid_t got = waitpid(pid, &status, __WALL | WNOHANG);
		if (got == pid && WIFSTOPPED(status))
			return 0;
		if (got == pid)
			return error_set(e, ERROR_ABSENT, "process %d has ended", (int)pid);
		if (got < 0 && errno != EINTR)
			return error_set_system(e, "process %d", (int)pid);
		if (i < LIMIT_SECCOMP_YIELDS) /* mostly it takes microseconds; sleeping would take longer, and the thread waits */
			sched_yield();
		else
			nanosleep(&pause, NULL);
	}
	return error_set(e, ERROR_LIMIT, "process %d does not stop to be asked for its filter", (int)pid);
}

/* 1: the filter; 0: there is no such one. */
static int get_filter(int32_t pid, uint32_t index, arena *a, seccomp_filter *ret, error *e)
{
	long n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)(uintptr_t)index, NULL);
	if (n < 0 && (errno == ENOENT || errno == EINVAL) && index > 0)
		return 0;
	if (n < 0 && errno == EINVAL)
		return error_set(e, ERROR_SYSTEM,
			"process %d has no filter, or this kernel cannot give it back", (int)pid);
	if (n < 0)
		return error_set_system(e, "the filter of process %d", (int)pid);
	if (n == 0 || n > BPF_MAXINSNS)
		return error_set(
			e, ERROR_DAMAGED, "process %d has a filter of %ld instructions", (int)pid, n);
	struct sock_filter *code = ARENA_ARRAY(a, struct sock_filter, (size_t)n);
	if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)(uintptr_t)index, code) < 0)
		return error_set_system(e, "the filter of process %d", (int)pid);
	*ret = (seccomp_filter){code, (uint32_t)n};
	return 1;
}

static int get_filters(int32_t pid, arena *a, seccomp_stack *ret, error *e)
{
	for (uint32_t i = 0; i < LIMIT_SECCOMP_FILTERS; i++) {
		seccomp_filter f;
		int got = get_filter(pid, i, a, &f, e);
		if (got <= 0)
			return got;
		list_push(a, &ret->filters, f);
	}
	return error_set(
		e, ERROR_LIMIT, "process %d has more than %d filters", (int)pid, LIMIT_SECCOMP_FILTERS);
}

int seccomp_read(int32_t pid, arena *a, seccomp_stack *ret, error *e)
{
	seccomp_stack got = {0};
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
		if (errno == ESRCH)
			return error_set(e, ERROR_ABSENT, "process %d has ended", (int)pid);
		return error_set_system(e, "process %d cannot be asked for its filter", (int)pid);
	}
	uint64_t start = now();
	int status = ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0
			     ? error_set_system(e, "process %d", (int)pid)
			     : wait_stopped(pid, e);
	if (status >= 0)
		status = get_filters(pid, a, &got, e);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	got.stopped = now() - start;
	if (status < 0)
		return status;
	*ret = got;
	return 0;
}
