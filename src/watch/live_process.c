/* SPDX-License-Identifier: Apache-2.0
 *
 * Execs, forks and exits become the events that captures have for them, so that the state follows them by the same code. */
#include "watch/live_process.h"

#include "watch/accounts.h"

#include <string.h>

enum { WRITE_BITS_OWNER = 0200, WRITE_BITS_GROUP = 0020, WRITE_BITS_OTHERS = 0002, CAP_DAC_OVERRIDE = 1 };
enum { EXE_WRITABLE = 1, EXE_UPPER_LAYER = 2, EXE_FROM_MEMORY = 4, EXE_LOWER_LAYER = 8 };

/* What parameters are made of: those of one event at a time. */
typedef struct maker {
	const record *r;
	span data;
	arena *arena;
	event *event;
	span args, path, cgroup;
} maker;

static void put(maker *m, const char *name, span value)
{
	int i = -1;
	for (int j = 0; j < m->event->type->count; j++)
		if (strcmp(m->event->type->params[j].name, name) == 0)
			i = j;
	if (i >= 0)
		m->event->params[i] = value;
}

static void put_number(maker *m, const char *name, uint64_t value, size_t bytes)
{
	put(m, name, arena_copy(m->arena, (span){(const char *)&value, bytes}));
}

/* With its 0 byte, as captures have texts. */
static void put_text(maker *m, const char *name, span value)
{
	span copy = arena_copy(m->arena, value);
	put(m, name, (span){copy.p, copy.n + 1});
}

/* argv[0], and the rest. */
static span first_argument(span args)
{
	return span_sub(args, 0, span_find_byte(args, 0));
}

static span other_arguments(span args)
{
	size_t end = span_find_byte(args, 0);
	return end == SPAN_NONE ? (span){args.p, 0} : span_from(args, end + 1);
}

static bool exe_writable(const record *r)
{
	const record_file *f = &r->file;
	if (r->capabilities[1] >> CAP_DAC_OVERRIDE & 1)
		return true;
	uint32_t bit = f->uid == r->uid   ? WRITE_BITS_OWNER
		       : f->gid == r->gid ? WRITE_BITS_GROUP
					  : WRITE_BITS_OTHERS;
	return f->mode & bit;
}

static uint32_t exe_flags(const maker *m)
{
	uint32_t ret = exe_writable(m->r) ? EXE_WRITABLE : 0;
	ret |= m->r->file.overlay == 1 ? EXE_UPPER_LAYER : m->r->file.overlay == 2 ? EXE_LOWER_LAYER : 0;
	return span_starts(m->path, SPAN("memfd:")) ? ret | EXE_FROM_MEMORY : ret;
}

int64_t live_parent(const record *r, const watch_state *s)
{
	const process *p = process_get(s->processes, r->pid);
	bool ended = !process_get(s->processes, r->parent);
	return ended && p && p->parent >= 0 ? p->parent : r->parent;
}

/* Whom a process has its things from: who cloned it, be it its sibling (CLONE_PARENT) now. */
static int64_t origin_of(const record *r, const watch_state *s)
{
	return r->kind == RECORD_FORK && r->args[0] ? (int64_t)(uint32_t)r->args[0] : live_parent(r, s);
}

/* Parameters that fork and exec have alike. */
static void put_common(maker *m, const watch_state *s)
{
	const record *r = m->r;
	put_number(m, "tid", r->tid, 8);
	put_number(m, "pid", r->pid, 8);
	put_number(m, "ptid", (uint64_t)origin_of(r, s), 8);
	put_text(m, "comm", (span){r->comm, strnlen(r->comm, sizeof r->comm)});
	put_number(m, "uid", r->uid, 4);
	put_number(m, "gid", r->gid, 4);
	if (m->cgroup.n)
		put_text(m, "cgroups", arena_format(m->arena, "pids=%.*s", SPAN_ARG(m->cgroup)));
	else
		put(m, "cgroups", SPAN(""));
}

static void put_exec(maker *m)
{
	const record *r = m->r;
	put_number(m, "res", 0, 8);
	put_text(m, "exe", first_argument(m->args));
	put(m, "args", other_arguments(m->args));
	put_text(m, "cwd", live_folder(live_section(r, m->data, SECTION_FOLDER), m->arena));
	span env = live_section(r, m->data, SECTION_ENVIRONMENT);
	put(m, "env", env.p ? env : SPAN(""));
	put_number(m, "tty", r->tty, 4);
	put_number(m, "vpgid", r->vgroup, 8);
	put_number(m, "loginuid", r->login_uid, 4);
	put_number(m, "flags", exe_flags(m), 4);
	put_number(m, "cap_permitted", r->capabilities[0], 8);
	put_number(m, "cap_effective", r->capabilities[1], 8);
	put_number(m, "cap_inheritable", r->capabilities[2], 8);
	put_number(m, "exe_ino", r->file.inode, 8);
	put_number(m, "exe_ino_ctime", r->file.changed, 8);
	put_number(m, "exe_ino_mtime", r->file.modified, 8);
	put_text(m, "trusted_exepath", m->path);
	put_number(m, "pgid", r->group, 8);
	put_text(m, "filename", m->path);
	put_number(m, "fdlimit", 0, 8);
}

static void put_fork(maker *m, const watch_state *s)
{
	const record *r = m->r;
	const process *parent = process_get(s->processes, origin_of(r, s));
	static const struct {
		const char *name;
		process_text text;
	} inherited[] = {{"exe", PROCESS_EXE}, {"cwd", PROCESS_CWD}};
	put_number(m, "res", 0, 8);
	for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
		put_text(m, inherited[i].name,
			parent ? process_text_get(parent, inherited[i].text) : SPAN(""));
	put(m, "args", parent ? process_text_get(parent, PROCESS_ARGS) : SPAN(""));
	put_number(m, "flags", r->vpid != r->pid ? CLONE_CHILD_IN_PIDNS : 0, 4);
	put_number(m, "vtid", r->vtid, 8);
	put_number(m, "vpid", r->vpid, 8);
	put_number(m, "fdlimit", 0, 8);
}

static void put_exit(maker *m)
{
	put_number(m, "status", (uint64_t)m->r->result, 8);
	put_number(m, "ret", (uint64_t)(m->r->result >> 8 & 0xff), 8);
	put_number(m, "sig", (uint64_t)(m->r->result & 0x7f), 1);
	put_number(m, "reaper_tid", m->r->args[0], 8);
}

/* What the parameters of an event have no room for. */
static void process_learn(const maker *m, const live_clock *clock, watch_state *s)
{
	const record *r = m->r;
	process *p = process_get(s->processes, r->pid);
	if (!p)
		return;
	process_parent_set(s->processes, p, live_parent(r, s));
	span folder = live_section(r, m->data, SECTION_FOLDER);
	if (folder.n)
		process_text_set(s->processes, p, PROCESS_CWD, live_folder(folder, m->arena));
	p->session = r->session;
	p->group = r->group;
	p->vgroup = r->vgroup;
	p->vtid = r->vtid;
	p->vpid = r->vpid;
	p->login_uid = r->login_uid;
	p->tty = r->tty;
	/* Whose beginning was seen began then, as captures have it. */
	if (!p->start)
		p->start = clock->boot + r->start;
	memcpy(p->capabilities, r->capabilities, sizeof p->capabilities);
	if (s->inside && r->kind == RECORD_EXEC)
		accounts_learn(s->inside, process_text_get(p, PROCESS_CONTAINER), p->pid);
}

bool live_process_event(
	const record *r, span data, const live_clock *clock, watch_state *s, arena *scratch, event *ret)
{
	static const struct {
		const char *type;
		bool exit;
	} types[] = {[RECORD_EXEC] = {"execve", true},
		[RECORD_FORK] = {"clone", true},
		[RECORD_EXIT] = {"procexit", false}};
	int code = event_type_find(span_of(types[r->kind].type), types[r->kind].exit);
	if (code < 0)
		return false;
	live_begin(r, code, clock, ret);
	maker m = {.r = r, .data = data, .arena = scratch, .event = ret};
	m.args = live_section(r, data, SECTION_ARGUMENTS);
	m.path = live_section(r, data, SECTION_DESCRIPTOR);
	m.cgroup = live_cgroup(live_section(r, data, SECTION_CGROUP), scratch);
	ret->count = ret->type->count;
	put_common(&m, s);
	if (r->kind == RECORD_EXEC)
		put_exec(&m);
	else if (r->kind == RECORD_FORK)
		put_fork(&m, s);
	else
		put_exit(&m);
	state_event_before(s, ret);
	if (r->kind != RECORD_EXIT)
		process_learn(&m, clock, s);
	return true;
}
