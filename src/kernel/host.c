/* SPDX-License-Identifier: Apache-2.0
 *
 * What is the host's own: its mounts, its capabilities. The host that runs is seen with the auditor's eyes (/proc/self), another one with those of its
 * first process. */
#include "kernel/inside.h"

#include <unistd.h>

typedef LIST(const proc_mount *) mount_list;

static void remember_mount(kernel *k, const proc_mount *m)
{
	mount_list *list = map_get(&k->mounts_by_device, m->device);
	if (!list) {
		list = arena_alloc(&k->arena, sizeof *list);
		map_set(&k->mounts_by_device, &k->arena, m->device, list);
	}
	list_push(&k->arena, list, m);
	if (span_is(m->target, "/")) {
		k->root_line[0] = m->device;
		k->root_line[1] = m->root;
	}
}

const proc_mounts *kernel_host_mounts(kernel *k)
{
	span bytes = {0};
	if (k->mounts_read)
		return &k->mounts;
	k->mounts_read = true;
	if (k->live) { /* "self" is a link, but to a folder of the same proc */
		if (kernel_read(k, &k->arena, &bytes, "proc/%d/mountinfo", (int)getpid()) != LOOK_FOUND)
			kernel_read(k, &k->arena, &bytes, "proc/self/mountinfo");
	} else
		kernel_read(k, &k->arena, &bytes, "proc/1/mountinfo");
	proc_mounts_read(bytes, &k->arena, &k->mounts);
	list_each(const proc_mount, m, &k->mounts)
		remember_mount(k, m);
	return &k->mounts;
}

span kernel_host_path(kernel *k, const proc_mount *m, arena *a)
{
	span rest, best_rest = {0};
	const proc_mount *best = NULL;
	kernel_host_mounts(k);
	const mount_list *list = map_get(&k->mounts_by_device, m->device);
	for (uint32_t i = 0; list && i < list->count; i++) {
		const proc_mount *host = list->items[i];
		if (!proc_below(m->root, host->root, &rest) || (best && host->root.n <= best->root.n))
			continue;
		best = host;
		best_rest = rest;
	}
	if (!best)
		return (span){0};
	if (span_is(best->target, "/"))
		return best_rest.n ? best_rest : SPAN("/");
	return arena_format(a, "%.*s%.*s", SPAN_ARG(best->target), SPAN_ARG(best_rest));
}

bool kernel_host_has(kernel *k, span device)
{
	kernel_host_mounts(k);
	return map_get(&k->mounts_by_device, device) != NULL;
}

bool kernel_own_root(kernel *k, int32_t pid)
{
	arena scratch = {0};
	proc_mounts mounts = {0};
	span bytes = {0};
	bool own = false;
	kernel_host_mounts(k);
	kernel_read(k, &scratch, &bytes, "proc/%d/mountinfo", pid);
	proc_mounts_read(bytes, &scratch, &mounts);
	list_each(const proc_mount, m, &mounts)
		if (span_is(m->target, "/"))
			own = !span_equal(m->device, k->root_line[0]) ||
			      !span_equal(m->root, k->root_line[1]);
	arena_done(&scratch);
	return own;
}

uint64_t kernel_host_capabilities(kernel *k)
{
	arena scratch = {0};
	proc_status s = {0};
	span bytes;
	if (k->capabilities_read)
		return k->capabilities;
	k->capabilities_read = true;
	if (kernel_read(k, &scratch, &bytes, "proc/1/status") != LOOK_FOUND || !proc_status_read(bytes, &s))
		s.bounding = 0;
	k->capabilities = s.bounding;
	arena_done(&scratch);
	return k->capabilities;
}
