/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists at the head of captures: the machine, its network addresses, its users and groups, its threads, what they have open. Later
 * versions of a list have fields that older ones lack; the newest begin each row with its length, so that fields can be added behind.
 * Addresses of interfaces are kept, their names and speeds are not. */
#include "base/limits.h"
#include "watch/capture_parts.h"
#include "watch/state_parts.h"

typedef struct list_row {
	uint32_t type;
	uint8_t version; /* of that kind of list */
	const char *(*read)(watch_state *s, capture_cursor *c, int version);
} list_row;

/* The row of a newer list: it says its length, from which `counted` bytes have been read already. */
static bool row_take(capture_cursor *c, size_t counted, capture_cursor *ret)
{
	uint64_t length = capture_number(c, 4);
	if (c->over || length < counted)
		return false;
	*ret = (capture_cursor){capture_take(c, length - counted), false};
	return !c->over;
}

static const char *machine_read(watch_state *s, capture_cursor *c, int version)
{
	(void)version;
	enum { HOSTNAME = 128 };
	s->cpus = (uint32_t)capture_number(c, 4);
	s->memory = capture_number(c, 8);
	s->largest_pid = capture_number(c, 8);
	span name = capture_take(c, HOSTNAME);
	if (c->over)
		return "the description of the machine is too short";
	size_t end = span_find_byte(name, 0);
	memcpy(s->hostname_room, name.p, name.n);
	s->hostname = span_sub((span){s->hostname_room, name.n}, 0, end);
	s->boot_time = capture_number(c, 8);
	return NULL;
}

/* --- interfaces --- */

enum { INTERFACE_IPV4 = 1, INTERFACE_IPV6, INTERFACE_IPV4_PLAIN, INTERFACE_IPV6_PLAIN };

static const char *interface_read(watch_state *s, capture_cursor *c)
{
	uint64_t type = capture_number(c, 2), name = capture_number(c, 2);
	if (type < INTERFACE_IPV4 || type > INTERFACE_IPV6_PLAIN)
		return "an interface is of an unknown type";
	bool ipv6 = type == INTERFACE_IPV6 || type == INTERFACE_IPV6_PLAIN;
	size_t width = ipv6 ? 16 : 4;
	span address = capture_take(c, width), mask = capture_take(c, width);
	capture_take(c, width); /* broadcast */
	if (type == INTERFACE_IPV4 || type == INTERFACE_IPV6)
		capture_take(c, 8); /* speed */
	capture_take(c, name);
	if (c->over)
		return "an interface is cut off";
	if (s->addresses.count >= LIMIT_WATCH_ADDRESSES)
		return "there are too many interfaces";
	network_address a = {.ipv6 = ipv6};
	memcpy(a.address, address.p, width);
	memcpy(a.mask, mask.p, width);
	list_push(&s->lists, &s->addresses, a);
	return NULL;
}

static const char *interfaces_read(watch_state *s, capture_cursor *c, int version)
{
	const char *why = NULL;
	while (!why && c->rest.n >= 4) {
		capture_cursor row;
		if (version == 1)
			why = interface_read(s, c);
		else
			why = row_take(c, 0, &row) ? interface_read(s, &row) : "an interface is cut off";
	}
	return why;
}

/* --- users and groups --- */

static const char *account_read(watch_state *s, capture_cursor *c)
{
	bool group = capture_number(c, 1);
	account a = {.id = (uint32_t)capture_number(c, 4)};
	if (!group)
		a.group = (uint32_t)capture_number(c, 4);
	a.name = capture_text(c);
	if (!group) {
		a.home = capture_text(c);
		a.shell = capture_text(c);
	}
	if (c->over)
		return "a user or a group is cut off";
	return state_account_add(s, group, &a) ? NULL : "there are too many users or groups";
}

static const char *accounts_read(watch_state *s, capture_cursor *c, int version)
{
	const char *why = NULL;
	while (!why && c->rest.n >= 4) {
		capture_cursor row;
		if (version == 1)
			why = account_read(s, c);
		else
			why = row_take(c, 4, &row) ? account_read(s, &row) : "a user or a group is cut off";
	}
	return why;
}

/* --- threads --- */

enum {
	VERSION_MEMORY = 2,
	VERSION_ENV,
	VERSION_CGROUPS,
	VERSION_ROOT,
	VERSION_SESSION,
	VERSION_EXEPATH,
	VERSION_GROUP,
	VERSION_LENGTH
};

/* What the newest version has behind, each only if the row is long enough. For a while its writers left out the first two, and had
 * nothing behind the capabilities. */
static void process_tail_read(process *p, capture_cursor *c)
{
	enum { SHORT_TAIL = 4 + 1 + 3 * 8 };
	if (c->rest.n > SHORT_TAIL) {
		p->namespace_start = capture_number(c, 8);
		p->tty = (uint32_t)capture_number(c, 4);
	}
	if (c->rest.n >= 4)
		p->login_uid = (uint32_t)capture_number(c, 4);
	p->exe_writable = capture_number(c, 1);
	p->capabilities[2] = capture_number(c, 8);
	p->capabilities[0] = capture_number(c, 8);
	p->capabilities[1] = capture_number(c, 8);
	p->exe_upper_layer = capture_number(c, 1);
	p->exe_inode = capture_number(c, 8);
	p->exe_ctime = capture_number(c, 8);
	p->exe_mtime = capture_number(c, 8);
	p->exe_from_memory = capture_number(c, 1);
	p->exe_lower_layer = capture_number(c, 1);
	if (c->rest.n >= 8)
		p->group = (int64_t)capture_number(c, 8);
}

typedef struct process_texts {
	span cwd, env, cgroups;
} process_texts;

static void process_fields_read(watch_state *s, process *p, capture_cursor *c, int version, process_texts *t)
{
	process_table *table = s->processes;
	if (version >= VERSION_SESSION)
		p->session = (int64_t)capture_number(c, 8);
	if (version >= VERSION_GROUP)
		p->vgroup = (int64_t)capture_number(c, 8);
	process_text_set(table, p, PROCESS_COMM, capture_text(c));
	process_text_set(table, p, PROCESS_EXE, capture_text(c));
	if (version >= VERSION_EXEPATH)
		process_text_set(table, p, PROCESS_EXEPATH, capture_text(c));
	process_text_set(table, p, PROCESS_ARGS, capture_text(c));
	t->cwd = capture_text(c);
	capture_number(c, 8); /* the limit of descriptors */
	p->flags = (uint32_t)capture_number(c, 4);
	p->uid = (uint32_t)capture_number(c, 4);
	p->gid = (uint32_t)capture_number(c, 4);
	if (version >= VERSION_MEMORY)
		capture_take(c, 3 * 4 + 2 * 8); /* sizes and page faults */
	if (version >= VERSION_ENV)
		t->env = capture_text(c);
	p->vtid = p->tid;
	p->vpid = p->pid;
	if (version >= VERSION_CGROUPS) {
		p->vtid = (int64_t)capture_number(c, 8);
		p->vpid = (int64_t)capture_number(c, 8);
		t->cgroups = capture_text(c);
	}
	if (version >= VERSION_ROOT)
		process_text_set(table, p, PROCESS_ROOT, capture_text(c));
}

static const char *process_read(watch_state *s, capture_cursor *c, int version)
{
	int64_t tid = (int64_t)capture_number(c, 8), pid = (int64_t)capture_number(c, 8),
		parent = (int64_t)capture_number(c, 8);
	process_texts texts = {0};
	if (c->over)
		return "a process is cut off";
	process_remove(s->processes, tid, -1);
	process *p = process_add(s->processes, tid);
	if (!p)
		return "there are too many processes";
	process_pid_set(s->processes, p, pid);
	process_parent_set(s->processes, p, parent);
	process_fields_read(s, p, c, version, &texts);
	if (c->over)
		return "a process is cut off";
	if (version >= VERSION_LENGTH)
		process_tail_read(p, c);
	state_cgroups_set(s, p, texts.cgroups);
	if (p->flags & CLONE_IS_THREAD)
		return NULL;
	process_text_set(s->processes, p, PROCESS_ENV, texts.env);
	state_cwd_set(s, p, texts.cwd);
	return NULL;
}

static const char *processes_read(watch_state *s, capture_cursor *c, int version)
{
	const char *why = NULL;
	while (!why && c->rest.n >= 4) {
		capture_cursor row;
		if (version < VERSION_LENGTH)
			why = process_read(s, c, version);
		else
			why = row_take(c, 4, &row) ? process_read(s, &row, version) : "a process is cut off";
	}
	return why;
}

/* --- descriptors --- */

/* The types of captures. */
enum {
	LISTED_IPV4 = 3,
	LISTED_IPV6,
	LISTED_IPV4_SERVER,
	LISTED_IPV6_SERVER,
	LISTED_UNIX = 8,
	LISTED_FILE_V2 = 16
};

static const descriptor_type listed_types[] = {
	DESCRIPTOR_UNKNOWN,
	DESCRIPTOR_FILE,
	DESCRIPTOR_FOLDER,
	DESCRIPTOR_IPV4,
	DESCRIPTOR_IPV6,
	DESCRIPTOR_IPV4,
	DESCRIPTOR_IPV6,
	DESCRIPTOR_FIFO,
	DESCRIPTOR_UNIX,
	DESCRIPTOR_EVENT,
	DESCRIPTOR_UNSUPPORTED,
	DESCRIPTOR_SIGNAL,
	DESCRIPTOR_EPOLL,
	DESCRIPTOR_INOTIFY,
	DESCRIPTOR_TIMER,
	DESCRIPTOR_NETLINK,
	DESCRIPTOR_FILE,
	DESCRIPTOR_BPF,
	DESCRIPTOR_USERFAULT,
	DESCRIPTOR_IOURING,
	DESCRIPTOR_MEMFD,
	DESCRIPTOR_PIDFD,
};

enum { LISTED_TYPES = sizeof listed_types / sizeof *listed_types };

static void address_read(capture_cursor *c, size_t width, endpoint *to)
{
	span a = capture_take(c, width);
	if (a.n)
		memcpy(to->address, a.p, a.n);
}

static void socket_read(capture_cursor *c, uint64_t type, descriptor *d)
{
	size_t width = type == LISTED_IPV4 || type == LISTED_IPV4_SERVER ? 4 : 16;
	d->listening = type == LISTED_IPV4_SERVER || type == LISTED_IPV6_SERVER;
	if (!d->listening) {
		address_read(c, width, &d->source);
		address_read(c, width, &d->target);
		d->source.port = (uint16_t)capture_number(c, 2);
	} else {
		address_read(c, width, &d->target);
		d->role = ROLE_SERVER;
	}
	d->target.port = (uint16_t)capture_number(c, 2);
	uint64_t protocol = capture_number(c, 1);
	d->protocol = protocol <= PROTOCOL_RAW ? (socket_protocol)protocol : PROTOCOL_UNKNOWN;
	d->connected = !d->listening && d->protocol == PROTOCOL_TCP;
}

/* One row into *d; its name into *name. */
static const char *descriptor_read(capture_cursor *c, bool counted, descriptor *d, span *name)
{
	d->number = (int64_t)capture_number(c, 8);
	d->inode = capture_number(c, 8);
	uint64_t type = capture_number(c, 1);
	d->type = type < LISTED_TYPES ? listed_types[type] : DESCRIPTOR_UNSUPPORTED;
	if (type >= LISTED_IPV4 && type <= LISTED_IPV6_SERVER) {
		socket_read(c, type, d);
	} else if (type == LISTED_UNIX) {
		d->user[0] = capture_number(c, 8);
		d->user[1] = capture_number(c, 8);
		*name = capture_text(c);
		d->role = name->n ? ROLE_SERVER : ROLE_CLIENT;
	} else if (type == LISTED_FILE_V2) {
		d->flags = (uint32_t)capture_number(c, 4);
		*name = capture_text(c);
		if (counted && c->rest.n >= 4)
			d->device = (uint32_t)capture_number(c, 4);
	} else if (type && type < LISTED_TYPES) {
		*name = capture_text(c);
	} else if (!counted) {
		return "a descriptor is of an unknown type";
	}
	return c->over ? "a descriptor is cut off" : NULL;
}

static void descriptor_enter(descriptor_table *t, const descriptor *read, span name)
{
	char room[DESCRIPTOR_NAME_ROOM];
	descriptor *d = descriptor_copy(t, read->number, read);
	if (d)
		descriptor_set_name(t, d, descriptor_is_ip(d) ? descriptor_ip_name(d, room) : name);
}

static const char *descriptors_read(watch_state *s, capture_cursor *c, int version)
{
	process *p = process_get(s->processes, (int64_t)capture_number(c, 8));
	descriptor_table *t = p ? process_descriptors_make(s->processes, p) : NULL;
	const char *why = c->over ? "a list of descriptors is cut off" : NULL;
	while (!why && c->rest.n >= 4) {
		descriptor d = {0};
		span name = {0};
		capture_cursor row;
		if (version == 1)
			why = descriptor_read(c, false, &d, &name);
		else
			why = row_take(c, 4, &row) ? descriptor_read(&row, true, &d, &name)
						   : "a descriptor is cut off";
		if (!why && t)
			descriptor_enter(t, &d, name);
	}
	return why;
}

/* Numbers above 0x80000000 are those of the format's first, private version. */
static const list_row lists[] = {
	{0x201, 1, machine_read},
	{0x202, 1, processes_read},
	{0x207, 2, processes_read},
	{0x209, 3, processes_read},
	{0x210, 4, processes_read},
	{0x211, 5, processes_read},
	{0x212, 6, processes_read},
	{0x213, 7, processes_read},
	{0x214, 8, processes_read},
	{0x215, 9, processes_read},
	{0x203, 1, descriptors_read},
	{0x218, 2, descriptors_read},
	{0x205, 1, interfaces_read},
	{0x219, 2, interfaces_read},
	{0x206, 1, accounts_read},
	{0x220, 2, accounts_read},
	{0x8000abcd, 1, processes_read},
	{0x8001abcd, 1, descriptors_read},
	{0x8002abcd, 1, machine_read},
	{0x8011abcd, 1, interfaces_read},
	{0x8012abcd, 1, accounts_read},
	{0x8013abcd, 2, processes_read},
	{0x8014abcd, 3, processes_read},
};

static const list_row *list_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (lists[i].type == type)
			return &lists[i];
	return NULL;
}

bool capture_is_list(uint32_t type)
{
	return list_of(type);
}

const char *capture_list_read(watch_state *s, const capture_block *b)
{
	const list_row *row = list_of(b->type);
	capture_cursor c = {b->body, false};
	return row->read(s, &c, row->version);
}
