/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists of threads and of their descriptors. */
#include "watch/capture_write_parts.h"

enum { BLOCK_PROCESSES = 0x215, BLOCK_DESCRIPTORS = 0x218 };
enum { LONGEST_PATH = 1024, LONGEST_ARGUMENTS = 4096 };

/* Lists are blocks of their own when they are longer: readers hold a block in memory. */
enum { BLOCK_MOST = 16 << 20 };

typedef struct writer {
	const watch_state *s;
	buffer *out;
	size_t block;
} writer;

/* --- threads --- */

static void text_write(const process *p, process_text which, size_t most, buffer *out)
{
	capture_text_add(out, process_text_get(p, which), most);
}

static void tail_write(const process *p, buffer *out)
{
	capture_number_add(out, p->namespace_start, 8);
	capture_number_add(out, p->tty, 4);
	capture_number_add(out, p->login_uid, 4);
	capture_number_add(out, p->exe_writable, 1);
	capture_number_add(out, p->capabilities[2], 8);
	capture_number_add(out, p->capabilities[0], 8);
	capture_number_add(out, p->capabilities[1], 8);
	capture_number_add(out, p->exe_upper_layer, 1);
	capture_number_add(out, p->exe_inode, 8);
	capture_number_add(out, p->exe_ctime, 8);
	capture_number_add(out, p->exe_mtime, 8);
	capture_number_add(out, p->exe_from_memory, 1);
	capture_number_add(out, p->exe_lower_layer, 1);
	capture_number_add(out, (uint64_t)p->group, 8);
}

static void row_write(const process *p, const process *leader, buffer *out)
{
	static const process_text names[] = {PROCESS_COMM, PROCESS_EXE, PROCESS_EXEPATH};
	size_t row = capture_row_begin(out);
	capture_number_add(out, (uint64_t)p->tid, 8);
	capture_number_add(out, (uint64_t)p->pid, 8);
	capture_number_add(out, (uint64_t)p->parent, 8);
	capture_number_add(out, (uint64_t)p->session, 8);
	capture_number_add(out, (uint64_t)p->vgroup, 8);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		text_write(p, names[i], LONGEST_PATH, out);
	text_write(p, PROCESS_ARGS, LONGEST_ARGUMENTS, out);
	text_write(leader, PROCESS_CWD, LONGEST_PATH, out);
	capture_number_add(out, 0, 8); /* the limit of descriptors */
	capture_number_add(out, p->flags, 4);
	capture_number_add(out, p->uid, 4);
	capture_number_add(out, p->gid, 4);
	buffer_repeat(out, 0, 3 * 4 + 2 * 8); /* sizes and page faults */
	text_write(leader, PROCESS_ENV, LONGEST_ARGUMENTS, out);
	capture_number_add(out, (uint64_t)p->vtid, 8);
	capture_number_add(out, (uint64_t)p->vpid, 8);
	text_write(p, PROCESS_CGROUPS, LONGEST_ARGUMENTS, out);
	text_write(p, PROCESS_ROOT, LONGEST_PATH, out);
	tail_write(p, out);
	capture_row_end(out, row, true);
}

/* Those that are only guessed at are guessed at by readers too. */
static void process_write(void *of, process *p)
{
	writer *w = of;
	if (p->guessed || p->pid < 0)
		return;
	if (w->out->n - w->block > BLOCK_MOST) {
		capture_block_end(w->out, w->block);
		w->block = capture_block_begin(w->out, BLOCK_PROCESSES);
	}
	row_write(p, process_leader(w->s->processes, p), w->out);
}

/* --- descriptors --- */

enum {
	LISTED_IPV4 = 3,
	LISTED_IPV6,
	LISTED_IPV4_SERVER,
	LISTED_IPV6_SERVER,
	LISTED_FIFO,
	LISTED_UNIX,
	LISTED_EVENT,
	LISTED_UNSUPPORTED,
	LISTED_SIGNAL,
	LISTED_EPOLL,
	LISTED_INOTIFY,
	LISTED_TIMER,
	LISTED_NETLINK,
	LISTED_FILE = 16,
	LISTED_FOLDER = 2
};

/* Newer kinds than these make older readers refuse the whole capture. */
static const uint8_t listed[DESCRIPTOR_TYPES] = {
	[DESCRIPTOR_FILE] = LISTED_FILE,
	[DESCRIPTOR_FOLDER] = LISTED_FOLDER,
	[DESCRIPTOR_IPV4] = LISTED_IPV4,
	[DESCRIPTOR_IPV6] = LISTED_IPV6,
	[DESCRIPTOR_UNIX] = LISTED_UNIX,
	[DESCRIPTOR_FIFO] = LISTED_FIFO,
	[DESCRIPTOR_EVENT] = LISTED_EVENT,
	[DESCRIPTOR_SIGNAL] = LISTED_SIGNAL,
	[DESCRIPTOR_EPOLL] = LISTED_EPOLL,
	[DESCRIPTOR_INOTIFY] = LISTED_INOTIFY,
	[DESCRIPTOR_TIMER] = LISTED_TIMER,
	[DESCRIPTOR_BPF] = LISTED_UNSUPPORTED,
	[DESCRIPTOR_USERFAULT] = LISTED_UNSUPPORTED,
	[DESCRIPTOR_IOURING] = LISTED_UNSUPPORTED,
	[DESCRIPTOR_MEMFD] = LISTED_UNSUPPORTED,
	[DESCRIPTOR_PIDFD] = LISTED_UNSUPPORTED,
	[DESCRIPTOR_NETLINK] = LISTED_NETLINK,
	[DESCRIPTOR_UNSUPPORTED] = LISTED_UNSUPPORTED,
};

static void address_write(const descriptor *d, const endpoint *end, buffer *out)
{
	buffer_add(out, (span){(const char *)end->address, d->type == DESCRIPTOR_IPV4 ? 4 : 16});
}

/* A list has the own end first. */
static void socket_write(const descriptor *d, buffer *out)
{
	bool turned = d->role == ROLE_SERVER && !d->listening;
	const endpoint *own = turned ? &d->target : &d->source, *other = turned ? &d->source : &d->target;
	if (d->listening) {
		address_write(d, &d->target, out);
		capture_number_add(out, d->target.port, 2);
	} else {
		address_write(d, own, out);
		address_write(d, other, out);
		capture_number_add(out, own->port, 2);
		capture_number_add(out, other->port, 2);
	}
	capture_number_add(out, d->protocol, 1);
}

static bool descriptor_write(void *of, descriptor *d)
{
	writer *w = of;
	uint8_t type = listed[d->type];
	if (!type || w->out->n - w->block > BLOCK_MOST)
		return true;
	size_t row = capture_row_begin(w->out);
	capture_number_add(w->out, (uint64_t)d->number, 8);
	capture_number_add(w->out, d->inode, 8);
	if (descriptor_is_ip(d) && d->listening)
		type = (uint8_t)(type + LISTED_IPV4_SERVER - LISTED_IPV4);
	capture_number_add(w->out, type, 1);
	if (type == LISTED_UNIX) {
		capture_number_add(w->out, d->user[0], 8);
		capture_number_add(w->out, d->user[1], 8);
	}
	if (type == LISTED_FILE)
		capture_number_add(w->out, d->flags, 4);
	if (descriptor_is_ip(d))
		socket_write(d, w->out);
	else
		capture_text_add(w->out, descriptor_name(d), LONGEST_PATH);
	if (type == LISTED_FILE)
		capture_number_add(w->out, d->device, 4);
	capture_row_end(w->out, row, true);
	return true;
}

static void descriptors_write(void *of, process *p)
{
	writer *w = of;
	if (p->guessed || p->pid < 0 || !p->descriptors)
		return;
	w->block = capture_block_begin(w->out, BLOCK_DESCRIPTORS);
	capture_number_add(w->out, (uint64_t)p->tid, 8);
	descriptor_each(p->descriptors, descriptor_write, w);
	capture_block_end(w->out, w->block);
}

void capture_processes_write(const watch_state *s, buffer *out)
{
	writer w = {.s = s, .out = out, .block = capture_block_begin(out, BLOCK_PROCESSES)};
	process_each(s->processes, process_write, &w);
	capture_block_end(out, w.block);
	process_each(s->processes, descriptors_write, &w);
}
