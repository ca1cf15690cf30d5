/* SPDX-License-Identifier: Apache-2.0
 *
 * The mounts of Compose services: volumes, tmpfs, and which services mount the same. */
#include "sources/compose_project.h"

/* The named volume at the top of the project, or NULL. */
static const node *named_volume(const compose_reader *r, span name)
{
	return name.n ? node_get(node_get(r->project->top, "volumes"), arena_string(r->project->arena, name))
		      : NULL;
}

/* A local volume that is a folder of the host in disguise: driver_opts {type: none, o: bind, device: /data}. */
static void follow_volume(compose_reader *r, item *it)
{
	const node *options = node_get(named_volume(r, item_text(it, MEMBER_mount_source)), "driver_opts");
	const member *device = node_member(options, "device");
	span how = node_text(node_get(options, "o")), option;
	bool bind = false;
	if (!device || !span_is(item_text(it, MEMBER_mount_type), "volume"))
		return;
	while (span_cut(&how, ',', &option))
		bind |= span_is(option, "bind") || span_is(option, "rbind");
	if (!bind || !node_text(device->value).n)
		return;
	it->origin = compose_origin(r->project, device);
	item_set_text(it, MEMBER_mount_type, SPAN("bind"));
	item_set_text(it, MEMBER_mount_source, docker_path(&r->words, node_text(device->value)));
	docker_mount_options(it, node_text(node_get(options, "o")));
}

static void set_tmpfs(item *it, const node *volume)
{
	int64_t size;
	item_set_truth(it, MEMBER_mount_noexec, true);
	if (value_docker_size(node_text(node_path(volume, "tmpfs/size")), &size))
		item_set_number(it, MEMBER_mount_size, size);
}

/* {type, source, target, read_only, bind: {propagation}, tmpfs: {size}}. */
static item *long_volume(compose_reader *r, const node *volume, origin at)
{
	span type = node_text(node_get(volume, "type")), source = node_text(node_get(volume, "source"));
	span target = node_text(node_get(volume, "target")),
	     propagation = node_text(node_path(volume, "bind/propagation"));
	item *it = posture_add(r->posture, FACT_mounts, at, r->project->arena);
	item_set_text(it, MEMBER_mount_type, type.n ? type : SPAN("volume"));
	item_set_truth(it, MEMBER_mount_writable, node_truth(node_get(volume, "read_only")) != 1);
	if (source.n)
		item_set_text(it, MEMBER_mount_source,
			span_is(type, "bind") ? docker_path(&r->words, source) : source);
	if (target.n)
		item_set_text(it, MEMBER_mount_target, target);
	if (propagation.n)
		item_set_text(it, MEMBER_mount_propagation, propagation);
	if (span_is(type, "tmpfs"))
		set_tmpfs(it, volume);
	if (span_is(node_text(node_path(volume, "bind/recursive")), "readonly"))
		item_set_truth(it, MEMBER_mount_recursive, true);
	return it;
}

static void read_volume(compose_reader *r, const node *volume)
{
	origin at = compose_origin_of(r->project, volume);
	item *it = node_is_map(volume)   ? long_volume(r, volume, at)
		   : node_text(volume).n ? docker_volume(&r->words, node_text(volume), at)
					 : NULL;
	if (it)
		follow_volume(r, it);
}

/* use_api_socket: true hands the engine's socket in, without any volume. */
static void read_socket(compose_reader *r)
{
	const member *m = tree_find(r->node, "use_api_socket", NULL);
	if (m && node_truth(m->value) == 1)
		docker_volume(&r->words, SPAN("/var/run/docker.sock:/var/run/docker.sock"),
			compose_origin(r->project, m));
}

void compose_read_mounts(compose_reader *r)
{
	const member *volumes = tree_find(r->node, "volumes", NULL),
		     *tmpfs = tree_find(r->node, "tmpfs", NULL);
	if (volumes || tmpfs) {
		r->posture->mounts.origin = compose_origin(r->project, volumes ? volumes : tmpfs);
		r->posture->mounts.known = KNOWN_DECLARED;
	}
	for (uint32_t i = 0; volumes && node_is_list(volumes->value) && i < volumes->value->count; i++)
		read_volume(r, volumes->value->items[i]);
	if (tmpfs && node_is_scalar(tmpfs->value))
		docker_tmpfs(&r->words, node_text(tmpfs->value), compose_origin(r->project, tmpfs));
	for (uint32_t i = 0; tmpfs && node_is_list(tmpfs->value) && i < tmpfs->value->count; i++)
		if (node_is_scalar(tmpfs->value->items[i]))
			docker_tmpfs(&r->words, node_text(tmpfs->value->items[i]),
				compose_origin_of(r->project, tmpfs->value->items[i]));
	read_socket(r);
}

/* --- what services share --- */

typedef struct shared_mount { /* the first that mounts it */
	const workload *workload;
	item *item;
} shared_mount;

static void share_one(const compose_project *p, map *seen, const workload *w, item *it)
{
	span type = item_text(it, MEMBER_mount_type), source = item_text(it, MEMBER_mount_source);
	if (!source.n || (!span_is(type, "volume") && !span_is(type, "bind")))
		return;
	span key = arena_format(p->arena, "%.*s:%.*s", SPAN_ARG(type), SPAN_ARG(source));
	shared_mount *first = map_get(seen, key);
	if (!first) {
		first = ARENA_NEW(p->arena, shared_mount);
		*first = (shared_mount){w, it};
		map_set(seen, p->arena, key, first);
		return;
	}
	if (first->workload == w)
		return;
	item_set_text(it, MEMBER_mount_shared_with, span_of(first->workload->name));
	if (!item_has(first->item, MEMBER_mount_shared_with))
		item_set_text(first->item, MEMBER_mount_shared_with, span_of(w->name));
}

void compose_share(compose_project *p, const document *d)
{
	map seen = {0};
	for (uint32_t i = 0; i < d->workloads.count; i++) {
		const item_list *mounts = posture_items(&d->workloads.items[i]->posture, FACT_mounts);
		for (uint32_t k = 0; k < mounts->all.count; k++)
			share_one(p, &seen, d->workloads.items[i], mounts->all.items[k]);
	}
}
