/* SPDX-License-Identifier: Apache-2.0
 *
 * What roles grant: one table of dangerous grants for the rows of cluster.c, by the id of the rule. See
 * kubernetes.io/docs/concepts/security/rbac-good-practices. */
#include "rules/cluster_objects.h"
#include "rules/object.h"

#include "base/buffer.h"

enum { NEEDS = 4 };

typedef enum bound {   /* to whom the role must be bound in the bundle for the row to count */
	BOUND_NOT,     /* it need not be */
	BOUND_ANY,     /* to anybody */
	BOUND_ACCOUNT, /* to a service account or a node */
	BOUND_WIDE,    /* in the whole cluster, or in kube-system */
	BOUND_CLUSTER, /* in the whole cluster */
	BOUND_NARROW,  /* in one namespace that is not kube-system */
} bound;

/* A grant that some rule of the role must make: words separated by spaces; NULL is any, "core" is the group "". */
typedef struct need {
	const char *groups, *resources, *verbs;
} need;

typedef struct grant {
	const char *id;    /* of the rule */
	const char *kinds; /* NULL: Role and ClusterRole */
	need needs[NEEDS]; /* all of them, by one rule of the role or by several */
	bound bound;
	bool literal;      /* a wildcard resource is not meant */
	bool unnamed;      /* rules that are limited to resourceNames do not count */
	bool named;        /* only those do */
	const char *names; /* of the last need: only rules without resourceNames or with one of these */
	bool at_verbs;     /* point at the verbs, not at the resources */
} grant;

#define WRITE     "create update patch delete deletecollection impersonate"
#define ALL_VERBS "get list watch " WRITE
#define WORKLOADS "pods deployments jobs cronjobs statefulsets daemonsets replicasets replicationcontrollers"
#define RBAC      "rbac.authorization.k8s.io"

static const grant grants[] = {
	{"cluster/role-secrets", "ClusterRole", {{NULL, "secrets", ALL_VERBS}}},
	{"cluster/role-namespace-secrets", "Role", {{NULL, "secrets", ALL_VERBS}}},
	{"cluster/role-reads-secrets", NULL, {{"core", "secrets", "get list watch"}}},
	{"cluster/role-bound-reads-secrets", NULL, {{NULL, "secrets", "get list watch"}},
		.bound = BOUND_ACCOUNT, .unnamed = true},
	{"cluster/role-deletes-logs", NULL, {{NULL, "pods/log", "delete deletecollection"}}},
	{"cluster/role-impersonates-groups", NULL, {{NULL, "groups", "impersonate"}}},
	{"cluster/role-impersonates", NULL, {{NULL, "users groups serviceaccounts", "impersonate"}}},
	{"cluster/role-bound-impersonates", NULL, {{NULL, "users groups serviceaccounts", "impersonate"}},
		.bound = BOUND_ACCOUNT},
	{"cluster/role-impersonates-widely", NULL, {{NULL, "users groups serviceaccounts", "impersonate"}},
		.bound = BOUND_CLUSTER},
	{"cluster/role-every-verb", NULL,
		{{NULL,
			"secrets " WORKLOADS
			" roles clusterroles rolebindings clusterrolebindings users groups",
			"*"}},
		.literal = true},
	{"cluster/role-every-resource", "ClusterRole", {{NULL, "*", ALL_VERBS}}},
	{"cluster/role-every-namespace-resource", "Role", {{NULL, "*", ALL_VERBS}}},
	{"cluster/role-node-proxy", NULL, {{NULL, "nodes/proxy", "get create"}}},
	{"cluster/role-bound-node-proxy", NULL, {{"core", "nodes/proxy", "get create"}},
		.bound = BOUND_CLUSTER},
	{"cluster/role-bound-exec", NULL, {{NULL, "nodes/proxy pods/exec", "create"}},
		.bound = BOUND_ACCOUNT},
	{"cluster/role-workloads", NULL, {{NULL, WORKLOADS, WRITE}}},
	{"cluster/role-configmaps", NULL, {{NULL, "configmaps", WRITE}}},
	{"cluster/role-aws-auth", NULL, {{NULL, "configmaps", WRITE}}, .names = "aws-auth", .named = true},
	{"cluster/role-escalates", NULL,
		{{NULL, "roles clusterroles rolebindings clusterrolebindings", "escalate bind"}}},
	{"cluster/role-binds", NULL, {{RBAC, "roles clusterroles rolebindings clusterrolebindings", "bind"}}},
	{"cluster/role-binds-widely", NULL, {{RBAC, "roles clusterroles", "bind"}}, .bound = BOUND_CLUSTER},
	{"cluster/role-raises-itself", NULL, {{RBAC, "roles clusterroles", "escalate"}}},
	{"cluster/role-raises-itself-widely", NULL, {{RBAC, "roles clusterroles", "escalate"}},
		.bound = BOUND_CLUSTER},
	{"cluster/role-binds-roles", NULL,
		{{RBAC, "rolebindings", "create"}, {RBAC, "roles clusterroles", "bind"}}},
	{"cluster/role-binds-cluster-roles", NULL,
		{{RBAC, "clusterrolebindings", "create"}, {RBAC, "clusterroles", "bind"}}},
	{"cluster/role-bound-bindings", NULL,
		{{NULL, "rolebindings clusterrolebindings", "bind create update patch"}},
		.bound = BOUND_ACCOUNT},
	{"cluster/role-edits-bindings", NULL,
		{{NULL, "rolebindings", "get"}, {NULL, "rolebindings", "patch"}}},
	{"cluster/role-exec", NULL, {{NULL, "pods/exec", "create"}}},
	{"cluster/role-attach", NULL, {{NULL, "pods/attach", "create"}, {NULL, "pods", "get"}}},
	{"cluster/role-attach-allowed", NULL, {{NULL, "pods/attach", "create"}}},
	{"cluster/role-port-forward", NULL, {{NULL, "pods/portforward", "create"}}},
	{"cluster/role-networking", NULL,
		{{NULL, "services endpoints endpointslices networkpolicies ingresses", WRITE}}},
	{"cluster/role-webhooks", NULL,
		{{NULL, "mutatingwebhookconfigurations validatingwebhookconfigurations", WRITE}}},
	{"cluster/role-cluster-webhooks", "ClusterRole",
		{{"admissionregistration.k8s.io",
			"mutatingwebhookconfigurations validatingwebhookconfigurations",
			"create update patch"}}},
	{"cluster/role-approves-certificates", "ClusterRole",
		{{"certificates.k8s.io", "certificatesigningrequests/approval", "update patch"},
			{"certificates.k8s.io", "signers", "approve"}}},
	{"cluster/role-signs-clients", NULL,
		{{"certificates.k8s.io", "certificatesigningrequests", "create"},
			{"certificates.k8s.io", "certificatesigningrequests", "get list watch"},
			{"certificates.k8s.io", "certificatesigningrequests/approval", "update patch"},
			{"certificates.k8s.io", "signers", "approve"}},
		.bound = BOUND_CLUSTER, .names = "kubernetes.io/kube-apiserver-client kubernetes.io/*"},
	{"cluster/role-creates-pods", NULL, {{"core", "pods", "create"}}, .at_verbs = true},
	{"cluster/role-bound-creates-pods", NULL, {{"core", "pods", "create"}}, .bound = BOUND_ANY},
	{"cluster/role-bound-secrets", NULL, {{"core", "secrets", "get list watch"}}, .bound = BOUND_ANY},
	{"cluster/role-debugs-pods", NULL, {{"core", "pods/ephemeralcontainers", "patch update"}},
		.bound = BOUND_WIDE},
	{"cluster/role-creates-volumes", NULL, {{"core", "persistentvolumes", "create"}},
		.bound = BOUND_CLUSTER},
	{"cluster/role-mints-tokens", NULL, {{"core", "serviceaccounts/token", "create"}},
		.bound = BOUND_WIDE},
	{"cluster/role-issues-token-secrets", NULL,
		{{"core", "secrets", "create"}, {"core", "secrets", "get list watch update patch"}},
		.bound = BOUND_WIDE},
	{"cluster/role-node-status", NULL, {{"core", "nodes/status", "update patch"}},
		.bound = BOUND_CLUSTER},
	{"cluster/role-pod-status", NULL, {{"core", "pods/status", "update patch"}}, .bound = BOUND_ANY},
	{"cluster/role-service-status", NULL, {{"core", "services/status", "update patch"}},
		.bound = BOUND_ANY},
	{"cluster/role-bound-service-status", NULL, {{NULL, "services services/status", "update patch"}},
		.bound = BOUND_ACCOUNT},
	{"cluster/role-changes-pods", NULL, {{"core", "pods", "update patch"}}, .bound = BOUND_WIDE},
	{"cluster/role-namespace-rce", NULL, {{"core", "pods", "update patch"}}, .bound = BOUND_NARROW},
	{"cluster/role-namespace-rce", NULL,
		{{"core", "pods/exec pods/ephemeralcontainers", "create update patch"}},
		.bound = BOUND_NARROW},
	{"cluster/role-namespace-tokens", NULL, {{"core", "secrets", "get"}}, .bound = BOUND_NARROW},
	{"cluster/role-namespace-tokens", NULL, {{"core", "secrets", "list watch"}}, .bound = BOUND_NARROW,
		.unnamed = true},
	{"cluster/role-namespace-tokens", NULL, {{"core", "serviceaccounts/token", "create"}},
		.bound = BOUND_NARROW},
	{"cluster/role-assigns-accounts", NULL,
		{{"core", "pods replicationcontrollers podtemplates", "create update patch"}},
		.bound = BOUND_WIDE},
	{"cluster/role-assigns-accounts", NULL,
		{{"apps", "deployments daemonsets statefulsets replicasets", "create update patch"}},
		.bound = BOUND_WIDE},
	{"cluster/role-assigns-accounts", NULL, {{"batch", "jobs cronjobs", "create update patch"}},
		.bound = BOUND_WIDE},
};

/* --- what one rule of a role grants --- */

static bool list_grants(const node *list, const char *words, bool wildcard)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span word = node_text(list->items[i]);
		if (!word.n && node_is_scalar(list->items[i]))
			word = SPAN("core");
		if ((wildcard && span_is(word, "*")) || (word.n && span_in(word, words)))
			return true;
	}
	return false;
}

/* "x/status" of the words, when the rule says "x/status", "*" or a star and "/status". */
static bool resources_grant(const node *list, const char *words, bool wildcard)
{
	if (list_grants(list, words, wildcard))
		return true;
	span rest = span_of(words), word;
	while (wildcard && span_cut(&rest, ' ', &word)) {
		size_t slash = span_find_byte(word, '/');
		for (uint32_t i = 0; slash != SPAN_NONE && node_is_list(list) && i < list->count; i++) {
			span have = node_text(list->items[i]);
			if (span_starts(have, SPAN("*/")) &&
				span_equal(span_from(have, 1), span_from(word, slash)))
				return true;
		}
	}
	return false;
}

static bool names_allow(const node *one, const grant *g, bool last)
{
	const node *names = node_get(one, "resourceNames");
	bool named = node_is_list(names) && names->count;
	if (!named)
		return !g->named;
	return !g->unnamed && (!last || !g->names || list_grants(names, g->names, false));
}

static bool rule_grants(const node *one, const grant *g, const need *n, bool last)
{
	const node *groups = node_get(one, "apiGroups");
	return (!n->groups || !groups || list_grants(groups, n->groups, true)) &&
	       resources_grant(node_get(one, "resources"), n->resources, !g->literal) &&
	       list_grants(node_get(one, "verbs"), n->verbs, true) && names_allow(one, g, last);
}

/* The first rule that meets the need, or NULL. */
static const node *granting(const node *rules, const grant *g, int i)
{
	bool last = i + 1 == NEEDS || !g->needs[i + 1].verbs;
	for (uint32_t k = 0; node_is_list(rules) && k < rules->count; k++)
		if (rule_grants(rules->items[k], g, &g->needs[i], last))
			return rules->items[k];
	return NULL;
}

static bool role_grants(const node *rules, const grant *g)
{
	for (int i = 0; i < NEEDS && g->needs[i].verbs; i++)
		if (!granting(rules, g, i))
			return false;
	return true;
}

/* --- to whom a role is bound --- */

static bool binds_to(const document *binding, bound how)
{
	const node *subjects = node_get(binding->root, "subjects");
	bool cluster = object_is(binding, "ClusterRoleBinding"),
	     system = span_is(binding->object_namespace, "kube-system");
	for (uint32_t i = 0; node_is_list(subjects) && i < subjects->count; i++) {
		bool account =
			span_in(node_text(node_get(subjects->items[i], "kind")), "ServiceAccount Node");
		if (how == BOUND_ANY || (how == BOUND_ACCOUNT && account) ||
			(how == BOUND_WIDE && (cluster || system)) || (how == BOUND_CLUSTER && cluster) ||
			(how == BOUND_NARROW && !cluster && !system))
			return true;
	}
	return false;
}

static bool is_bound(const document *role, const bundle *b, bound how)
{
	for (uint32_t i = 0; i < b->documents.count && b->documents.count <= RELATION_DOCUMENTS; i++) {
		const document *d = b->documents.items[i];
		const node *ref = node_get(d->root, "roleRef");
		if (d->kind != DOCUMENT_KUBERNETES || !object_is(d, "RoleBinding ClusterRoleBinding") ||
			!span_equal(node_text(node_get(ref, "name")), role->object_name) ||
			!span_equal(node_text(node_get(ref, "kind")), role->object_kind))
			continue;
		if (object_is(role, "Role") && !span_equal(d->object_namespace, role->object_namespace))
			continue;
		if (binds_to(d, how))
			return true;
	}
	return how == BOUND_NOT;
}

/* The words of a list that are meant: "get, list". */
static span granted_words(const node *list, const char *words, arena *a)
{
	auto_buffer out = {0};
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span word = node_text(list->items[i]);
		if (span_starts(word, SPAN("*")) || (word.n && span_in(word, words)))
			buffer_format(&out, "%s%.*s", out.n ? ", " : "", SPAN_ARG(word));
	}
	return arena_copy(a, buffer_span(&out));
}

static void found_grant(const rule *r, const document *d, const node *one, const grant *g, rule_report *out)
{
	const member *m = node_member(one, g->at_verbs ? "verbs" : "resources");
	span verbs = granted_words(node_get(one, "verbs"), g->needs[0].verbs, rule_arena(out)),
	     resources = granted_words(node_get(one, "resources"), g->needs[0].resources, rule_arena(out));
	if (m)
		rule_found(out, r, NULL, object_member_place(d, m), NULL, "%.*s %.*s allows %.*s on %.*s",
			SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name), SPAN_ARG(verbs),
			SPAN_ARG(resources));
}

static void judge_grant(const rule *r, const document *d, const bundle *b, const grant *g, rule_report *out)
{
	const node *rules = node_get(d->root, "rules");
	if (!object_is(d, g->kinds ? g->kinds : "Role ClusterRole") || !role_grants(rules, g) ||
		!is_bound(d, b, g->bound))
		return;
	/* One finding for every rule that grants what is asked alone; else one where the first part is granted. */
	for (uint32_t i = 0; i < rules->count; i++)
		if (rule_grants(rules->items[i], g, &g->needs[0], !g->needs[1].verbs))
			found_grant(r, d, rules->items[i], g, out);
}

void judge_role(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	if (!object_is(d, "Role ClusterRole"))
		return;
	for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
		if (strcmp(grants[i].id, r->id) == 0)
			judge_grant(r, d, b, &grants[i], out);
}

/* --- rights that one subject has from several roles --- */

enum { STEAL_DOCUMENTS = 1000 }; /* every binding is compared with every other */

static bool same_subject(const node *a, const node *b)
{
	static const char *const keys[] = {"kind", "name", "namespace"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!span_equal(node_text(node_get(a, keys[i])), node_text(node_get(b, keys[i]))))
			return false;
	return true;
}

static bool binds_subject(const document *binding, const node *who)
{
	const node *subjects = node_get(binding->root, "subjects");
	for (uint32_t i = 0; node_is_list(subjects) && i < subjects->count; i++)
		if (same_subject(subjects->items[i], who))
			return true;
	return false;
}

/* The rules of the role that a binding gives. */
static const node *bound_rules(const bundle *b, const document *binding)
{
	bool cluster = span_is(node_text(node_path(binding->root, "roleRef/kind")), "ClusterRole");
	span name = node_text(node_path(binding->root, "roleRef/name"));
	const document *role = bundle_object(b, cluster ? "ClusterRole" : "Role",
		cluster ? SPAN("default") : binding->object_namespace, name);
	return role ? node_get(role->root, "rules") : NULL;
}

/* Moving pods away: deleting, evicting or changing them. */
static const grant moves_pods[] = {
	{NULL, NULL, {{"core", "pods", "delete deletecollection update patch"}}},
	{NULL, NULL, {{"core", "pods/eviction", "create"}}},
};

/* Whether the subject may move pods in the whole cluster or in kube-system. */
static bool may_move_pods(const bundle *b, const node *who)
{
	for (uint32_t i = 0; i < b->documents.count; i++) {
		const document *d = b->documents.items[i];
		if (d->kind != DOCUMENT_KUBERNETES || !object_is(d, "RoleBinding ClusterRoleBinding") ||
			!binds_to(d, BOUND_WIDE) || !binds_subject(d, who))
			continue;
		const node *rules = bound_rules(b, d);
		if (role_grants(rules, &moves_pods[0]) || role_grants(rules, &moves_pods[1]))
			return true;
	}
	return false;
}

void judge_steals_pods(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	static const grant changes_nodes = {NULL, NULL, {{"core", "nodes/status", "update patch"}}};
	if (!object_is(d, "ClusterRoleBinding") || b->documents.count > STEAL_DOCUMENTS ||
		!role_grants(bound_rules(b, d), &changes_nodes))
		return;
	const node *subjects = node_get(d->root, "subjects");
	for (uint32_t i = 0; node_is_list(subjects) && i < subjects->count; i++)
		if (may_move_pods(b, subjects->items[i]))
			rule_found(out, r, NULL, object_node_place(d, subjects->items[i]), NULL,
				"%.*s may mark nodes as unfit and move their pods",
				SPAN_ARG(node_text(node_get(subjects->items[i], "name"))));
}

/* --- wildcards --- */

static void judge_star(const rule *r, const document *d, const node *one, const char *key, rule_report *out)
{
	const member *m = node_member(one, key);
	if (m && kubernetes_list_has(m->value, "*"))
		rule_found(out, r, NULL, object_member_place(d, m), NULL, "%.*s %.*s allows all %s",
			SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name), key);
}

void judge_role_wildcard(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *rules = object_is(d, "Role ClusterRole") ? node_get(d->root, "rules") : NULL;
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		judge_star(r, d, rules->items[i], "apiGroups", out);
		judge_star(r, d, rules->items[i], "resources", out);
		judge_star(r, d, rules->items[i], "verbs", out);
	}
}

void judge_role_everything(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *rules = object_is(d, "Role ClusterRole") ? node_get(d->root, "rules") : NULL;
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		const node *one = rules->items[i];
		if (kubernetes_list_has(node_get(one, "apiGroups"), "*") &&
			kubernetes_list_has(node_get(one, "resources"), "*") &&
			kubernetes_list_has(node_get(one, "verbs"), "*"))
			rule_found(out, r, NULL, object_node_place(d, one), NULL,
				"%.*s %.*s allows everything", SPAN_ARG(d->object_kind),
				SPAN_ARG(d->object_name));
	}
}
