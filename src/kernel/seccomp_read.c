/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading filters back (ptrace(2), PTRACE_SECCOMP_GET_FILTER). Between PTRACE_INTERRUPT and PTRACE_DETACH the thread does not run, so nothing else happens there.
 * PTRACE_SEIZE leaves no trace: no signal is sent, and when the tracer ends, the thread goes on. What is frozen or waits for a device does not stop, and what has not
 * stopped cannot be let go; so the tracer is a thread that ends at once. */
#include "kernel/seccomp.h"

#include "base/files.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
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

/* The state of a process of this host, as in /proc/PID/stat, behind its name; 0: not known. */
static char state_of(int32_t pid)
{
	char path[64], bytes[128];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	span s = {bytes, n > 0 ? (size_t)n : 0};
	size_t end = span_find_last(s, ')');
	return end != SPAN_NONE && end + 2 < s.n ? s.p[end + 2] : 0;
}

/* A thread that is frozen or sleeps in a driver does not stop; nobody waits for it for long. */
static bool is_stuck(int32_t pid, int pauses, int *asleep)
{
	if (pauses % LIMIT_SECCOMP_ASLEEP == 0)
		*asleep = state_of(pid) == 'D' ? *asleep + 1 : 0;
	return *asleep > 2;
}

static int wait_stopped(int32_t pid, error *e)
{
	const struct timespec pause = {.tv_nsec = 20000};
	int status, asleep = 0;
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
		else if (is_stuck(pid, i, &asleep))
			break;
		else
			nanosleep(&pause, NULL);
	}
	return error_set(e, ERROR_LIMIT,
		asleep ? "process %d is frozen or waits for a device: it does not stop to be asked for its filter"
		       : "process %d does not stop to be asked for its filter",
		(int)pid);
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

static int read_stack(int32_t pid, arena *a, seccomp_stack *ret, error *e)
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

typedef struct tracer {
	int32_t pid;
	arena *arena; /* the thread's, until it is joined */
	seccomp_stack *ret;
	error *error;
	int status;
} tracer;

static void *trace(void *of)
{
	tracer *t = of;
	t->status = read_stack(t->pid, t->arena, t->ret, t->error);
	return NULL;
}

int seccomp_read(int32_t pid, arena *a, seccomp_stack *ret, error *e)
{
	pthread_t thread;
	tracer t = {pid, a, ret, e, 0};
	int failed = pthread_create(&thread, NULL, trace, &t);
	if (failed) {
		errno = failed;
		return error_set_system(e, "a thread that asks process %d for its filter", (int)pid);
	}
	pthread_join(thread, NULL);
	return t.status;
}
