/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that is looked at: the kernel's containers and the engines' are brought together by their ids, and each becomes a document with its three
 * layers. What one of them does not know, the others may. */
#include "commands/audit.h"

#include "base/files.h"
#include "base/map.h"
#include "engine/containers.h"
#include "host/host.h"
#include "kernel/look.h"
#include "sources/inspect.h"
#include "sources/kernel.h"
#include "sources/oci_spec.h"
#include "sources/running.h"
#include "sources/seccomp.h"

#include <fcntl.h>
#include <unistd.h>

enum { ENGINE_ALL, ENGINE_ONLY_DOCKER, ENGINE_ONLY_PODMAN, ID_SHOWN = 12 };

typedef struct found {                  /* one container, as far as anybody knows it */
	const kernel_container *kernel; /* NULL: only an engine knows it */
	const engine_container *engine; /* NULL: only the kernel knows it */
} found;

typedef struct gather {
	const audit_options *options;
	bundle *bundle;
	arena *arena;
	kernel *kernel; /* NULL: it could not be opened */
	engine *engines[ENGINE_KINDS];
	engine_defaults defaults[ENGINE_KINDS];
	const char *absent[ENGINE_KINDS]; /* why an engine is not there; NULL: not asked */
	LIST(found) containers;
	map by_id;          /* id -> found, as its place in the list plus one */
	uint32_t sandboxes; /* of pods, which are left out */
	bool *named;        /* for each name of the options: whether a container answers to it */
} gather;

static void add_problem(gather *g, const char *path, const char *message)
{
	list_push(g->arena, &g->bundle->problems,
		(problem){.path = arena_string(g->arena, span_of(path)),
			.message = arena_string(g->arena, span_of(message))});
}

/* --- who is there --- */

static void add_kernel(gather *g)
{
	const kernel_containers *all = kernel_find_containers(g->kernel);
	for (uint32_t i = 0; i < all->count; i++) {
		list_push(g->arena, &g->containers, (found){.kernel = all->items[i]});
		map_set(&g->by_id, g->arena, all->items[i]->id, (void *)(uintptr_t)g->containers.count);
	}
}

static void add_engine(gather *g, const engine_container_list *all)
{
	for (uint32_t i = 0; i < all->count; i++) {
		const engine_container *c = &all->items[i];
		uintptr_t place = (uintptr_t)map_get(&g->by_id, c->id);
		if (place)
			g->containers.items[place - 1].engine = c;
		else
			list_push(g->arena, &g->containers, (found){.engine = c});
	}
}

/* An engine that is not here is no fault, unless somebody asked for it. */
static bool asked_for(const gather *g, engine_kind kind)
{
	int only = g->options->engine;
	return only == (kind == ENGINE_DOCKER ? ENGINE_ONLY_DOCKER : ENGINE_ONLY_PODMAN) ||
	       (g->options->host && kind == ENGINE_DOCKER && only != ENGINE_ONLY_PODMAN);
}

static bool left_out(const gather *g, engine_kind kind)
{
	int only = g->options->engine;
	bool other = only > ENGINE_ALL && !asked_for(g, kind);
	/* An address is that of one engine. */
	return g->options->kernel || other || (g->options->host && !asked_for(g, kind));
}

static void ask_engine(gather *g, engine_kind kind)
{
	error e;
	engine_options where = {.host = g->options->host};
	engine_container_list *all = ARENA_NEW(g->arena, engine_container_list);
	if (left_out(g, kind)) {
		g->absent[kind] = "it was not asked";
		return;
	}
	if (engine_open(kind, &where, &g->engines[kind], &e) < 0) {
		g->absent[kind] = arena_string(g->arena, span_of(e.text));
		if (e.code != ERROR_ABSENT || asked_for(g, kind))
			add_problem(g, engine_name(kind), e.text);
		return;
	}
	if (engine_containers(g->engines[kind], false, g->arena, all, &e) < 0)
		add_problem(g, engine_name(kind), e.text);
	/* Without, they are taken for the usual ones. */
	if (all->count && engine_defaults_read(g->engines[kind], g->arena, &g->defaults[kind], &e) < 0)
		add_problem(g, engine_name(kind), e.text);
	add_engine(g, all);
}

/* --- one container --- */

static const char *engine_of(const found *f)
{
	if (f->engine)
		return f->engine->kind == ENGINE_DOCKER ? "docker" : "podman";
	return f->kernel->engine;
}

static span id_of(const found *f)
{
	return f->engine ? f->engine->id : f->kernel->id;
}

/* Kubernetes names its containers in annotations of the spec: by containerd's CRI plugin, by CRI-O. */
static span kubernetes_name(const node *spec, arena *a)
{
	static const char *const rows[][3] = {
		{"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.cri.sandbox-name",
			"io.kubernetes.cri.container-name"},
		{"io.kubernetes.pod.namespace", "io.kubernetes.pod.name", "io.kubernetes.container.name"},
	};
	const node *notes = node_get(spec, "annotations");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		span pod = node_text(node_get(notes, rows[i][1])),
		     name = node_text(node_get(notes, rows[i][2]));
		if (pod.n)
			return arena_format(a, "%.*s/%.*s%s%.*s",
				SPAN_ARG(node_text(node_get(notes, rows[i][0]))), SPAN_ARG(pod),
				name.n ? "/" : "", SPAN_ARG(name));
	}
	return (span){0};
}

static span name_of(const found *f, const node *spec, arena *a)
{
	if (f->engine && f->engine->name.n)
		return f->engine->name;
	span name = kubernetes_name(spec, a);
	if (name.n)
		return name;
	if (f->kernel && f->kernel->name.n)
		return f->kernel->name;
	return span_sub(id_of(f), 0, ID_SHOWN);
}

/* The spec in the bundle; NULL when there is none to be read. Only root may, and it is gone when the container has ended. */
static const node *read_spec(gather *g, const found *f)
{
	error e;
	node *spec = NULL;
	if (!f->kernel || !f->kernel->bundle.n)
		return NULL;
	const char *path = arena_string(g->arena, f->kernel->bundle);
	auto_fd folder = -1;
	look found = kernel_open_at(g->kernel, O_PATH | O_DIRECTORY, &folder, "%s", path);
	if (found == LOOK_REFUSED)
		add_problem(g, path, "the OCI spec of this container may only be read by root");
	if (found != LOOK_FOUND)
		return NULL;
	if (oci_spec_read(folder, g->arena, &spec, &e) < 0 && e.code != ERROR_ABSENT)
		add_problem(g, path, e.text);
	return spec;
}

/* The process that holds the namespaces of a pod: its runtime makes it as it likes, and nobody can harden it. Only in the cgroup of a pod, where no other
 * container can be put by its annotations and labels. */
static bool is_sandbox(const found *f, const node *spec)
{
	static const char *const rows[][2] = {{"io.kubernetes.cri.container-type", "sandbox"},
		{"io.kubernetes.cri-o.ContainerType", "sandbox"}};
	const node *notes = node_get(spec, "annotations"),
		   *labels = f->engine ? node_path(f->engine->inspect, "Config/Labels") : NULL;
	bool is = span_is(node_text(node_get(labels, "io.kubernetes.docker.type")), "podsandbox");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is |= span_is(node_text(node_get(notes, rows[i][0])), rows[i][1]);
	return is && f->kernel && f->kernel->pod.n;
}

static bool wanted(gather *g, const found *f, span name)
{
	bool ret = g->options->name_count == 0;
	for (uint32_t i = 0; i < g->options->name_count; i++) {
		span word = span_of(g->options->names[i]);
		bool is = span_equal(word, name) || (word.n >= 2 && span_starts(id_of(f), word));
		g->named[i] |= is;
		ret |= is;
	}
	return ret;
}

/* An answer without them says nothing; read as one, it would say that everything is as by default. */
static bool says_something(const node *inspect)
{
	return node_is_map(node_get(inspect, "HostConfig")) && node_is_map(node_get(inspect, "Config"));
}

static void read_layers(gather *g, const found *f, const node *spec, evidence *v, running *r)
{
	if (f->engine && says_something(f->engine->inspect)) {
		inspect_posture(f->engine->kind, f->engine->inspect, &g->defaults[f->engine->kind], v,
			&r->layers[RUNNING_DECLARED], g->arena);
		r->known[RUNNING_DECLARED] = true;
	}
	if (spec) {
		oci_spec_posture(spec, v, &r->layers[RUNNING_CONFIGURED], g->arena);
		r->known[RUNNING_CONFIGURED] = true;
		if (f->engine && f->engine->inspect)
			inspect_devices_rename(f->engine->inspect, &r->layers[RUNNING_CONFIGURED]);
	}
	if (f->kernel) {
		kernel_request how = {.set_uid = g->options->deep};
		kernel_posture(g->kernel, f->kernel, &how, v, &r->layers[RUNNING_ENFORCED], g->bundle);
		r->known[RUNNING_ENFORCED] = true;
	}
	if (f->kernel && g->options->deep)
		seccomp_posture(g->kernel, f->kernel, spec, v, &r->layers[RUNNING_ENFORCED], g->bundle);
}

static void add_container(gather *g, const found *f)
{
	evidence v;
	const node *spec = read_spec(g, f);
	span name = name_of(f, spec, g->arena);
	if (!wanted(g, f, name))
		return;
	if (!g->options->name_count && is_sandbox(f, spec)) {
		g->sandboxes++;
		return;
	}
	if (f->engine && f->engine->fault)
		add_problem(g, arena_string(g->arena, name), f->engine->fault);
	const char *engine = engine_of(f);
	running *r = ARENA_NEW(g->arena, running);
	*r = (running){.id = arena_copy(g->arena, id_of(f)), /* the kernel's words go with it */
		.name = arena_copy(g->arena, name),
		.engine = engine,
		.image_id = f->engine ? f->engine->image_id : (span){0},
		.pid = f->kernel ? f->kernel->pid : f->engine->pid,
		.declared_by =
			f->engine && f->engine->kind == ENGINE_PODMAN ? "podman inspect" : "docker inspect"};
	evidence_start(&v, arena_format(g->arena, "%s%s%.*s", engine, engine[0] ? ":" : "", SPAN_ARG(name)).p,
		g->arena);
	document *d = bundle_add_document(g->bundle, DOCUMENT_CONTAINER, v.text, &running_source);
	workload *w = bundle_add_workload(g->bundle, d, "container", arena_string(g->arena, name));
	d->running = r;
	w->origin = evidence_whole(&v);
	w->final = true;
	read_layers(g, f, spec, &v, r);
	evidence_end(&v);
	running_effective(r, &w->posture, g->arena);
}

static void add_containers(gather *g)
{
	g->named = ARENA_ARRAY(g->arena, bool, g->options->name_count);
	for (uint32_t i = 0; i < g->containers.count; i++)
		add_container(g, &g->containers.items[i]);
	if (g->sandboxes)
		bundle_add_skipped(g->bundle,
			arena_format(g->arena, "%u pod sandbox%s", g->sandboxes, g->sandboxes > 1 ? "es" : "")
				.p,
			"the runtime makes it to hold the namespaces of a pod, and nobody can set it up otherwise");
	for (uint32_t i = 0; i < g->options->name_count; i++)
		if (!g->named[i])
			add_problem(g, g->options->names[i], "no running container has this name or id");
}

/* --- all --- */

static void add_host(gather *g)
{
	host_request q = {.root = g->options->root ? g->options->root : "/",
		.docker = g->engines[ENGINE_DOCKER],
		.podman = g->engines[ENGINE_PODMAN],
		.docker_absent = g->absent[ENGINE_DOCKER],
		.podman_absent = g->absent[ENGINE_PODMAN],
		.now = time(NULL)};
	host_read(&q, g->bundle);
}

void audit_gather(const audit_options *o, bundle *b)
{
	error e;
	gather g = {.options = o, .bundle = b, .arena = b->arena};
	if (kernel_open(o->root ? o->root : "/", &g.kernel, &e) < 0)
		add_problem(&g, "/proc", e.text);
	else {
		kernel_use_states(g.kernel, kernel_state_read);
		add_kernel(&g);
	}
	for (int kind = 0; kind < ENGINE_KINDS; kind++)
		ask_engine(&g, (engine_kind)kind);
	add_containers(&g);
	if (!o->no_host && o->name_count == 0 && !o->unscanned && !(o->kernel && o->cis < 0))
		add_host(&g);
	for (int kind = 0; kind < ENGINE_KINDS; kind++)
		engine_close(g.engines[kind]);
	kernel_close(g.kernel);
}
