/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Whether any rule can be true for a call: asked before anything of it is read. */
#pragma once

#include "class.h"
#include "path.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_CALLS);
	__type(key, __u32);
	__type(value, call_plan);
} plans SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, prefix_key);
	__type(value, text_classes);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, suffix_key);
	__type(value, text_classes);
} suffixes SEC(".maps");

/* Names that processes have right after an exec. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, char[16]);
	__type(value, text_classes);
} names SEC(".maps");

/* Processes that had one of these names then, whatever they call themselves now, and what they forked since. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, text_classes);
} named SEC(".maps");

static __always_inline __u64 call_arg(const record *r, __u32 index)
{
	switch (index) {
	case 0:
		return r->args[0];
	case 1:
		return r->args[1];
	case 2:
		return r->args[2];
	case 3:
		return r->args[3];
	case 4:
		return r->args[4];
	default:
		return r->args[5];
	}
}

/* The flags of an open, wherever they are. */
static __always_inline __u64 open_flags(const record *r, const call_plan *plan)
{
	__u64 flags = call_arg(r, plan->flags_arg - 1u);
	if (plan->flags_memory && bpf_probe_read_user(&flags, sizeof flags, (const void *)flags) < 0)
		flags = 0;
	return flags;
}

static __always_inline __u32 class_of(const record *r, const call_plan *plan)
{
	__u32 ret = r->result >= 0 ? CLASS_GOOD : 0;
	if (!plan->flags_arg)
		return ret;
	return ret | class_of_open(open_flags(r, plan));
}

/* Which bits of a plan ask for this call: an unknown cgroup may be either. */
static __always_inline bool wanted(__u64 bits, __u32 class, __u8 cgroup)
{
	bool host = cgroup != CGROUP_CONTAINER && (bits >> class & 1);
	bool inside = cgroup != CGROUP_HOST && (bits >> (class | CLASS_CONTAINER) & 1);
	return host || inside;
}

static __always_inline bool sought(const text_classes *text, purpose for_what, __u32 class, __u8 cgroup)
{
	return text && wanted(text->of[for_what], class, cgroup);
}

/* The classes for which a process is sought by name; NULL: none. */
static __always_inline const text_classes *process_named(struct task_struct *task)
{
	__u32 pid = (__u32)BPF_CORE_READ(task, tgid);
	return bpf_map_lookup_elem(&named, &pid);
}

static __always_inline void process_name(__u32 pid, const text_classes *classes)
{
	if (classes)
		bpf_map_update_elem(&named, &pid, classes, BPF_ANY);
	else
		bpf_map_delete_elem(&named, &pid);
}

static __always_inline const text_classes *prefix_known(workroom *w)
{
	return path_prefix(w) ? bpf_map_lookup_elem(&prefixes, &w->prefix) : NULL;
}

static __always_inline const text_classes *suffix_known(workroom *w)
{
	path_suffix(w);
	return bpf_map_lookup_elem(&suffixes, &w->suffix);
}

typedef struct raw_walk {
	workroom *room;
	bool found;
} raw_walk;

static long raw_step(__u32 index, void *of)
{
	raw_walk *k = of;
	char here = k->room->raw[index & (RECORD_RAW - 1)],
	     next = k->room->raw[(index + 1) & (RECORD_RAW - 1)];
	k->found = here == '.' && next == '.';
	return k->found || here == 0;
}

/* Whether the path as the call was given it has ".." in it; one that cannot be read, or not to its end, may have. */
static __always_inline bool traversal_given(workroom *w, const call_plan *plan)
{
	raw_walk k = {.room = w};
	if (plan->texts[0] == 0)
		return false;
	long n = bpf_probe_read_user_str(
		w->raw, RECORD_RAW, (const void *)call_arg(&w->head, plan->texts[0] - 1u));
	if (n < 0 || n == RECORD_RAW)
		return true;
	bpf_loop(RECORD_RAW - 1, raw_step, &k, 0);
	return k.found;
}

/* Whether the call is asked for whatever its path is. */
static __always_inline bool asked(workroom *w, struct task_struct *task, const call_plan *plan,
	purpose for_what, __u32 class, __u8 cgroup)
{
	const call_asks *asks = &plan->asks[for_what];
	if (wanted(asks->wanted, class, cgroup))
		return true;
	if (wanted(asks->traversal, class, cgroup) && traversal_given(w, plan))
		return true;
	return wanted(asks->named, class, cgroup) && sought(process_named(task), for_what, class, cgroup);
}

/* Whether the call was given a path in /proc, and the one that was written last is elsewhere: a link to what a process runs or has
 * open. */
static __always_inline bool link_given(workroom *w, const call_plan *plan)
{
	const char proc[] = "/proc/";
	enum { BYTES = sizeof proc - 1 };
	if (plan->texts[0] == 0 ||
		bpf_probe_read_user(w->raw, BYTES, (const void *)call_arg(&w->head, plan->texts[0] - 1u)) < 0)
		return false;
	bpf_probe_read_kernel(w->raw + BYTES, BYTES, w->path + (w->start & PATH_MASK));
	bool given = true, there = true;
	for (__u32 i = 0; i < BYTES; i++) {
		given = given && w->raw[i] == proc[i];
		there = there && w->raw[BYTES + i] == proc[i];
	}
	return given && !there;
}

/* Whether it is asked for because of the path that was written last. */
static __always_inline bool asked_by_path(
	workroom *w, const call_plan *plan, purpose for_what, __u32 class, __u8 cgroup)
{
	if (!wanted(plan->asks[for_what].sought, class, cgroup))
		return false;
	return !w->whole || sought(prefix_known(w), for_what, class, cgroup) ||
	       sought(suffix_known(w), for_what, class, cgroup) ||
	       (wanted(plan->asks[for_what].links, class, cgroup) && link_given(w, plan));
}
