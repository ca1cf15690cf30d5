/* SPDX-License-Identifier: Apache-2.0
 *
 * The mounts of a container: every volumeMount joined with the volume of the pod that it names. */
#include "sources/kubernetes.h"

/* Volume types whose fact has another name than their key in lower case, where their source stands, and whether they can be
 * written at all. */
static const struct {
	const char *key, *type, *source;
	bool never_writable;
} volume_types[] = {
	{"hostPath", "bind", "path", false},
	{"emptyDir", "emptydir", NULL, false},
	{"secret", "secret", "secretName", true},
	{"configMap", "configmap", "name", true},
	{"projected", "projected", NULL, true},
	{"downwardAPI", "downwardapi", NULL, true},
	{"image", "image", "reference", true},
	{"persistentVolumeClaim", "persistentvolumeclaim", "claimName", false},
	{"nfs", "nfs", "path", false},
	{"csi", "csi", "driver", false},
};
enum { VOLUME_TYPES = sizeof volume_types / sizeof *volume_types };

const member *kubernetes_volume_type(const node *volume)
{
	for (uint32_t i = 0; node_is_map(volume) && i < volume->count; i++)
		if (!span_is(volume->members[i].key->value, "name"))
			return &volume->members[i];
	return NULL;
}

static span lower_case(span s, arena *a)
{
	char *lower = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		lower[i] = ascii_lower(s.p[i]);
	return (span){lower, s.n};
}

static void set_empty_dir(item *it, const node *volume)
{
	int64_t size;
	if (span_is(node_text(node_get(volume, "medium")), "Memory"))
		item_set_text(it, MEMBER_mount_type, SPAN("tmpfs"));
	if (value_quantity(node_text(node_get(volume, "sizeLimit")), &size))
		item_set_number(it, MEMBER_mount_size, size);
}

/* What the volume itself says; volume is NULL for claims that a StatefulSet makes from its templates. */
static void set_volume(pod_reader *r, item *it, const node *volume, span name)
{
	const member *type = kubernetes_volume_type(volume);
	item_set_text(it, MEMBER_mount_source, name);
	if (!volume || !type) { /* a volume that says nothing is an emptyDir */
		item_set_text(
			it, MEMBER_mount_type, volume ? SPAN("emptydir") : SPAN("persistentvolumeclaim"));
		return;
	}
	item_set_text(it, MEMBER_mount_type, lower_case(type->key->value, r->arena));
	for (size_t i = 0; i < VOLUME_TYPES; i++) {
		if (!span_is(type->key->value, volume_types[i].key))
			continue;
		span source = volume_types[i].source
				      ? node_text(node_get(type->value, volume_types[i].source))
				      : (span){0};
		item_set_text(it, MEMBER_mount_type, span_of(volume_types[i].type));
		item_set_truth(it, MEMBER_mount_writable, !volume_types[i].never_writable);
		if (source.n)
			item_set_text(it, MEMBER_mount_source, source);
	}
	if (span_is(type->key->value, "emptyDir"))
		set_empty_dir(it, type->value);
	if (node_truth(node_get(type->value, "readOnly")) == 1)
		item_set_truth(it, MEMBER_mount_writable, false);
}

static const word_pair propagations[] = {
	{"None", "rprivate"},
	{"HostToContainer", "rslave"},
	{"Bidirectional", "rshared"},
	{0},
};

static void read_mount(pod_reader *r, const node *mount)
{
	span name = node_text(node_get(mount, "name")), how = node_text(node_get(mount, "mountPropagation"));
	item *it = posture_add(r->posture, FACT_mounts, tree_origin_of(r->text, mount), r->arena);
	item_set_truth(it, MEMBER_mount_writable, true);
	set_volume(r, it, map_get(&r->volumes, name), name);
	map_set(&r->mounted, r->arena, name, it);
	const node *target = node_get(mount, "mountPath");
	if (node_is_scalar(target))
		item_set_text(it, MEMBER_mount_target, node_text(target));
	bool read_only = node_truth(node_get(mount, "readOnly")) == 1;
	item_set_truth(it, MEMBER_mount_recursive,
		read_only && span_is(node_text(node_get(mount, "recursiveReadOnly")), "Enabled"));
	if (read_only)
		item_set_truth(it, MEMBER_mount_writable, false);
	for (const word_pair *pair = propagations; pair->theirs; pair++)
		if (span_is(how, pair->theirs))
			item_set_text(it, MEMBER_mount_propagation, span_of(pair->ours));
	if (!span_is(item_text(it, MEMBER_mount_type), "secret"))
		return;
	item *secret = posture_add(r->posture, FACT_secrets, it->origin, r->arena);
	item_set_text(secret, MEMBER_secret_name, item_text(it, MEMBER_mount_source));
	item_set_text(secret, MEMBER_secret_source, SPAN("kubernetes"));
	item_set_text(secret, MEMBER_secret_target, item_text(it, MEMBER_mount_target));
}

void kubernetes_pod_volumes(pod_reader *r)
{
	const node *volumes = node_get(r->pod.spec, "volumes");
	for (uint32_t i = 0; node_is_list(volumes) && i < volumes->count; i++)
		map_set(&r->volumes, r->arena, node_text(node_get(volumes->items[i], "name")),
			volumes->items[i]);
}

void kubernetes_container_mounts(pod_reader *r)
{
	const member *m = node_member(r->node, "volumeMounts");
	posture_set_list(
		r->posture, FACT_mounts, KNOWN_DEFAULT, m ? tree_origin(r->text, m) : r->here, r->arena);
	for (uint32_t i = 0; m && node_is_list(m->value) && i < m->value->count; i++)
		read_mount(r, m->value->items[i]);
}

void kubernetes_unmounted(pod_reader *r)
{
	const node *volumes = node_get(r->pod.spec, "volumes");
	for (uint32_t i = 0; node_is_list(volumes) && i < volumes->count; i++) {
		const node *volume = volumes->items[i];
		span name = node_text(node_get(volume, "name"));
		if (map_get(&r->mounted, name))
			continue;
		item *it = posture_add(r->posture, FACT_mounts, tree_origin_of(r->text, volume), r->arena);
		set_volume(r, it, volume, name);
		it->set &= ~(1u << MEMBER_mount_writable);
	}
}
