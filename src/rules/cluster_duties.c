/* SPDX-License-Identifier: Apache-2.0
 *
 * cluster: what its administrators answer for: whether the audit policy records what counts, who may sign for etcd, and whom to
 * ask about a workload. */
#include "rules/object.h"
#include "rules/tables.h"

#define DUTY(name)        \
	static void name( \
		const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)

#define ON_KUBERNETES(judge_) .judge = (judge_), .kinds = 1u << DOCUMENT_KUBERNETES

/* --- the audit policy --- */

/* What must be recorded (CIS Kubernetes 3.2.2), and how: secrets by Metadata alone, or the log has them; the others by any level. */
static const struct {
	const char *resource;
	bool metadata_only;
} recorded[] = {
	{"secrets", true},
	{"configmaps", true},
	{"tokenreviews", true},
	{"pods", false},
	{"deployments", false},
	{"pods/exec", false},
	{"pods/portforward", false},
	{"pods/proxy", false},
	{"services/proxy", false},
};

/* Rules about some users, verbs, namespaces or names leave the others open. */
static bool is_partial(const node *one)
{
	static const char *const limits[] = {"users", "userGroups", "verbs", "namespaces", "nonResourceURLs"};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (node_get(one, limits[i]))
			return true;
	return false;
}

/* A rule that names no resources, and a group of which none is named, are about all. */
static bool is_about(const node *one, const char *resource)
{
	const node *groups = node_get(one, "resources");
	for (uint32_t i = 0; node_is_list(groups) && i < groups->count; i++) {
		const node *names = node_get(groups->items[i], "resources");
		if (node_get(groups->items[i], "resourceNames"))
			continue;
		if (!node_is_list(names) || !names->count || kubernetes_list_has(names, resource) ||
			kubernetes_list_has(names, "*"))
			return true;
	}
	return !node_is_list(groups) || !groups->count;
}

/* The level of the first rule about a resource: the API server asks no further. */
static span level_of(const node *rules, const char *resource)
{
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++)
		if (!is_partial(rules->items[i]) && is_about(rules->items[i], resource))
			return node_text(node_get(rules->items[i], "level"));
	return SPAN("None");
}

DUTY(judge_audit_policy)
{
	if (!object_is(d, "Policy") || !span_starts(d->api_version, SPAN("audit.k8s.io/")))
		return;
	const node *rules = node_get(d->root, "rules");
	for (size_t i = 0; i < sizeof recorded / sizeof *recorded; i++) {
		span level = level_of(rules, recorded[i].resource);
		bool good = recorded[i].metadata_only ? span_is(level, "Metadata")
						      : level.n && !span_is(level, "None");
		if (!good)
			rule_found(out, r, NULL, object_place(d, "rules"), NULL,
				recorded[i].metadata_only
					? "requests for %s are not recorded at level Metadata"
					: "requests for %s are not recorded",
				recorded[i].resource);
	}
}

/* --- certificate authorities --- */

/* The word --flag=value of a container, or NULL. */
static const node *flag_of(const node *container, span flag)
{
	static const char *const keys[] = {"command", "args"};
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		const node *words = node_get(container, keys[k]);
		for (uint32_t i = 0; node_is_list(words) && i < words->count; i++)
			if (span_starts(node_text(words->items[i]), flag))
				return words->items[i];
	}
	return NULL;
}

/* The word in the pod's containers, or NULL. */
static const node *pod_flag(const kubernetes_pod *pod, span flag)
{
	const node *container, *found = NULL;
	for (uint32_t i = 0; !found && (container = pod_container(pod, i)); i++)
		found = flag_of(container, flag);
	return found;
}

DUTY(judge_shared_authority)
{
	const span own = SPAN("--trusted-ca-file="), other = SPAN("--client-ca-file=");
	kubernetes_pod pod = kubernetes_pod_of(d->root), server;
	const node *trusted = pod.spec ? pod_flag(&pod, own) : NULL;
	for (uint32_t at = 0; trusted && object_next_pod(b, d, &at, &server);) {
		const node *client = pod_flag(&server, other);
		if (!client || !span_equal(span_from(node_text(client), other.n),
				       span_from(node_text(trusted), own.n)))
			continue;
		rule_found(out, r, NULL, object_node_place(d, trusted), NULL,
			"etcd trusts the authority that signs for clients of the API server");
		return;
	}
}

/* --- whom to ask --- */

#define WORKLOADS \
	"Deployment DeploymentConfig StatefulSet DaemonSet ReplicaSet ReplicationController Job CronJob Pod"

DUTY(judge_owner)
{
	if (object_is(d, WORKLOADS) && !object_label(d, "owner"))
		rule_found(out, r, NULL, object_place(d, "metadata/labels"), NULL, "%.*s %.*s names no owner",
			SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name));
}

DUTY(judge_email)
{
	const member *m = object_annotation(d, SPAN("email"));
	if (object_is(d, WORKLOADS) && (!m || !span_contains(node_text(m->value), "@")))
		rule_found(out, r, NULL, object_place(d, "metadata/annotations"), NULL,
			"%.*s %.*s has no address to write to", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}

/* clang-format off */
static const rule duty_rules[] = {
	{.id = "cluster/audit-gaps", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		ON_KUBERNETES(judge_audit_policy),
		.title = "The audit policy leaves out what counts",
		.why = "Who read a secret or opened a shell in a pod cannot be told afterwards; recorded too closely, the log has the secrets.",
		.aliases = "kics:audit_policy_not_cover_key_security_concerns", .references = "CIS-Kubernetes:3.2.2"},
	{.id = "cluster/etcd-shared-authority", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		ON_KUBERNETES(judge_shared_authority),
		.title = "etcd has no certificate authority of its own",
		.why = "Every client of the API server has a certificate that opens etcd too, with all secrets and no roles.",
		.aliases = "kics:not_unique_certificate_authority", .references = "CIS-Kubernetes:2.7"},
	{.id = "cluster/no-owner", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_KUBERNETES(judge_owner),
		.title = "A workload without an owner",
		.why = "When it is attacked or out of date, nobody knows whose it is, and it stays as it is.",
		.aliases = "kube-linter:required-label-owner", .references = ""},
	{.id = "cluster/no-email", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_KUBERNETES(judge_email),
		.title = "A workload without an address to write to",
		.why = "Whoever finds it broken or broken into cannot tell those who could mend it.",
		.aliases = "kube-linter:required-annotation-email", .references = ""},
};
/* clang-format on */

const rule_table cluster_duties_table = RULE_TABLE(duty_rules);
