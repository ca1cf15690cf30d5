/* SPDX-License-Identifier: Apache-2.0
 *
 * Containers that their runtime is still making. Until the runtime starts the container's own program, its first process is the runtime itself with other rights and
 * other mounts than it will have ("runc:[0:PARENT]", "runc:[2:INIT]", "crun"); so is each further process that is started into a container. Judged like this
 * everything would look like drift.
 *
 * The name is only a reason to look again: any process may call itself so. A container is left out while a pipe in the records of its runtime, where no container
 * gets, says that nobody has started it (runc and crun both call it exec.fifo); else it is waited for, LIMIT_STARTING_WAIT milliseconds for all, and whoever still
 * has that name then is taken for what it is. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static const char *const usual_roots[] = {"run/runc", "run/crun", "run/docker/runtime-runc/moby"};

static bool is_runtime(span name)
{
	return span_starts(name, SPAN("runc:[")) || span_in(name, "runc crun");
}

bool kernel_is_starting(const kernel_process *p)
{
	return is_runtime(p->status.name);
}

/* Users without root only say something of what is theirs. */
static bool may_say(kernel *k, uint32_t owner, const kernel_process *p)
{
	uint64_t inode;
	if (owner == 0 || owner == p->status.uid[0])
		return true;
	return kernel_namespace_of(k, p->pid, NAMESPACE_USER, &inode) == LOOK_FOUND &&
	       inode != kernel_namespace_host(k, NAMESPACE_USER);
}

static bool has_pipe(kernel *k, span root, const kernel_process *p)
{
	struct stat st;
	auto_fd fd = -1;
	span id = p->container->id;
	if (!id.n || span_find_byte(id, '/') != SPAN_NONE || span_is(id, "."))
		return false;
	return kernel_open_at(k, O_PATH | O_NOFOLLOW, &fd, "%.*s/%.*s/exec.fifo", SPAN_ARG(root),
		       SPAN_ARG(id)) == LOOK_FOUND &&
	       fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && may_say(k, st.st_uid, p);
}

static bool is_unstarted(kernel *k, const kernel_roots *roots, const kernel_process *p)
{
	if (p->pid != p->container->pid)
		return false;
	for (size_t i = 0; i < sizeof usual_roots / sizeof *usual_roots; i++)
		if (has_pipe(k, span_of(usual_roots[i]), p))
			return true;
	list_each(const span, root, roots)
		if (has_pipe(k, *root, p))
			return true;
	return false;
}

/* Nobody's: not a part of any container. */
static void leave_out(kernel *k, const kernel_container *c)
{
	list_each(kernel_process, p, &k->processes)
		if (p->container == c)
			p->container = NULL;
}

/* Reads anew what was read while the runtime was at it. False while it still is. */
static bool look_again(kernel *k, kernel_process *p, arena *scratch)
{
	span bytes, cgroup;
	proc_status status;
	arena_clear(scratch);
	if (kernel_read(k, scratch, &bytes, "proc/%d/status", p->thread) != LOOK_FOUND ||
		!proc_status_read(bytes, &status) || span_in((span){&status.state, 1}, "Z X")) {
		p->container = NULL; /* it has ended */
		return true;
	}
	if (is_runtime(status.name))
		return false;
	p->bytes = arena_copy(&k->arena, bytes);
	proc_status_read(p->bytes, &p->status);
	if (kernel_read(k, scratch, &cgroup, "proc/%d/cgroup", p->thread) == LOOK_FOUND)
		p->cgroup = arena_copy(&k->arena, cgroup);
	memset(p->namespaces, 0, sizeof p->namespaces);
	return true;
}

typedef LIST(kernel_process *) process_list;

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool wait_for(kernel *k, process_list *waiting)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int64_t end = waiting->count ? now() + LIMIT_STARTING_WAIT : 0;
	arena scratch = {0};
	bool changed = false;
	while (waiting->count && now() < end) {
		uint32_t left = 0;
		nanosleep(&pause, NULL);
		for (uint32_t j = 0; j < waiting->count; j++)
			if (look_again(k, waiting->items[j], &scratch))
				changed = true;
			else
				waiting->items[left++] = waiting->items[j];
		waiting->count = left;
	}
	arena_done(&scratch);
	return changed;
}

bool kernel_starting_settle(kernel *k, const kernel_roots *roots)
{
	arena scratch = {0};
	process_list waiting = {0};
	bool changed = false;
	list_each(kernel_process, p, &k->processes) {
		if (!p->container || !kernel_is_starting(p))
			continue;
		if (is_unstarted(k, roots, p)) {
			leave_out(k, p->container);
			changed = true;
		}
	}
	list_each(kernel_process, p, &k->processes)
		if (k->live && p->container && kernel_is_starting(p))
			list_push(&scratch, &waiting, p);
	changed |= wait_for(k, &waiting);
	arena_done(&scratch);
	return changed;
}
