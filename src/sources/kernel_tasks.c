/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes and threads of a container that may do more than its first process: what an engine's exec, or a wrapper that guards only the start, lets in.
 * Capabilities and ids count where they are in the same user namespace; a sandbox inside of the container that makes one of its own gains nothing. */
#include "base/buffer.h"
#include "base/limits.h"
#include "kernel/capability.h"
#include "sources/kernel_enforced.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum { EFFECTIVE = 1 };

typedef struct task {
	int32_t pid, thread;
	const proc_status *status;
	span bytes;
} task;

static void add_gain(buffer *gains, const char *words)
{
	buffer_format(gains, "%s%s", gains->n ? "; " : "", words);
}

/* What it has beyond the first; by name only where that says more than that nothing is left to have. */
static void add_capabilities(enforced *r, const proc_status *s, uint64_t set, buffer *gains)
{
	uint64_t all = kernel_host_capabilities(r->kernel);
	if (!set)
		return;
	if (all && ((s->permitted & all) == all || (s->bounding & all) == all)) {
		add_gain(gains, "all capabilities");
		return;
	}
	add_gain(gains, "capabilities");
	for (int i = 0; i < CAPABILITY_COUNT; i++)
		if (set >> i & 1)
			buffer_format(gains, " %s", capability_names[i]);
}

typedef enum users { USERS_SAME, USERS_HOST, USERS_OTHER } users;

/* Whose user namespace a process is in, by that of the first. What may not be looked at is taken for the same. */
static users users_of(enforced *r, int32_t pid)
{
	uint64_t first, other;
	if (kernel_namespace_of(r->kernel, r->container->pid, NAMESPACE_USER, &first) != LOOK_FOUND ||
		kernel_namespace_of(r->kernel, pid, NAMESPACE_USER, &other) != LOOK_FOUND || first == other)
		return USERS_SAME;
	return other == kernel_namespace_host(r->kernel, NAMESPACE_USER) ? USERS_HOST : USERS_OTHER;
}

static bool is_root(const enforced *r, const proc_status *s)
{
	uint32_t id = s->uid[EFFECTIVE];
	if (!r->uids.count || r->uids.identity)
		return id == 0;
	return proc_id_inside(&r->uids, id, &id) && id == 0;
}

static void compare(enforced *r, const proc_status *s, users u, buffer *gains)
{
	const proc_status *f = &r->first;
	if (u == USERS_HOST && r->own_users)
		add_gain(gains, "the user namespace of the host");
	if (u != USERS_OTHER) {
		if (is_root(r, s) && !is_root(r, f))
			add_gain(gains, "uid 0");
		add_capabilities(r, s, (s->permitted & ~f->permitted) | (s->bounding & ~f->bounding), gains);
	}
	if (s->seccomp == 0 && f->seccomp > 0)
		add_gain(gains, "no seccomp filter");
	if (s->no_new_privileges == 0 && f->no_new_privileges > 0)
		add_gain(gains, "new privileges through set-uid files");
}

/* Whether anything that compare looks at differs, so that most need no further look. */
static bool differs(const proc_status *s, const proc_status *f)
{
	return s->uid[EFFECTIVE] != f->uid[EFFECTIVE] || s->permitted != f->permitted ||
	       s->bounding != f->bounding || s->seccomp != f->seccomp ||
	       s->no_new_privileges != f->no_new_privileges;
}

static bool take_task(enforced *r, const task *t)
{
	auto_buffer gains = {0};
	uint32_t uid = t->status->uid[EFFECTIVE];
	if (!r->own_users && !differs(t->status, &r->first))
		return false;
	compare(r, t->status, t->pid == r->container->pid ? USERS_SAME : users_of(r, t->pid), &gains);
	if (!gains.n)
		return false;
	if (r->posture->tasks.value.list->all.count >= LIMIT_CONTAINER_TASKS)
		return true;
	span words = arena_copy(r->arena, buffer_span(&gains));
	span name = arena_copy(r->arena, t->status->name);
	span line = arena_format(r->arena, "%.*s: %.*s", SPAN_ARG(name), SPAN_ARG(words));
	const char *place = t->thread ? arena_format(r->arena, "/proc/%d/task/%d/status", t->pid, t->thread).p
				      : arena_format(r->arena, "/proc/%d/status", t->pid).p;
	item *x = posture_add(r->posture, FACT_tasks, evidence_add(r->evidence, place, line), r->arena);
	item_set_number(x, MEMBER_task_pid, t->thread ? t->thread : t->pid);
	item_set_text(x, MEMBER_task_command, name);
	if (r->uids.count && !r->uids.identity)
		proc_id_inside(&r->uids, uid, &uid);
	item_set_number(x, MEMBER_task_uid, uid);
	item_set_text(x, MEMBER_task_gains, words);
	return true;
}

/* The threads of a process that are not its first. */
static void read_threads(enforced *r, int32_t pid, uint32_t *left)
{
	int fd = -1;
	if (kernel_open_at(r->kernel, O_RDONLY | O_DIRECTORY, &fd, "proc/%d/task", pid) != LOOK_FOUND)
		return;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	arena scratch = {0};
	for (struct dirent *entry; *left && (entry = readdir(folder));) {
		uint64_t id;
		proc_status status;
		task t = {.pid = pid, .status = &status};
		if (!proc_number(span_of(entry->d_name), 10, &id) || id == (uint64_t)pid || id > INT32_MAX)
			continue;
		t.thread = (int32_t)id;
		--*left;
		if (kernel_read(r->kernel, &scratch, &t.bytes, "proc/%d/task/%d/status", pid, t.thread) ==
				LOOK_FOUND &&
			proc_status_read(t.bytes, &status))
			take_task(r, &t);
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	closedir(folder);
}

/* Each program once, by the name that the kernel has for it. */
static void read_programs(enforced *r)
{
	map known = {0};
	posture_set_list(r->posture, FACT_programs, KNOWN_ENFORCED, evidence_whole(r->evidence), r->arena);
	for (uint32_t i = 0; i < r->container->pids.count; i++) {
		const kernel_process *p = kernel_process_find(r->kernel, r->container->pids.items[i]);
		item *x = p ? map_get(&known, p->status.name) : NULL;
		if (x)
			x->values[MEMBER_program_processes].number++;
		if (!p || x || known.count >= LIMIT_CONTAINER_TASKS)
			continue;
		span name = arena_copy(r->arena, p->status.name);
		x = posture_add(r->posture, FACT_programs,
			evidence_add(r->evidence, arena_format(r->arena, "/proc/%d/comm", p->pid).p, name),
			r->arena);
		item_set_text(x, MEMBER_program_name, name);
		item_set_number(x, MEMBER_program_processes, 1);
		map_set(&known, r->arena, name, x);
	}
}

void enforced_tasks(enforced *r)
{
	uint32_t left = LIMIT_CONTAINER_THREADS, more = 0;
	origin at = evidence_add(r->evidence, "/proc/PID/status",
		arena_format(r->arena, "%u processes were compared", r->container->pids.count));
	posture_set_list(r->posture, FACT_tasks, KNOWN_ENFORCED, at, r->arena);
	for (uint32_t i = 0; i < r->container->pids.count; i++) {
		const kernel_process *p = kernel_process_find(r->kernel, r->container->pids.items[i]);
		if (!p)
			continue;
		task t = {.pid = p->pid, .status = &p->status, .bytes = p->bytes};
		if (p->pid != r->container->pid)
			take_task(r, &t);
		if (p->status.threads > 1 && left)
			read_threads(r, p->pid, &left);
		else if (p->status.threads > 1)
			more += (uint32_t)p->status.threads - 1;
	}
	read_programs(r);
	if (more)
		bundle_add_problem(r->bundle, r->evidence->text, 0, 0,
			arena_format(r->arena,
				"%u threads were not looked at: only the first %d of a container are", more,
				LIMIT_CONTAINER_THREADS)
				.p);
}
