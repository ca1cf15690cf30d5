/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels of security modules: /proc/PID/attr (proc_pid_attr(5), apparmor(7)). Where several modules are stacked each has a folder of its own; without one that
 * has labels reading them is an invalid argument, which reads as nothing. */
#include "kernel/inside.h"

#include <unistd.h>

enum { MOST_ALIKE = 64 }; /* of one label that are compared with one another */

typedef LIST(const kernel_container *) container_list;

/* Where this process has none by any module, no other has. */
static bool has_no_labels(kernel *k)
{
	arena scratch = {0};
	span label;
	if (!k->live)
		return false;
	if (!k->label_asked) {
		k->label_asked = true;
		k->label_none = kernel_read(k, &scratch, &label, "proc/%d/attr/current", (int)getpid()) ==
				LOOK_NOTHING;
	}
	arena_done(&scratch);
	return k->label_none;
}

look kernel_label(kernel *k, const kernel_container *c, arena *a, span *ret, const char **ret_file)
{
	static const char *const files[] = {"attr/apparmor/current", "attr/current"};
	look refused = LOOK_NOTHING;
	if (has_no_labels(k))
		return LOOK_NOTHING;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		span label;
		look found = kernel_read(k, a, &label, "proc/%d/%s", c->thread, files[i]);
		if (found == LOOK_REFUSED)
			refused = found;
		while (found == LOOK_FOUND && label.n &&
			(label.p[label.n - 1] == '\n' || label.p[label.n - 1] == 0))
			label.n--;
		if (found != LOOK_FOUND || !label.n)
			continue;
		*ret = label;
		*ret_file = files[i];
		return LOOK_FOUND;
	}
	return refused;
}

static void read_labels(kernel *k)
{
	const kernel_containers *all = kernel_find_containers(k);
	k->labels_read = true;
	for (uint32_t i = 0; i < all->count; i++) {
		span label;
		const char *file;
		if (kernel_label(k, all->items[i], &k->arena, &label, &file) != LOOK_FOUND)
			continue;
		container_list *list = map_get(&k->labels, label);
		if (!list) {
			list = arena_alloc(&k->arena, sizeof *list);
			map_set(&k->labels, &k->arena, label, list);
		}
		if (list->count < MOST_ALIKE)
			list_push(&k->arena, list, all->items[i]);
	}
}

/* Containers of one pod, and those that were put into the IPC namespace of another, are meant to have one label. */
static bool belong_together(kernel *k, const kernel_container *one, const kernel_container *other)
{
	uint64_t a, b;
	if (one->pod.n && span_equal(one->pod, other->pod))
		return true;
	return kernel_namespace_of(k, one->pid, NAMESPACE_IPC, &a) == LOOK_FOUND &&
	       kernel_namespace_of(k, other->pid, NAMESPACE_IPC, &b) == LOOK_FOUND && a == b;
}

const kernel_container *kernel_label_owner(kernel *k, span label, const kernel_container *not_this)
{
	if (!k->labels_read)
		read_labels(k);
	const container_list *list = map_get(&k->labels, label);
	for (uint32_t i = 0; list && i < list->count; i++)
		if (list->items[i] != not_this && !belong_together(k, list->items[i], not_this))
			return list->items[i];
	return NULL;
}
