/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding containers without asking any engine:
 *
 * 1. processes whose cgroup path holds the same id of 64 hex digits;
 * 2. the children of containerd's shims and of conmon, whose command lines say the id: with --cgroups=disabled, or with names that are no ids;
 * 3. the first processes that the records of runtimes name (states.c): also in the host's PID namespace, in a cgroup whose name is no id;
 * 4. inits of PID namespaces that have a root of their own: plain runc, LXC, systemd-nspawn.
 *
 * Their descendants belong to them, wherever they have moved. Browsers make PID namespaces too, but keep the host's root, or have none at all. What
 * processes inside of containers say on their command lines is not believed. Not found: a container in the host's PID namespace, in a cgroup whose name is
 * no id, that neither shim nor conmon holds and whose runtime keeps its records nobody knows where. */
#include "kernel/inside.h"

#include <stdlib.h>

enum { ID_DIGITS = 64 };

typedef struct supervisor {
	int32_t pid;
	proc_supervisor is;
	uint32_t owner;
	bool holds;  /* a process of the container that it names is its child */
	span folder; /* working directory of a shim */
	kernel_container *container;
} supervisor;

typedef struct finder {
	kernel *kernel;
	map by_id;
	LIST(supervisor) supervisors;
	map by_group;       /* containers that have a cgroup of their name */
	kernel_roots roots; /* of records, as supervisors say */
} finder;

static kernel_container *add_container(finder *f, span id, const char *engine)
{
	arena *a = &f->kernel->arena;
	kernel_container *c = ARENA_NEW(a, kernel_container);
	*c = (kernel_container){.id = arena_copy(a, id), .engine = engine};
	if (id.n != ID_DIGITS)
		c->name = c->id; /* somebody has thought of it */
	list_push(a, &f->kernel->containers, c);
	map_set(&f->by_id, a, c->id, c);
	return c;
}

/* The line that names a container: any with an id, else that of systemd or version 2. */
static proc_cgroup_name identify(span cgroup)
{
	proc_cgroup_name best = {.engine = ""};
	proc_cgroup line;
	while (proc_cgroup_next(&cgroup, &line)) {
		proc_cgroup_name n = proc_cgroup_identify(line.path);
		if (n.hex)
			return n;
		if (n.id.n && (!best.id.n || n.engine[0]))
			best = n;
	}
	return best;
}

static span copy_pod(arena *a, span pod)
{
	char *out = arena_alloc(a, pod.n + 1);
	for (size_t i = 0; i < pod.n; i++)
		out[i] = pod.p[i] == '_' ? '-' : pod.p[i];
	return (span){out, pod.n};
}

static bool may_supervise(const proc_status *s)
{
	return s->pid_depth == 1 &&
	       (span_starts(s->name, SPAN("containerd-shim")) || span_in(s->name, "conmon runc crun"));
}

/* As the host has it: a root that is not absolute lies below the working directory. */
static void add_root(finder *f, const supervisor *s)
{
	arena *a = &f->kernel->arena;
	span root = s->is.root, folder;
	if (!root.n)
		return;
	if (root.p[0] != '/') {
		if (kernel_link(f->kernel, a, &folder, "proc/%d/cwd", s->pid) != LOOK_FOUND)
			return;
		root = arena_format(a, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(root));
	}
	list_push(a, &f->roots, root);
}

static void seen_supervisor(finder *f, int32_t pid, uint32_t owner)
{
	arena *a = &f->kernel->arena;
	supervisor s = {.pid = pid, .owner = owner};
	span cmdline;
	if (kernel_read(f->kernel, a, &cmdline, "proc/%d/cmdline", pid) != LOOK_FOUND ||
		!proc_supervisor_read(cmdline, &s.is))
		return;
	if (s.is.shim)
		kernel_link(f->kernel, a, &s.folder, "proc/%d/cwd", pid);
	add_root(f, &s);
	if (!s.is.foreground)
		list_push(a, &f->supervisors, s);
}

static void seen_process(void *of, const process_scan *s)
{
	finder *f = of;
	proc_cgroup_name n = identify(s->cgroup);
	if (n.hex && !n.monitor) {
		kernel_container *c = map_get(&f->by_id, n.id);
		if (!c)
			c = add_container(f, n.id, n.engine);
		if (n.pod.n && !c->pod.n)
			c->pod = copy_pod(&f->kernel->arena, n.pod);
		s->process->container = c;
		return;
	}
	if (may_supervise(&s->process->status))
		seen_supervisor(f, s->process->pid, s->process->status.uid[0]);
	if (n.id.n)
		s->process->group = arena_copy(&f->kernel->arena, n.id);
}

static void take_supervisor(kernel_container *c, const supervisor *s, arena *a)
{
	bool own = span_equal(c->id, s->is.id);
	if (s->is.exec)
		return;
	if (own && s->is.name.n)
		c->name = s->is.name;
	if (s->is.runtime.n)
		c->runtime = s->is.runtime;
	if (!c->engine[0])
		c->engine = s->is.engine;
	if (!s->is.shim)
		c->bundle = own ? s->is.bundle : c->bundle;
	else if (own)
		c->bundle = s->folder;
	else if (s->folder.n && span_find_byte(c->id, '/') == SPAN_NONE) { /* a pod's shim: side by side */
		size_t slash = span_find_last(s->folder, '/');
		c->bundle = slash == SPAN_NONE
				    ? c->bundle
				    : arena_format(a, "%.*s/%.*s", (int)slash, s->folder.p, SPAN_ARG(c->id));
	}
}

/* Any user may call a program conmon and give it the id of another's container: only root is believed, and who really holds it. */
static bool is_believed(const supervisor *s)
{
	return s->owner == 0 || s->holds;
}

/* Children of a supervisor whose id no cgroup names. */
static void take_children(finder *f, map *by_pid)
{
	kernel *k = f->kernel;
	for (uint32_t i = 0; i < k->processes.count; i++) {
		kernel_process *p = &k->processes.items[i];
		span parent = {(const char *)&p->status.parent, sizeof p->status.parent};
		supervisor *s = map_get(by_pid, parent);
		if (s && p->container)
			s->holds |= span_equal(p->container->id, s->is.id);
		if (p->container || !s || !kernel_own_root(k, p->thread))
			continue;
		if (!s->container)
			s->container = map_get(&f->by_id, s->is.id);
		if (s->container && !s->holds && s->owner != 0) {
			s->container = NULL;
			continue; /* somebody else's */
		}
		if (!s->container)
			s->container = add_container(f, s->is.id, s->is.engine);
		s->holds = true;
		p->container = s->container;
	}
}

/* --- records of runtimes --- */

/* Those that a supervisor or a cgroup has made known lack nothing, unless nobody said where the bundle is. */
static bool needs_state(void *of, span id)
{
	const finder *f = of;
	const kernel_container *c = map_get(&f->by_id, id);
	return !c || !c->bundle.n;
}

static void fill_from_state(finder *f, kernel_container *c, const runtime_state *s)
{
	arena *a = &f->kernel->arena;
	if (!c->runtime.n)
		c->runtime = span_of(s->runtime);
	if (!c->bundle.n)
		c->bundle = arena_copy(a, s->is.bundle);
}

/* A container by the name that its runtime knows; others may have one of this name. */
static kernel_container *add_recorded(finder *f, kernel_process *p, const runtime_state *s)
{
	arena *a = &f->kernel->arena;
	bool taken = map_get(&f->by_id, s->is.id) != NULL;
	kernel_container *c = add_container(f, taken ? arena_format(a, "pid-%d", p->pid) : s->is.id, "");
	c->name = arena_copy(a, s->is.id);
	if (span_equal(p->group, s->is.id)) /* what was started into it later is in its cgroup */
		map_set(&f->by_group, a, c->name, c);
	return c;
}

static void seen_state(void *of, const runtime_state *s)
{
	finder *f = of;
	kernel_process *p = kernel_process_get(f->kernel, s->is.pid);
	if (!p || !s->is.id.n || (p->container && !span_equal(p->container->id, s->is.id)) ||
		!kernel_state_holds(f->kernel, s, p))
		return;
	if (!p->container)
		p->container = add_recorded(f, p, s);
	fill_from_state(f, p->container, s);
}

static void take_recorded(finder *f)
{
	const state_visitor v = {needs_state, seen_state, f};
	kernel_states_visit(f->kernel, &f->roots, &v);
	if (f->by_group.count)
		list_each(kernel_process, p, &f->kernel->processes)
			if (!p->container && p->group.n)
				p->container = map_get(&f->by_group, p->group);
}

/* --- descendants --- */

static bool is_init(kernel *k, const kernel_process *p)
{
	return p->status.pid_depth > 1 && p->status.pid_inner == 1 && kernel_own_root(k, p->thread);
}

static kernel_container *add_unnamed(finder *f, const kernel_process *p)
{
	span cgroup = {0};
	arena *a = &f->kernel->arena;
	kernel_cgroup_text(f->kernel, p->pid, a, &cgroup);
	proc_cgroup_name n = identify(cgroup);
	if (!n.id.n || map_get(&f->by_id, n.id)) /* nobody says a name, or several share a cgroup */
		n.id = arena_format(a, "pid-%d", p->pid);
	return add_container(f, n.id, n.engine);
}

/* Gives every process the container of its nearest ancestor that has one; the highest init of a PID namespace without one becomes a container. Each is
 * visited once: what a way up leads to is written into all of it. */
static void take_descendants(finder *f)
{
	kernel *k = f->kernel;
	arena scratch = {0};
	uint8_t *done = arena_alloc(&scratch, k->processes.count + 1);
	kernel_process **way = ARENA_ARRAY(&scratch, kernel_process *, k->processes.count + 1);
	for (uint32_t i = 0; i < k->processes.count; i++) {
		uint32_t n = 0;
		kernel_process *p = &k->processes.items[i];
		while (p && !p->container && !done[p - k->processes.items]) {
			done[p - k->processes.items] = 1;
			way[n++] = p;
			p = kernel_process_get(k, p->status.parent);
		}
		kernel_container *c = p ? p->container : NULL;
		while (n--) {
			if (!c && is_init(k, way[n]))
				c = add_unnamed(f, way[n]);
			way[n]->container = c;
		}
	}
	arena_done(&scratch);
}

/* Processes that were started into a container from outside: the same PID namespace, but no id in the cgroup. */
static void take_entered(finder *f)
{
	kernel *k = f->kernel;
	map by_namespace = {0};
	uint64_t inode;
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < k->processes.count; i++) {
			kernel_process *p = &k->processes.items[i];
			bool wanted =
				pass ? !p->container && p->status.pid_depth > 1
				     : p->container && p->status.pid_inner == 1 && p->status.pid_depth > 1;
			if (!wanted || kernel_namespace_of(k, p->pid, NAMESPACE_PID, &inode) != LOOK_FOUND)
				continue;
			span key = arena_format(&k->arena, "%llu", (unsigned long long)inode);
			if (pass)
				p->container = map_get(&by_namespace, key);
			else
				map_set(&by_namespace, &k->arena, key, p->container);
		}
}

/* Who is first: an init whose parent is outside before any other whose parent is. */
static void take_first(kernel *k, kernel_process *p, kernel_process **first)
{
	const kernel_process *parent = kernel_process_get(k, p->status.parent);
	if (parent && parent->container == p->container)
		return;
	bool init = p->status.pid_inner == 1, had = *first && (*first)->status.pid_inner == 1;
	if (!*first || (init && !had))
		*first = p;
}

static void take_pids(kernel *k)
{
	map first = {0};
	for (uint32_t i = 0; i < k->processes.count; i++) {
		kernel_process *p = &k->processes.items[i];
		if (!p->container)
			continue;
		list_push(&k->arena, &p->container->pids, p->pid);
		span key = {(const char *)&p->container, sizeof p->container};
		kernel_process *old = map_get(&first, key), *new = old;
		take_first(k, p, &new);
		if (new != old)
			map_set(&first, &k->arena, key, new);
		if (new) {
			p->container->pid = new->pid;
			p->container->thread = new->thread;
		}
	}
}

/* --- what is not made yet --- */

/* "root" of the options that a shim was given; with the name of the namespace behind it runtimes keep their records there. What is not plain is not taken. */
static span read_shim_root(kernel *k, const supervisor *s, arena *a)
{
	static const char key[] = "\"root\":\"";
	span bytes;
	if (!s->folder.n || kernel_read(k, a, &bytes, "%.*s/options.json", SPAN_ARG(s->folder)) != LOOK_FOUND)
		return (span){0};
	size_t at = span_find(bytes, SPAN(key));
	if (at == SPAN_NONE)
		return (span){0};
	span rest = span_from(bytes, at + sizeof key - 1),
	     root = span_sub(rest, 0, span_find_byte(rest, '"'));
	return span_starts(root, SPAN("/")) && span_find_byte(root, '\\') == SPAN_NONE ? root : (span){0};
}

static void add_shim_roots(finder *f, const supervisor *s)
{
	arena *a = &f->kernel->arena;
	span root = read_shim_root(f->kernel, s, a);
	if (span_find_byte(s->is.name_space, '/') != SPAN_NONE)
		return;
	if (root.n)
		list_push(a, &f->roots,
			arena_format(a, "%.*s/%.*s", SPAN_ARG(root), SPAN_ARG(s->is.name_space)));
	list_push(a, &f->roots, arena_format(a, "/run/containerd/runc/%.*s", SPAN_ARG(s->is.name_space)));
}

static void take_starting(finder *f)
{
	kernel *k = f->kernel;
	list_each(const supervisor, s, &f->supervisors) {
		const kernel_container *c = s->is.shim ? map_get(&f->by_id, s->is.id) : NULL;
		const kernel_process *p = c ? kernel_process_get(k, c->pid) : NULL;
		if (p && kernel_is_starting(p))
			add_shim_roots(f, s);
	}
	if (!kernel_starting_settle(k, &f->roots))
		return;
	for (uint32_t i = 0; i < k->containers.count; i++) {
		k->containers.items[i]->pid = k->containers.items[i]->thread = 0;
		k->containers.items[i]->pids.count = 0;
	}
	take_pids(k);
}

static int by_pid(const void *a, const void *b)
{
	const kernel_container *const *one = a, *const *other = b;
	return ((*one)->pid > (*other)->pid) - ((*one)->pid < (*other)->pid);
}

static void order_containers(kernel_containers *all)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < all->count; i++)
		if (all->items[i]->pid)
			all->items[n++] = all->items[i];
	all->count = n;
	if (n)
		qsort(all->items, n, sizeof *all->items, by_pid);
}

/* What each says of the container that it names. */
static void take_supervisors(finder *f)
{
	list_each(const supervisor, s, &f->supervisors) {
		kernel_container *c = map_get(&f->by_id, s->is.id);
		if (c && is_believed(s))
			take_supervisor(c, s, &f->kernel->arena);
	}
}

/* Containers of a pod that are held by the shim of another. */
static void take_pods(finder *f, const map *supervisors)
{
	kernel *k = f->kernel;
	for (uint32_t i = 0; i < k->containers.count; i++) {
		kernel_container *c = k->containers.items[i];
		const kernel_process *p = kernel_process_get(k, c->pid);
		const supervisor *s =
			p ? map_get(supervisors, (span){(const char *)&p->status.parent, 4}) : NULL;
		if (s && !c->bundle.n && !span_equal(c->id, s->is.id))
			take_supervisor(c, s, &k->arena);
	}
}

static void find(finder *f)
{
	kernel *k = f->kernel;
	map supervisors = {0};
	kernel_scan(k, seen_process, f);
	list_each(supervisor, s, &f->supervisors)
		map_set(&supervisors, &k->arena, (span){(const char *)&s->pid, sizeof s->pid}, s);
	take_children(f, &supervisors);
	take_supervisors(f);
	take_recorded(f);
	take_descendants(f);
	take_entered(f);
	take_pids(k);
	take_starting(f);
	order_containers(&k->containers);
	take_pods(f, &supervisors);
}

const kernel_containers *kernel_find_containers(kernel *k)
{
	if (!k->found) {
		finder f = {.kernel = k};
		k->found = true;
		find(&f);
	}
	return &k->containers;
}
