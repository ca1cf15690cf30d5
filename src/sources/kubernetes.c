/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes manifests: YAML or JSON texts of objects, lists of them, and the pods that they describe. Templates of Helm are
 * not rendered: a text that is one is left out and named. */
#include "sources/kubernetes.h"

#include "sources/sources.h"

enum {
	POD_CONTAINERS = 1000
}; /* an object has 3 MiB at the most in an API server; honest pods have a dozen containers */

typedef struct manifest { /* one text while it is read */
	bundle *bundle;
	const text *text;
	uint32_t depth; /* of lists in lists */
} manifest;

static const struct {
	const char *key, *kind;
} container_lists[] = {
	{"containers", "container"},
	{"initContainers", "init container"},
	{"ephemeralContainers", "ephemeral container"},
};
enum { CONTAINER_LISTS = sizeof container_lists / sizeof *container_lists };

static uint32_t container_count(const node *spec)
{
	uint32_t count = 0;
	for (size_t i = 0; i < CONTAINER_LISTS; i++) {
		const node *list = node_get(spec, container_lists[i].key);
		count += node_is_list(list) ? list->count : 0;
	}
	return count;
}

/* "deployment/api", with the container's name when there are several. */
static const char *workload_name(const pod_reader *r, const document *d, uint32_t count)
{
	span name = d->object_name.n ? d->object_name : SPAN("?"), own = node_text(node_get(r->node, "name"));
	auto_buffer kind = {0};
	for (size_t i = 0; i < d->object_kind.n; i++)
		buffer_add_byte(&kind, ascii_lower(d->object_kind.p[i]));
	span ret = arena_format(r->arena, count > 1 ? "%.*s/%.*s:%.*s" : "%.*s/%.*s",
		SPAN_ARG(buffer_span(&kind)), SPAN_ARG(name), SPAN_ARG(own));
	return ret.p;
}

/* The container's name, or whatever it starts with. */
static origin container_place(const text *t, const node *container)
{
	const member *name = node_member(container, "name");
	if (!name && container->count)
		name = &container->members[0];
	return name ? tree_origin(t, name) : tree_origin_of(t, container);
}

static void read_container(pod_reader *r, bundle *b, document *d, size_t list, uint32_t count)
{
	const char *name = workload_name(r, d, count);
	workload *w = bundle_add_workload(b, d, container_lists[list].kind, name);
	w->node = r->node;
	w->pod = r->pod.spec;
	w->init = list == 1;
	w->ephemeral = list == 2;
	w->origin = r->here = container_place(r->text, r->node);
	w->posture = r->shared;
	r->posture = &w->posture;
	kubernetes_container_fields(r);
	kubernetes_container_lists(r);
	kubernetes_container_mounts(r);
}

static void read_annotations(pod_reader *r)
{
	const node *annotations = node_get(r->pod.metadata, "annotations");
	for (uint32_t i = 0; node_is_map(annotations) && i < annotations->count; i++)
		map_set(&r->annotations, r->arena, annotations->members[i].key->value,
			&annotations->members[i]);
}

/* A pod that names no container, as a patch does: what it says of the pod is still judged. What it leaves out is said
 * elsewhere, so that no default is known. */
static void read_empty_pod(const pod_reader *r, bundle *b, document *d)
{
	workload *w = bundle_add_workload(b, d, "pod", workload_name(r, d, 1));
	w->pod = r->pod.spec;
	w->origin = r->pod_here;
	w->posture = r->shared;
	for (int id = 0; id < FACT_COUNT; id++)
		if (w->posture.all[id].known == KNOWN_DEFAULT)
			posture_place(&w->posture, (fact_id)id, w->posture.all[id].origin);
}

/* The pod says so, or asks for a node that does. */
static bool runs_on_windows(const node *spec)
{
	const node *os = node_path(spec, "os/name");
	return span_is(node_text(os ? os : node_path(spec, "nodeSelector/kubernetes.io~1os")), "windows");
}

static void read_pod(const manifest *m, document *d, kubernetes_pod pod)
{
	pod_reader r = {.arena = m->bundle->arena, .text = m->text, .pod = pod};
	r.pod_here = (origin){m->text, pod.key->key->start, pod.key->key->end};
	r.windows = runs_on_windows(pod.spec);
	r.posture = &r.shared;
	read_annotations(&r);
	kubernetes_pod_fields(&r);
	kubernetes_pod_lists(&r);
	kubernetes_pod_volumes(&r);
	uint32_t count = container_count(pod.spec), first = m->bundle->workloads.count;
	for (size_t i = 0; i < CONTAINER_LISTS; i++) {
		const node *list = node_get(pod.spec, container_lists[i].key);
		for (uint32_t k = 0; node_is_list(list) && k < list->count && k < POD_CONTAINERS; k++)
			if (node_is_map(r.node = list->items[k]) &&
				m->bundle->workloads.count < LIMIT_WORKLOADS)
				read_container(&r, m->bundle, d, i, count);
	}
	if (m->bundle->workloads.count == first && first >= LIMIT_WORKLOADS)
		return;
	if (m->bundle->workloads.count == first)
		read_empty_pod(&r, m->bundle, d);
	r.posture = &m->bundle->workloads.items[first]->posture;
	kubernetes_unmounted(&r);
}

static void read_object(manifest *m, const node *object);

/* kind: List, and the PodList, RoleList … that an API server answers with. */
static bool read_list(manifest *m, const node *object)
{
	const node *items = node_get(object, "items");
	if (!span_ends(node_text(node_get(object, "kind")), SPAN("List")) || !node_is_list(items))
		return false;
	if (m->depth == LIMIT_INCLUDE_DEPTH)
		return true;
	m->depth++;
	for (uint32_t i = 0; i < items->count; i++)
		read_object(m, items->items[i]);
	m->depth--;
	return true;
}

static span object_name(const node *object)
{
	span name = node_text(node_path(object, "metadata/name"));
	return name.n ? name : node_text(node_path(object, "metadata/generateName"));
}

/* The configuration of a network plugin has no apiVersion and kind; it says by cniVersion what it is. */
static void read_plugin(manifest *m, const node *configuration)
{
	span version = node_text(node_get(configuration, "cniVersion"));
	if (!version.n)
		return;
	document *d = bundle_add_document(m->bundle, DOCUMENT_KUBERNETES, m->text, &kubernetes_source);
	d->root = configuration;
	d->api_version = version;
	d->object_kind = SPAN("NetworkPlugin");
	d->object_name = node_text(node_get(configuration, "name"));
	d->object_namespace = SPAN("default");
}

static void read_object(manifest *m, const node *object)
{
	span version = node_text(node_get(object, "apiVersion")), kind = node_text(node_get(object, "kind"));
	if (!version.n || !kind.n) {
		read_plugin(m, object);
		return;
	}
	if (read_list(m, object))
		return;
	document *d = bundle_add_document(m->bundle, DOCUMENT_KUBERNETES, m->text, &kubernetes_source);
	d->root = object;
	d->api_version = version;
	d->object_kind = kind;
	d->object_name = object_name(object);
	d->object_namespace = kubernetes_namespace(object);
	kubernetes_pod pod = kubernetes_pod_of(object);
	if (pod.spec)
		read_pod(m, d, pod);
}

/* --- texts --- */

static void read_documents(manifest *m, const node_list *documents)
{
	for (uint32_t i = 0; i < documents->count; i++) {
		const node *root = documents->items[i];
		if (node_is_map(root))
			read_object(m, root);
		for (uint32_t k = 0; node_is_list(root) && k < root->count; k++)
			read_object(m, root->items[k]);
	}
}

static void kubernetes_read(const text *t, loader *files __attribute__((unused)), bundle *b)
{
	node_list documents = {0};
	node_problems problems = {0};
	manifest m = {.bundle = b, .text = t};
	tree_read(t, b->arena, &documents, &problems);
	if (tree_is_template(t, &documents, &problems)) {
		bundle_add_skipped(b, t->path, "Go template: render it first (helm template)");
		return;
	}
	list_each(node_problem, p, &problems)
		bundle_add_problem(b, t, p->start, p->end, p->message);
	read_documents(&m, &documents);
}

#define BIT(control) (1u << CONTROL_##control)

const source kubernetes_source = {
	.name = "kubernetes",
	.controls = BIT(user) | BIT(filesystem) | BIT(capabilities) | BIT(confinement) | BIT(isolation) |
		    BIT(resources) | BIT(network) | BIT(secrets) | BIT(image) | BIT(cluster),
	.read = kubernetes_read,
	.write = kubernetes_write,
};
