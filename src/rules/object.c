/* SPDX-License-Identifier: Apache-2.0
 *
 * Places in Kubernetes objects, and the pods of a namespace. */
#include "rules/object.h"

origin object_node_place(const document *d, const node *n)
{
	span source = node_source(n, d->text);
	while (source.n && ascii_space(source.p[source.n - 1]))
		source.n--;
	return (origin){d->text, n->start, n->start + (uint32_t)source.n};
}

origin object_member_place(const document *d, const member *m)
{
	bool inside = node_is_scalar(m->value) || m->value->style == NODE_FLOW;
	origin ret = {d->text, m->key->start, m->key->end};
	if (inside && !m->value->aliased && m->value->start >= m->key->end)
		ret.end = object_node_place(d, m->value).end;
	return ret;
}

origin object_name_place(const document *d)
{
	const member *name = node_member(node_get(d->root, "metadata"), "name");
	if (!name)
		name = node_member(d->root, "kind");
	return name ? object_member_place(d, name) : object_node_place(d, d->root);
}

origin object_place(const document *d, const char *path)
{
	const member *deepest = NULL;
	const node *n = d->root;
	span rest = span_of(path), part;
	while (span_cut(&rest, '/', &part)) {
		const member *found = NULL;
		for (uint32_t i = 0; node_is_map(n) && i < n->count; i++)
			if (span_equal(n->members[i].key->value, part))
				found = &n->members[i];
		if (!found)
			break;
		deepest = found;
		n = found->value;
	}
	return deepest ? object_member_place(d, deepest) : object_name_place(d);
}

bool object_is(const document *d, const char *kinds)
{
	return d->object_kind.n && span_in(d->object_kind, kinds);
}

const member *object_annotation(const document *d, span name)
{
	const node *annotations = node_path(d->root, "metadata/annotations");
	for (uint32_t i = 0; node_is_map(annotations) && i < annotations->count; i++)
		if (span_equal(annotations->members[i].key->value, name))
			return &annotations->members[i];
	return NULL;
}

const member *object_label(const document *d, const char *name)
{
	return node_member(node_path(d->root, "metadata/labels"), name);
}

const document *object_next_pod(const bundle *b, const document *d, uint32_t *at, kubernetes_pod *ret)
{
	const document_list *pods = bundle_objects(b, "", d->object_namespace);
	if (!pods || pods->count > RELATION_DOCUMENTS || *at >= pods->count)
		return NULL;
	const document *other = pods->items[(*at)++];
	*ret = kubernetes_pod_of(other->root);
	return other;
}

const node *pod_labels(const kubernetes_pod *pod)
{
	return node_get(pod->metadata, "labels");
}

const node *pod_container(const kubernetes_pod *pod, uint32_t i)
{
	static const char *const lists[] = {"containers", "initContainers", "ephemeralContainers"};
	for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
		const node *list = node_get(pod->spec, lists[k]);
		if (!node_is_list(list))
			continue;
		if (i < list->count)
			return list->items[i];
		i -= list->count;
	}
	return NULL;
}
