/* SPDX-License-Identifier: Apache-2.0
 *
 * Where objects keep their pods, and label selectors as kubernetes.io/docs/concepts/overview/working-with-objects/labels says. */
#include "formats/kubernetes.h"

/* Where the pod of a kind lies. Kinds that are not listed are tried with the shapes at the end. */
static const struct {
	const char *kinds;  /* NULL: any */
	const char *holder; /* the map that has metadata and spec; "" is the object itself */
	bool controlled;
} shapes[] = {
	{"Pod", "", false},
	{"PodTemplate", "template", true},
	{"CronJob", "spec/jobTemplate/spec/template", true},
	{"Deployment DeploymentConfig ReplicaSet StatefulSet DaemonSet Job ReplicationController",
		"spec/template", true},
	{NULL, "spec/template", true},
	{NULL, "spec/jobTemplate/spec/template", true},
	{NULL, "", true},
};

static const node *at(const node *object, const char *path)
{
	return *path ? node_path(object, path) : object;
}

kubernetes_pod kubernetes_pod_of(const node *object)
{
	span kind = node_text(node_get(object, "kind"));
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		if (shapes[i].kinds && !span_in(kind, shapes[i].kinds))
			continue;
		const node *holder = at(object, shapes[i].holder);
		const member *spec = node_member(holder, "spec");
		if (!spec || !node_is_map(spec->value))
			continue;
		/* Any object may have a spec; it takes containers to make it a pod's. */
		if (!shapes[i].kinds && !node_is_list(node_get(spec->value, "containers")))
			continue;
		return (kubernetes_pod){.metadata = node_get(holder, "metadata"),
			.spec = spec->value,
			.key = spec,
			.controlled = shapes[i].controlled};
	}
	return (kubernetes_pod){0};
}

bool kubernetes_list_has(const node *list, const char *word)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(node_text(list->items[i]), word))
			return true;
	return false;
}

static const node *label(const node *labels, span name)
{
	for (uint32_t i = 0; node_is_map(labels) && i < labels->count; i++)
		if (span_equal(labels->members[i].key->value, name))
			return labels->members[i].value;
	return NULL;
}

bool kubernetes_has_labels(const node *labels, const node *wanted)
{
	for (uint32_t i = 0; node_is_map(wanted) && i < wanted->count; i++) {
		const node *have = label(labels, wanted->members[i].key->value);
		if (!have || !span_equal(node_text(have), node_text(wanted->members[i].value)))
			return false;
	}
	return true;
}

static bool list_has(const node *list, span word)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_equal(node_text(list->items[i]), word))
			return true;
	return false;
}

/* One of matchExpressions: {key, operator, values}. What no API server would take selects nothing. */
static bool expression_holds(const node *expression, const node *labels)
{
	span operator= node_text(node_get(expression, "operator"));
	const node *values = node_get(expression, "values");
	const node *have = label(labels, node_text(node_get(expression, "key")));
	if (span_is(operator, "In"))
		return have && list_has(values, node_text(have));
	if (span_is(operator, "NotIn"))
		return !have || !list_has(values, node_text(have));
	if (span_is(operator, "Exists"))
		return have;
	return span_is(operator, "DoesNotExist") && !have;
}

bool kubernetes_selects(const node *selector, const node *labels)
{
	if (!node_is_map(selector) || !kubernetes_has_labels(labels, node_get(selector, "matchLabels")))
		return false;
	const node *expressions = node_get(selector, "matchExpressions");
	for (uint32_t i = 0; node_is_list(expressions) && i < expressions->count; i++)
		if (!expression_holds(expressions->items[i], labels))
			return false;
	return true;
}

bool kubernetes_policy_restricts(const node *policy, const char *direction)
{
	const node *spec = node_get(policy, "spec"), *types = node_get(spec, "policyTypes");
	if (node_is_list(types) && types->count)
		return kubernetes_list_has(types, direction);
	return strcmp(direction, "Ingress") == 0 || node_is_list(node_get(spec, "egress"));
}

bool kubernetes_policy_selects(const node *policy, const node *labels)
{
	const node *spec = node_get(policy, "spec"), *selector = node_get(spec, "podSelector");
	/* From networking.k8s.io/v1 as of 1.34, a policy without podSelector is about every pod. */
	return node_is_map(spec) && (!node_is_map(selector) || kubernetes_selects(selector, labels));
}

span kubernetes_namespace(const node *object)
{
	span name = node_text(node_path(object, "metadata/namespace"));
	return name.n ? name : SPAN("default");
}
