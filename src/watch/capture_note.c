/* SPDX-License-Identifier: Apache-2.0
 *
 * Events from the kernel come with what they need: where the process was, what stood behind a descriptor, who it had become. In a capture
 * all this follows from earlier calls, of which only those are there that rules ask about. So what a reader would not know is told by hidden
 * events (chdir, setresuid, setresgid, setsid, open, socket, bind, connect, accept, memfd_create) just before the event that needs it. */
#include "watch/capture_write_parts.h"

#include <string.h>

/* What is told of a thread beside its descriptors, which have the numbers from 0 on. */
enum { TOLD_FOLDER = -1, TOLD_USER = -2, TOLD_GROUP = -3, TOLD_SESSION = -4 };

enum {
	CODE_OPEN = 3,
	CODE_SOCKET = 19,
	CODE_BIND = 21,
	CODE_CONNECT = 23,
	CODE_CHDIR = 95,
	CODE_SETRESUID = 193,
	CODE_SETRESGID = 195,
	CODE_CLONE = 223,
	CODE_ACCEPT = 247,
	CODE_SETSID = 275,
	CODE_USER_ADDED = 354,
	CODE_GROUP_ADDED = 358,

	CODE_MEMFD = 405
};

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

static uint64_t sum_of(span text, uint64_t start)
{
	uint64_t n = start;
	for (size_t i = 0; i < text.n; i++)
		n = (n ^ (uint8_t)text.p[i]) * UINT64_C(0x100000001b3);
	return mix(n);
}

static void told_set(capture_told *t, int64_t tid, int64_t what, uint64_t sum)
{
	uint64_t key = key_of(tid, what);
	t->slots[key % CAPTURE_TOLD].key = key;
	t->slots[key % CAPTURE_TOLD].sum = sum;
}

static bool told_has(const capture_told *t, int64_t tid, int64_t what, uint64_t sum)
{
	uint64_t key = key_of(tid, what);
	return t->slots[key % CAPTURE_TOLD].key == key && t->slots[key % CAPTURE_TOLD].sum == sum;
}

/* Of a thread: 1 + what is told of it. */
typedef struct facts {
	uint64_t sums[-TOLD_SESSION];
} facts;

static facts facts_of(const watch_state *s, process *p)
{
	facts f;
	span folder = process_text_get(process_leader(s->processes, p), PROCESS_CWD);
	f.sums[-TOLD_FOLDER - 1] = sum_of(folder, 0);
	f.sums[-TOLD_USER - 1] = mix(p->uid);
	f.sums[-TOLD_GROUP - 1] = mix(p->gid);
	f.sums[-TOLD_SESSION - 1] = mix((uint64_t)p->session);
	return f;
}

static void facts_told(capture_told *t, int64_t tid, const facts *f)
{
	for (int what = TOLD_FOLDER; what >= TOLD_SESSION; what--)
		told_set(t, tid, what, f->sums[-what - 1]);
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
		if (told_has(t, parent->tid, what, f.sums[-what - 1]))
			told_set(t, e->process->tid, what, f.sums[-what - 1]);
}

/* --- hidden events --- */

typedef struct note {
	event e;
	uint64_t numbers[8];
} note;

static note note_of(const event *cause, uint16_t code)
{
	note n = {.e = {.time = cause->time, .tid = cause->tid, .cpu = cause->cpu, .code = code}};
	n.e.type = event_type_get(code);
	n.e.count = n.e.type->count;
	return n;
}

/* Sets a parameter that is a number. */
static void note_number(note *n, int index, uint64_t value)
{
	n->numbers[index] = value;
	n->e.params[index] =
		(span){(const char *)&n->numbers[index], event_param_width(n->e.type->params[index].type)};
}

static void note_write(const note *n, buffer *out)
{
	capture_event_write(&n->e, true, out);
}

static void folder_note(const watch_state *s, const event *e, buffer *out)
{
	note n = note_of(e, CODE_CHDIR);
	span folder = process_text_get(process_leader(s->processes, e->process), PROCESS_CWD);
	note_number(&n, 0, 0);
	n.e.params[1] = folder;
	if (folder.n)
		note_write(&n, out);
}

/* setresuid and setresgid: only the effective id. */
static void id_note(const event *e, uint16_t code, uint32_t id, buffer *out)
{
	note n = note_of(e, code);
	note_number(&n, 0, 0);
	note_number(&n, 1, PROCESS_NO_ID);
	note_number(&n, 2, id);
	note_number(&n, 3, PROCESS_NO_ID);
	note_write(&n, out);
}

static void session_note(const event *e, int64_t session, buffer *out)
{
	note n = note_of(e, CODE_SETSID);
	note_number(&n, 0, (uint64_t)session);
	if (session >= 0)
		note_write(&n, out);
}

/* What a container calls a user or a group, which is not what the machine calls it. */
static void account_note(
	capture_told *t, const watch_state *s, const event *e, bool group, uint32_t id, buffer *out)
{
	span container = process_text_get(e->process, PROCESS_CONTAINER);
	int64_t what = (int64_t)id << 1 | group, of = (int64_t)(sum_of(container, 0) >> 1);
	const account *a = group ? state_group(s, e->process, id) : state_user(s, e->process, id);
	uint64_t sum = a ? sum_of(a->name, 1) : 0;
	if (!s->inside || !container.n || told_has(t, of, what, sum))
		return;
	note n = note_of(e, group ? CODE_GROUP_ADDED : CODE_USER_ADDED);
	n.e.tid = UINT64_MAX;
	note_number(&n, 0, id);
	if (!group)
		note_number(&n, 1, a ? a->group : PROCESS_NO_ID);
	n.e.params[group ? 1 : 2] = a ? a->name : SPAN("");
	if (!group && a) {
		n.e.params[3] = a->home;
		n.e.params[4] = a->shell;
	}
	n.e.params[group ? 2 : 5] = container;
	note_write(&n, out);
	told_set(t, of, what, sum);
}

static void process_notes(capture_told *t, const watch_state *s, const event *e, buffer *out)
{
	const process *p = e->process;
	facts f = facts_of(s, e->process);
	if (!told_has(t, p->tid, TOLD_FOLDER, f.sums[-TOLD_FOLDER - 1]))
		folder_note(s, e, out);
	if (!told_has(t, p->tid, TOLD_USER, f.sums[-TOLD_USER - 1]))
		id_note(e, CODE_SETRESUID, p->uid, out);
	if (!told_has(t, p->tid, TOLD_GROUP, f.sums[-TOLD_GROUP - 1]))
		id_note(e, CODE_SETRESGID, p->gid, out);
	if (!told_has(t, p->tid, TOLD_SESSION, f.sums[-TOLD_SESSION - 1]))
		session_note(e, p->session, out);
	account_note(t, s, e, false, p->uid, out);
	account_note(t, s, e, true, p->gid, out);
	facts_told(t, p->tid, &f);
}

/* --- descriptors --- */

static bool file_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	note n = note_of(e, CODE_OPEN);
	span name = descriptor_name(d);
	if (name.n == 0 || name.p[0] != '/')
		return false;
	note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = name;
	note_number(&n, 2, d->flags | (d->type == DESCRIPTOR_FOLDER ? OPEN_FOLDER : 0));
	note_number(&n, 3, 0);
	note_number(&n, 4, d->device);
	note_number(&n, 5, d->inode);
	note_write(&n, out);
	return true;
}

enum { TUPLE_BYTES = 1 + 2 * 8 + LIMIT_WATCH_PATH };

static span end_put(const descriptor *d, const endpoint *end, char *at)
{
	size_t n = d->type == DESCRIPTOR_IPV4 ? 4 : 16;
	memcpy(at, end->address, n);
	memcpy(at + n, &end->port, sizeof end->port);
	return (span){at, n + sizeof end->port};
}

static uint8_t family_of(const descriptor *d)
{
	static const uint8_t families[DESCRIPTOR_TYPES] = {[DESCRIPTOR_UNIX] = 1,
		[DESCRIPTOR_IPV4] = 2,
		[DESCRIPTOR_IPV6] = 10,
		[DESCRIPTOR_NETLINK] = 16};
	return families[d->type];
}

/* The two ends, or the kernel's addresses and the path, as a parameter. */
static span tuple_of(const descriptor *d, char room[TUPLE_BYTES])
{
	size_t n = 1;
	room[0] = (char)family_of(d);
	if (d->type == DESCRIPTOR_UNIX) {
		span path = span_from(descriptor_name(d), span_find_byte(descriptor_name(d), ' '));
		path = path.n ? span_from(path, 1) : path;
		path.n = path.n < LIMIT_WATCH_PATH ? path.n : LIMIT_WATCH_PATH - 1;
		memcpy(room + n, d->user, sizeof d->user);
		n += sizeof d->user;
		if (path.n)
			memcpy(room + n, path.p, path.n);
		n += path.n;
		room[n++] = 0;
	} else {
		n += end_put(d, &d->source, room + n).n;
		n += end_put(d, &d->target, room + n).n;
	}
	return (span){room, n};
}

/* Where a socket listens, or whom it is connected with. */
static void ends_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	char room[TUPLE_BYTES];
	bool listens = descriptor_is_ip(d) && d->listening;
	if (!listens && !d->connected && d->type != DESCRIPTOR_UNIX)
		return;
	note n = note_of(e, listens ? CODE_BIND : CODE_CONNECT);
	note_number(&n, 0, 0);
	note_number(&n, 2, (uint64_t)number);
	if (listens) {
		room[0] = (char)family_of(d);
		n.e.params[1] = (span){room, 1 + end_put(d, &d->target, room + 1).n};
	} else {
		n.e.params[1] = tuple_of(d, room);
	}
	note_write(&n, out);
}

static bool accepted_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	char room[TUPLE_BYTES];
	note n = note_of(e, CODE_ACCEPT);
	note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = tuple_of(d, room);
	note_write(&n, out);
	return true;
}

static bool socket_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	enum { STREAM = 1, DATAGRAM = 2, RAW = 3 };
	static const struct {
		uint8_t type, protocol; /* of socket(2) */
	} kinds[] = {
		[PROTOCOL_TCP] = {STREAM, 6},
		[PROTOCOL_UDP] = {DATAGRAM, 17},
		[PROTOCOL_ICMP] = {DATAGRAM, 1},
		[PROTOCOL_RAW] = {RAW, 255},
	};
	if (d->role == ROLE_SERVER && !d->listening && d->protocol == PROTOCOL_TCP)
		return accepted_note(e, number, d, out);
	note n = note_of(e, CODE_SOCKET);
	note_number(&n, 0, (uint64_t)number);
	note_number(&n, 1, family_of(d));
	note_number(&n, 2, kinds[d->protocol].type);
	note_number(&n, 3, kinds[d->protocol].protocol);
	note_write(&n, out);
	ends_note(e, number, d, out);
	return true;
}

static bool memfd_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	note n = note_of(e, CODE_MEMFD);
	note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = descriptor_name(d);
	note_number(&n, 2, d->flags);
	note_write(&n, out);
	return true;
}

typedef bool describe(const event *e, int64_t number, const descriptor *d, buffer *out);

/* The kinds that rules ask for by name or by address; the others stay unknown to readers. */
static describe *const describers[DESCRIPTOR_TYPES] = {
	[DESCRIPTOR_FILE] = file_note,
	[DESCRIPTOR_FOLDER] = file_note,
	[DESCRIPTOR_IPV4] = socket_note,
	[DESCRIPTOR_IPV6] = socket_note,
	[DESCRIPTOR_UNIX] = socket_note,
	[DESCRIPTOR_NETLINK] = socket_note,
	[DESCRIPTOR_MEMFD] = memfd_note,
};

static void descriptor_note(capture_told *t, const event *e, int64_t number, const descriptor *d, buffer *out)
{
	uint64_t sum = sum_of(descriptor_name(d), d->type + 1u);
	if (number < 0 || !describers[d->type] || told_has(t, (int64_t)e->tid, number, sum))
		return;
	if (describers[d->type](e, number, d, out))
		told_set(t, (int64_t)e->tid, number, sum);
}

/* Those that the call was given: the one that it is about, and those that its paths begin at. */
static void descriptor_notes(capture_told *t, const watch_state *s, const event *e, buffer *out)
{
	const descriptor_table *table = process_descriptors(s->processes, e->process);
	event_descriptor of = event_type_descriptor(e->code);
	for (uint32_t i = 1; i < e->count && i < e->type->count; i++) {
		int64_t number;
		if (e->type->params[i].type != PARAM_FD || !event_param_number(e, (int)i, &number))
			continue;
		const descriptor *d = (int)i == of.param ? e->descriptor : NULL;
		if (!d && table && number >= 0)
			d = descriptor_get(table, number);
		if (d)
			descriptor_note(t, e, number, d, out);
	}
}

void capture_notes_write(capture_told *t, const watch_state *s, const event *e, buffer *out)
{
	enum { EXIT = 186 };
	/* Nobody knows yet whom a fork begins; who ends needs nothing any more. */
	if (!e->process || e->process->guessed || e->code == CODE_CLONE || e->code == EXIT)
		return;
	process_notes(t, s, e, out);
	descriptor_notes(t, s, e, out);
}

/* Where a path of a call begins: the descriptor before it, or the working directory. */
static int64_t folder_of(const event *e, int path)
{
	int64_t folder = STATE_CWD;
	if (e->type->params[path].type == PARAM_PATH_AT && path > 0)
		event_param_number(e, path - 1, &folder);
	return folder;
}

span capture_path_told(const watch_state *s, const event *e, int *ret_index)
{
	char room[LIMIT_WATCH_PATH];
	span given;
	const descriptor *d = e->descriptor;
	int index = event_param_index(e, SPAN("name"));
	if (!e->process || !d || d->number < 0 || !event_type_descriptor(e->code).makes || index < 0 ||
		!event_param_text(e, index, &given))
		return (span){0};
	span name = descriptor_name(d);
	if (name.n == 0 || name.p[0] != '/' ||
		span_equal(name, state_path(s, e->process, folder_of(e, index), given, room)))
		return (span){0};
	*ret_index = index;
	return name;
}
