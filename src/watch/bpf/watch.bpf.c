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
	COMPAT_SOCKETCALL = 102,
	STATUS_COMPAT = 2, /* TS_COMPAT: the call came the 32-bit way */
	ELF_CLASS = 4,     /* where the file of a program says how wide its addresses are, */
	ELF_CLASS32 = 1,
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

/* Registers of 32-bit programs; for socketcall(2) they point to the arguments. */
static __always_inline void call_args_compat(record *r, const struct pt_regs *regs)
{
	__u32 all[6] = {(__u32)BPF_CORE_READ(regs, bx), (__u32)BPF_CORE_READ(regs, cx),
		(__u32)BPF_CORE_READ(regs, dx), (__u32)BPF_CORE_READ(regs, si),
		(__u32)BPF_CORE_READ(regs, di), (__u32)BPF_CORE_READ(regs, bp)};
	if (BPF_CORE_READ(regs, orig_ax) == COMPAT_SOCKETCALL)
		bpf_probe_read_user(all, sizeof all, (const void *)(__u64)all[1]);
	for (__u32 i = 0; i < 6; i++)
		r->args[i] = all[i];
}

static __always_inline void call_args(workroom *w, struct task_struct *task)
{
	record *r = &w->head;
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (w->compat) {
		call_args_compat(r, regs);
		return;
	}
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
	} else if (plan->message && w->compat) {
		struct user_message32 m = {0};
		bpf_probe_read_user(&m, sizeof m, (const void *)call_arg(r, plan->message - 1u));
		address = (const void *)(__u64)m.name;
		n = (__u32)m.name_bytes;
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
static __always_inline void call_told(__u32 call, long result, bool is_compat)
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
	w->compat = is_compat;
	call_args(w, task);
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
	call_told((__u32)context->call, context->result, false);
	return 0;
}

/* Which call a 32-bit program made, by the numbers of the others; false: none that is told. */
static __always_inline bool call_of_compat(const struct pt_regs *regs, __u32 *call)
{
	__u32 row =
		*call == COMPAT_SOCKETCALL ? COMPAT_SOCKETS + ((__u32)BPF_CORE_READ(regs, bx) & 31) : *call;
	const __u32 *number = bpf_map_lookup_elem(&compat, &row);
	if (!number || *number == 0)
		return false;
	*call = *number - 1;
	return true;
}

/* The tracepoint of all system calls, where those of each are not to be had; and for 32-bit programs, whose calls have none. */
SEC("tp_btf/sys_exit")
int BPF_PROG(all_calls, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool is_compat = BPF_CORE_READ(task, thread_info.status) & STATUS_COMPAT;
	__u32 call = (__u32)BPF_CORE_READ(regs, orig_ax);
	if (is_compat ? call_of_compat(regs, &call) : !compat_alone)
		call_told(call, result, is_compat);
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

static __always_inline bool is_32bit(const struct linux_binprm *program)
{
	char class = 0;
	bpf_core_read(&class, sizeof class, &program->buf[ELF_CLASS]);
	return class == ELF_CLASS32;
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
	r->args[0] = is_32bit(program);
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
	if (!w || !is_last(task))
		return 0;
	record *r = &w->head;
	record_begin(w, RECORD_EXIT);
	r->result = BPF_CORE_READ(task, exit_code);
	r->args[0] = reaper_of(task);
	r->cgroup = 0;
	head_who(r, BPF_CORE_READ(task, group_leader));
	process_name(r->pid, NULL);
	record_send(w, BPF_RB_NO_WAKEUP);
	return 0;
}
