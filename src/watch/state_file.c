/* SPDX-License-Identifier: Apache-2.0
 *
 * Descriptors that are opened, doubled and closed. What failed to open still has a name: rules ask for it. */
#include "watch/state_parts.h"

/* Where the calls that open files have their parameters; < 0: they have none such. */
typedef struct open_row {
	uint16_t code;
	int8_t folder, name, flags, device, inode;
} open_row;

enum { CREAT = 59, OPEN_BY_HANDLE = 337 };

static const open_row opens[] = {
	{3, -1, 1, 2, 4, 5},
	{CREAT, -1, 1, -1, 3, 4},
	{307, 1, 2, 3, 5, 6},
	{327, 1, 2, 3, 6, 7},
	{OPEN_BY_HANDLE, -1, 3, 2, 4, 5},
};

static const open_row *open_row_of(uint16_t code)
{
	for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
		if (opens[i].code == code)
			return &opens[i];
	return NULL;
}

static uint32_t open_flags(const event *e, const open_row *row)
{
	enum { CREAT_FLAGS = 5, CREAT_UPPER = 1 << 0, CREAT_LOWER = 1 << 1 };
	if (row->flags >= 0)
		return (uint32_t)state_number(e, row->flags, 0);
	int64_t layers = state_number(e, CREAT_FLAGS, 0);
	return layers & CREAT_UPPER ? OPEN_UPPER_LAYER : layers & CREAT_LOWER ? OPEN_LOWER_LAYER : 0;
}

void state_open(watch_state *s, event *e)
{
	const open_row *row = open_row_of(e->code);
	process *p = e->process;
	if (!p || !row)
		return;
	span raw = state_text(e, row->name);
	if (!raw.p)
		raw = SPAN("<NA>");
	int64_t number = state_number(e, 0, -1), folder = STATE_CWD;
	span path = raw;
	if (row->folder >= 0)
		folder = state_number(e, row->folder, -1);
	if (e->code != OPEN_BY_HANDLE) /* that one has been made absolute by the recorder */
		path = state_path(s, p, folder, raw, s->spoken_name);
	if (number < 0) {
		state_spoken_set(s, e, DESCRIPTOR_FILE, path, raw);
		return;
	}
	uint32_t flags = open_flags(e, row);
	descriptor *d =
		state_descriptor_new(s, e, number, flags & OPEN_FOLDER ? DESCRIPTOR_FOLDER : DESCRIPTOR_FILE);
	if (!d)
		return;
	descriptor_table *t = state_table(s, e);
	d->flags = flags;
	d->device = (uint32_t)state_number(e, row->device, 0);
	d->inode = (uint64_t)state_number(e, row->inode, 0);
	descriptor_set_raw(t, d, raw);
	e->descriptor_renamed = descriptor_set_name(t, d, path);
}

void state_close(watch_state *s, event *e)
{
	if (e->descriptor && state_number(e, 0, -1) >= 0)
		s->closing = e->descriptor_number;
}

/* With flags, the table is parted from others' first, or nothing is closed yet. */
void state_close_range(watch_state *s, event *e)
{
	descriptor_table *t = state_table(s, e);
	if (!t || state_number(e, 0, -1) < 0 || state_number(e, 3, 0))
		return;
	descriptor_remove_range(t, state_number(e, 1, 0), state_number(e, 2, 0));
}

void state_duplicate(watch_state *s, event *e)
{
	enum { DUP3 = 365, DUP3_FLAGS = 3 };
	int64_t number = state_number(e, 0, -1);
	descriptor_table *t = state_table(s, e);
	if (!e->descriptor || !t || number < 0)
		return;
	descriptor *d = descriptor_copy(t, number, e->descriptor);
	if (!d)
		return;
	if (e->code == DUP3) {
		uint32_t flags = (uint32_t)state_number(e, DUP3_FLAGS, 0);
		d->flags = flags ? d->flags | flags : d->flags & ~(uint32_t)OPEN_CLOSE_ON_EXEC;
	}
	e->descriptor = d;
	e->descriptor_number = number;
}

void state_fcntl(watch_state *s, event *e)
{
	enum { COMMAND = 2, DUPFD = 1, DUPFD_CLOEXEC = 26 };
	int64_t command = state_number(e, COMMAND, 0);
	if (command == DUPFD || command == DUPFD_CLOEXEC)
		state_duplicate(s, e);
}

void state_pipe(watch_state *s, event *e)
{
	enum { FIRST = 1, SECOND, INODE, FLAGS };
	if (state_number(e, 0, -1) < 0)
		return;
	for (int i = FIRST; i <= SECOND; i++) {
		descriptor *d = state_descriptor_new(s, e, state_number(e, i, -1), DESCRIPTOR_FIFO);
		if (!d)
			continue;
		d->inode = (uint64_t)state_number(e, INODE, 0);
		d->flags = (uint32_t)state_number(e, FLAGS, 0);
	}
}

/* Calls that give back a descriptor of a kind. */
void state_simple(watch_state *s, event *e)
{
	static const struct {
		uint16_t code;
		uint8_t type;
		int8_t flags;
	} kinds[] = {
		{127, DESCRIPTOR_SIGNAL, -1},
		{399, DESCRIPTOR_SIGNAL, 1},
		{137, DESCRIPTOR_TIMER, -1},
		{139, DESCRIPTOR_INOTIFY, -1},
		{395, DESCRIPTOR_INOTIFY, 1},
		{321, DESCRIPTOR_USERFAULT, -1},
		{339, DESCRIPTOR_IOURING, -1},
		{369, DESCRIPTOR_BPF, -1},
		{375, DESCRIPTOR_EPOLL, -1},
		{377, DESCRIPTOR_EPOLL, -1},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].code == e->code) {
			descriptor *d = state_descriptor_new(s, e, state_number(e, 0, -1), kinds[i].type);
			if (d && kinds[i].flags >= 0)
				d->flags = (uint32_t)state_number(e, kinds[i].flags, 0);
		}
}

void state_eventfd(watch_state *s, event *e)
{
	enum { EVENTFD2 = 397 };
	descriptor *d = state_descriptor_new(s, e, state_number(e, 0, -1), DESCRIPTOR_EVENT);
	if (d && e->code == EVENTFD2)
		d->flags = (uint32_t)state_number(e, 1, 0);
}

void state_memfd(watch_state *s, event *e)
{
	descriptor *d = state_descriptor_new(s, e, state_number(e, 0, -1), DESCRIPTOR_MEMFD);
	if (!d)
		return;
	d->flags = (uint32_t)state_number(e, 2, 0);
	e->descriptor_renamed = descriptor_set_name(state_table(s, e), d, state_text(e, 1));
}

/* The process that a pidfd stands for is kept where sockets have the first of their ends. */
void state_pidfd_open(watch_state *s, event *e)
{
	descriptor *d = state_descriptor_new(s, e, state_number(e, 0, -1), DESCRIPTOR_PIDFD);
	if (!d)
		return;
	d->user[0] = (uint64_t)state_number(e, 1, -1);
	d->flags = (uint32_t)state_number(e, 2, 0);
}

void state_pidfd_getfd(watch_state *s, event *e)
{
	int64_t number = state_number(e, 0, -1);
	descriptor_table *own = state_table(s, e);
	const descriptor *pidfd = own ? descriptor_get(own, state_number(e, 1, -1)) : NULL;
	if (number < 0 || !pidfd || pidfd->type != DESCRIPTOR_PIDFD)
		return;
	process *of = process_get(s->processes, (int64_t)pidfd->user[0]);
	descriptor_table *theirs = of ? process_descriptors(s->processes, of) : NULL;
	const descriptor *from = theirs ? descriptor_get(theirs, state_number(e, 2, -1)) : NULL;
	descriptor *d = from ? descriptor_copy(own, number, from) : NULL;
	if (!d)
		return;
	e->descriptor = d;
	e->descriptor_number = number;
}
