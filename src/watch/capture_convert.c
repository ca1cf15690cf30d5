/* SPDX-License-Identifier: Apache-2.0
 *
 * From the forms that events had in older recorders to today's. Since 2025 recorders write no entries of system calls: what entries said
 * stands behind the parameters of the exit, and types that were superseded became their successors. Parameters are matched by their
 * names, so one rule serves nearly all types; what an exit says itself is never overwritten. */
#include "watch/capture_parts.h"

typedef struct successor_row {
	uint16_t old, now;
} successor_row;

static const successor_row successors[] = {
	{11, 159},  /* brk */
	{13, 293},  /* execve */
	{15, 223},  /* clone */
	{16, 186},  /* procexit */
	{27, 247},  /* accept */
	{57, 389},  /* accept4 */
	{85, 83},   /* select */
	{91, 171},  /* ioctl */
	{99, 277},  /* mkdir */
	{101, 279}, /* rmdir */
	{103, 307}, /* openat */
	{105, 309}, /* link */
	{107, 311}, /* linkat */
	{109, 301}, /* unlink */
	{111, 303}, /* unlinkat */
	{125, 367}, /* dup */
	{146, 152}, /* switch */
	{155, 293}, /* execve */
	{157, 223}, /* clone */
	{173, 293}, /* execve */
	{183, 225}, /* fork */
	{185, 227}, /* vfork */
	{215, 293}, /* execve */
	{217, 223}, /* clone */
	{219, 225}, /* fork */
	{221, 227}, /* vfork */
	{231, 293}, /* execve */
	{249, 389}, /* accept4 */
	{259, 387}, /* umount */
	{272, 324}, /* container */
	{283, 293}, /* execve */
	{289, 293}, /* execve */
	{297, 369}, /* bpf */
};

/* Parameters whose names changed on the way. */
static const struct {
	const char *now, *old;
} names[] = {
	{"oldfd", "fd"},
	{"fd", "res_or_fd"},
};

enum { DROP_ENTRY = 148, EXECVEAT_ENTRY = 330, EXECVEAT_EXIT = 331, EXECVE_EXIT = 293 };

static uint16_t successor_of(uint16_t code)
{
	for (size_t i = 0; i < sizeof successors / sizeof *successors; i++)
		if (successors[i].old == code)
			return successors[i].now;
	return code;
}

static int8_t param_find(const event_type *type, const char *name)
{
	for (uint32_t i = 0; i < type->count; i++)
		if (strcmp(type->params[i].name, name) == 0)
			return (int8_t)i;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].now, name) == 0)
			for (uint32_t j = 0; j < type->count; j++)
				if (strcmp(type->params[j].name, names[i].old) == 0)
					return (int8_t)j;
	return -1;
}

static void plan_make(capture_plan *plan, uint16_t code, const event_type *type)
{
	plan->ready = true;
	plan->target = successor_of(code);
	const event_type *target = event_type_get(plan->target);
	/* Its flags are not those of its exit, which are about the file. */
	const event_type *entry =
		type->exit && code && code != EXECVEAT_EXIT ? event_type_get(code - 1u) : NULL;
	for (uint32_t i = 0; i < target->count; i++) {
		const char *name = target->params[i].name;
		plan->own[i] = target == type ? (int8_t)i : param_find(type, name);
		plan->entry[i] = entry && !entry->exit ? param_find(entry, name) : -1;
	}
}

/* An entry of a system call, not something that is told once. */
static bool is_entry(uint16_t code, const event_type *type)
{
	const event_type *exit = event_type_get(code + 1u);
	return !type->exit && exit && exit->exit && code != DROP_ENTRY && strcmp(type->name, exit->name) == 0;
}

static span entry_param(const capture_entry *from, int index)
{
	if (index < 0 || index >= from->count || !from->lengths[index])
		return (span){0};
	size_t at = 0;
	for (int i = 0; i < index; i++)
		at += from->lengths[i];
	return (span){from->bytes + at, from->lengths[index]};
}

/* An execveat becomes an execve, whose file name is a path of the working directory: the one that it was given, when it was such. */
static span execveat_path(const capture_entry *from)
{
	enum { WORKING_DIRECTORY = -100 };
	span folder = entry_param(from, 0), path = entry_param(from, 1);
	int64_t number = 0;
	if (folder.n == sizeof number)
		memcpy(&number, folder.p, sizeof number);
	return number == WORKING_DIRECTORY || (path.n && path.p[0] == '/') ? path : (span){0};
}

static void params_merge(const capture_plan *plan, event *e, const capture_entry *entry)
{
	enum { EXECVE_FILENAME = 30 };
	span old[EVENT_PARAMS];
	const event_type *type = e->type, *target = event_type_get(plan->target);
	uint32_t count = e->count;
	memcpy(old, e->params, count * sizeof *old);
	for (uint32_t i = 0; i < target->count; i++) {
		int own = plan->own[i];
		span param = own >= 0 && (uint32_t)own < count ? old[own] : (span){0};
		/* Of several types, where the successor has the one that counts. */
		if (param.p && type != target && type->params[own].type == PARAM_CHOICE &&
			target->params[i].type != PARAM_CHOICE)
			param = span_from(param, 1);
		if (!param.p && entry)
			param = entry->code == EXECVEAT_ENTRY && plan->target == EXECVE_EXIT
					? i == EXECVE_FILENAME ? execveat_path(entry) : (span){0}
					: entry_param(entry, plan->entry[i]);
		e->params[i] = param;
	}
	e->count = target->count;
	e->type = target;
	e->code = plan->target;
}

bool capture_convert(capture_converter *c, event *e)
{
	if (e->code >= CAPTURE_TYPES)
		return true;
	if (is_entry(e->code, e->type)) {
		capture_entry_keep(&c->entries, e);
		return false;
	}
	capture_plan *plan = &c->plans[e->code];
	if (!plan->ready)
		plan_make(plan, e->code, e->type);
	capture_entry *entry = capture_entry_find(&c->entries, e->tid, e->code);
	if (plan->target != e->code || entry)
		params_merge(plan, e, entry);
	if (entry)
		entry->type = NULL;
	return true;
}
