/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that begin, execute and end. A clone is told twice, by parent and child, in either order: whoever comes first makes the child.
 * In a PID namespace of its own the parent knows only a number of that namespace, so the child alone tells. */
#include "watch/state_parts.h"

/* Parameters of clone, fork, vfork, clone3. */
enum {
	CLONE_EXE = 1,
	CLONE_ARGS,
	CLONE_TID,
	CLONE_PID,
	CLONE_PARENT,
	CLONE_COMM = 13,
	CLONE_CGROUPS,
	CLONE_FLAGS,
	CLONE_UID,
	CLONE_GID,
	CLONE_VTID,
	CLONE_VPID,
	CLONE_NAMESPACE_START
};

/* Parameters of execve and execveat. */
enum {
	EXEC_EXE = 1,
	EXEC_ARGS,
	EXEC_TID,
	EXEC_PID,
	EXEC_PARENT,
	EXEC_COMM = 13,
	EXEC_CGROUPS,
	EXEC_ENV,
	EXEC_TTY,
	EXEC_VGROUP,
	EXEC_LOGIN_UID,
	EXEC_FLAGS,
	EXEC_INHERITABLE,
	EXEC_PERMITTED,
	EXEC_EFFECTIVE,
	EXEC_INODE,
	EXEC_CTIME,
	EXEC_MTIME,
	EXEC_UID,
	EXEC_PATH,
	EXEC_GROUP,
	EXEC_GID,
	EXEC_FILENAME
};

enum { EXE_WRITABLE = 1, EXE_UPPER_LAYER = 2, EXE_FROM_MEMORY = 4, EXE_LOWER_LAYER = 8 };

/* A child's event that comes later than this after its beginning is that of another, which got its number. */
enum { CLONE_STALE_SECONDS = 2 };

void state_cgroups_set(watch_state *s, process *p, span cgroups)
{
	const char *before = p->texts[PROCESS_CGROUPS];
	process_text_set(s->processes, p, PROCESS_CGROUPS, cgroups);
	if (p->texts[PROCESS_CGROUPS] != before || !p->texts[PROCESS_CONTAINER])
		process_text_set(s->processes, p, PROCESS_CONTAINER,
			process_container_of(process_text_get(p, PROCESS_CGROUPS)));
}

/* A thread of whom nothing is known yet, whoever had its number before. */
static process *process_fresh(watch_state *s, int64_t tid)
{
	process_table *t = s->processes;
	process *old = process_get(t, tid);
	if (old)
		old->threads = 0;
	process_remove(t, tid, -1);
	return process_add(t, tid);
}

/* exe, comm and arguments as a clone tells them. */
static void clone_texts_set(watch_state *s, process *p, const event *e)
{
	process_table *t = s->processes;
	span comm = state_text(e, CLONE_COMM), exe = state_text(e, CLONE_EXE);
	process_text_set(t, p, PROCESS_EXE, exe);
	process_text_set(t, p, PROCESS_COMM, comm.n ? comm : exe);
	process_text_set(t, p, PROCESS_ARGS, state_bytes(e, CLONE_ARGS));
}

/* What a child has from whom it was cloned, or a thread from its leader. */
static void process_inherit(watch_state *s, process *p, const process *from)
{
	process_table *t = s->processes;
	static const process_text all[] = {PROCESS_COMM, PROCESS_EXE, PROCESS_EXEPATH, PROCESS_ARGS,
		PROCESS_ROOT, PROCESS_CGROUPS, PROCESS_CONTAINER};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		process_text_share(t, p, all[i], from);
	p->session = from->session;
	p->group = from->group;
	p->vgroup = from->vgroup;
	p->tty = from->tty;
	p->login_uid = from->login_uid;
	memcpy(p->capabilities, from->capabilities, sizeof p->capabilities);
	p->exe_inode = from->exe_inode;
	p->exe_ctime = from->exe_ctime;
	p->exe_mtime = from->exe_mtime;
	p->exe_age = from->exe_age;
	p->exe_writable = from->exe_writable;
	p->exe_upper_layer = from->exe_upper_layer;
	p->exe_lower_layer = from->exe_lower_layer;
	p->exe_from_memory = from->exe_from_memory;
	if (p->flags & CLONE_IS_THREAD) {
		p->exec_time = from->exec_time;
		return;
	}
	process_text_share(t, p, PROCESS_ENV, from);
	process *leader = process_leader(t, (process *)from);
	process_text_share(t, p, PROCESS_CWD, leader);
	descriptor_table *table = process_descriptors(t, (process *)from);
	if (table)
		p->descriptors = descriptor_table_copy(table);
}

/* What both sides tell of the child. from: NULL when nothing is known of whom it is from. */
static void child_fill(watch_state *s, process *child, const event *e, const process *from)
{
	if (child->flags & CLONE_IS_THREAD)
		child->flags |= CLONE_SHARES_FILES;
	else
		child->flags &= ~(uint32_t)CLONE_SHARES_FILES; /* as if it were a fork: then they part */
	if (from)
		process_inherit(s, child, from);
	clone_texts_set(s, child, e);
	child->uid = (uint32_t)state_number(e, CLONE_UID, PROCESS_NO_ID);
	child->gid = (uint32_t)state_number(e, CLONE_GID, PROCESS_NO_ID);
	span cgroups = state_bytes(e, CLONE_CGROUPS);
	if (cgroups.n)
		state_cgroups_set(s, child, cgroups);
	child->start = e->time;
}

static void caller_fill(watch_state *s, process *p, const event *e)
{
	int64_t vpid;
	bool inside = event_param_number(e, CLONE_VPID, &vpid);
	process_pid_set(s->processes, p, state_number(e, CLONE_PID, -1));
	process_parent_set(s->processes, p, state_number(e, CLONE_PARENT, -1));
	p->vtid = inside ? state_number(e, CLONE_VTID, -1) : p->tid;
	p->vpid = inside ? vpid : -1;
	p->guessed = false;
	clone_texts_set(s, p, e);
	state_cgroups_set(s, p, state_bytes(e, CLONE_CGROUPS));
}

static void clone_parent(watch_state *s, event *e, int64_t tid)
{
	enum { VFORK = 227 };
	process_table *t = s->processes;
	process *caller = e->process ? e->process : process_add(t, (int64_t)e->tid);
	if (!caller)
		return;
	e->process = caller;
	bool known = caller->pid >= 0 && !caller->guessed;
	if (!known)
		caller_fill(s, caller, e);
	uint32_t flags = (uint32_t)state_number(e, CLONE_FLAGS, 0);
	bool elsewhere = flags & (CLONE_CHILD_IN_PIDNS | CLONE_NEW_PID | CLONE_SAME_PARENT) ||
			 caller->tid != caller->vtid;
	/* A vfork returns to the parent when the child is long done. */
	if (elsewhere || flags & CLONE_IS_VFORK || e->code == VFORK || tid == caller->tid)
		return;
	const process *there = process_get(t, tid);
	if (there && there->told_first)
		return;
	process *child = process_fresh(s, tid);
	if (!child)
		return;
	child->flags = flags;
	bool thread = flags & CLONE_IS_THREAD;
	process_pid_set(t, child, thread ? caller->pid : tid);
	process_parent_set(t, child, thread ? caller->parent : process_leader(t, caller)->tid);
	child->vtid = child->tid;
	child->vpid = child->pid;
	child_fill(s, child, e, known ? caller : NULL);
	child->namespace_start = s->boot_time;
}

/* Whom a child has its things from: its leader if it is a thread, else its parent; one that nobody knew is made up. */
static process *child_origin(watch_state *s, const process *child, bool *ret_known)
{
	bool thread = child->flags & CLONE_IS_THREAD;
	int64_t tid = thread ? child->pid : child->parent;
	process *p = tid >= 0 && tid != child->tid ? process_get(s->processes, tid) : NULL;
	*ret_known = p && !p->guessed;
	return p;
}

static void clone_child(watch_state *s, event *e)
{
	process_table *t = s->processes;
	process *there = e->process;
	if (there && there->start && e->time - there->start < CLONE_STALE_SECONDS * UINT64_C(1000000000))
		return;
	process *child = process_fresh(s, (int64_t)e->tid);
	e->process = child;
	if (!child)
		return;
	child->flags = (uint32_t)state_number(e, CLONE_FLAGS, 0);
	child->told_first = true;
	process_pid_set(t, child, state_number(e, CLONE_PID, child->tid));
	process_parent_set(t, child, state_number(e, CLONE_PARENT, -1));
	child->vtid = state_number(e, CLONE_VTID, child->tid);
	child->vpid = state_number(e, CLONE_VPID, -1);
	bool known;
	process *from = child_origin(s, child, &known);
	child_fill(s, child, e, known ? from : NULL);
	bool elsewhere = child->flags & (CLONE_CHILD_IN_PIDNS | CLONE_NEW_PID) || child->tid != child->vtid;
	child->namespace_start = s->boot_time;
	if (elsewhere)
		child->namespace_start += (uint64_t)state_number(e, CLONE_NAMESPACE_START, 0);
}

void state_clone(watch_state *s, event *e)
{
	int64_t result = state_number(e, 0, -1);
	if (result == 0)
		clone_child(s, e);
	else if (result > 0)
		clone_parent(s, e, result);
}

/* --- execve --- */

static void exec_texts_set(watch_state *s, process *p, const event *e)
{
	process_table *t = s->processes;
	span exe = state_text(e, EXEC_EXE), comm = state_text(e, EXEC_COMM), path = state_text(e, EXEC_PATH),
	     env = state_bytes(e, EXEC_ENV), cgroups = state_bytes(e, EXEC_CGROUPS), file;
	char room[LIMIT_WATCH_PATH];
	process_text_set(t, p, PROCESS_EXE, exe);
	process_text_set(t, p, PROCESS_COMM, comm.n ? comm : exe);
	process_text_set(t, p, PROCESS_ARGS, state_bytes(e, EXEC_ARGS));
	if (env.n)
		process_text_set(t, p, PROCESS_ENV, env);
	if (cgroups.n)
		state_cgroups_set(s, p, cgroups);
	if (path.n)
		process_text_set(t, p, PROCESS_EXEPATH, path);
	else if (event_param_text(e, EXEC_FILENAME, &file))
		process_text_set(t, p, PROCESS_EXEPATH, state_path(s, p, STATE_CWD, file, room));
}

static void exec_file_set(process *p, const event *e)
{
	int64_t flags, effective, mtime;
	if (event_param_number(e, EXEC_FLAGS, &flags)) {
		p->exe_writable = flags & EXE_WRITABLE;
		p->exe_upper_layer = flags & EXE_UPPER_LAYER;
		p->exe_from_memory = flags & EXE_FROM_MEMORY;
		p->exe_lower_layer = flags & EXE_LOWER_LAYER;
	}
	if (event_param_number(e, EXEC_EFFECTIVE, &effective)) {
		p->capabilities[0] = (uint64_t)state_number(e, EXEC_PERMITTED, 0);
		p->capabilities[1] = (uint64_t)effective;
		p->capabilities[2] = (uint64_t)state_number(e, EXEC_INHERITABLE, 0);
	}
	if (!event_param_number(e, EXEC_MTIME, &mtime))
		return;
	p->exe_inode = (uint64_t)state_number(e, EXEC_INODE, 0);
	p->exe_ctime = (uint64_t)state_number(e, EXEC_CTIME, 0);
	p->exe_mtime = (uint64_t)mtime;
	if (p->start)
		p->exe_age = p->start - p->exe_ctime;
	if (p->namespace_start && p->exe_ctime > p->namespace_start)
		p->exe_namespace_age = p->exe_ctime - p->namespace_start;
}

static void exec_ids_set(watch_state *s, process *p, const event *e)
{
	process_pid_set(s->processes, p, state_number(e, EXEC_PID, p->pid));
	if (p->guessed) {
		p->vtid = p->tid;
		p->vpid = p->pid;
		p->guessed = false;
	}
	/* Whose parent ended has another, and the end may be told later, or not who came after it. */
	process_parent_set(s->processes, p, state_number(e, EXEC_PARENT, p->parent));
	p->tty = (uint32_t)state_number(e, EXEC_TTY, p->tty);
	p->vgroup = state_number(e, EXEC_VGROUP, p->vgroup);
	p->login_uid = (uint32_t)state_number(e, EXEC_LOGIN_UID, p->login_uid);
	p->uid = (uint32_t)state_number(e, EXEC_UID, p->uid);
	p->group = state_number(e, EXEC_GROUP, -1);
	p->gid = (uint32_t)state_number(e, EXEC_GID, p->gid);
}

void state_execve(watch_state *s, event *e)
{
	process *p = e->process;
	if (!p || state_number(e, 0, -1) < 0)
		return;
	p->exited = false;
	p->exec_time = e->time;
	exec_ids_set(s, p, e);
	exec_texts_set(s, p, e);
	exec_file_set(p, e);
	if (p->tid == p->pid)
		p->flags = 0;
}

void state_exit(watch_state *s, event *e)
{
	if (e->process)
		s->leaving = e->process->tid;
}
