/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * The cgroup of a process: which container it belongs to is told by its names. */
#pragma once

#include "section.h"

enum {
	CGROUP_DEPTH = 12,
};

static __always_inline struct kernfs_node *cgroup_node(struct task_struct *task)
{
	if (unified)
		return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	__u32 which = bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)
			      ? bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id)
			      : bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	struct cgroup_subsys_state *state = NULL;
	bpf_probe_read_kernel(&state, sizeof state,
		(char *)set + bpf_core_field_offset(struct css_set, subsys) + (which & 15) * sizeof state);
	return BPF_CORE_READ(state, cgroup, kn);
}

static __always_inline struct kernfs_node *node_parent(struct kernfs_node *node)
{
	if (bpf_core_field_exists(struct kernfs_node, __parent))
		return BPF_CORE_READ(node, __parent);
	return BPF_CORE_READ((struct kernfs_node___old *)node, parent);
}

typedef struct cgroup_walk {
	workroom *room;
	struct kernfs_node *node;
} cgroup_walk;

static long cgroup_step(__u32 index, void *of)
{
	cgroup_walk *k = of;
	workroom *w = k->room;
	struct kernfs_node *node = k->node, *above = node ? node_parent(node) : NULL;
	if (!above)
		return 1;
	w->data[data_end(w)] = '/';
	w->end++;
	long n = bpf_probe_read_kernel_str(w->data + data_end(w), NAME_MASK, BPF_CORE_READ(node, name));
	if (n <= 0)
		return 1;
	w->end += (__u32)n - 1;
	k->node = above;
	return 0;
}

/* The names of a cgroup and of those above it, from the innermost on, each with a slash before it. */
static __always_inline void section_cgroup(workroom *w, struct kernfs_node *node)
{
	cgroup_walk k = {.room = w, .node = node};
	__u32 begin = w->end;
	bpf_loop(CGROUP_DEPTH, cgroup_step, &k, 0);
	if (w->end == begin) { /* the root has no name */
		w->data[data_end(w)] = '/';
		w->end++;
	}
	w->head.lengths[SECTION_CGROUP] = (__u16)(w->end - begin);
}
