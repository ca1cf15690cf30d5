/* SPDX-License-Identifier: Apache-2.0
 *
 * What can only be said when all lists are there: whose child everybody is, how many threads a process has, and who of a connection is the
 * server: whoever's own port is one that somebody listens on. */
#include "base/memory.h"
#include "watch/state_parts.h"

#include <stdlib.h>

enum { PORTS = 1 << 16 };

typedef struct list_walk {
	watch_state *s;
	descriptor_table *table;
	uint8_t *ports; /* a bit each */
} list_walk;

static bool port_note(void *of, descriptor *d)
{
	list_walk *w = of;
	if (d->listening)
		w->ports[d->target.port / 8] |= (uint8_t)(1 << d->target.port % 8);
	return true;
}

static void family_join(void *of, process *p)
{
	list_walk *w = of;
	int64_t pid = p->pid;
	process_parent_set(w->s->processes, p, p->parent);
	p->pid = -1;
	process_pid_set(w->s->processes, p, pid);
	if (p->descriptors)
		descriptor_each(p->descriptors, port_note, w);
}

static bool socket_turn(void *of, descriptor *d)
{
	list_walk *w = of;
	if (!descriptor_is_ip(d) || d->listening || d->role != ROLE_NONE)
		return true;
	d->role = ROLE_CLIENT;
	if (!(w->ports[d->source.port / 8] >> d->source.port % 8 & 1))
		return true;
	endpoint own = d->source;
	d->source = d->target;
	d->target = own;
	d->role = ROLE_SERVER;
	char room[DESCRIPTOR_NAME_ROOM];
	descriptor_set_name(w->table, d, descriptor_ip_name(d, room));
	return true;
}

static void sockets_turn(void *of, process *p)
{
	list_walk *w = of;
	w->table = p->descriptors;
	if (w->table)
		descriptor_each(w->table, socket_turn, w);
}

static void threads_clear(void *of, process *p)
{
	(void)of;
	p->threads = 0;
}

void state_lists_done(watch_state *s)
{
	list_walk w = {.s = s, .ports = memory_zeroed(PORTS / 8, 1)};
	process_each(s->processes, threads_clear, &w);
	process_each(s->processes, family_join, &w);
	process_each(s->processes, sockets_turn, &w);
	free(w.ports);
}
