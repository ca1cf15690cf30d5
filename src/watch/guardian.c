/* SPDX-License-Identifier: Apache-2.0
 *
 * The guardian holds nothing but the map and the pipe: the kernel's programs go with the watcher, so that after a few looks at the map no
 * process can be stopped any more. */
#include "watch/guardian.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_MAP = 3, KEPT_PIPE = 4, KEPT_ABOVE = 10 };
enum { EMPTY_LOOKS = 3, LOOK_MICROSECONDS = 20000, LOOK_MILLISECONDS = 500 };

#define HEARTBEAT_NANOSECONDS 2000000000u

/* Gives how many there were. */
static int let_all_go(int map)
{
	uint32_t pid;
	int n = 0;
	for (; bpf_map_get_next_key(map, NULL, &pid) == 0 && bpf_map_delete_elem(map, &pid) == 0; n++)
		kill((pid_t)pid, SIGCONT);
	return n;
}

static bool is_stuck(const volatile unsigned long long *heartbeat)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec > *heartbeat + HEARTBEAT_NANOSECONDS;
}

/* Until the pipe is closed, by whatever end. */
static void wait_for_end(int map, int pipe, const volatile unsigned long long *heartbeat)
{
	struct pollfd end = {.fd = pipe, .events = POLLIN};
	for (;;) {
		int ready = poll(&end, 1, LOOK_MILLISECONDS);
		if (ready > 0 || (ready < 0 && errno != EINTR))
			return;
		if (is_stuck(heartbeat))
			let_all_go(map);
	}
}

static _Noreturn void guard(int map, int pipe, const volatile unsigned long long *heartbeat)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "bulkhead-let-go");
	/* First out of the way, so that neither lies where the other goes. */
	map = fcntl(map, F_DUPFD, KEPT_ABOVE);
	pipe = fcntl(pipe, F_DUPFD, KEPT_ABOVE);
	if (dup2(map, KEPT_MAP) < 0 || dup2(pipe, KEPT_PIPE) < 0)
		_exit(EXIT_FAILURE);
	close_range(0, KEPT_MAP - 1, 0);
	close_range(KEPT_PIPE + 1, ~0u, 0);
	wait_for_end(KEPT_MAP, KEPT_PIPE, heartbeat);
	for (int empty = 0; empty < EMPTY_LOOKS; usleep(LOOK_MICROSECONDS))
		empty = let_all_go(KEPT_MAP) ? 0 : empty + 1;
	_exit(EXIT_SUCCESS);
}

/* Processes of other users can be stopped without it, by the kernel's programs, but not let go. */
static bool may_signal(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
	return syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective >> CAP_KILL & 1);
}

/* Whether pids are here what they are to the kernel: whoever sees others would let the wrong ones go. */
static bool is_outermost(void)
{
	enum { OUTERMOST = 0xeffffffc }; /* the kernel's own number of it */
	struct stat is;
	return stat("/proc/self/ns/pid", &is) == 0 && is.st_ino == OUTERMOST;
}

int guardian_start(int map, const volatile unsigned long long *heartbeat, guardian *ret, error *e)
{
	int ends[2];
	if (!may_signal())
		return error_set(e, ERROR_SYSTEM, "stopping and killing processes takes the capability KILL");
	if (!is_outermost())
		return error_set(e, ERROR_SYSTEM,
			"stopping and killing processes takes the PID namespace of the host");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_system(e, "a pipe");
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		guard(map, ends[0], heartbeat);
	}
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return error_set_system(e, "a process that lets stopped ones go");
	}
	*ret = (guardian){.pipe = ends[1], .pid = pid};
	return 0;
}

void guardian_end(guardian *g)
{
	if (g->pid == 0)
		return;
	close(g->pipe);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
}
