/* SPDX-License-Identifier: Apache-2.0
 *
 * What threads change of themselves: ids, capabilities, working directory and root, sessions and groups. */
#include "watch/state_parts.h"

static bool succeeded(const event *e)
{
	return e->process && state_number(e, 0, -1) >= 0;
}

/* The parameter with the effective id. */
static int effective_index(uint16_t code)
{
	enum { SETUID = 199, SETGID = 201 };
	return code == SETUID || code == SETGID ? 1 : 2;
}

void state_setuid(watch_state *s, event *e)
{
	(void)s;
	int64_t id = state_number(e, effective_index(e->code), PROCESS_NO_ID);
	if (succeeded(e) && id != PROCESS_NO_ID)
		e->process->uid = (uint32_t)id;
}

void state_setgid(watch_state *s, event *e)
{
	(void)s;
	int64_t id = state_number(e, effective_index(e->code), PROCESS_NO_ID);
	if (succeeded(e) && id != PROCESS_NO_ID)
		e->process->gid = (uint32_t)id;
}

void state_capset(watch_state *s, event *e)
{
	(void)s;
	if (!succeeded(e))
		return;
	e->process->capabilities[2] = (uint64_t)state_number(e, 1, 0);
	e->process->capabilities[0] = (uint64_t)state_number(e, 2, 0);
	e->process->capabilities[1] = (uint64_t)state_number(e, 3, 0);
}

/* Who enters or makes a user namespace has all capabilities in it. */
void state_namespaces(watch_state *s, event *e)
{
	(void)s;
	enum { UNSHARE = 285, CAPABILITIES = 41 };
	int64_t flags = state_number(e, e->code == UNSHARE ? 1 : 2, 0);
	if (!succeeded(e) || !(flags & CLONE_NEW_USER))
		return;
	for (int i = 0; i < 3; i++)
		e->process->capabilities[i] = (UINT64_C(1) << CAPABILITIES) - 1;
}

void state_chdir(watch_state *s, event *e)
{
	span path;
	if (succeeded(e) && event_param_text(e, 1, &path))
		state_cwd_set(s, e->process, path);
}

void state_fchdir(watch_state *s, event *e)
{
	if (succeeded(e) && e->descriptor)
		state_cwd_set(s, e->process, descriptor_name(e->descriptor));
}

void state_chroot(watch_state *s, event *e)
{
	span path;
	char room[LIMIT_WATCH_PATH];
	if (succeeded(e) && event_param_text(e, 1, &path))
		process_text_set(s->processes, e->process, PROCESS_ROOT,
			state_path(s, e->process, STATE_CWD, path, room));
}

void state_session(watch_state *s, event *e)
{
	(void)s;
	if (succeeded(e))
		e->process->session = state_number(e, 0, -1);
}

/* Its numbers are those of the caller's PID namespace: only outside of one they say anything. */
void state_process_group(watch_state *s, event *e)
{
	process *p = e->process;
	if (!succeeded(e) || p->tid != p->vtid)
		return;
	int64_t pid = state_number(e, 1, -1), group = state_number(e, 2, -1);
	if (pid > 0)
		p = process_get(s->processes, pid);
	if (!p || group < 0)
		return;
	p->group = p->vgroup = group ? group : p->pid;
}

void state_prctl(watch_state *s, event *e)
{
	enum { SET_CHILD_SUBREAPER = 36, GET_CHILD_SUBREAPER = 37 };
	int64_t option = state_number(e, 1, 0);
	if (succeeded(e) && (option == SET_CHILD_SUBREAPER || option == GET_CHILD_SUBREAPER))
		process_leader(s->processes, e->process)->subreaper = state_number(e, 3, 0) != 0;
}
