/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels before names, names before images: the surer way first. A container that says of itself that it belongs to another project is never taken for one
 * of this file, however much its name or image is alike. */
#include "commands/audit_match.h"

#include "base/files.h"
#include "base/map.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* How surely a project is that of a file. */
typedef enum belongs {
	BELONGS_NOT,
	BELONGS_BY_SERVICES, /* it has no services that the file does not have */
	BELONGS_BY_NAME,
	BELONGS_BY_FILE, /* it was started from it */
} belongs;

typedef struct project { /* what Compose has started together */
	span name, folder, files;
	LIST(span) services;
	belongs *levels; /* for each document of the files */
} project;

typedef struct matcher {
	const bundle *running, *files;
	arena *arena;
	map by_key; /* of a project */
	LIST(project *) projects;
	project **project_of; /* for each workload of running; NULL: Compose did not start it */
	belongs *best;        /* for each document of files */
	const char **doubt;
	const workload **of;
} matcher;

/* --- texts --- */

span audit_label(const workload *w, const char *name)
{
	const item_list *labels = posture_items(&w->posture, FACT_labels);
	for (uint32_t i = 0; i < labels->all.count; i++)
		if (span_is(item_text(labels->all.items[i], MEMBER_label_name), name))
			return item_text(labels->all.items[i], MEMBER_label_value);
	return (span){0};
}

span audit_absolute(span path, arena *a)
{
	char here[PATH_MAX];
	auto_buffer out = {0};
	span rest = path, part;
	if (path.n && path.p[0] != '/' && getcwd(here, sizeof here))
		rest = arena_format(a, "%s/%.*s", here, SPAN_ARG(path));
	while (span_cut(&rest, '/', &part)) {
		size_t slash = span_find_last(buffer_span(&out), '/');
		if (part.n == 0 || span_is(part, "."))
			continue;
		if (span_is(part, ".."))
			out.n = slash == SPAN_NONE ? 0 : slash;
		else
			buffer_format(&out, "/%.*s", SPAN_ARG(part));
	}
	return out.n ? arena_copy(a, buffer_span(&out)) : SPAN("/");
}

/* Lower case, and nothing but letters, digits, '-' and '_'. */
span audit_project_name(const document *d, arena *a)
{
	span name = node_text(node_get(d->root, "name"));
	auto_buffer out = {0};
	if (name.n)
		return name;
	span path = audit_absolute(span_of(d->text->path), a),
	     folder = span_sub(path, 0, span_find_last(path, '/'));
	span last = span_from(folder, span_find_last(folder, '/') + 1);
	for (size_t i = 0; folder.n && i < last.n; i++) {
		char c = ascii_lower(last.p[i]);
		if (ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_')
			buffer_add_byte(&out, c);
	}
	return arena_copy(a, buffer_span(&out));
}

/* The only one of several names that is given; podman-compose writes most of Docker's, and some of its own. */
static span either_label(const workload *w, const char *one, const char *other)
{
	span ret = audit_label(w, one);
	return ret.n ? ret : audit_label(w, other);
}

static span service_of(const workload *w)
{
	return either_label(w, "com.docker.compose.service", "io.podman.compose.service");
}

/* --- projects --- */

static project *project_find(matcher *m, const workload *w)
{
	span name = either_label(w, "com.docker.compose.project", "io.podman.compose.project"),
	     folder = audit_label(w, "com.docker.compose.project.working_dir"),
	     files = audit_label(w, "com.docker.compose.project.config_files"), service = service_of(w);
	if (!service.n)
		return NULL;
	span key =
		arena_format(m->arena, "%.*s\n%.*s\n%.*s", SPAN_ARG(name), SPAN_ARG(folder), SPAN_ARG(files));
	project *p = map_get(&m->by_key, key);
	if (!p) {
		p = ARENA_NEW(m->arena, project);
		*p = (project){.name = name,
			.folder = folder,
			.files = files,
			.levels = ARENA_ARRAY(m->arena, belongs, m->files->documents.count)};
		list_push(m->arena, &m->projects, p);
		map_set(&m->by_key, m->arena, key, p);
	}
	list_push(m->arena, &p->services, service);
	return p;
}

/* config_files: paths with commas between them, below working_dir when they are not absolute. */
static bool is_file_of(const project *p, const document *d, arena *a)
{
	span path = audit_absolute(span_of(d->text->path), a), rest = p->files, one;
	while (span_cut(&rest, ',', &one)) {
		if (one.n && one.p[0] != '/' && p->folder.n)
			one = arena_format(a, "%.*s/%.*s", SPAN_ARG(p->folder), SPAN_ARG(one));
		if (one.n && one.p[0] == '/' && span_equal(audit_absolute(one, a), path))
			return true;
	}
	return false;
}

static bool has_services_of(const project *p, const document *d, arena *a)
{
	map services = {0};
	for (uint32_t i = 0; i < d->workloads.count; i++)
		map_set(&services, a, span_of(d->workloads.items[i]->name), (void *)d);
	for (uint32_t i = 0; i < p->services.count; i++)
		if (!map_get(&services, p->services.items[i]))
			return false;
	return true;
}

static belongs belongs_to(const project *p, const document *d, arena *a)
{
	if (is_file_of(p, d, a))
		return BELONGS_BY_FILE;
	if (p->name.n && span_equal(p->name, audit_project_name(d, a)))
		return BELONGS_BY_NAME;
	return has_services_of(p, d, a) ? BELONGS_BY_SERVICES : BELONGS_NOT;
}

/* Of several projects that could be this file's none is. */
static void weigh(matcher *m, uint32_t place)
{
	const document *d = m->files->documents.items[place];
	uint32_t count = 0;
	auto_buffer names = {0};
	if (d->kind != DOCUMENT_COMPOSE)
		return;
	list_each(project *const, p, &m->projects) {
		belongs is = (*p)->levels[place] = belongs_to(*p, d, m->arena);
		if (is > m->best[place])
			m->best[place] = is;
		if (is == BELONGS_BY_SERVICES) {
			count++;
			buffer_format(&names, "%s%.*s", names.n ? ", " : "", SPAN_ARG((*p)->name));
		}
	}
	if (m->best[place] != BELONGS_BY_SERVICES || count < 2)
		return;
	m->best[place] = BELONGS_BY_FILE;
	m->doubt[place] = arena_format(m->arena,
		"several projects have these services (%.*s): say with `name:` which one it is",
		SPAN_ARG(span_sub(buffer_span(&names), 0, 200)))
				  .p;
}

/* --- one container and one workload of a file --- */

typedef bool (*match_function)(
	const matcher *m, uint32_t place, const workload *declared, uint32_t document_place);

static bool by_label(const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	const project *p = m->project_of[place];
	return p && declared->document->kind == DOCUMENT_COMPOSE &&
	       span_is(service_of(m->running->workloads.items[place]), declared->name) &&
	       m->best[document_place] > BELONGS_NOT && p->levels[document_place] == m->best[document_place];
}

static bool by_given_name(const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	(void)document_place;
	span name = span_of(m->running->workloads.items[place]->name);
	if (declared->document->kind == DOCUMENT_COMMANDS)
		return span_is(name, declared->name);
	span asked = node_text(node_get(declared->node, "container_name"));
	return declared->document->kind == DOCUMENT_COMPOSE && asked.n && span_equal(asked, name);
}

/* PROJECT-SERVICE-1, PROJECT_SERVICE_1: what stands before the service, or false. */
static bool name_split(span name, span service, span *ret_project)
{
	size_t end = name.n;
	while (end && ascii_digit(name.p[end - 1]))
		end--;
	if (end == name.n || end < 2 || !strchr("-_", name.p[end - 1]))
		return false;
	span front = span_sub(name, 0, end - 1);
	if (!span_ends(front, service) || front.n < service.n + 2 ||
		front.p[front.n - service.n - 1] != name.p[end - 1])
		return false;
	*ret_project = span_sub(front, 0, front.n - service.n - 1);
	return true;
}

static bool by_project_name(
	const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	span project;
	(void)document_place;
	return declared->document->kind == DOCUMENT_COMPOSE && !m->project_of[place] &&
	       name_split(span_of(m->running->workloads.items[place]->name), span_of(declared->name),
		       &project) &&
	       span_equal(project, audit_project_name(declared->document, m->arena));
}

static bool by_any_project(
	const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	span project;
	(void)document_place;
	return declared->document->kind == DOCUMENT_COMPOSE && !m->project_of[place] &&
	       name_split(
		       span_of(m->running->workloads.items[place]->name), span_of(declared->name), &project);
}

/* --- manifests --- */

/* How many parts controllers put behind their name, with '-' before each. */
static int parts_behind(span kind)
{
	static const struct {
		const char *kind;
		int parts;
	} rows[] = {{"Pod", 0}, {"Deployment", 2}, {"CronJob", 2}, {"ReplicaSet", 1},
		{"ReplicationController", 1}, {"DaemonSet", 1}, {"StatefulSet", 1}, {"Job", 1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_is(kind, rows[i].kind))
			return rows[i].parts;
	return -1;
}

/* Whether a pod is one of a controller: api-5d59d67564-x7k2p of the Deployment api, but not of api-5d59d67564. */
static bool is_pod_of(span pod, const document *d)
{
	int parts = parts_behind(d->object_kind);
	if (parts < 0 || !d->object_name.n || !span_starts(pod, d->object_name))
		return false;
	span rest = span_from(pod, d->object_name.n);
	int found = 0;
	for (size_t i = 0; i < rest.n; i++)
		found += rest.p[i] == '-';
	return found == parts && (parts == 0 ? rest.n == 0 : rest.n && rest.p[0] == '-');
}

typedef struct pod_names {
	span space, pod, container;
} pod_names;

/* From the labels that the kubelet gives containers, or from NAMESPACE/POD/CONTAINER. */
static bool pod_names_of(const workload *w, pod_names *ret)
{
	span name = span_of(w->name);
	*ret = (pod_names){audit_label(w, "io.kubernetes.pod.namespace"),
		audit_label(w, "io.kubernetes.pod.name"), audit_label(w, "io.kubernetes.container.name")};
	if (ret->pod.n && ret->container.n)
		return true;
	return span_cut(&name, '/', &ret->space) && span_cut(&name, '/', &ret->pod) && name.n &&
	       (ret->container = name).n;
}

static bool by_pod(const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	const document *d = declared->document;
	pod_names is;
	(void)document_place;
	return d->kind == DOCUMENT_KUBERNETES && pod_names_of(m->running->workloads.items[place], &is) &&
	       span_equal(is.container, node_text(node_get(declared->node, "name"))) &&
	       (!d->object_namespace.n || span_equal(is.space, d->object_namespace)) && is_pod_of(is.pod, d);
}

/* `podman play kube` calls its containers POD-CONTAINER. */
static bool by_played_pod(const matcher *m, uint32_t place, const workload *declared, uint32_t document_place)
{
	static const char *const between[] = {"-", "-pod-", "-pod-0-"};
	const document *d = declared->document;
	const workload *w = m->running->workloads.items[place];
	span rest = span_of(w->name), container = node_text(node_get(declared->node, "name"));
	(void)document_place;
	if (d->kind != DOCUMENT_KUBERNETES || !container.n || !d->object_name.n ||
		strcmp(w->document->running->engine, "podman") != 0 || !span_starts(rest, d->object_name) ||
		!span_ends(rest, container) || rest.n < d->object_name.n + container.n)
		return false;
	rest = span_sub(rest, d->object_name.n, rest.n - d->object_name.n - container.n);
	for (size_t i = 0; i < sizeof between / sizeof *between; i++)
		if (span_is(rest, between[i]))
			return true;
	return false;
}

/* --- all of them --- */

static bool is_container(const workload *w)
{
	return w->document->running;
}

static bool is_declared(const workload *w)
{
	return w->document->kind == DOCUMENT_COMPOSE || w->document->kind == DOCUMENT_KUBERNETES ||
	       w->document->kind == DOCUMENT_COMMANDS;
}

static uint32_t document_place(const matcher *m, const document *d)
{
	uint32_t i = 0;
	while (i < m->files->documents.count && m->files->documents.items[i] != d)
		i++;
	return i;
}

/* The only one that a way of matching finds. */
static const workload *match_by(const matcher *m, uint32_t place, match_function is)
{
	const workload *ret = NULL;
	uint32_t count = 0, at = 0;
	const document *last = NULL;
	list_each(workload *const, x, &m->files->workloads) {
		if (!is_declared(*x))
			continue;
		if ((*x)->document != last) {
			last = (*x)->document;
			at = document_place(m, last);
		}
		if (is(m, place, *x, at)) {
			ret = *x;
			count++;
		}
	}
	return count == 1 ? ret : NULL;
}

static const workload *match_one(const matcher *m, uint32_t place)
{
	static const match_function ways[] = {
		by_label, by_given_name, by_pod, by_project_name, by_any_project, by_played_pod};
	const workload *ret = NULL;
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !ret; i++)
		ret = match_by(m, place, ways[i]);
	return ret;
}

/* --- by image --- */

/* registry/repository:tag, where docker.io and latest go without saying. */
static span image_key(const posture *p, arena *a)
{
	const fact *registry = &p->image_registry, *tag = &p->image_tag;
	if (!p->image_repository.known || !p->image_repository.value.text.n)
		return (span){0};
	span host = registry->known ? registry->value.text : SPAN("docker.io");
	return arena_format(a, "%.*s/%.*s:%.*s",
		SPAN_ARG(span_is(host, "localhost") ? SPAN("docker.io") : host),
		SPAN_ARG(p->image_repository.value.text),
		SPAN_ARG(tag->known && tag->value.text.n ? tag->value.text : SPAN("latest")));
}

/* Of each image the one that has it; &many when there are several. */
static const workload many;

static void note(matcher *m, map *by_image, span key, const workload *w)
{
	if (key.n)
		map_set(by_image, m->arena, key, map_get(by_image, key) ? (void *)&many : (void *)w);
}

/* Those that nothing else has matched, and that do not say whose they are. */
static void match_images(matcher *m)
{
	map taken = {0}, wanted = {0}, have = {0};
	for (uint32_t i = 0; i < m->running->workloads.count; i++)
		if (m->of[i])
			map_set(&taken, m->arena, span_of(m->of[i]->name), (void *)m->of[i]);
	list_each(workload *const, x, &m->files->workloads)
		if (is_declared(*x) && !map_get(&taken, span_of((*x)->name)) &&
			!((*x)->document->kind == DOCUMENT_COMPOSE && node_get((*x)->node, "container_name")))
			note(m, &wanted,
				image_key((*x)->effective ? (*x)->effective : &(*x)->posture, m->arena), *x);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < m->running->workloads.count; i++) {
			const workload *w = m->running->workloads.items[i];
			pod_names pod;
			if (!is_container(w) || m->of[i] || m->project_of[i] || pod_names_of(w, &pod))
				continue;
			span key = image_key(&w->posture, m->arena);
			if (pass == 0)
				note(m, &have, key, w);
			else if (key.n && map_get(&have, key) == w && map_get(&wanted, key) != &many)
				m->of[i] = map_get(&wanted, key);
		}
}

void audit_match(const bundle *running, const bundle *files, arena *a, audit_matches *ret)
{
	matcher m = {.running = running,
		.files = files,
		.arena = a,
		.project_of = ARENA_ARRAY(a, project *, running->workloads.count),
		.of = ARENA_ARRAY(a, const workload *, running->workloads.count),
		.best = ARENA_ARRAY(a, belongs, files->documents.count),
		.doubt = ARENA_ARRAY(a, const char *, files->documents.count)};
	for (uint32_t i = 0; i < running->workloads.count; i++)
		if (is_container(running->workloads.items[i]))
			m.project_of[i] = project_find(&m, running->workloads.items[i]);
	for (uint32_t i = 0; i < files->documents.count; i++)
		weigh(&m, i);
	for (uint32_t i = 0; i < running->workloads.count; i++)
		if (is_container(running->workloads.items[i]))
			m.of[i] = match_one(&m, i);
	match_images(&m);
	*ret = (audit_matches){m.of, m.doubt};
}
