/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands behind the descriptors that a call was given: hidden calls that make them, and connect or bind them. And which path of a call a
 * reader is told. */
#include "watch/capture_write_parts.h"

#include <string.h>

enum {
	CODE_OPEN = 3,
	CODE_SOCKET = 19,
	CODE_BIND = 21,
	CODE_CONNECT = 23,
	CODE_ACCEPT = 247,
	CODE_MEMFD = 405
};

static bool file_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	capture_note n = capture_note_of(e, CODE_OPEN);
	span name = descriptor_name(d);
	if (name.n == 0 || name.p[0] != '/')
		return false;
	capture_note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = name;
	capture_note_number(&n, 2, d->flags | (d->type == DESCRIPTOR_FOLDER ? OPEN_FOLDER : 0));
	capture_note_number(&n, 3, 0);
	capture_note_number(&n, 4, d->device);
	capture_note_number(&n, 5, d->inode);
	capture_note_write(&n, out);
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
	capture_note n = capture_note_of(e, listens ? CODE_BIND : CODE_CONNECT);
	capture_note_number(&n, 0, 0);
	capture_note_number(&n, 2, (uint64_t)number);
	if (listens) {
		room[0] = (char)family_of(d);
		n.e.params[1] = (span){room, 1 + end_put(d, &d->target, room + 1).n};
	} else {
		n.e.params[1] = tuple_of(d, room);
	}
	capture_note_write(&n, out);
}

static bool accepted_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	char room[TUPLE_BYTES];
	capture_note n = capture_note_of(e, CODE_ACCEPT);
	capture_note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = tuple_of(d, room);
	capture_note_write(&n, out);
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
	capture_note n = capture_note_of(e, CODE_SOCKET);
	capture_note_number(&n, 0, (uint64_t)number);
	capture_note_number(&n, 1, family_of(d));
	capture_note_number(&n, 2, kinds[d->protocol].type);
	capture_note_number(&n, 3, kinds[d->protocol].protocol);
	capture_note_write(&n, out);
	ends_note(e, number, d, out);
	return true;
}

static bool memfd_note(const event *e, int64_t number, const descriptor *d, buffer *out)
{
	capture_note n = capture_note_of(e, CODE_MEMFD);
	capture_note_number(&n, 0, (uint64_t)number);
	n.e.params[1] = descriptor_name(d);
	capture_note_number(&n, 2, d->flags);
	capture_note_write(&n, out);
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
	uint64_t sum = capture_sum_of(descriptor_name(d), d->type + 1u);
	if (number < 0 || !describers[d->type] || capture_told_has(t, (int64_t)e->tid, number, sum))
		return;
	if (describers[d->type](e, number, d, out))
		capture_told_set(t, (int64_t)e->tid, number, sum);
}

/* Those that the call was given: the one that it is about, and those that its paths begin at. */
void capture_note_descriptors(capture_told *t, const watch_state *s, const event *e, buffer *out)
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
