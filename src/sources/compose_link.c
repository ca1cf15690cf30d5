/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Compose project needs of the rest of a bundle: the Dockerfiles that its services are built from, and which files are read
 * as a part of another project. */
#include "base/files.h"
#include "formats/dockerfile.h"
#include "sources/compose_project.h"
#include "sources/sources.h"

typedef struct linker {
	bundle *bundle;
	loader *loader;
	map dockerfiles; /* normalised path -> document */
} linker;

static span normal(const linker *l, const char *path)
{
	return span_of(path_join(l->bundle->arena, ".", path));
}

/* The Dockerfile at a path: one of the bundle's, else it is read for this purpose only. */
static document *dockerfile_at(linker *l, const char *path)
{
	error e;
	span key = normal(l, path);
	document *d = map_get(&l->dockerfiles, key);
	if (d || !l->loader)
		return d;
	const text *t = l->loader->load(l->loader, key.p, l->bundle->arena, &e);
	uint32_t first = l->bundle->documents.count;
	if (!t)
		return NULL;
	dockerfile_source.read(t, l->loader, l->bundle);
	for (uint32_t i = first; i < l->bundle->documents.count; i++) {
		l->bundle->documents.items[i]->referenced = true;
		if (!d && l->bundle->documents.items[i]->kind == DOCUMENT_DOCKERFILE)
			d = l->bundle->documents.items[i];
	}
	if (d)
		map_set(&l->dockerfiles, l->bundle->arena, key, d);
	return d;
}

/* The stage of a Dockerfile that a target names; without one, the one that becomes the image. */
static const workload *stage_of(const document *d, span target)
{
	const workload *last = NULL;
	uint32_t index = target.n && d->dockerfile
				 ? dockerfile_stage_find(d->dockerfile, target, d->dockerfile->stages.count)
				 : 0;
	for (uint32_t i = 0; i < d->workloads.count; i++) {
		const workload *w = d->workloads.items[i];
		if (target.n && d->dockerfile && d->workloads.count == d->dockerfile->stages.count &&
			i == index)
			return w;
		if (!last || w->final)
			last = w;
	}
	return target.n ? NULL : last;
}

static void move_origins(posture *p, origin to)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		if (p->all[id].origin.text)
			p->all[id].origin = to;
		const item_list *list =
			fact_rows[id].type == TYPE_LIST ? posture_items(p, (fact_id)id) : NULL;
		for (uint32_t i = 0; list && i < list->all.count; i++)
			list->all.items[i]->origin = to;
	}
}

/* dockerfile_inline: what it says is said in the Compose file, at that key. */
static const workload *inline_stage(linker *l, const compose_service *s, span target)
{
	const member *m = tree_find(s->node, "build/dockerfile_inline", NULL);
	bundle part = {.arena = l->bundle->arena};
	if (!m || !node_is_scalar(m->value))
		return NULL;
	text *t = ARENA_NEW(part.arena, text);
	text_init(t, s->parts.items[0].file->text->path, node_text(m->value), part.arena);
	dockerfile_source.read(t, l->loader, &part);
	for (uint32_t i = 0; i < part.workloads.count; i++)
		move_origins(&part.workloads.items[i]->posture, compose_origin(s->project, m));
	return part.documents.count ? stage_of(part.documents.items[0], target) : NULL;
}

static void link_service(linker *l, workload *w)
{
	if (!w->build_file) {
		w->lower = inline_stage(l, w->handle, w->build_target);
		return;
	}
	const document *d = dockerfile_at(l, w->build_file);
	w->lower = d ? stage_of(d, w->build_target) : NULL;
}

/* A file that another one includes is judged there, together with what that one says. */
static void leave_included(const linker *l, const map *included)
{
	bundle *b = l->bundle;
	for (uint32_t i = 0; i < b->documents.count; i++) {
		document *d = b->documents.items[i];
		const document *by =
			d->kind == DOCUMENT_COMPOSE ? map_get(included, normal(l, d->text->path)) : NULL;
		if (by && by != d && !by->referenced) /* of a ring one is left */
			d->referenced = true;
	}
}

void compose_link(bundle *b, loader *files)
{
	linker l = {.bundle = b, .loader = files};
	map included = {0};
	uint32_t count = b->workloads.count; /* linking adds those of Dockerfiles */
	for (uint32_t i = 0; i < b->documents.count; i++) {
		document *d = b->documents.items[i];
		if (d->kind == DOCUMENT_DOCKERFILE)
			map_set(&l.dockerfiles, b->arena, normal(&l, d->text->path), d);
		const compose_service *s = d->kind == DOCUMENT_COMPOSE && d->workloads.count
						   ? d->workloads.items[0]->handle
						   : NULL;
		for (uint32_t k = 0; s && k < s->project->included.count; k++)
			map_set(&included, b->arena, normal(&l, s->project->included.items[k]), d);
	}
	leave_included(&l, &included);
	for (uint32_t i = 0; i < count; i++)
		if (b->workloads.items[i]->document->kind == DOCUMENT_COMPOSE)
			link_service(&l, b->workloads.items[i]);
}
