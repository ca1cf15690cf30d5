/* SPDX-License-Identifier: Apache-2.0
 *
 * cluster: what PodSecurityPolicies (removed in Kubernetes 1.25, still in many repositories) and OpenShift's SecurityContextConstraints
 * admit. A row says where each of them keeps a field, and what is wrong with it. */
#include "rules/object.h"
#include "rules/tables.h"

typedef enum psp_test {
	PSP_TRUE,      /* is true */
	PSP_NOT_FALSE, /* is not false: its default is true */
	PSP_NOT_EMPTY, /* a list with something in it */
	PSP_NO_DROP,   /* a list that is absent or empty */
	PSP_NO_RAW,    /* a list without NET_RAW and ALL */
	PSP_ROOT_USER, /* a rule over users that takes 0 */
	PSP_ROOT_GROUP,
	PSP_HOST_PATHS,
} psp_test;

typedef struct psp_field {
	const char *policy, *constraints; /* paths in the two kinds; NULL: it has no such field */
	psp_test test;
} psp_field;

/* The rule of a policy, the type of constraints. */
static span strategy_of(const node *field)
{
	const node *rule_word = node_get(field, "rule");
	return node_text(rule_word ? rule_word : node_get(field, "type"));
}

/* The first range that takes id 0, or NULL. */
static const node *range_of_root(const node *field)
{
	const node *ranges = node_get(field, "ranges");
	for (uint32_t i = 0; node_is_list(ranges) && i < ranges->count; i++) {
		int64_t least;
		if (node_int(node_get(ranges->items[i], "min"), &least) && least < 1)
			return ranges->items[i];
	}
	return NULL;
}

static bool admits_root_user(const node *field)
{
	span strategy = strategy_of(field);
	int64_t id;
	if (!strategy.n || !span_in(strategy, "MustRunAsNonRoot MustRunAs MustRunAsRange"))
		return true;
	bool ranged = span_is(strategy, "MustRunAs") && !node_int(node_get(field, "uid"), &id);
	return range_of_root(field) || (ranged && !node_is_list(node_get(field, "ranges"))) ||
	       (node_int(node_get(field, "uid"), &id) && id == 0);
}

static bool admits_root_group(const node *field)
{
	return !span_is(strategy_of(field), "MustRunAs") || range_of_root(field);
}

/* Where something of the host may be mounted for writing; *ret is the entry, or stays. Prefixes matter only where a volume of the
 * host is allowed: a list of volumes that has none is a bound as well. */
static bool admits_host_paths(const node *paths, const node *volumes, const node **ret)
{
	bool mounts = kubernetes_list_has(volumes, "hostPath") || kubernetes_list_has(volumes, "*");
	if (node_is_list(volumes) && !mounts)
		return false;
	for (uint32_t i = 0; node_is_list(paths) && i < paths->count; i++)
		if (node_truth(node_get(paths->items[i], "readOnly")) != 1) {
			*ret = paths->items[i];
			return true;
		}
	return !node_is_list(paths) || !paths->count;
}

static bool field_is_wrong(const document *d, const psp_field *field, const node *value, const node **at)
{
	bool list = node_is_list(value) && value->count;
	switch (field->test) {
	case PSP_TRUE:
		return node_truth(value) == 1;
	case PSP_NOT_FALSE:
		return node_truth(value) != 0;
	case PSP_NOT_EMPTY:
		return list;
	case PSP_NO_DROP:
		return !list;
	case PSP_NO_RAW:
		return !kubernetes_list_has(value, "ALL") && !kubernetes_list_has(value, "NET_RAW");
	case PSP_ROOT_USER:
		return admits_root_user(value);
	case PSP_ROOT_GROUP:
		return admits_root_group(value);
	case PSP_HOST_PATHS:
		return admits_host_paths(value, node_path(d->root, "spec/volumes"), at);
	}
	return false;
}

/* A range or path that is wrong by one key points at that key. */
static origin wrong_place(const document *d, const char *path, const node *at)
{
	const member *m = node_member(at, "readOnly");
	return m ? object_member_place(d, m) : at ? object_node_place(d, at) : object_place(d, path);
}

static void judge_psp(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const psp_field *field = r->of;
	const char *path = object_is(d, "PodSecurityPolicy")            ? field->policy
			   : object_is(d, "SecurityContextConstraints") ? field->constraints
									: NULL;
	const node *at = NULL;
	if (path && field_is_wrong(d, field, node_path(d->root, path), &at))
		rule_found(out, r, NULL, wrong_place(d, path, at), NULL, "%.*s: %s", SPAN_ARG(d->object_name),
			r->title);
}

#define PSP(id_, severity_, policy_, constraints_, test_, title_, why_, aliases_)                     \
	{                                                                                             \
		.id = (id_), .severity = SEVERITY_##severity_, .profile = PROFILE_STRICT,             \
		.judge = judge_psp, .kinds = 1u << DOCUMENT_KUBERNETES,                               \
		.of =                                                                                 \
			&(const psp_field){                                                           \
				.policy = (policy_), .constraints = (constraints_), .test = (test_)}, \
		.title = (title_), .why = (why_), .aliases = (aliases_), .references = ""             \
	}

/* clang-format off */
static const rule psp_rules[] = {
	PSP("cluster/psp-privileged", MEDIUM, "spec/privileged", "allowPrivilegedContainer", PSP_TRUE,
		"Privileged containers are admitted",
		"Whoever may use the policy starts a container that is root on the node.",
		"checkov:CKV_K8S_2 kics:psp_set_to_privileged kics:root_containers_admitted kube-linter:scc-deny-privileged-container"),
	PSP("cluster/psp-escalation", LOW, "spec/allowPrivilegeEscalation", "allowPrivilegeEscalation", PSP_NOT_FALSE,
		"Containers may gain more rights than they started with",
		"A setuid program in the image makes a process root that was started as somebody else.",
		"checkov:CKV_K8S_5 kics:psp_allows_privilege_escalation kics:root_containers_admitted"),
	PSP("cluster/psp-host-pid", LOW, "spec/hostPID", "allowHostPID", PSP_TRUE,
		"Pods that see the processes of the host are admitted",
		"They read the environment of every process of the node, and may end or trace those of the same user.",
		"checkov:CKV_K8S_1 kics:psp_allows_sharing_host_pid"),
	PSP("cluster/psp-host-ipc", LOW, "spec/hostIPC", "allowHostIPC", PSP_TRUE,
		"Pods that share the memory of the host are admitted",
		"They read and change the shared memory of every process of the node.",
		"checkov:CKV_K8S_3 kics:psp_allows_sharing_host_ipc"),
	PSP("cluster/psp-host-network", LOW, "spec/hostNetwork", "allowHostNetwork", PSP_TRUE,
		"Pods on the network of the host are admitted",
		"They reach what listens on the node's loopback, and no network policy is about them.",
		"checkov:CKV_K8S_4 kics:psp_containers_share_host_network_namespace"),
	PSP("cluster/psp-root-user", LOW, "spec/runAsUser", "runAsUser", PSP_ROOT_USER,
		"Containers that run as root are admitted",
		"Root in the container is root on the node once anything of the isolation gives way.",
		"checkov:CKV_K8S_6 kics:root_containers_admitted"),
	PSP("cluster/psp-root-groups", LOW, "spec/supplementalGroups", "supplementalGroups", PSP_ROOT_GROUP,
		"Containers in the group of root are admitted",
		"Files of shared volumes that belong to group 0 are then theirs to read, and often to write.",
		"kics:root_containers_admitted"),
	PSP("cluster/psp-root-volumes", LOW, "spec/fsGroup", "fsGroup", PSP_ROOT_GROUP,
		"Volumes may belong to the group of root",
		"What the pod writes belongs to group 0, and whoever else mounts the volume takes it for root's.",
		"kics:root_containers_admitted"),
	PSP("cluster/psp-raw-sockets", LOW, "spec/requiredDropCapabilities", "requiredDropCapabilities", PSP_NO_RAW,
		"Containers may keep NET_RAW",
		"With raw sockets a pod answers for others on its network and reads what was meant for them.",
		"checkov:CKV_K8S_7 kics:net_raw_capabilities_disabled_for_psp"),
	PSP("cluster/psp-capabilities-added", LOW, "spec/allowedCapabilities", "allowedCapabilities", PSP_NOT_EMPTY,
		"Containers may add capabilities",
		"Each one that is added is a piece of root's power over the node.",
		"checkov:CKV_K8S_24"),
	PSP("cluster/psp-capabilities-kept", LOW, "spec/requiredDropCapabilities", "requiredDropCapabilities", PSP_NO_DROP,
		"No capability has to be dropped",
		"Containers keep the dozen that engines give by default, which nearly none of them needs.",
		"checkov:CKV_K8S_36 kics:not_limited_capabilities_for_pod_security_policy"),
	PSP("cluster/psp-host-paths", LOW, "spec/allowedHostPaths", NULL, PSP_HOST_PATHS,
		"Paths of the host may be mounted for writing",
		"Whoever writes below /etc or into the kubelet's folder of the node has the node.",
		"kics:psp_with_unrestricted_access_to_host_path"),
};
/* clang-format on */

const rule_table cluster_psp_table = RULE_TABLE(psp_rules);
