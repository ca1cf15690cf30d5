/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * What happens in the kernel at an event. One program serves all system calls: a plan says for each what is to be read; execs, forks
 * and exits have their own. What no rule can be true for is dropped before anything is read. */
#include "cgroup.h"
#include "file.h"
#include "path.h"
#include "stop.h"
#include "wanted.h"
#include "who.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum {
	ADDRESS_MAX = 128,
	WORKING_FOLDER = 255,
};

/* Each CPU has one: what uses it is never interrupted by what uses it too. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, workroom);
} rooms SEC(".maps");

static __always_inline workroom *room_get(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&rooms, &zero);
}

static __always_inline void call_args(record *r, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	r->args[0] = BPF_CORE_READ(regs, di);
	r->args[1] = BPF_CORE_READ(regs, si);
	r->args[2] = BPF_CORE_READ(regs, dx);
	r->args[3] = BPF_CORE_READ(regs, r10);
	r->args[4] = BPF_CORE_READ(regs, r8);
	r->args[5] = BPF_CORE_READ(regs, r9);
}

static __always_inline void call_texts(workroom *w, struct task_struct *task, const call_plan *plan)
{
	record *r = &w->head;
	if (plan->folder) {
		__s64 number = plan->folder == WORKING_FOLDER ? -1 : (int)call_arg(r, plan->folder - 1u);
		struct file *file = number >= 0 ? file_of(task, number) : NULL;
		struct fs_struct *fs = BPF_CORE_READ(task, fs);
		path_write(w, task, file ? &file->f_path : &fs->pwd);
		section_path(w, SECTION_FOLDER);
	}
	if (plan->texts[0])
		section_text(w, SECTION_TEXT, (const void *)call_arg(r, plan->texts[0] - 1u));
	if (plan->texts[1])
		section_text(w, SECTION_TEXT2, (const void *)call_arg(r, plan->texts[1] - 1u));
	if (plan->moved && r->result > 0)
		section_bytes(w, SECTION_TEXT, (const void *)call_arg(r, plan->moved - 1u),
			r->result < RECORD_MOVED ? (__u32)r->result : RECORD_MOVED);
}

static __always_inline void call_address(workroom *w, const call_plan *plan)
{
	record *r = &w->head;
	const void *address = NULL;
	__u32 n = 0;
	if (plan->address) {
		address = (const void *)call_arg(r, plan->address - 1u);
		n = (__u32)call_arg(r, plan->address);
		if (plan->address_memory &&
			bpf_probe_read_user(&n, sizeof n, (const void *)call_arg(r, plan->address)) < 0)
			n = 0;
	} else if (plan->message) {
		struct user_message m = {0};
		bpf_probe_read_user(&m, sizeof m, (const void *)call_arg(r, plan->message - 1u));
		address = m.name;
		n = (__u32)m.name_bytes;
	}
	if (address && n)
		section_bytes(w, SECTION_ADDRESS, address, n < ADDRESS_MAX ? n : ADDRESS_MAX);
}

static __always_inline struct file *call_file(
	const record *r, struct task_struct *task, const call_plan *plan)
{
	if (plan->descriptor == PLAN_NONE)
		return NULL;
	return file_of(task,
		plan->descriptor == PLAN_RESULT ? r->result : (int)call_arg(r, plan->descriptor - PLAN_ARG0));
}

/* A system call came back. */
static __always_inline void call_told(__u32 call, long result)
{
	call_plan *plan = bpf_map_lookup_elem(&plans, &call);
	workroom *w = room_get();
	if (!plan || !w || (plan->asks[PURPOSE_SEND].wanted | plan->asks[PURPOSE_SEND].sought) == 0 ||
		bpf_get_current_pid_tgid() >> 32 == own_pid)
		return;
	struct task_struct *task = bpf_get_current_task_btf();
	record *r = &w->head;
	record_begin(w, RECORD_CALL);
	r->call = (__u16)call;
	r->result = result;
	call_args(r, task);
	struct kernfs_node *node = cgroup_node(task);
	r->cgroup = BPF_CORE_READ(node, id);
	__u8 *known = bpf_map_lookup_elem(&cgroups, &r->cgroup);
	__u8 cgroup = known ? *known : CGROUP_UNKNOWN;
	__u32 class = class_of(r, plan);
	bool sure = asked(w, task, plan, PURPOSE_SEND, class, cgroup);
	if (!sure && !wanted(plan->asks[PURPOSE_SEND].sought, class, cgroup))
		return;
	struct file *file = call_file(r, task, plan);
	if (!file && !sure)
		return;
	bool stop = stops && asked(w, task, plan, PURPOSE_STOP, class, cgroup);
	if (file) {
		path_write(w, task, &file->f_path);
		if (!sure && !asked_by_path(w, plan, PURPOSE_SEND, class, cgroup))
			return;
		stop = stop || (stops && asked_by_path(w, plan, PURPOSE_STOP, class, cgroup));
		section_path(w, SECTION_DESCRIPTOR);
		file_read(&r->file, file);
	}
	head_who(r, task);
	call_texts(w, task, plan);
	call_address(w, plan);
	if (cgroup == CGROUP_UNKNOWN)
		section_cgroup(w, node);
	if (stop)
		record_send_stopped(w);
	else
		record_send(w, BPF_RB_NO_WAKEUP);
}

/* One tracepoint a system call: the others pay least. */
SEC("tracepoint")
int one_call(struct sys_exit_context *context)
{
	call_told((__u32)context->call, context->result);
	return 0;
}

/* The tracepoint of all system calls, where those of each are not to be had. */
SEC("tp_btf/sys_exit")
int BPF_PROG(all_calls, struct pt_regs *regs, long result)
{
	call_told((__u32)BPF_CORE_READ(regs, orig_ax), result);
	return 0;
}

/* --- processes --- */

static __always_inline void section_range(
	workroom *w, record_section which, unsigned long from, unsigned long to)
{
	section_bytes(w, which, (const void *)from, to > from ? (__u32)(to - from) : 0);
}

/* Whether a program that starts may have to be killed, or it is not known yet whose it is. */
static __always_inline bool exec_stops(workroom *w, struct task_struct *task)
{
	__u32 number = PLAN_EXEC;
	call_plan *plan = bpf_map_lookup_elem(&plans, &number);
	__u8 *known = bpf_map_lookup_elem(&cgroups, &w->head.cgroup);
	/* What is denied in containers is denied from their first instruction on. */
	return !known || (plan && asked(w, task, plan, PURPOSE_STOP, CLASS_GOOD, *known));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old, struct linux_binprm *program)
{
	workroom *w = room_get();
	if (!w)
		return 0;
	record *r = &w->head;
	struct kernfs_node *node = cgroup_node(task);
	struct file *file = BPF_CORE_READ(program, file);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	record_begin(w, RECORD_EXEC);
	r->result = 0;
	r->cgroup = BPF_CORE_READ(node, id);
	head_who(r, task);
	head_process(r, task);
	process_name(r->pid, bpf_map_lookup_elem(&names, r->comm));
	file_read(&r->file, file);
	path_write(w, task, &file->f_path);
	section_path(w, SECTION_DESCRIPTOR);
	path_write(w, task, &fs->pwd);
	section_path(w, SECTION_FOLDER);
	section_range(w, SECTION_ARGUMENTS, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
	section_range(w, SECTION_ENVIRONMENT, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end));
	section_cgroup(w, node);
	if (stops && exec_stops(w, task))
		record_send_stopped(w);
	else
		record_send(w, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	workroom *w = room_get();
	/* Threads share what is known of their process. */
	if (!w || BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	record *r = &w->head;
	struct kernfs_node *node = cgroup_node(child);
	record_begin(w, RECORD_FORK);
	r->result = 0;
	r->cgroup = BPF_CORE_READ(node, id);
	head_who(r, child);
	head_process(r, child);
	r->args[0] = (__u32)BPF_CORE_READ(parent, tgid);
	const text_classes *classes = process_named(parent);
	if (classes)
		process_name(r->pid, classes);
	if (!bpf_map_lookup_elem(&cgroups, &r->cgroup))
		section_cgroup(w, node);
	record_send(w, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	workroom *w = room_get();
	if (!w || BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid))
		return 0;
	record *r = &w->head;
	record_begin(w, RECORD_EXIT);
	r->result = BPF_CORE_READ(task, exit_code);
	r->cgroup = 0;
	head_who(r, task);
	process_name(r->pid, NULL);
	record_send(w, BPF_RB_NO_WAKEUP);
	return 0;
}
