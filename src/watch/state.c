/* SPDX-License-Identifier: Apache-2.0
 *
 * Who did an event, to what, and what it changes. What each call does stands in state_process.c, state_file.c, state_socket.c; this file
 * sends events there. The semantics are those that Falco's rules were written for, with their simplifications: execve(2) closes no
 * descriptors, and all threads of a process share descriptors and working directory. */
#include "watch/accounts.h"
#include "watch/state_parts.h"

typedef struct action_row {
	state_action *act;
	bool nobody; /* no thread did it: notes of the recorder and of plugins */
	bool unsure; /* nobody may conclude that there is such a thread now: it ends, it begins, or it is the kernel's */
} action_row;

static const action_row actions[] = {
	[3] = {state_open},
	[5] = {state_close},
	[7] = {state_receive},
	[9] = {state_send},
	[19] = {state_socket},
	[21] = {state_bind},
	[23] = {state_connect},
	[29] = {state_send},
	[31] = {state_send},
	[33] = {state_receive},
	[35] = {state_receive},
	[43] = {state_socketpair},
	[49] = {state_send},
	[51] = {state_send},
	[53] = {state_receive},
	[55] = {state_receive},
	[59] = {state_open},
	[61] = {state_pipe},
	[63] = {state_eventfd},
	[93] = {state_chdir},
	[95] = {state_chdir},
	[97] = {state_fchdir},
	[113] = {state_receive},
	[115] = {state_send},
	[117] = {state_receive},
	[119] = {state_send},
	[121] = {state_receive},
	[123] = {state_send},
	[127] = {state_simple},
	[137] = {state_simple},
	[139] = {state_simple},
	[148] = {NULL, .nobody = true},
	[149] = {NULL, .nobody = true},
	[151] = {state_fcntl},
	[152] = {NULL, .unsure = true},
	[186] = {state_exit, .unsure = true},
	[193] = {state_setuid},
	[195] = {state_setgid},
	[196] = {NULL, .nobody = true},
	[199] = {state_setuid},
	[201] = {state_setgid},
	[223] = {state_clone, .unsure = true},
	[225] = {state_clone, .unsure = true},
	[227] = {state_clone, .unsure = true},
	[228] = {NULL, .nobody = true},
	[234] = {NULL, .unsure = true},
	[241] = {state_namespaces},
	[247] = {state_accept},
	[260] = {NULL, .nobody = true},
	[267] = {state_chroot},
	[270] = {NULL, .nobody = true},
	[272] = {NULL, .nobody = true},
	[275] = {state_session},
	[280] = {NULL, .nobody = true},
	[285] = {state_namespaces},
	[286] = {NULL, .nobody = true},
	[293] = {state_execve},
	[295] = {state_process_group},
	[307] = {state_open},
	[321] = {state_simple},
	[322] = {NULL, .nobody = true},
	[324] = {NULL, .nobody = true},
	[327] = {state_open},
	[331] = {state_execve},
	[335] = {state_clone, .unsure = true},
	[337] = {state_open},
	[339] = {state_simple},
	[353] = {state_capset},
	[354] = {state_account, .nobody = true},
	[356] = {NULL, .nobody = true},
	[358] = {state_account, .nobody = true},
	[360] = {NULL, .nobody = true},
	[363] = {state_duplicate},
	[365] = {state_duplicate},
	[367] = {state_duplicate},
	[369] = {state_simple},
	[375] = {state_simple},
	[377] = {state_simple},
	[389] = {state_accept},
	[393] = {state_pipe},
	[395] = {state_simple},
	[397] = {state_eventfd},
	[399] = {state_simple},
	[401] = {state_prctl},
	[402] = {NULL, .nobody = true},
	[405] = {state_memfd},
	[407] = {state_pidfd_getfd},
	[409] = {state_pidfd_open},
	[427] = {state_setuid},
	[429] = {state_setgid},
	[451] = {state_close_range},
};

void state_init(watch_state *s, arena *a)
{
	*s = (watch_state){.arena = a, .processes = process_table_new(), .leaving = -1, .closing = -1};
}

void state_done(watch_state *s)
{
	process_table_free(s->processes);
	accounts_free(s->inside);
	s->processes = NULL;
	s->inside = NULL;
	arena_done(&s->lists);
}

/* --- users and groups --- */

static span text_keep(watch_state *s, span text)
{
	enum { LONGEST = 256 };
	return arena_copy(&s->lists, span_sub(text, 0, LONGEST));
}

/* Mixed with where the state lies, so that nobody can choose ids of one chain beforehand. */
static uint32_t chain_of(const account_list *l, uint32_t id)
{
	return (uint32_t)((id ^ (uintptr_t)l) * 0x9e3779b97f4a7c15u >> 52) % ACCOUNT_CHAINS;
}

bool state_account_add(watch_state *s, bool group, const account *a)
{
	account_list *l = group ? &s->groups : &s->users;
	if (l->rows.count >= LIMIT_WATCH_ACCOUNTS)
		return false;
	uint32_t *chain = &l->chains[chain_of(l, a->id)];
	account own = {a->id, a->group, text_keep(s, a->name), text_keep(s, a->home), text_keep(s, a->shell),
		text_keep(s, a->container), *chain};
	list_push(&s->lists, &l->rows, own);
	*chain = l->rows.count;
	return true;
}

/* As its container has it; else as the machine has it. A container's without a name says that the container has none. */
static const account *account_find(const account_list *l, span container, uint32_t id)
{
	const account *other = NULL;
	uint32_t steps = 0;
	for (uint32_t i = l->chains[chain_of(l, id)]; i && steps < LIMIT_WATCH_CONTAINERS; steps++) {
		const account *a = &l->rows.items[i - 1];
		if (a->id == id && container.n && span_equal(a->container, container))
			return a->name.n ? a : NULL;
		if (a->id == id && !a->container.n && !other)
			other = a;
		if (other && !container.n)
			break;
		i = a->next;
	}
	return other;
}

static const account *account_of(const watch_state *s, const process *p, bool group, uint32_t id)
{
	span container = p ? process_text_get(p, PROCESS_CONTAINER) : (span){0};
	if (s->inside && container.n)
		return accounts_find(s->inside, container, group, id);
	return account_find(group ? &s->groups : &s->users, container, id);
}

const account *state_user(const watch_state *s, const process *p, uint32_t id)
{
	return account_of(s, p, false, id);
}

const account *state_group(const watch_state *s, const process *p, uint32_t id)
{
	return account_of(s, p, true, id);
}

void state_account(watch_state *s, event *e)
{
	enum { USER_ADDED = 354 };
	bool group = e->code != USER_ADDED;
	int name = group ? 1 : 2;
	account a = {.id = (uint32_t)state_number(e, 0, PROCESS_NO_ID), .name = state_text(e, name)};
	if (!group) {
		a.group = (uint32_t)state_number(e, 1, PROCESS_NO_ID);
		a.home = state_text(e, 3);
		a.shell = state_text(e, 4);
	}
	a.container = state_text(e, group ? 2 : 5);
	const account *known = account_find(group ? &s->groups : &s->users, a.container, a.id);
	if (!known || !span_equal(known->name, a.name) || !span_equal(known->container, a.container))
		state_account_add(s, group, &a);
}

/* --- parameters --- */

int64_t state_number(const event *e, int index, int64_t otherwise)
{
	int64_t n;
	return event_param_number(e, index, &n) ? n : otherwise;
}

span state_bytes(const event *e, int index)
{
	return (uint32_t)index < e->count ? e->params[index] : (span){0};
}

span state_text(const event *e, int index)
{
	span s = state_bytes(e, index);
	return span_sub(s, 0, span_find_byte(s, 0));
}

/* --- descriptors of events --- */

descriptor_table *state_table(watch_state *s, const event *e)
{
	return e->process ? process_descriptors(s->processes, e->process) : NULL;
}

descriptor *state_descriptor_new(watch_state *s, event *e, int64_t number, descriptor_type type)
{
	if (!e->process || number < 0)
		return NULL;
	descriptor *d = descriptor_put(process_descriptors_make(s->processes, e->process), number);
	if (!d)
		return NULL;
	d->type = type;
	e->descriptor = d;
	e->descriptor_number = number;
	return d;
}

descriptor *state_descriptor_change(watch_state *s, event *e)
{
	descriptor_table *t = state_table(s, e);
	if (!t || !e->descriptor || e->descriptor == &s->spoken)
		return NULL;
	e->descriptor = descriptor_change(t, e->descriptor_number);
	return e->descriptor;
}

void state_spoken_set(watch_state *s, event *e, descriptor_type type, span name, span raw)
{
	/* It is only read: nobody changes what lies behind these two. */
	s->spoken = (descriptor){.number = -1,
		.type = type,
		.name = (char *)name.p,
		.name_bytes = (uint32_t)name.n,
		.raw = (char *)raw.p,
		.raw_bytes = (uint32_t)raw.n};
	e->descriptor = &s->spoken;
}

/* What a call would have made, by its type. */
static descriptor_type type_meant(const event *e)
{
	static const struct {
		uint16_t code;
		uint8_t type;
	} meant[] = {
		{3, DESCRIPTOR_FILE},
		{59, DESCRIPTOR_FILE},
		{307, DESCRIPTOR_FILE},
		{327, DESCRIPTOR_FILE},
		{19, DESCRIPTOR_IPV4},
		{247, DESCRIPTOR_IPV4},
		{389, DESCRIPTOR_IPV4},
		{61, DESCRIPTOR_FIFO},
		{393, DESCRIPTOR_FIFO},
		{63, DESCRIPTOR_EVENT},
		{397, DESCRIPTOR_EVENT},
		{127, DESCRIPTOR_SIGNAL},
		{399, DESCRIPTOR_SIGNAL},
		{137, DESCRIPTOR_TIMER},
		{139, DESCRIPTOR_INOTIFY},
		{395, DESCRIPTOR_INOTIFY},
	};
	for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
		if (meant[i].code == e->code)
			return meant[i].type;
	return DESCRIPTOR_UNKNOWN;
}

/* --- the event --- */

static process *process_guess(watch_state *s, int64_t tid)
{
	process *p = process_add(s->processes, tid);
	if (!p)
		return NULL;
	p->guessed = true;
	process_text_set(s->processes, p, PROCESS_COMM, SPAN("<NA>"));
	process_text_set(s->processes, p, PROCESS_EXE, SPAN("<NA>"));
	return p;
}

static void process_find(watch_state *s, event *e, const action_row *row)
{
	int64_t tid = (int64_t)e->tid;
	e->process = row->nobody || tid < 0 ? NULL : process_get(s->processes, tid);
	if (!e->process && !row->nobody && !row->unsure && tid >= 0)
		e->process = process_guess(s, tid);
}

static void descriptor_find(watch_state *s, event *e, event_descriptor of)
{
	if (of.param < 0 || !event_param_number(e, of.param, &e->descriptor_number))
		return;
	descriptor_table *t = state_table(s, e);
	e->descriptor = t ? descriptor_get(t, e->descriptor_number) : NULL;
}

void state_event_before(watch_state *s, event *e)
{
	s->leaving = s->closing = -1;
	e->descriptor = NULL;
	e->descriptor_number = -1;
	e->descriptor_renamed = false;
	static const action_row other = {0};
	const action_row *row = e->code < sizeof actions / sizeof *actions ? &actions[e->code] : &other;
	process_find(s, e, row);
	event_descriptor of = event_type_descriptor(e->code);
	descriptor_find(s, e, of);
	if (row->act)
		row->act(s, e);
	if (!e->descriptor && e->process && (of.param >= 0 || of.makes))
		state_spoken_set(s, e, type_meant(e), (span){0}, (span){0});
}

void state_event_after(watch_state *s, event *e)
{
	enum { REAPER = 4 };
	if (s->closing >= 0) {
		descriptor_table *t = state_table(s, e);
		if (t)
			descriptor_remove(t, s->closing);
	}
	if (s->leaving >= 0)
		process_remove(s->processes, s->leaving, state_number(e, REAPER, -1));
	s->leaving = s->closing = -1;
	e->process = NULL;
	e->descriptor = NULL;
}
