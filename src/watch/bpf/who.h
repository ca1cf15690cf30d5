/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Who did it: numbers of processes inside and outside, names, users, capabilities. */
#pragma once

#include "section.h"

enum {
	REAPER_STEPS = 64, /* ancestors that are looked at */
	PID_GROUP = 2,
	PID_SESSION = 3,
};

static __always_inline __u32 pid_inner(struct pid *p)
{
	if (!p)
		return 0;
	__u32 level = BPF_CORE_READ(p, level);
	__u32 ret = 0;
	__u64 each = bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&ret, sizeof ret,
		(char *)p + bpf_core_field_offset(struct pid, numbers) + (level & 31) * each +
			bpf_core_field_offset(struct upid, nr));
	return ret;
}

/* The first process of the namespace that it is numbered in. */
static __always_inline struct task_struct *pid_first(struct pid *p)
{
	struct pid_namespace *ns = NULL;
	__u64 each = bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&ns, sizeof ns,
		(char *)p + bpf_core_field_offset(struct pid, numbers) +
			(BPF_CORE_READ(p, level) & 31) * each + bpf_core_field_offset(struct upid, ns));
	return BPF_CORE_READ(ns, child_reaper);
}

typedef struct reaper_walk {
	struct task_struct *task;
	__u32 level;
	bool found;
} reaper_walk;

static long reaper_step(__u32 index, void *of)
{
	reaper_walk *k = of;
	struct task_struct *task = k->task;
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	if (BPF_CORE_READ(task, thread_pid, level) != k->level || BPF_CORE_READ(task, pid) <= 1)
		return 1;
	if (BPF_CORE_READ_BITFIELD_PROBED(signal, is_child_subreaper)) {
		k->found = true;
		return 1;
	}
	k->task = BPF_CORE_READ(task, real_parent);
	return 0;
}

/* Who gets the children of a process that ends: the nearest ancestor that asked for them (prctl(2)), else the first of its namespace. */
static __always_inline __u32 reaper_of(struct task_struct *task)
{
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	struct pid *own = BPF_CORE_READ(task, thread_pid);
	reaper_walk k = {.task = BPF_CORE_READ(task, real_parent), .level = BPF_CORE_READ(own, level)};
	if (BPF_CORE_READ_BITFIELD_PROBED(signal, has_child_subreaper))
		bpf_loop(REAPER_STEPS, reaper_step, &k, 0);
	struct task_struct *ret = k.found ? k.task : pid_first(own);
	return (__u32)BPF_CORE_READ(ret, tgid);
}

static __always_inline __u32 pid_outer(struct pid *p)
{
	return p ? (__u32)BPF_CORE_READ(p, numbers[0].nr) : 0;
}

static __always_inline __u32 tty_of(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	if (!tty)
		return 0;
	__u32 major = (__u32)BPF_CORE_READ(tty, driver, major);
	__u32 minor = (__u32)(BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
	return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
}

static __always_inline void record_begin(workroom *w, record_kind kind)
{
	record *r = &w->head;
	w->end = 0;
	r->kind = kind;
	r->stopped = 0;
	r->denied = 0;
	__builtin_memset(r->lengths, 0, sizeof r->lengths);
	__builtin_memset(&r->file, 0, sizeof r->file);
}

/* Whether a thread that ends is the last of its process: the first one may end long before. */
static __always_inline bool is_last(struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, live.counter) == 0;
}

/* What every record says of who did it. */
static __always_inline void head_who(record *r, struct task_struct *task)
{
	r->time = bpf_ktime_get_boot_ns();
	r->cpu = (__u16)bpf_get_smp_processor_id();
	r->tid = (__u32)BPF_CORE_READ(task, pid);
	r->pid = (__u32)BPF_CORE_READ(task, tgid);
	r->parent = (__u32)BPF_CORE_READ(task, real_parent, tgid);
	r->start = BPF_CORE_READ(task, group_leader, start_boottime);
	r->uid = BPF_CORE_READ(task, cred, uid.val);
	r->gid = BPF_CORE_READ(task, cred, gid.val);
	r->login_uid = BPF_CORE_READ(task, loginuid.val);
	/* Behind the end of a name the kernel may have an older one. */
	__builtin_memset(r->comm, 0, sizeof r->comm);
	BPF_CORE_READ_STR_INTO(&r->comm, task, comm);
}

/* And what only those of processes do. */
static __always_inline void head_process(record *r, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	r->tty = tty_of(task);
	r->vtid = pid_inner(BPF_CORE_READ(task, thread_pid));
	r->vpid = pid_inner(BPF_CORE_READ(task, group_leader, thread_pid));
	r->group = pid_outer(BPF_CORE_READ(task, signal, pids[PID_GROUP]));
	r->vgroup = pid_inner(BPF_CORE_READ(task, signal, pids[PID_GROUP]));
	r->session = pid_outer(BPF_CORE_READ(task, signal, pids[PID_SESSION]));
	bpf_core_read(&r->capabilities[0], sizeof(__u64), &cred->cap_permitted);
	bpf_core_read(&r->capabilities[1], sizeof(__u64), &cred->cap_effective);
	bpf_core_read(&r->capabilities[2], sizeof(__u64), &cred->cap_inheritable);
}
