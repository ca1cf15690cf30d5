/* SPDX-License-Identifier: Apache-2.0
 *
 * What a posture does not tell of probes: whether they ask a port that the container declares, whether two of them are the same,
 * and whether a Service sends requests to a pod that has none. */
#include "rules/resources_probes.h"

#include "rules/object.h"

/* --- ports --- */

/* The port that a probe asks; NULL for those that ask none (exec). */
static const node *probe_port(const node *probe)
{
	static const char *const kinds[] = {"httpGet", "tcpSocket", "grpc"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const node *port = node_get(node_get(probe, kinds[i]), "port");
		if (port)
			return port;
	}
	return NULL;
}

/* Whether the container declares a TCP port of this number or name. */
static bool declares(const node *container, span wanted)
{
	const node *ports = node_get(container, "ports");
	for (uint32_t i = 0; node_is_list(ports) && i < ports->count; i++) {
		const node *port = ports->items[i], *protocol = node_get(port, "protocol");
		if (node_text(protocol).n && !span_is(node_text(protocol), "TCP"))
			continue;
		if (span_equal(node_text(node_get(port, "containerPort")), wanted) ||
			span_equal(node_text(node_get(port, "name")), wanted))
			return true;
	}
	return false;
}

static void judge_port(const rule *r, const document *d, rule_report *out, const char *probe)
{
	list_each(workload *const, w, &d->workloads) {
		const node *port = probe_port(node_get((*w)->node, probe));
		if (port && !declares((*w)->node, node_text(port)))
			rule_found(out, r, *w, object_node_place(d, port), NULL,
				"the %s of %s asks port %.*s, which is not declared", probe, (*w)->name,
				SPAN_ARG(node_text(port)));
	}
}

void judge_liveness_port(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	judge_port(r, d, out, "livenessProbe");
}

void judge_readiness_port(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	judge_port(r, d, out, "readinessProbe");
}

void judge_startup_port(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	judge_port(r, d, out, "startupProbe");
}

/* --- the same probe twice --- */

enum { PROBE_DEPTH = 8 };

static bool same_tree(const node *a, const node *b, int depth);

/* The value of a key that is given as a span. */
static const node *value_of(const node *map, span key)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (span_equal(map->members[i].key->value, key))
			return map->members[i].value;
	return NULL;
}

static bool same_children(const node *a, const node *b, int depth)
{
	for (uint32_t i = 0; i < a->count; i++) {
		const node *x = a->kind == NODE_LIST ? a->items[i] : a->members[i].value;
		const node *y = a->kind == NODE_LIST ? b->items[i] : value_of(b, a->members[i].key->value);
		if (!same_tree(x, y, depth + 1))
			return false;
	}
	return true;
}

static bool same_tree(const node *a, const node *b, int depth)
{
	if (!a || !b || a->kind != b->kind || depth > PROBE_DEPTH)
		return false;
	if (a->kind == NODE_MAP || a->kind == NODE_LIST)
		return a->count == b->count && same_children(a, b, depth);
	return span_equal(a->value, b->value);
}

/* What a probe does: how often it does so is another matter. */
static const member *probe_action(const node *probe)
{
	static const char *const kinds[] = {"httpGet", "tcpSocket", "grpc", "exec"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const member *action = node_member(probe, kinds[i]);
		if (action)
			return action;
	}
	return NULL;
}

void judge_probes_identical(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	list_each(workload *const, w, &d->workloads) {
		const member *live = probe_action(node_get((*w)->node, "livenessProbe"));
		const member *ready = probe_action(node_get((*w)->node, "readinessProbe"));
		if (live && ready && span_equal(live->key->value, ready->key->value) &&
			same_tree(live->value, ready->value, 0))
			rule_found(out, r, *w, object_member_place(d, live), NULL,
				"liveness and readiness of %s ask the same thing", (*w)->name);
	}
}

/* --- services --- */

/* The Service of the pod's namespace whose selector selects it, or NULL. */
static const document *service_of(const bundle *b, const document *d, const node *labels)
{
	const document_list *services = bundle_objects(b, "Service", d->object_namespace);
	for (uint32_t i = 0; services && i < services->count; i++) {
		const node *selector = node_path(services->items[i]->root, "spec/selector");
		if (node_is_map(selector) && selector->count && kubernetes_has_labels(labels, selector))
			return services->items[i];
	}
	return NULL;
}

void judge_served_without_readiness(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	if (d->workloads.count == 0)
		return;
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const document *service = service_of(b, d, pod_labels(&pod));
	if (!service)
		return;
	/* One container that is asked is enough: the pod is ready when it is. */
	const workload *first = NULL;
	list_each(workload *const, w, &d->workloads) {
		if ((*w)->init || (*w)->ephemeral)
			continue;
		if (node_get((*w)->node, "readinessProbe"))
			return;
		first = first ? first : *w;
	}
	if (first)
		rule_found(out, r, first, first->origin, NULL,
			"service %.*s sends requests to %s, which has no readiness probe",
			SPAN_ARG(service->object_name), first->name);
}
