/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over /proc: the status and the cgroup of every process. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
	int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;
	return (one > other) - (one < other);
}

typedef LIST(int32_t) pid_list;

static void list_pids(kernel *k, arena *a, pid_list *ret)
{
	int fd = -1;
	if (kernel_open_at(k, O_RDONLY | O_DIRECTORY, &fd, "proc") != LOOK_FOUND)
		return;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	struct dirent *entry;
	while (ret->count < LIMIT_PROCESSES && (entry = readdir(folder))) {
		uint64_t pid;
		if (proc_number(span_of(entry->d_name), 10, &pid) && pid > 0 && pid <= INT32_MAX)
			list_push(a, ret, (int32_t)pid);
	}
	closedir(folder);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, by_number);
}

/* What is of use later: everything but the many processes of the host itself. */
static bool is_kept(const process_scan *s)
{
	return s->process->status.pid_depth > 1 || s->process->container;
}

/* A process whose first thread has ended goes on with the others; of itself the kernel then shows next to nothing. */
static int32_t find_living(kernel *k, int32_t pid)
{
	int fd = -1;
	int32_t found = 0;
	if (kernel_open_at(k, O_RDONLY | O_DIRECTORY, &fd, "proc/%d/task", pid) != LOOK_FOUND)
		return 0;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return 0;
	}
	for (struct dirent *entry; !found && (entry = readdir(folder));) {
		uint64_t id;
		if (proc_number(span_of(entry->d_name), 10, &id) && id > 0 && id <= INT32_MAX &&
			id != (uint64_t)pid)
			found = (int32_t)id;
	}
	closedir(folder);
	return found;
}

/* Ended processes wait for their parents to ask; kernel threads are nobody's. */
static bool is_alive(kernel *k, kernel_process *p, arena *scratch)
{
	proc_status other;
	if (p->status.kernel_thread || p->status.parent == 2 || p->status.state == 'X')
		return false;
	if (p->status.state != 'Z')
		return true;
	p->thread = p->status.threads > 1 ? find_living(k, p->pid) : 0;
	if (!p->thread || kernel_read(k, scratch, &p->bytes, "proc/%d/status", p->thread) != LOOK_FOUND ||
		!proc_status_read(p->bytes, &other))
		return false;
	other.pid_inner = p->status.pid_inner; /* its own number, not that of the thread */
	p->status = other;
	return true;
}

static void scan_one(
	kernel *k, int32_t pid, arena *scratch, void (*seen)(void *, const process_scan *), void *of)
{
	kernel_process p = {.pid = pid, .thread = pid};
	span cgroup = {0};
	if (kernel_read(k, scratch, &p.bytes, "proc/%d/status", pid) != LOOK_FOUND ||
		!proc_status_read(p.bytes, &p.status) || !is_alive(k, &p, scratch))
		return;
	kernel_read(k, scratch, &cgroup, "proc/%d/cgroup", p.thread);
	process_scan s = {&p, cgroup};
	seen(of, &s);
	if (is_kept(&s)) {
		int32_t inner = p.status.pid_inner;
		p.bytes = arena_copy(&k->arena, p.bytes);
		p.cgroup = arena_copy(&k->arena, cgroup);
		proc_status_read(p.bytes, &p.status);
		p.status.pid_inner = inner;
	} else {
		p.bytes = (span){0};
		p.status.name = arena_copy(&k->arena, p.status.name);
	}
	list_push(&k->arena, &k->processes, p);
}

void kernel_scan(kernel *k, void (*seen)(void *of, const process_scan *s), void *of)
{
	pid_list pids = {0};
	arena list = {0}, scratch = {0};
	list_pids(k, &list, &pids);
	for (uint32_t i = 0; i < pids.count; i++) {
		scan_one(k, pids.items[i], &scratch, seen, of);
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	arena_done(&list);
}

kernel_process *kernel_process_get(kernel *k, int32_t pid)
{
	uint32_t low = 0, high = k->processes.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (k->processes.items[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->processes.count && k->processes.items[low].pid == pid ? &k->processes.items[low]
									      : NULL;
}

const kernel_process *kernel_process_find(kernel *k, int32_t pid)
{
	kernel_find_containers(k);
	kernel_process *p = kernel_process_get(k, pid);
	if (!p || p->bytes.n)
		return p;
	span bytes; /* it was taken for one of the host's at first */
	proc_status status;
	if (kernel_read(k, &k->arena, &bytes, "proc/%d/status", p->thread) != LOOK_FOUND ||
		!proc_status_read(bytes, &status))
		return NULL;
	status.pid_inner = p->status.pid_inner;
	p->bytes = bytes;
	p->status = status;
	return p;
}

look kernel_cgroup_text(kernel *k, int32_t pid, arena *a, span *ret)
{
	const kernel_process *p = kernel_process_get(k, pid);
	if (!p || !p->cgroup.n)
		return kernel_read(k, a, ret, "proc/%d/cgroup", p ? p->thread : pid);
	*ret = p->cgroup;
	return LOOK_FOUND;
}
