/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of processes, threads, users and groups: proc.*, thread.*, user.*, group.* */
#include "watch/field_get.h"

#include "kernel/capability.h"
#include "watch/descriptor_words.h"

#include <string.h>

/* What Falco looks at of arguments. */
enum { ARGUMENTS_MAX = 4096 };

/* Which process of the family of the event's a field speaks of. */
static process *itself(const event_view *v)
{
	return v->event->process;
}

static process *leader(const event_view *v)
{
	return itself(v) ? process_leader(v->state->processes, itself(v)) : NULL;
}

/* The ancestor that many steps up; 0 is itself. */
static process *ancestor(const event_view *v, int64_t steps)
{
	process *p = steps == 0 ? itself(v) : leader(v);
	for (int64_t i = 0; i < steps && p; i++)
		p = i < LIMIT_WATCH_ANCESTORS ? process_parent(v->state->processes, p) : NULL;
	return p;
}

/* Of a field that takes a number at will: that ancestor, else the index-th of all of them. */
static process *ancestor_of(const event_view *v, const field_row *f, uint32_t index)
{
	return ancestor(v, f->indexed ? f->number : (int64_t)index + 1);
}

static int64_t session_of(const process *p)
{
	return p->session;
}

static int64_t group_of(const process *p)
{
	return p->group;
}

static int64_t inner_group_of(const process *p)
{
	return p->vgroup;
}

/* The leader of a session or of a group: the process with that id, or else the eldest ancestor that has the same. Ids are those of the
 * process's own PID namespace, so that another process may have the number outside. */
static process *head_of(const event_view *v, int64_t (*id_of)(const process *))
{
	process *p = leader(v);
	if (!p)
		return NULL;
	int64_t id = id_of(p);
	process *head = process_get(v->state->processes, id);
	if (head && id_of(head) == id)
		return head;
	for (uint32_t i = 0; p && id_of(p) == id && i < LIMIT_WATCH_ANCESTORS; i++) {
		head = p;
		p = process_parent(v->state->processes, p);
	}
	return head;
}

static bool text_of(const process *p, process_text which, field_value *ret)
{
	if (!p)
		return false;
	span s = process_text_get(p, which);
	ret->text = s.p ? s : SPAN("");
	return true;
}

/* Texts with a 0 byte each, with blanks between them. */
static void join(span texts, buffer *out)
{
	span item;
	for (bool first = true; texts.n && span_cut(&texts, 0, &item); first = false) {
		if (!first)
			buffer_add_byte(out, ' ');
		buffer_add(out, item);
	}
	if (out->n > ARGUMENTS_MAX)
		out->n = ARGUMENTS_MAX;
}

/* The index-th of texts with a 0 byte each. */
static bool pick(span texts, int64_t index, span *ret)
{
	while (texts.n && index >= 0 && span_cut(&texts, 0, ret))
		if (index-- == 0)
			return true;
	return false;
}

static bool line_of(const event_view *v, const process *p, int first, field_value *ret)
{
	auto_buffer line = {0};
	if (!p)
		return false;
	if (first >= 0)
		buffer_add(&line, process_text_get(p, (process_text)first));
	span args = process_text_get(p, PROCESS_ARGS);
	if (first >= 0 && args.n)
		buffer_add_byte(&line, ' ');
	join(args, &line);
	return field_keep(v, &line, ret);
}

/* --- texts of the process, its parent, its ancestors --- */

#define TEXT_GETTERS(name, which)                                                                          \
	static bool get_##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret)  \
	{                                                                                                  \
		(void)f, (void)index;                                                                      \
		return text_of(itself(v), which, ret);                                                     \
	}                                                                                                  \
	static bool get_p##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                                  \
		(void)f, (void)index;                                                                      \
		return text_of(ancestor(v, 1), which, ret);                                                \
	}                                                                                                  \
	static bool get_a##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                                  \
		return text_of(ancestor_of(v, f, index), which, ret);                                      \
	}                                                                                                  \
	static bool get_s##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                                  \
		(void)f, (void)index;                                                                      \
		return text_of(head_of(v, session_of), which, ret);                                        \
	}                                                                                                  \
	static bool get_g##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                                  \
		(void)f, (void)index;                                                                      \
		return text_of(head_of(v, group_of), which, ret);                                          \
	}                                                                                                  \
	static bool get_v##name(const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                                  \
		(void)f, (void)index;                                                                      \
		return text_of(head_of(v, inner_group_of), which, ret);                                    \
	}

TEXT_GETTERS(name, PROCESS_COMM)
TEXT_GETTERS(exe, PROCESS_EXE)
TEXT_GETTERS(exepath, PROCESS_EXEPATH)

static bool get_cwd(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return text_of(leader(v), PROCESS_CWD, ret);
}

static bool get_args(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	if (!f->indexed)
		return line_of(v, itself(v), -1, ret);
	return itself(v) && pick(process_text_get(itself(v), PROCESS_ARGS), f->number, &ret->text);
}

static bool get_aargs(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	return line_of(v, ancestor_of(v, f, index), -1, ret);
}

static bool get_cmdline(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return line_of(v, itself(v), PROCESS_COMM, ret);
}

static bool get_pcmdline(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return line_of(v, ancestor(v, 1), PROCESS_COMM, ret);
}

static bool get_acmdline(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	return line_of(v, ancestor_of(v, f, index), PROCESS_COMM, ret);
}

static bool get_exeline(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return line_of(v, itself(v), PROCESS_EXE, ret);
}

/* How many arguments there are, or how many bytes they have. */
static bool get_args_size(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	if (!itself(v))
		return false;
	span rest = process_text_get(itself(v), PROCESS_ARGS), item;
	for (ret->number = 0; rest.n && span_cut(&rest, 0, &item);)
		ret->number += f->id == FIELD_PROC_CMDNARGS ? 1 : (int64_t)item.n;
	return true;
}

/* The value of NAME in texts NAME=value. */
static bool variable(span env, span name, span *ret)
{
	span item;
	while (env.n && span_cut(&env, 0, &item))
		if (item.n > name.n && item.p[name.n] == '=' && span_starts(item, name)) {
			*ret = span_from(item, name.n + 1);
			return true;
		}
	return false;
}

static bool env_of(const event_view *v, const process *p, span name, field_value *ret)
{
	if (!p)
		return false;
	span env = process_text_get(p, PROCESS_ENV);
	if (name.p)
		return variable(env, name, &ret->text);
	auto_buffer text = {0};
	join(env, &text);
	return field_keep(v, &text, ret);
}

static bool get_env(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	return env_of(v, leader(v), f->indexed ? f->argument : (span){0}, ret);
}

/* proc.aenv[2] is that ancestor's, proc.aenv[NAME] the nearest ancestor's that has it, proc.aenv that of each. */
static bool get_aenv(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	bool number = f->indexed && f->argument.n && f->argument.p[0] >= '0' && f->argument.p[0] <= '9';
	if (number || !f->indexed)
		return env_of(v, ancestor(v, number ? f->number : (int64_t)index + 1), (span){0}, ret);
	for (int64_t i = 1; i < LIMIT_WATCH_ANCESTORS; i++) {
		const process *p = ancestor(v, i);
		if (!p || env_of(v, p, f->argument, ret))
			return p != NULL;
	}
	return false;
}

/* --- numbers --- */

static bool get_id(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const process *p = itself(v);
	if (!p)
		return false;
	switch (f->id) {
	case FIELD_PROC_PID:
		return field_number(ret, p->pid);
	case FIELD_PROC_PPID:
		return field_number(ret, p->parent);
	case FIELD_PROC_VPID:
		return field_number(ret, p->vpid);
	case FIELD_PROC_SID:
		return field_number(ret, p->session);
	case FIELD_PROC_PGID:
		return field_number(ret, p->group);
	case FIELD_PROC_VPGID:
		return field_number(ret, p->vgroup);
	case FIELD_THREAD_TID:
		return field_number(ret, p->tid);
	case FIELD_THREAD_VTID:
		return field_number(ret, p->vtid);
	case FIELD_PROC_TTY:
		return field_number(ret, p->tty);
	case FIELD_PROC_EXE_INO:
		return field_number(ret, (int64_t)p->exe_inode);
	case FIELD_PROC_EXE_INO_CTIME:
		return field_number(ret, (int64_t)p->exe_ctime);
	case FIELD_PROC_EXE_INO_MTIME:
		return field_number(ret, (int64_t)p->exe_mtime);
	case FIELD_PROC_EXE_INO_CTIME_DURATION_PROC_START:
		return p->exe_age && field_number(ret, (int64_t)p->exe_age);
	case FIELD_PROC_EXE_INO_CTIME_DURATION_PIDNS_START:
		return p->exe_namespace_age && field_number(ret, (int64_t)p->exe_namespace_age);
	case FIELD_PROC_PIDNS_INIT_START_TS:
		return field_number(ret, (int64_t)p->namespace_start);
	case FIELD_PROC_NTHREADS:
		return field_number(ret, (int64_t)leader(v)->threads + !leader(v)->exited);
	case FIELD_PROC_NCHILDS:
		return field_number(ret, leader(v)->threads);
	default:
		return false;
	}
}

static bool get_ancestor_id(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	const process *p = f->id == FIELD_PROC_PVPID ? ancestor(v, 1) : ancestor_of(v, f, index);
	return p && field_number(ret, f->id == FIELD_PROC_PVPID ? p->vpid : p->pid);
}

/* The eldest shell of an unbroken chain of ancestors. */
static bool get_login_shell(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	bool found = false;
	for (int64_t i = 0; i < LIMIT_WATCH_ANCESTORS; i++) {
		const process *p = ancestor(v, i);
		if (!p)
			break;
		span name = process_text_get(p, PROCESS_COMM);
		if (!span_ends(name, SPAN("sh")) || span_is(name, "sshd"))
			continue;
		found = field_number(ret, p->pid);
	}
	return found;
}

static bool get_age(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	bool parent = f->id == FIELD_PROC_PPID_DURATION || f->id == FIELD_PROC_PPID_TS;
	const process *p = parent ? ancestor(v, 1) : itself(v);
	if (!p || p->start == 0)
		return false;
	if (f->id == FIELD_PROC_PID_TS || f->id == FIELD_PROC_PPID_TS)
		return field_number(ret, (int64_t)p->start);
	return v->event->time >= p->start && field_number(ret, (int64_t)(v->event->time - p->start));
}

static bool get_truth(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const process *p = itself(v);
	if (!p)
		return false;
	switch (f->id) {
	case FIELD_PROC_IS_EXE_WRITABLE:
		return field_truth(ret, p->exe_writable);
	case FIELD_PROC_IS_EXE_UPPER_LAYER:
		return field_truth(ret, p->exe_upper_layer);
	case FIELD_PROC_IS_EXE_LOWER_LAYER:
		return field_truth(ret, p->exe_lower_layer);
	case FIELD_PROC_IS_EXE_FROM_MEMFD:
		return field_truth(ret, p->exe_from_memory);
	case FIELD_PROC_IS_SID_LEADER:
		return field_truth(ret, p->session == p->vpid);
	case FIELD_PROC_IS_VPGID_LEADER:
		return field_truth(ret, p->vgroup == p->vpid);
	case FIELD_PROC_IS_PGID_LEADER:
		return field_truth(ret, p->group == p->pid);
	case FIELD_THREAD_ISMAIN:
		return field_truth(ret, p->tid == p->pid);
	default:
		return false;
	}
}

static bool get_capabilities(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const process *p = itself(v);
	auto_buffer text = {0};
	if (!p)
		return false;
	uint64_t set = p->capabilities[f->id == FIELD_THREAD_CAP_PERMITTED   ? 0
				       : f->id == FIELD_THREAD_CAP_EFFECTIVE ? 1
									     : 2];
	for (int i = 0; i < CAPABILITY_COUNT; i++)
		if (set >> i & 1) {
			buffer_add_string(&text, text.n ? " CAP_" : "CAP_");
			buffer_add_string(&text, capability_names[i]);
		}
	return field_keep(v, &text, ret);
}

static bool get_cgroups(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	if (!itself(v))
		return false;
	span cgroups = process_text_get(itself(v), PROCESS_CGROUPS);
	if (f->id == FIELD_THREAD_CGROUP)
		return variable(cgroups, f->argument, &ret->text);
	auto_buffer text = {0};
	join(cgroups, &text);
	return field_keep(v, &text, ret);
}

/* --- standard input, output, error; all descriptors --- */

static const descriptor *standard(const event_view *v, const field_row *f)
{
	int64_t number = f->id == FIELD_PROC_STDIN_TYPE || f->id == FIELD_PROC_STDIN_NAME     ? 0
			 : f->id == FIELD_PROC_STDOUT_TYPE || f->id == FIELD_PROC_STDOUT_NAME ? 1
											      : 2;
	descriptor_table *t = itself(v) ? process_descriptors(v->state->processes, itself(v)) : NULL;
	return t ? descriptor_get(t, number) : NULL;
}

static bool get_standard_type(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const descriptor *d = standard(v, f);
	return d && field_text(ret, span_of(descriptor_type_name(d->type)));
}

static bool get_standard_name(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const descriptor *d = standard(v, f);
	return d && field_text(ret, descriptor_name(d));
}

static bool get_open_count(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	descriptor_table *t = itself(v) ? process_descriptors(v->state->processes, itself(v)) : NULL;
	return itself(v) && field_number(ret, t ? descriptor_count(t) : 0);
}

/* --- users and groups --- */

static bool get_user_id(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const process *p = itself(v);
	if (!p)
		return false;
	uint32_t id = f->id == FIELD_USER_UID ? p->uid : f->id == FIELD_GROUP_GID ? p->gid : p->login_uid;
	return field_number(ret, f->id == FIELD_USER_LOGINUID && id == PROCESS_NO_ID ? -1 : (int64_t)id);
}

static bool get_user_text(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const process *p = itself(v);
	if (!p)
		return false;
	const account *a =
		f->id == FIELD_GROUP_NAME ? state_group(v->state, p, p->gid)
		: f->id == FIELD_USER_LOGINNAME
			? p->login_uid == PROCESS_NO_ID ? NULL : state_user(v->state, NULL, p->login_uid)
			: state_user(v->state, p, p->uid);
	if (!a)
		return field_text(ret, SPAN("<NA>"));
	span text = f->id == FIELD_USER_HOMEDIR ? a->home : f->id == FIELD_USER_SHELL ? a->shell : a->name;
	return field_text(ret, text.p ? text : SPAN("<NA>"));
}

field_getter *const field_process_getters[FIELD_COUNT] = {
	[FIELD_PROC_NAME] = get_name,
	[FIELD_PROC_PNAME] = get_pname,
	[FIELD_PROC_ANAME] = get_aname,
	[FIELD_PROC_SNAME] = get_sname,
	[FIELD_PROC_PGID_NAME] = get_gname,
	[FIELD_PROC_VPGID_NAME] = get_vname,
	[FIELD_PROC_EXE] = get_exe,
	[FIELD_PROC_PEXE] = get_pexe,
	[FIELD_PROC_AEXE] = get_aexe,
	[FIELD_PROC_SID_EXE] = get_sexe,
	[FIELD_PROC_PGID_EXE] = get_gexe,
	[FIELD_PROC_VPGID_EXE] = get_vexe,
	[FIELD_PROC_EXEPATH] = get_exepath,
	[FIELD_PROC_PEXEPATH] = get_pexepath,
	[FIELD_PROC_AEXEPATH] = get_aexepath,
	[FIELD_PROC_SID_EXEPATH] = get_sexepath,
	[FIELD_PROC_PGID_EXEPATH] = get_gexepath,
	[FIELD_PROC_VPGID_EXEPATH] = get_vexepath,
	[FIELD_PROC_CWD] = get_cwd,
	[FIELD_PROC_ARGS] = get_args,
	[FIELD_PROC_AARGS] = get_aargs,
	[FIELD_PROC_CMDLINE] = get_cmdline,
	[FIELD_PROC_PCMDLINE] = get_pcmdline,
	[FIELD_PROC_ACMDLINE] = get_acmdline,
	[FIELD_PROC_EXELINE] = get_exeline,
	[FIELD_PROC_CMDNARGS] = get_args_size,
	[FIELD_PROC_CMDLENARGS] = get_args_size,
	[FIELD_PROC_ENV] = get_env,
	[FIELD_PROC_AENV] = get_aenv,
	[FIELD_PROC_PID] = get_id,
	[FIELD_PROC_PPID] = get_id,
	[FIELD_PROC_VPID] = get_id,
	[FIELD_PROC_SID] = get_id,
	[FIELD_PROC_PGID] = get_id,
	[FIELD_PROC_VPGID] = get_id,
	[FIELD_PROC_TTY] = get_id,
	[FIELD_PROC_EXE_INO] = get_id,
	[FIELD_PROC_EXE_INO_CTIME] = get_id,
	[FIELD_PROC_EXE_INO_MTIME] = get_id,
	[FIELD_PROC_EXE_INO_CTIME_DURATION_PROC_START] = get_id,
	[FIELD_PROC_EXE_INO_CTIME_DURATION_PIDNS_START] = get_id,
	[FIELD_PROC_PIDNS_INIT_START_TS] = get_id,
	[FIELD_PROC_NTHREADS] = get_id,
	[FIELD_PROC_NCHILDS] = get_id,
	[FIELD_THREAD_TID] = get_id,
	[FIELD_THREAD_VTID] = get_id,
	[FIELD_PROC_APID] = get_ancestor_id,
	[FIELD_PROC_PVPID] = get_ancestor_id,
	[FIELD_PROC_LOGINSHELLID] = get_login_shell,
	[FIELD_PROC_DURATION] = get_age,
	[FIELD_PROC_PPID_DURATION] = get_age,
	[FIELD_PROC_PID_TS] = get_age,
	[FIELD_PROC_PPID_TS] = get_age,
	[FIELD_PROC_IS_EXE_WRITABLE] = get_truth,
	[FIELD_PROC_IS_EXE_UPPER_LAYER] = get_truth,
	[FIELD_PROC_IS_EXE_LOWER_LAYER] = get_truth,
	[FIELD_PROC_IS_EXE_FROM_MEMFD] = get_truth,
	[FIELD_PROC_IS_SID_LEADER] = get_truth,
	[FIELD_PROC_IS_VPGID_LEADER] = get_truth,
	[FIELD_PROC_IS_PGID_LEADER] = get_truth,
	[FIELD_THREAD_ISMAIN] = get_truth,
	[FIELD_THREAD_CAP_PERMITTED] = get_capabilities,
	[FIELD_THREAD_CAP_EFFECTIVE] = get_capabilities,
	[FIELD_THREAD_CAP_INHERITABLE] = get_capabilities,
	[FIELD_THREAD_CGROUPS] = get_cgroups,
	[FIELD_THREAD_CGROUP] = get_cgroups,
	[FIELD_PROC_STDIN_TYPE] = get_standard_type,
	[FIELD_PROC_STDOUT_TYPE] = get_standard_type,
	[FIELD_PROC_STDERR_TYPE] = get_standard_type,
	[FIELD_PROC_STDIN_NAME] = get_standard_name,
	[FIELD_PROC_STDOUT_NAME] = get_standard_name,
	[FIELD_PROC_STDERR_NAME] = get_standard_name,
	[FIELD_PROC_FDOPENCOUNT] = get_open_count,
	[FIELD_USER_UID] = get_user_id,
	[FIELD_USER_LOGINUID] = get_user_id,
	[FIELD_GROUP_GID] = get_user_id,
	[FIELD_USER_NAME] = get_user_text,
	[FIELD_USER_HOMEDIR] = get_user_text,
	[FIELD_USER_SHELL] = get_user_text,
	[FIELD_USER_LOGINNAME] = get_user_text,
	[FIELD_GROUP_NAME] = get_user_text,
};
