/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of threads: chains in a table that doubles. Texts are counted blocks that processes share with those they came from. */
#include "watch/process.h"

#include "base/limits.h"
#include "base/memory.h"
#include "kernel/proc.h"

#include <stddef.h>
#include <stdlib.h>

/* Lies before every text. */
typedef struct text_block {
	uint32_t users, bytes;
	char p[];
} text_block;

struct process_table {
	process **slots;
	uint32_t count, room; /* room is a power of two */
	uint64_t seed;        /* so that nobody can choose ids of one slot beforehand */
	size_t texts;         /* bytes of all of them */
	process *free;        /* by next */
	descriptor_pool *pool;
};

enum { FIRST_ROOM = 1024 };

process_table *process_table_new(void)
{
	process_table *t = memory_zeroed(1, sizeof *t);
	t->room = FIRST_ROOM;
	t->slots = memory_zeroed(t->room, sizeof *t->slots);
	t->seed = (uintptr_t)t->slots | 1;
	t->pool = descriptor_pool_new();
	return t;
}

static text_block *text_block_of(char *text)
{
	return (text_block *)(void *)(text - offsetof(text_block, p));
}

static void text_drop(process_table *t, process *p, process_text which)
{
	if (!p->texts[which])
		return;
	text_block *b = text_block_of(p->texts[which]);
	p->texts[which] = NULL;
	p->lengths[which] = 0;
	if (--b->users)
		return;
	t->texts -= sizeof *b + b->bytes;
	free(b);
}

static void process_done(process_table *t, process *p)
{
	for (int i = 0; i < PROCESS_TEXTS; i++)
		text_drop(t, p, i);
	descriptor_table_free(p->descriptors);
}

void process_table_free(process_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->room; i++)
		for (process *p = t->slots[i], *next; p; p = next) {
			next = p->next;
			process_done(t, p);
			free(p);
		}
	for (process *p = t->free, *next; p; p = next) {
		next = p->next;
		free(p);
	}
	descriptor_pool_free(t->pool);
	free(t->slots);
	free(t);
}

static process **slot_of(const process_table *t, int64_t tid)
{
	return &t->slots[(((uint64_t)tid ^ t->seed) * 0x9e3779b97f4a7c15u >> 32) & (t->room - 1)];
}

process *process_get(const process_table *t, int64_t tid)
{
	process *p = *slot_of(t, tid);
	while (p && p->tid != tid)
		p = p->next;
	return p;
}

static void table_grow(process_table *t)
{
	process_table old = *t;
	t->room *= 2;
	t->slots = memory_zeroed(t->room, sizeof *t->slots);
	for (uint32_t i = 0; i < old.room; i++)
		for (process *p = old.slots[i], *next; p; p = next) {
			next = p->next;
			process **slot = slot_of(t, p->tid);
			p->next = *slot;
			*slot = p;
		}
	free(old.slots);
}

process *process_add(process_table *t, int64_t tid)
{
	process *p = process_get(t, tid);
	if (p)
		return p;
	if (t->count >= LIMIT_WATCH_PROCESSES)
		return NULL;
	if (t->count >= t->room)
		table_grow(t);
	p = t->free;
	if (p)
		t->free = p->next;
	else
		p = memory_zeroed(1, sizeof *p);
	process **slot = slot_of(t, tid);
	*p = (process){.tid = tid,
		.pid = -1,
		.parent = -1,
		.session = -1,
		.group = -1,
		.vtid = -1,
		.vpid = -1,
		.vgroup = -1,
		.uid = PROCESS_NO_ID,
		.gid = PROCESS_NO_ID,
		.login_uid = PROCESS_NO_ID,
		.next = *slot};
	*slot = p;
	t->count++;
	return p;
}

/* --- families --- */

static void family_leave(process *p)
{
	if (p->sibling_back) {
		*p->sibling_back = p->sibling;
		if (p->sibling)
			p->sibling->sibling_back = p->sibling_back;
	}
	p->sibling = NULL;
	p->sibling_back = NULL;
	p->parent = -1;
}

void process_parent_set(process_table *t, process *p, int64_t parent)
{
	family_leave(p);
	p->parent = parent;
	process *of = parent >= 0 && parent != p->tid ? process_get(t, parent) : NULL;
	if (!of)
		return;
	p->sibling = of->children;
	p->sibling_back = &of->children;
	if (p->sibling)
		p->sibling->sibling_back = &p->sibling;
	of->children = p;
}

static process *other_leader(const process_table *t, const process *p)
{
	return p->pid >= 0 && p->pid != p->tid ? process_get(t, p->pid) : NULL;
}

void process_pid_set(process_table *t, process *p, int64_t pid)
{
	if (p->pid == pid)
		return;
	process *old = other_leader(t, p);
	if (old && old->threads)
		old->threads--;
	p->pid = pid;
	process *leader = other_leader(t, p);
	if (leader)
		leader->threads++;
}

/* The children of one who goes become those of the reaper, the first of them; others have no known parent from then on. */
static void orphans_move(process_table *t, process *p, int64_t reaper)
{
	process *to = reaper >= 0 && reaper != p->tid ? process_get(t, reaper) : NULL;
	for (uint32_t moved = 0; p->children; moved++) {
		process *child = p->children;
		if (to && to != child && moved < LIMIT_WATCH_ORPHANS)
			process_parent_set(t, child, reaper);
		else
			family_leave(child);
	}
}

static void process_unlink(process_table *t, process *p)
{
	process **at = slot_of(t, p->tid);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	process_done(t, p);
	p->next = t->free;
	t->free = p;
	t->count--;
}

void process_remove(process_table *t, int64_t tid, int64_t reaper)
{
	process *p = process_get(t, tid);
	if (!p)
		return;
	if (p->threads) {
		p->exited = true;
		return;
	}
	process *leader = other_leader(t, p);
	orphans_move(t, p, leader ? leader->tid : reaper);
	family_leave(p);
	process_unlink(t, p);
	if (!leader || (leader->threads && --leader->threads) || !leader->exited)
		return;
	orphans_move(t, leader, reaper);
	family_leave(leader);
	process_unlink(t, leader);
}

process *process_leader(const process_table *t, process *p)
{
	process *leader = other_leader(t, p);
	return leader ? leader : p;
}

process *process_parent(const process_table *t, const process *p)
{
	return p->parent >= 0 && p->parent != p->tid ? process_get(t, p->parent) : NULL;
}

descriptor_table *process_descriptors(const process_table *t, process *p)
{
	return p->flags & CLONE_SHARES_FILES ? process_leader(t, p)->descriptors : p->descriptors;
}

descriptor_table *process_descriptors_make(process_table *t, process *p)
{
	process *of = p->flags & CLONE_SHARES_FILES ? process_leader(t, p) : p;
	if (!of->descriptors)
		of->descriptors = descriptor_table_new(t->pool);
	return of->descriptors;
}

/* --- texts --- */

span process_text_get(const process *p, process_text which)
{
	return (span){p->texts[which], p->lengths[which]};
}

void process_text_set(process_table *t, process *p, process_text which, span text)
{
	text = span_sub(text, 0, LIMIT_WATCH_TEXT);
	if (p->texts[which] && span_equal(text, process_text_get(p, which)))
		return;
	text_drop(t, p, which);
	if (t->texts >> 20 >= LIMIT_WATCH_MEMORY_MIB)
		return;
	text_block *b = memory_resize(NULL, sizeof *b + text.n + 1);
	b->users = 1;
	b->bytes = (uint32_t)text.n + 1;
	if (text.n)
		memcpy(b->p, text.p, text.n);
	b->p[text.n] = 0;
	t->texts += sizeof *b + b->bytes;
	p->texts[which] = b->p;
	p->lengths[which] = (uint32_t)text.n;
}

void process_text_share(process_table *t, process *p, process_text which, const process *from)
{
	if (p->texts[which] == from->texts[which])
		return;
	text_drop(t, p, which);
	if (!from->texts[which])
		return;
	text_block_of(from->texts[which])->users++;
	p->texts[which] = from->texts[which];
	p->lengths[which] = from->lengths[which];
}

span process_container_of(span cgroups)
{
	enum { SHORT_ID = 12 };
	span row, subsystem;
	while (span_cut(&cgroups, 0, &row)) {
		if (!span_cut(&row, '=', &subsystem))
			continue;
		proc_cgroup_name name = proc_cgroup_identify(row);
		if (name.id.n && name.hex && !name.monitor)
			return span_sub(name.id, 0, SHORT_ID);
	}
	return (span){0};
}

void process_each(const process_table *t, void (*each)(void *of, process *p), void *of)
{
	for (uint32_t i = 0; i < t->room; i++)
		for (process *p = t->slots[i]; p; p = p->next)
			each(of, p);
}

uint32_t process_count(const process_table *t)
{
	return t->count;
}
