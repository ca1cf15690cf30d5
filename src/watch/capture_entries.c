/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries of system calls in old captures, by thread, until the exit of the same call comes. */
#include "base/limits.h"
#include "base/memory.h"
#include "watch/capture_parts.h"

#include <stdlib.h>

enum { FIRST_ROOM = 256, EXECVE_EXIT = 293, EXECVEAT_ENTRY = 330 };

void capture_entries_done(capture_entries *t)
{
	for (uint32_t i = 0; i < t->room; i++)
		free(t->slots[i].bytes);
	free(t->slots);
	*t = (capture_entries){0};
}

static capture_entry *slot_find(const capture_entries *t, uint64_t tid)
{
	uint32_t i = (uint32_t)((tid ^ (uintptr_t)t->slots) * 0x9e3779b97f4a7c15u >> 32) & (t->room - 1);
	while (t->slots[i].used && t->slots[i].tid != tid)
		i = (i + 1) & (t->room - 1);
	return &t->slots[i];
}

static void entries_grow(capture_entries *t)
{
	capture_entries old = *t;
	t->room = old.room ? old.room * 2 : FIRST_ROOM;
	t->slots = memory_zeroed(t->room, sizeof *t->slots);
	for (uint32_t i = 0; i < old.room; i++)
		if (old.slots[i].used)
			*slot_find(t, old.slots[i].tid) = old.slots[i];
	free(old.slots);
}

static capture_entry *slot_make(capture_entries *t, uint64_t tid)
{
	/* Honest captures never come here: forgetting all costs some parameters, no event. */
	if (t->count >= LIMIT_WATCH_PROCESSES || t->bytes > LIMIT_CAPTURE_ENTRIES)
		capture_entries_done(t);
	if (t->count * 3 >= t->room * 2)
		entries_grow(t);
	capture_entry *e = slot_find(t, tid);
	if (!e->used) {
		e->used = true;
		e->tid = tid;
		t->count++;
	}
	return e;
}

void capture_entry_keep(capture_entries *t, const event *e)
{
	capture_entry *to = slot_make(t, e->tid);
	size_t bytes = 0;
	to->count = (uint8_t)(e->count < CAPTURE_ENTRY_PARAMS ? e->count : CAPTURE_ENTRY_PARAMS);
	for (uint32_t i = 0; i < to->count; i++)
		bytes += e->params[i].n;
	if (bytes > to->room) {
		t->bytes += bytes - to->room;
		to->bytes = memory_resize(to->bytes, bytes);
		to->room = (uint32_t)bytes;
	}
	size_t at = 0;
	for (uint32_t i = 0; i < to->count; i++) {
		span p = e->params[i];
		if (p.n)
			memcpy(to->bytes + at, p.p, p.n);
		to->lengths[i] = (uint32_t)p.n;
		at += p.n;
	}
	to->code = e->code;
	to->type = e->type;
}

capture_entry *capture_entry_find(const capture_entries *t, uint64_t tid, uint16_t exit_code)
{
	if (!t->count)
		return NULL;
	capture_entry *e = slot_find(t, tid);
	if (!e->used || !e->type)
		return NULL;
	/* An execveat that succeeds ends as an execve. */
	bool fits = e->code + 1 == exit_code || (e->code == EXECVEAT_ENTRY && exit_code == EXECVE_EXIT);
	return fits ? e : NULL;
}
