/* SPDX-License-Identifier: Apache-2.0
 *
 * One row of a table says for each parameter of a system call's event what it is made of; execs, forks and exits have all their
 * parameters from the record's head. */
#include "watch/live_event.h"

#include "watch/live_call.h"
#include "watch/live_process.h"
#include "watch/state_parts.h"

#include <string.h>

span live_section(const record *r, span data, record_section which)
{
	size_t at = 0;
	for (int i = 0; i < (int)which; i++)
		at += r->lengths[i];
	if (at > data.n || r->lengths[which] > data.n - at || r->lengths[which] == 0)
		return (span){0};
	return span_sub(data, at, r->lengths[which]);
}

span live_cgroup(span section, arena *a)
{
	auto_buffer path = {0};
	while (section.n) {
		size_t slash = span_find_last(section, '/');
		if (slash == SPAN_NONE)
			break;
		buffer_add(&path, span_from(section, slash));
		section = span_sub(section, 0, slash);
	}
	return arena_copy(a, buffer_span(&path));
}

/* --- from the kernel's numbers to those of captures --- */

typedef struct flag_row {
	uint32_t kernel, capture;
} flag_row;

static const flag_row open_rows[] = {{0100, 0x4}, {0200, 0x20}, {01000, 0x100}, {02000, 0x8}, {04000, 0x40},
	{010000, 0x10}, {040000, 0x200}, {0100000, 0x800}, {0200000, 0x400}, {02000000, 0x1000},
	{04000000, 0x80}, {020000000, 0x2000}};

static const flag_row clone_rows[] = {{0x400, 1 << 0}, {0x200, 1 << 1}, {0x80000000, 1 << 2},
	{0x08000000, 1 << 3}, {0x40000000, 1 << 4}, {0x00020000, 1 << 5}, {0x20000000, 1 << 6},
	{0x04000000, 1 << 7}, {0x8000, 1 << 8}, {0x10000000, 1 << 20}, {0x02000000, 1 << 28},
	{0x100, 1 << 15}, {0x4000, 1 << 27}, {0x10000, 1 << 13}};

static const flag_row ptrace_rows[] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}, {7, 8}, {8, 9},
	{9, 10}, {12, 26}, {13, 27}, {14, 28}, {15, 29}, {16, 11}, {17, 12}, {18, 30}, {19, 31}, {24, 13},
	{0x4200, 14}, {0x4201, 15}, {0x4202, 16}, {0x4203, 17}, {0x4204, 18}, {0x4205, 19}, {0x4206, 20},
	{0x4207, 21}, {0x4208, 22}, {0x4209, 23}, {0x420a, 24}, {0x420b, 25}};

#define ROWS(rows) rows, sizeof rows / sizeof *rows

static uint32_t translate(uint64_t value, const flag_row *rows, size_t count)
{
	uint32_t ret = 0;
	for (size_t i = 0; i < count; i++)
		if ((value & rows[i].kernel) == rows[i].kernel)
			ret |= rows[i].capture;
	return ret;
}

static uint32_t translate_one(uint64_t value, const flag_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (value == rows[i].kernel)
			return rows[i].capture;
	return 0;
}

enum {
	ACCESS_MASK = 3,
	ACCESS_WRITE = 1,
	ACCESS_BOTH = 2,
	KERNEL_CREATE = 0100,
	KERNEL_TEMPORARY = 020000000
};

static uint32_t open_flags(const record *r, const live_call *call)
{
	uint64_t flags = call->plan.flags_arg ? r->args[call->plan.flags_arg - 1] : 0;
	uint32_t access = flags & ACCESS_MASK;
	uint32_t ret = translate(flags, ROWS(open_rows));
	ret |= access == ACCESS_WRITE  ? OPEN_WRITE
	       : access == ACCESS_BOTH ? OPEN_READ | OPEN_WRITE
				       : OPEN_READ;
	if (r->file.created)
		ret |= OPEN_CREATED;
	return ret | (r->file.overlay == 1 ? OPEN_UPPER_LAYER : r->file.overlay == 2 ? OPEN_LOWER_LAYER : 0);
}

/* As stat(2) and captures have it. */
static uint32_t device_of(uint32_t kernel)
{
	uint32_t major = kernel >> 20, minor = kernel & 0xfffff;
	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

/* --- the descriptor --- */

static const struct {
	const char *name;
	descriptor_type type;
} anonymous[] = {{"[eventpoll]", DESCRIPTOR_EPOLL}, {"[eventfd]", DESCRIPTOR_EVENT},
	{"[signalfd]", DESCRIPTOR_SIGNAL}, {"[timerfd]", DESCRIPTOR_TIMER}, {"inotify", DESCRIPTOR_INOTIFY},
	{"[userfaultfd]", DESCRIPTOR_USERFAULT}, {"[io_uring]", DESCRIPTOR_IOURING},
	{"[pidfd]", DESCRIPTOR_PIDFD}, {"bpf-map", DESCRIPTOR_BPF}, {"bpf-prog", DESCRIPTOR_BPF},
	{"memfd:", DESCRIPTOR_MEMFD}};

enum { TYPE_MASK = 0170000, TYPE_SOCKET = 0140000, TYPE_FOLDER = 0040000, TYPE_FIFO = 0010000 };
enum { FAMILY_UNIX = 1, FAMILY_IPV4 = 2, FAMILY_IPV6 = 10, FAMILY_NETLINK = 16 };

static descriptor_type type_of(const record_file *f, span path)
{
	if ((f->mode & TYPE_MASK) == TYPE_SOCKET)
		return f->family == FAMILY_IPV4      ? DESCRIPTOR_IPV4
		       : f->family == FAMILY_IPV6    ? DESCRIPTOR_IPV6
		       : f->family == FAMILY_UNIX    ? DESCRIPTOR_UNIX
		       : f->family == FAMILY_NETLINK ? DESCRIPTOR_NETLINK
						     : DESCRIPTOR_UNKNOWN;
	for (size_t i = 0; i < sizeof anonymous / sizeof *anonymous; i++)
		if (path.n && path.p[0] != '/' && span_find(path, span_of(anonymous[i].name)) != SPAN_NONE)
			return anonymous[i].type;
	if ((f->mode & TYPE_MASK) == TYPE_FOLDER)
		return DESCRIPTOR_FOLDER;
	return (f->mode & TYPE_MASK) == TYPE_FIFO ? DESCRIPTOR_FIFO
	       : f->mode                          ? DESCRIPTOR_FILE
						  : DESCRIPTOR_UNKNOWN;
}

static socket_protocol protocol_of(const record_file *f)
{
	static const struct {
		uint16_t type;
		socket_protocol protocol;
	} types[] = {{1, PROTOCOL_TCP}, {2, PROTOCOL_UDP}, {3, PROTOCOL_RAW}};
	if (f->protocol == 1 || f->protocol == 58)
		return PROTOCOL_ICMP;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == f->socket_type)
			return types[i].protocol;
	return PROTOCOL_UNKNOWN;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* An address that a call was given (struct sockaddr): where it goes when the socket itself is not connected. */
static bool read_address(span s, uint16_t *family, endpoint *ret)
{
	if (s.n < 8)
		return false;
	memcpy(family, s.p, sizeof *family);
	ret->port = (uint16_t)((uint8_t)s.p[2] << 8 | (uint8_t)s.p[3]);
	if (*family == FAMILY_IPV4)
		memcpy(ret->address, s.p + 4, 4);
	else if (*family == FAMILY_IPV6 && s.n >= 24)
		memcpy(ret->address, s.p + 8, 16);
	else
		return false;
	return true;
}

enum { TCP_LISTEN = 10 };

/* A datagram socket that is bound to no address sends from one that is chosen for each packet: who talks to the loopback does it from
 * there, who talks to others from some address of the machine. */
static void own_end_complete(const watch_state *s, endpoint *own, const endpoint *other)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	if (is_zero(own->address, 4) && !is_zero(other->address, 4))
		memcpy(own->address,
			other->address[0] == loopback[0] ? loopback
			: is_zero(s->own_address, 4)     ? other->address
							 : s->own_address,
			4);
}

/* Both ends in IPv4, when a socket of IPv6 talks to an address of that (RFC 4291, 2.5.5.2), as captures have it. */
static void ends_unmap(endpoint *local, endpoint *remote, descriptor *d)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
	endpoint *const ends[] = {local, remote};
	if (d->type != DESCRIPTOR_IPV6 || memcmp(remote->address, prefix, sizeof prefix) != 0 ||
		(memcmp(local->address, prefix, sizeof prefix) != 0 &&
			!is_zero(local->address, sizeof local->address)))
		return;
	d->type = DESCRIPTOR_IPV4;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		memmove(ends[i]->address, ends[i]->address + sizeof prefix, 4);
		memset(ends[i]->address + 4, 0, sizeof prefix);
	}
}

static void socket_ends(const record *r, span data, const char *call, const watch_state *s, descriptor *d)
{
	const record_file *f = &r->file;
	endpoint local = {.port = f->local_port}, remote = {.port = f->remote_port}, given;
	uint16_t family;
	memcpy(local.address, f->local, sizeof local.address);
	memcpy(remote.address, f->remote, sizeof remote.address);
	bool connected = remote.port || !is_zero(remote.address, 16);
	if (!connected && read_address(live_section(r, data, SECTION_ADDRESS), &family, &given) &&
		strcmp(call, "bind") != 0)
		remote = given;
	ends_unmap(&local, &remote, d);
	d->protocol = protocol_of(f);
	d->listening = f->state == TCP_LISTEN || strcmp(call, "listen") == 0;
	bool server = d->listening || strncmp(call, "accept", 6) == 0 || strncmp(call, "recv", 4) == 0;
	d->role = server                                        ? ROLE_SERVER
		  : remote.port || !is_zero(remote.address, 16) ? ROLE_CLIENT
								: ROLE_NONE;
	d->source = server ? remote : local;
	d->target = server ? local : remote;
	d->connected = connected && !d->listening;
	if (d->type == DESCRIPTOR_IPV4 && !d->listening)
		own_end_complete(s, server ? &d->target : &d->source, &remote);
}

/* A unix socket is named by its two ends in the kernel, and the path that the call was given. */
static span unix_name(const record *r, span data, arena *a)
{
	span path = live_section(r, data, SECTION_ADDRESS);
	uint16_t family = 0;
	if (path.n > sizeof family)
		memcpy(&family, path.p, sizeof family);
	path = family == FAMILY_UNIX ? span_from(path, sizeof family) : SPAN("");
	size_t end = span_find_byte(path, 0);
	return arena_format(a, "%llx->%llx %.*s", (unsigned long long)r->file.ends[0],
		(unsigned long long)r->file.ends[1],
		SPAN_ARG(end == SPAN_NONE ? path : span_sub(path, 0, end)));
}

static descriptor *descriptor_make(
	const record *r, span data, const live_call *call, watch_state *s, arena *a)
{
	descriptor *d = &s->spoken;
	const record_file *f = &r->file;
	span path = live_section(r, data, SECTION_DESCRIPTOR);
	*d = (descriptor){.number = -1, .device = device_of(f->device), .inode = f->inode};
	d->type = type_of(f, path);
	d->flags = open_flags(r, call);
	if (d->type == DESCRIPTOR_UNIX) {
		memcpy(d->user, f->ends, sizeof d->user);
		path = unix_name(r, data, a);
	}
	if (descriptor_is_ip(d)) {
		char room[DESCRIPTOR_NAME_ROOM];
		socket_ends(r, data, call->name, s, d);
		path = d->role == ROLE_NONE ? SPAN("") : arena_copy(a, descriptor_ip_name(d, room));
	}
	d->name = (char *)path.p;
	d->name_bytes = (uint32_t)path.n;
	span raw = call->plan.descriptor == PLAN_RESULT ? live_section(r, data, SECTION_TEXT) : (span){0};
	d->raw = (char *)raw.p;
	d->raw_bytes = (uint32_t)(raw.n ? raw.n - 1 : 0);
	return d;
}

/* --- parameters --- */

static span bytes_of(arena *a, int64_t value, size_t n)
{
	return arena_copy(a, (span){(const char *)&value, n});
}

/* How many bytes a number of a type has. */
static size_t width_of(uint8_t type)
{
	switch (type) {
	case PARAM_INT8:
	case PARAM_UINT8:
	case PARAM_SIGNAL:
	case PARAM_FLAGS8:
	case PARAM_ENUM8:
		return 1;
	case PARAM_INT16:
	case PARAM_UINT16:
	case PARAM_FLAGS16:
	case PARAM_ENUM16:
	case PARAM_PORT:
		return 2;
	case PARAM_INT32:
	case PARAM_UINT32:
	case PARAM_FLAGS32:
	case PARAM_UID:
	case PARAM_GID:
	case PARAM_MODE:
	case PARAM_ENUM32:
	case PARAM_BOOL:
		return 4;
	default:
		return 8;
	}
}

/* The kernel's addresses of the two ends, and the path that the call was given. */
static span unix_tuple_bytes(const descriptor *d, span given, arena *a)
{
	enum { HEAD = 1 + sizeof d->user };
	span path = given.n > 2 ? span_from(given, 2) : SPAN("");
	path = span_sub(path, 0, span_find_byte(path, 0));
	char *all = arena_alloc(a, HEAD + path.n + 1);
	all[0] = FAMILY_UNIX;
	memcpy(all + 1, d->user, sizeof d->user);
	if (path.n)
		memcpy(all + HEAD, path.p, path.n);
	return (span){all, HEAD + path.n + 1};
}

static span tuple_bytes(const descriptor *d, span given, arena *a)
{
	if (d->type == DESCRIPTOR_UNIX)
		return unix_tuple_bytes(d, given, a);
	char all[1 + 2 * 18];
	size_t n = d->type == DESCRIPTOR_IPV4 ? 4 : 16, at = 0;
	const endpoint *ends[] = {&d->source, &d->target};
	if (!descriptor_is_ip(d) || d->role == ROLE_NONE)
		return (span){0};
	all[at++] = d->type == DESCRIPTOR_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;
	for (int i = 0; i < 2; i++) {
		memcpy(all + at, ends[i]->address, n);
		memcpy(all + at + n, &ends[i]->port, sizeof ends[i]->port);
		at += n + sizeof ends[i]->port;
	}
	return arena_copy(a, (span){all, at});
}

/* As captures have it: the family in one byte, the port in the order of the machine. */
static span address_bytes(span given, arena *a)
{
	endpoint end;
	uint16_t family;
	char all[1 + 18];
	if (!read_address(given, &family, &end))
		return (span){0};
	size_t n = family == FAMILY_IPV4 ? 4 : 16;
	all[0] = (char)family;
	memcpy(all + 1, end.address, n);
	memcpy(all + 1 + n, &end.port, sizeof end.port);
	return arena_copy(a, (span){all, 1 + n + sizeof end.port});
}

static int64_t open_mode(const record *r, const live_call *call, int arg)
{
	uint64_t flags = call->plan.flags_arg ? r->args[call->plan.flags_arg - 1] : 0;
	bool creates = (flags & KERNEL_CREATE) || (flags & KERNEL_TEMPORARY);
	return creates ? (int64_t)(r->args[arg] & 07777) : 0;
}

enum { SOCKET_TYPE_MASK = 0xf };

static span param_of(const record *r, span data, const live_call *call, int index, uint8_t type,
	const descriptor *d, arena *a)
{
	int source = call->sources[index];
	size_t n = width_of(type);
	if (source >= FROM_ARG0 && source <= FROM_ARG5) {
		uint64_t value = r->args[source - FROM_ARG0];
		bool narrow = type == PARAM_FD || type == PARAM_PID;
		return bytes_of(a, narrow ? (int64_t)(int32_t)value : (int64_t)value, n);
	}
	switch (source) {
	case FROM_RESULT:
		return bytes_of(a, r->result, n);
	case FROM_TEXT:
		return live_section(r, data, SECTION_TEXT);
	case FROM_TEXT2:
		return live_section(r, data, SECTION_TEXT2);
	case FROM_PATH:
		return arena_copy(a, descriptor_name(d));
	case FROM_OPEN_FLAGS:
		return bytes_of(a, d->flags, n);
	case FROM_OPEN_MODE2:
		return bytes_of(a, open_mode(r, call, 2), n);
	case FROM_OPEN_MODE3:
		return bytes_of(a, open_mode(r, call, 3), n);
	case FROM_DEVICE:
		return bytes_of(a, d->device, n);
	case FROM_INODE:
		return bytes_of(a, (int64_t)d->inode, n);
	case FROM_SOCKET_TYPE:
		return bytes_of(a, r->args[1] & SOCKET_TYPE_MASK, n);
	case FROM_SOCKET_FLAGS:
		return bytes_of(a, translate(r->args[1] & ~(uint64_t)SOCKET_TYPE_MASK, ROWS(open_rows)), n);
	case FROM_CLONE_FLAGS0:
		return bytes_of(a, translate(r->args[0], ROWS(clone_rows)), n);
	case FROM_CLONE_FLAGS1:
		return bytes_of(a, translate(r->args[1], ROWS(clone_rows)), n);
	case FROM_PTRACE:
		return bytes_of(a, translate_one(r->args[0], ROWS(ptrace_rows)), n);
	case FROM_MOVED:
		return live_section(r, data, SECTION_TEXT);
	case FROM_ADDRESS:
		return address_bytes(live_section(r, data, SECTION_ADDRESS), a);
	case FROM_TUPLE:
		return tuple_bytes(d, live_section(r, data, SECTION_ADDRESS), a);
	default:
		return (span){0};
	}
}

/* --- whole events --- */

span live_folder(span path, arena *a)
{
	return path.n && path.p[path.n - 1] == '/' ? path : arena_format(a, "%.*s/", SPAN_ARG(path));
}

void live_begin(const record *r, int code, const live_clock *clock, event *ret)
{
	*ret = (event){.number = ret->number + 1,
		.time = clock->boot + r->time,
		.tid = r->pid,
		.cpu = r->cpu,
		.code = (uint16_t)code,
		.type = event_type_get((uint32_t)code),
		.descriptor_number = -1};
}

/* A process that is not known yet is told of by what the record says. */
/* What is known under a number is of another process when this one began later: the end of that and the beginning of this were lost. */
static process *process_known(const record *r, const live_clock *clock, watch_state *s)
{
	const uint64_t second = 1000000000; /* by which beginnings are known less exactly */
	process *p = process_get(s->processes, r->pid);
	if (!p || p->start == 0 || clock->boot + r->start < p->start + second)
		return p;
	process_remove(s->processes, p->tid, -1);
	return NULL;
}

static process *process_of(const record *r, const live_clock *clock, watch_state *s)
{
	process *p = process_known(r, clock, s);
	if (!p) {
		p = process_add(s->processes, r->pid);
		const process *parent = process_get(s->processes, r->parent);
		if (!p)
			return NULL;
		process_pid_set(s->processes, p, r->pid);
		process_parent_set(s->processes, p, r->parent);
		for (int i = 0; parent && i < PROCESS_TEXTS; i++)
			process_text_share(s->processes, p, (process_text)i, parent);
		process_text_set(
			s->processes, p, PROCESS_COMM, (span){r->comm, strnlen(r->comm, sizeof r->comm)});
		p->login_uid = r->login_uid;
	}
	/* It may have been left to another when the one that it had ended. */
	if (p->parent != r->parent)
		process_parent_set(s->processes, p, live_parent(r, s));
	p->uid = r->uid;
	p->gid = r->gid;
	return p;
}

/* Where a relative path of the call begins: the working directory, or what is open under a number. */
static void folder_learn(
	const record *r, span data, const live_call *call, watch_state *s, process *p, arena *a)
{
	span folder = live_section(r, data, SECTION_FOLDER);
	if (folder.n == 0 || call->plan.folder == 0)
		return;
	int32_t number = call->plan.folder == LIVE_CWD ? STATE_CWD : (int32_t)r->args[call->plan.folder - 1];
	if (number < 0) {
		process_text_set(s->processes, p, PROCESS_CWD, live_folder(folder, a));
		return;
	}
	descriptor_table *t = process_descriptors_make(s->processes, p);
	descriptor *d = t ? descriptor_put(t, number) : NULL;
	if (!d)
		return;
	d->type = DESCRIPTOR_FOLDER;
	descriptor_set_name(t, d, folder);
}

static span text_given(const record *r, span data)
{
	span ret = live_section(r, data, SECTION_TEXT);
	return span_sub(ret, 0, span_find_byte(ret, 0));
}

/* What could not be opened has the name that it was called by; what was opened by a link to what a process runs or has open has that
 * one too. */
static void path_given(
	const record *r, span data, const live_call *call, watch_state *s, arena *a, event *ret)
{
	char room[LIMIT_WATCH_PATH];
	span raw = text_given(r, data), name = descriptor_name(&s->spoken);
	bool link = span_starts(raw, SPAN("/proc/")) && !span_starts(name, SPAN("/proc/"));
	if (call->plan.folder == 0 || !ret->process || raw.n == 0 || (r->result >= 0 && !link))
		return;
	int64_t folder = call->plan.folder == LIVE_CWD ? STATE_CWD : (int32_t)r->args[call->plan.folder - 1];
	span path = arena_copy(a, state_path(s, ret->process, folder, raw, room));
	if (r->result >= 0)
		ret->given = path;
	else
		state_spoken_set(s, ret, DESCRIPTOR_FILE, path, arena_copy(a, raw));
}

/* Whether a socket that is connected to nobody talks to another than before: what it is called is kept where descriptors are. */
static bool socket_renamed(const record *r, int64_t number, watch_state *s, process *p)
{
	const descriptor *now = &s->spoken;
	descriptor_table *t =
		descriptor_is_ip(now) && !now->connected && now->role != ROLE_NONE && r->result >= 0
			? process_descriptors_make(s->processes, p)
			: NULL;
	const descriptor *before = t ? descriptor_get(t, number) : NULL;
	if (!t || (before && before->inode == now->inode &&
			  span_equal(descriptor_name(before), descriptor_name(now))))
		return false;
	descriptor *d = descriptor_put(t, number);
	if (!d)
		return true;
	d->type = now->type;
	d->inode = now->inode;
	descriptor_set_name(t, d, descriptor_name(now));
	return true;
}

static bool call_event(
	const record *r, span data, const live_clock *clock, watch_state *s, arena *a, event *ret)
{
	const live_call *call = live_call_get(r->call);
	int code = call ? event_type_find(span_of(call->name), true) : -1;
	if (code < 0)
		return false;
	live_begin(r, code, clock, ret);
	ret->process = process_of(r, clock, s);
	const descriptor *d = descriptor_make(r, data, call, s, a);
	ret->count = ret->type->count;
	for (uint32_t i = 0; i < ret->count && i < sizeof call->sources; i++)
		ret->params[i] = param_of(r, data, call, (int)i, ret->type->params[i].type, d, a);
	if (call->plan.descriptor != PLAN_NONE) {
		ret->descriptor = &s->spoken;
		ret->descriptor_number = call->plan.descriptor != PLAN_RESULT
						 ? (int32_t)r->args[call->plan.descriptor - PLAN_ARG0]
					 : r->result < 0 ? -1
							 : r->result;
		s->spoken.number = ret->descriptor_number;
	}
	if (!ret->process)
		return true;
	folder_learn(r, data, call, s, ret->process, a);
	if (call->plan.descriptor == PLAN_RESULT)
		path_given(r, data, call, s, a, ret);
	else if (call->plan.address || call->plan.message)
		ret->descriptor_renamed = socket_renamed(r, ret->descriptor_number, s, ret->process);
	return true;
}

bool live_event(
	const record *r, span data, const live_clock *clock, watch_state *s, arena *scratch, event *ret)
{
	switch ((record_kind)r->kind) {
	case RECORD_CALL:
		return call_event(r, data, clock, s, scratch, ret);
	case RECORD_EXEC:
	case RECORD_FORK:
	case RECORD_EXIT:
		return live_process_event(r, data, clock, s, scratch, ret);
	}
	return false;
}
