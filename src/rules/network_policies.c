/* SPDX-License-Identifier: Apache-2.0
 *
 * Document rules over NetworkPolicies and the pods that they select. */
#include "rules/network_objects.h"
#include "rules/object.h"

#include "formats/json.h"

/* A policy that says something: a direction by name, or rules of one. */
static bool policy_speaks(const node *policy)
{
	const node *spec = node_get(policy, "spec"), *types = node_get(spec, "policyTypes");
	return (node_is_list(types) && types->count) || node_is_list(node_get(spec, "ingress")) ||
	       node_is_list(node_get(spec, "egress"));
}

void judge_pod_policy(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	if (!object_is(d, "Pod"))
		return;
	const node *labels = node_path(d->root, "metadata/labels");
	const document_list *policies = bundle_objects(b, "NetworkPolicy", d->object_namespace);
	for (uint32_t i = 0; policies && i < policies->count; i++) {
		const node *policy = policies->items[i]->root;
		if (policy_speaks(policy) && kubernetes_policy_selects(policy, labels))
			return;
	}
	rule_found(out, r, NULL, object_name_place(d), NULL, "no network policy with rules selects pod %.*s",
		SPAN_ARG(d->object_name));
}

static bool policy_selects_any(const document *d, const bundle *b)
{
	kubernetes_pod pod;
	for (uint32_t at = 0; object_next_pod(b, d, &at, &pod);)
		if (kubernetes_policy_selects(d->root, pod_labels(&pod)))
			return true;
	return false;
}

/* Where the labels of a selector stand: its first label, the selector, or what is there of the path. */
static origin selector_place(const document *d)
{
	const node *labels = node_path(d->root, "spec/podSelector/matchLabels");
	if (node_is_map(labels) && labels->count)
		return object_member_place(d, &labels->members[0]);
	return object_place(d, "spec/podSelector");
}

void judge_policy_target(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	const node *selector = node_path(d->root, "spec/podSelector");
	if (!object_is(d, "NetworkPolicy") || !node_is_map(selector) || !selector->count ||
		policy_selects_any(d, b))
		return;
	rule_found(out, r, NULL, selector_place(d), NULL,
		"network policy %.*s selects no pod of namespace %.*s", SPAN_ARG(d->object_name),
		SPAN_ARG(d->object_namespace));
}

/* Whether a rule's peers are named by a selector. */
static bool peers_selected(const node *rules, const char *peers)
{
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		const node *list = node_get(rules->items[i], peers);
		for (uint32_t k = 0; node_is_list(list) && k < list->count; k++)
			if (node_get(list->items[k], "podSelector") ||
				node_get(list->items[k], "namespaceSelector"))
				return true;
	}
	return false;
}

void judge_policy_selector(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *spec = node_get(d->root, "spec");
	if (!object_is(d, "NetworkPolicy") || node_get(spec, "podSelector") ||
		peers_selected(node_get(spec, "ingress"), "from") ||
		peers_selected(node_get(spec, "egress"), "to"))
		return;
	rule_found(out, r, NULL, object_place(d, "spec"), NULL, "network policy %.*s has no selector",
		SPAN_ARG(d->object_name));
}

/* The empty rule `{}`, and one whose peers and ports are both left out, let everything pass. */
static void judge_rules(
	const rule *r, const document *d, const char *direction, const char *peers, rule_report *out)
{
	const node *rules = node_get(node_get(d->root, "spec"), direction);
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		const node *one = rules->items[i], *list = node_get(one, peers),
			   *ports = node_get(one, "ports");
		if ((node_is_list(list) && list->count) || (node_is_list(ports) && ports->count) ||
			!node_is_map(one))
			continue;
		rule_found(out, r, NULL, object_node_place(d, one), NULL, "network policy %.*s allows all %s",
			SPAN_ARG(d->object_name), direction);
	}
}

void judge_policy_allows_all(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (!object_is(d, "NetworkPolicy"))
		return;
	judge_rules(r, d, "ingress", "from", out);
	judge_rules(r, d, "egress", "to", out);
}

/* --- the network plugin --- */

static const member *flannel_plugin(const node *configuration)
{
	const node *plugins = node_get(configuration, "plugins");
	for (uint32_t i = 0; node_is_list(plugins) && i < plugins->count; i++) {
		const member *type = node_member(plugins->items[i], "type");
		if (type && span_is(node_text(type->value), "flannel"))
			return type;
	}
	return NULL;
}

/* A ConfigMap holds the plugin's configuration as a text of its own. */
static bool text_is_flannel(span words, arena *a)
{
	text t;
	node *root;
	error e;
	node_problems problems = {0};
	if (span_find(words, SPAN("flannel")) == SPAN_NONE)
		return false;
	text_init(&t, "", words, a);
	return json_read(&t, a, &root, &problems, &e) == 0 && flannel_plugin(root);
}

void judge_cni(const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const member *type = flannel_plugin(d->root);
	const node *data = object_is(d, "ConfigMap") ? node_get(d->root, "data") : NULL;
	if (type)
		rule_found(out, r, NULL, object_member_place(d, type), NULL,
			"flannel does not enforce network policies");
	for (uint32_t i = 0; node_is_map(data) && i < data->count; i++)
		if (text_is_flannel(node_text(data->members[i].value), rule_arena(out)))
			rule_found(out, r, NULL, object_member_place(d, &data->members[i]), NULL,
				"flannel does not enforce network policies");
}

/* --- ports of containers --- */

static bool name_used_before(const node *ports, uint32_t i)
{
	span name = node_text(node_get(ports->items[i], "name"));
	for (uint32_t k = 0; name.n && k < i; k++)
		if (span_equal(node_text(node_get(ports->items[k], "name")), name))
			return true;
	return false;
}

enum { PORTS_LOOKED_AT = 500 }; /* of one container: comparing them is quadratic */

void judge_container_ports(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const node *container;
	for (uint32_t i = 0; pod.spec && (container = pod_container(&pod, i)); i++) {
		const node *ports = node_get(container, "ports");
		for (uint32_t k = 0; node_is_list(ports) && k < ports->count && k < PORTS_LOOKED_AT; k++) {
			const node *port = ports->items[k];
			if (!node_is_scalar(node_get(port, "containerPort")))
				rule_found(out, r, NULL, object_node_place(d, port), NULL,
					"a port has no containerPort");
			else if (name_used_before(ports, k))
				rule_found(out, r, NULL, object_node_place(d, port), NULL,
					"two ports are named %.*s",
					SPAN_ARG(node_text(node_get(port, "name"))));
		}
	}
}
