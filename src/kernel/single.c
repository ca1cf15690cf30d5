/* SPDX-License-Identifier: Apache-2.0
 *
 * One container by one of its processes, for those who cannot look at all of /proc each time. Those above the process are looked at until one holds the container:
 * a shim (whose working directory is the bundle) or conmon; a runtime that is just making it says where its records are. Processes that are themselves in a container
 * are not believed. */
#include "base/limits.h"
#include "kernel/inside.h"

enum { ANCESTORS = 32, WAYS = 2 };

/* What the cgroup of a process says; false: it has ended. */
static bool read_cgroup(kernel *k, int32_t pid, arena *a, proc_cgroup_name *ret)
{
	span bytes;
	proc_cgroup line;
	*ret = (proc_cgroup_name){.engine = ""};
	if (kernel_read(k, a, &bytes, "proc/%d/cgroup", pid) != LOOK_FOUND)
		return false;
	while (!ret->hex && proc_cgroup_next(&bytes, &line))
		*ret = proc_cgroup_identify(line.path);
	return true;
}

static bool read_status(kernel *k, int32_t pid, arena *a, proc_status *ret)
{
	span bytes;
	return kernel_read(k, a, &bytes, "proc/%d/status", pid) == LOOK_FOUND && proc_status_read(bytes, ret);
}

void kernel_root_add(kernel *k, span root)
{
	if (!span_starts(root, SPAN("/")) || k->roots.count >= LIMIT_RUNTIME_ROOTS)
		return;
	list_each(const span, known, &k->roots)
		if (span_equal(*known, root))
			return;
	list_push(&k->arena, &k->roots, arena_copy(&k->arena, root));
}

static void remember_root(kernel *k, int32_t pid, span root, arena *a)
{
	span folder = {0};
	if (root.n && root.p[0] != '/' && kernel_link(k, a, &folder, "proc/%d/cwd", pid) == LOOK_FOUND)
		root = arena_format(a, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(root));
	kernel_root_add(k, root);
}

/* The bundles of a pod's containers lie side by side, and one shim holds them all. */
static span beside(span folder, span id, arena *a)
{
	size_t slash = span_find_last(folder, '/');
	return slash == SPAN_NONE ? (span){0}
				  : arena_format(a, "%.*s/%.*s", (int)slash, folder.p, SPAN_ARG(id));
}

static void take_shim(kernel *k, int32_t pid, const proc_supervisor *s, arena *a, kernel_container *c)
{
	span folder;
	if (kernel_link(k, a, &folder, "proc/%d/cwd", pid) == LOOK_FOUND)
		c->bundle = span_equal(s->id, c->id) ? folder : beside(folder, c->id, a);
}

/* Whether this process holds the container. */
static bool take_holder(kernel *k, int32_t pid, arena *a, kernel_container *c)
{
	span cmdline;
	proc_supervisor s;
	if (kernel_read(k, a, &cmdline, "proc/%d/cmdline", pid) != LOOK_FOUND ||
		!proc_supervisor_read(cmdline, &s))
		return false;
	remember_root(k, pid, s.root, a);
	if (s.foreground) {
		c->runtime = c->runtime.n ? c->runtime : s.runtime;
		return false;
	}
	if (!s.shim && !span_equal(s.id, c->id))
		return false;
	if (!c->engine[0])
		c->engine = s.engine;
	if (s.runtime.n)
		c->runtime = s.runtime;
	if (span_equal(s.id, c->id) && s.name.n)
		c->name = s.name;
	if (s.shim)
		take_shim(k, pid, &s, a, c);
	else if (!s.exec)
		c->bundle = s.bundle;
	return true;
}

static bool may_hold(const proc_status *s)
{
	return s->pid_depth == 1 &&
	       (span_starts(s->name, SPAN("containerd-shim")) || span_in(s->name, "conmon runc crun"));
}

/* Goes up from a process; false: it has ended. */
static bool ask_ancestors(kernel *k, int32_t pid, arena *a, kernel_container *c, bool *held)
{
	proc_status s;
	proc_cgroup_name where;
	int i = 0;
	for (; i < ANCESTORS && pid > 1 && !*held && read_status(k, pid, a, &s); i++) {
		bool outside = read_cgroup(k, pid, a, &where) && (!where.hex || where.monitor);
		*held = outside && may_hold(&s) && take_holder(k, pid, a, c);
		pid = s.parent;
	}
	return i > 0;
}

/* --- records --- */

typedef struct record_search {
	kernel *kernel;
	arena *arena;
	kernel_container *container;
} record_search;

static bool is_wanted(void *of, span id)
{
	const record_search *s = of;
	return span_equal(id, s->container->id);
}

static void seen_record(void *of, const runtime_state *record)
{
	record_search *s = of;
	proc_cgroup_name where;
	kernel_process p = {.pid = record->is.pid, .thread = record->is.pid};
	if (s->container->bundle.n || !read_status(s->kernel, p.pid, s->arena, &p.status) ||
		!read_cgroup(s->kernel, p.pid, s->arena, &where) || !span_equal(where.id, s->container->id) ||
		!kernel_state_holds(s->kernel, record, &p))
		return;
	s->container->bundle = arena_copy(s->arena, record->is.bundle);
	if (!s->container->runtime.n)
		s->container->runtime = span_of(record->runtime);
}

static void ask_records(kernel *k, arena *a, kernel_container *c)
{
	kernel_roots roots = {k->roots.items, k->roots.count, k->roots.room};
	record_search s = {k, a, c};
	const state_visitor v = {is_wanted, seen_record, &s};
	kernel_states_visit(k, &roots, &v);
}

/* --- both --- */

static bool is_inside(kernel *k, int32_t pid, arena *a, kernel_container *c)
{
	proc_cgroup_name where;
	if (!read_cgroup(k, pid, a, &where) || !where.hex || where.monitor || !span_equal(where.id, c->id))
		return false;
	c->engine = where.engine;
	c->pid = c->thread = pid;
	char *pod = arena_alloc(a, where.pod.n + 1);
	for (size_t i = 0; i < where.pod.n; i++)
		pod[i] = where.pod.p[i] == '_' ? '-' : where.pod.p[i];
	c->pod = (span){pod, where.pod.n};
	return true;
}

bool kernel_find_one(kernel *k, span id, const int32_t *pids, uint32_t count, arena *a, kernel_container *ret)
{
	bool inside = false, held = false;
	int ways = 0; /* up to the top; more would only lead over the same processes */
	*ret = (kernel_container){.id = arena_copy(a, id), .engine = ""};
	for (uint32_t i = 0; i < count && !inside; i++)
		inside = is_inside(k, pids[i], a, ret);
	for (uint32_t i = 0; i < count && !held && ways < WAYS; i++)
		ways += ask_ancestors(k, pids[i], a, ret, &held);
	if (!ret->bundle.n)
		ask_records(k, a, ret);
	return inside || held || ret->bundle.n;
}
