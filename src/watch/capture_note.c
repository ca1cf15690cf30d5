/* SPDX-License-Identifier: Apache-2.0
 *
 * Events from the kernel come with what they need: where the process was, what stood behind a descriptor, who it had become. In a capture
 * all this follows from earlier calls, of which only those are there that rules ask about. So what a reader would not know is told by hidden
 * events (chdir, setresuid, setresgid, setsid, open, socket, bind, connect, accept, memfd_create) just before the event that needs it. */
#include "watch/capture_write_parts.h"

#include <string.h>

enum {
	CODE_CHDIR = 95,
	CODE_EXIT = 186,
	CODE_SETRESUID = 193,
	CODE_SETRESGID = 195,
	CODE_CLONE = 223,
	CODE_SETSID = 275,
	CODE_USER_ADDED = 354,
	CODE_GROUP_ADDED = 358
};

/* What is told of a thread beside its descriptors, which have the numbers from 0 on. */
enum { TOLD_FOLDER = -1, TOLD_USER = -2, TOLD_GROUP = -3, TOLD_SESSION = -4 };

/* --- what was told --- */

static uint64_t mix(uint64_t n)
{
	n = (n ^ n >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return n ^ n >> 29;
}

static uint64_t key_of(int64_t tid, int64_t what)
{
	return mix((uint64_t)tid << 24 ^ (uint64_t)(what + 16)) | 1; /* 0 is an empty slot */
}

uint64_t capture_sum_of(span text, uint64_t start)
{
	uint64_t n = start;
	for (size_t i = 0; i < text.n; i++)
		n = (n ^ (uint8_t)text.p[i]) * UINT64_C(0x100000001b3);
	return mix(n);
}

void capture_told_set(capture_told *t, int64_t tid, int64_t what, uint64_t sum)
{
	uint64_t key = key_of(tid, what);
	t->slots[(key >> 1) % CAPTURE_TOLD].key = key;
	t->slots[(key >> 1) % CAPTURE_TOLD].sum = sum;
}

bool capture_told_has(const capture_told *t, int64_t tid, int64_t what, uint64_t sum)
{
	uint64_t key = key_of(tid, what);
	return t->slots[(key >> 1) % CAPTURE_TOLD].key == key &&
	       t->slots[(key >> 1) % CAPTURE_TOLD].sum == sum;
}

/* Of a thread: 1 + what is told of it. */
typedef struct facts {
	uint64_t sums[-TOLD_SESSION];
} facts;

static facts facts_of(const watch_state *s, process *p)
{
	facts f;
	span folder = process_text_get(process_leader(s->processes, p), PROCESS_CWD);
	f.sums[-TOLD_FOLDER - 1] = capture_sum_of(folder, 0);
	f.sums[-TOLD_USER - 1] = mix(p->uid);
	f.sums[-TOLD_GROUP - 1] = mix(p->gid);
	f.sums[-TOLD_SESSION - 1] = mix((uint64_t)p->session);
	return f;
}

static void facts_told(capture_told *t, int64_t tid, const facts *f)
{
	for (int what = TOLD_FOLDER; what >= TOLD_SESSION; what--)
		capture_told_set(t, tid, what, f->sums[-what - 1]);
}

typedef struct telling {
	capture_told *told;
	const watch_state *s;
} telling;

static void head_tell(void *of, process *p)
{
	telling *t = of;
	facts f = facts_of(t->s, p);
	if (!p->guessed)
		facts_told(t->told, p->tid, &f);
}

void capture_told_head(capture_told *told, const watch_state *s)
{
	telling t = {told, s};
	memset(told, 0, sizeof *told);
	process_each(s->processes, head_tell, &t);
}

/* A child has from its parent what the reader knows of that. */
void capture_told_event(capture_told *t, const watch_state *s, const event *e)
{
	int64_t result;
	if (e->code != CODE_CLONE || !e->process || !event_result(e, &result) || result != 0)
		return;
	process *parent = process_parent(s->processes, e->process);
	if (!parent)
		return;
	facts f = facts_of(s, e->process);
	for (int what = TOLD_FOLDER; what >= TOLD_SESSION; what--)
		if (capture_told_has(t, parent->tid, what, f.sums[-what - 1]))
			capture_told_set(t, e->process->tid, what, f.sums[-what - 1]);
}

capture_note capture_note_of(const event *cause, uint16_t code)
{
	capture_note n = {.e = {.time = cause->time, .tid = cause->tid, .cpu = cause->cpu, .code = code}};
	n.e.type = event_type_get(code);
	n.e.count = n.e.type->count;
	return n;
}

/* Sets a parameter that is a number. */
void capture_note_number(capture_note *n, int index, uint64_t value)
{
	n->numbers[index] = value;
	n->e.params[index] =
		(span){(const char *)&n->numbers[index], event_param_width(n->e.type->params[index].type)};
}

void capture_note_write(const capture_note *n, buffer *out)
{
	capture_event_write(&n->e, true, out);
}

static void folder_note(const watch_state *s, const event *e, buffer *out)
{
	capture_note n = capture_note_of(e, CODE_CHDIR);
	span folder = process_text_get(process_leader(s->processes, e->process), PROCESS_CWD);
	capture_note_number(&n, 0, 0);
	n.e.params[1] = folder;
	if (folder.n)
		capture_note_write(&n, out);
}

/* setresuid and setresgid: only the effective id. */
static void id_note(const event *e, uint16_t code, uint32_t id, buffer *out)
{
	capture_note n = capture_note_of(e, code);
	capture_note_number(&n, 0, 0);
	capture_note_number(&n, 1, PROCESS_NO_ID);
	capture_note_number(&n, 2, id);
	capture_note_number(&n, 3, PROCESS_NO_ID);
	capture_note_write(&n, out);
}

static void session_note(const event *e, int64_t session, buffer *out)
{
	capture_note n = capture_note_of(e, CODE_SETSID);
	capture_note_number(&n, 0, (uint64_t)session);
	if (session >= 0)
		capture_note_write(&n, out);
}

/* What a container calls a user or a group, which is not what the machine calls it. */
static void account_note(
	capture_told *t, const watch_state *s, const event *e, bool group, uint32_t id, buffer *out)
{
	span container = process_text_get(e->process, PROCESS_CONTAINER);
	int64_t what = (int64_t)id << 1 | group, of = (int64_t)(capture_sum_of(container, 0) >> 1);
	const account *a = group ? state_group(s, e->process, id) : state_user(s, e->process, id);
	uint64_t sum = a ? capture_sum_of(a->name, 1) : 0;
	if (!s->inside || !container.n || capture_told_has(t, of, what, sum))
		return;
	capture_note n = capture_note_of(e, group ? CODE_GROUP_ADDED : CODE_USER_ADDED);
	n.e.tid = UINT64_MAX;
	capture_note_number(&n, 0, id);
	if (!group)
		capture_note_number(&n, 1, a ? a->group : PROCESS_NO_ID);
	n.e.params[group ? 1 : 2] = a ? a->name : SPAN("");
	if (!group && a) {
		n.e.params[3] = a->home;
		n.e.params[4] = a->shell;
	}
	n.e.params[group ? 2 : 5] = container;
	capture_note_write(&n, out);
	capture_told_set(t, of, what, sum);
}

static void process_notes(capture_told *t, const watch_state *s, const event *e, buffer *out)
{
	const process *p = e->process;
	facts f = facts_of(s, e->process);
	if (!capture_told_has(t, p->tid, TOLD_FOLDER, f.sums[-TOLD_FOLDER - 1]))
		folder_note(s, e, out);
	if (!capture_told_has(t, p->tid, TOLD_USER, f.sums[-TOLD_USER - 1]))
		id_note(e, CODE_SETRESUID, p->uid, out);
	if (!capture_told_has(t, p->tid, TOLD_GROUP, f.sums[-TOLD_GROUP - 1]))
		id_note(e, CODE_SETRESGID, p->gid, out);
	if (!capture_told_has(t, p->tid, TOLD_SESSION, f.sums[-TOLD_SESSION - 1]))
		session_note(e, p->session, out);
	account_note(t, s, e, false, p->uid, out);
	account_note(t, s, e, true, p->gid, out);
	facts_told(t, p->tid, &f);
}

void capture_notes_write(capture_told *t, const watch_state *s, const event *e, buffer *out)
{
	/* Nobody knows yet whom a fork begins; who ends needs nothing any more. */
	if (!e->process || e->process->guessed || e->code == CODE_CLONE || e->code == CODE_EXIT)
		return;
	process_notes(t, s, e, out);
	capture_note_descriptors(t, s, e, out);
}
