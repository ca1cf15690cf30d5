/* SPDX-License-Identifier: Apache-2.0
 *
 * Document rules over objects of a cluster: namespaces, quotas, Tiller, selectors, API versions, service accounts. */
#include "rules/cluster_objects.h"
#include "rules/object.h"

static const char pod_kinds[] =
	"Pod Deployment ReplicaSet StatefulSet DaemonSet Job CronJob ReplicationController PodTemplate";

static bool has_pod(const document *d)
{
	return object_is(d, pod_kinds) || kubernetes_pod_of(d->root).spec;
}

/* --- namespaces --- */

static const char namespaced_kinds[] =
	"ConfigMap Endpoints Event HorizontalPodAutoscaler Ingress LimitRange NetworkPolicy "
	"PersistentVolumeClaim "
	"PodDisruptionBudget ResourceQuota Role RoleBinding Secret Service ServiceAccount";

static bool in_default(const document *d)
{
	return span_is(d->object_namespace, "default");
}

void judge_default_namespace(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (in_default(d) && has_pod(d))
		rule_found(out, r, NULL, object_place(d, "metadata/namespace"), NULL,
			"%.*s %.*s is in the default namespace", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}

void judge_default_namespace_object(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	/* These two are made by the cluster itself, in the default namespace. */
	bool own = (object_is(d, "ServiceAccount") && span_is(d->object_name, "default")) ||
		   (object_is(d, "Service") && span_is(d->object_name, "kubernetes"));
	if (in_default(d) && object_is(d, namespaced_kinds) && !own)
		rule_found(out, r, NULL, object_place(d, "metadata/namespace"), NULL,
			"%.*s %.*s is in the default namespace", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}

void judge_system_namespace(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (span_in(d->object_namespace, "kube-system kube-public kube-node-lease"))
		rule_found(out, r, NULL, object_place(d, "metadata/namespace"), NULL,
			"%.*s %.*s is in the namespace %.*s", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name), SPAN_ARG(d->object_namespace));
}

/* Static pods of the control plane belong there: kubeadm labels them. */
static bool is_control_plane(const document *d)
{
	const member *tier = object_label(d, "tier"), *component = object_label(d, "component");
	return tier && component && span_is(node_text(tier->value), "control-plane") &&
	       span_in(node_text(component->value),
		       "kube-apiserver kube-controller-manager kube-scheduler etcd kube-proxy");
}

void judge_kube_system_workload(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (has_pod(d) && span_is(d->object_namespace, "kube-system") && !is_control_plane(d))
		rule_found(out, r, NULL, object_place(d, "metadata/namespace"), NULL,
			"%.*s %.*s is no part of the control plane", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}

/* --- limits of namespaces --- */

static void judge_missing(
	const rule *r, const document *d, const bundle *b, const char *kind, rule_report *out)
{
	if ((!has_pod(d) && !object_is(d, "PersistentVolumeClaim")) ||
		bundle_objects(b, kind, d->object_namespace))
		return;
	bool named = node_member(node_get(d->root, "metadata"), "namespace");
	rule_found(out, r, NULL, named ? object_place(d, "metadata/namespace") : object_name_place(d), NULL,
		"namespace %.*s has no %s", SPAN_ARG(d->object_namespace), kind);
}

void judge_no_limit_range(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	judge_missing(r, d, b, "LimitRange", out);
}

void judge_no_resource_quota(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	judge_missing(r, d, b, "ResourceQuota", out);
}

void judge_limit_range(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	static const char *const keys[] = {"type", "max", "min", "default", "defaultRequest"};
	const node *limits = object_is(d, "LimitRange") ? node_path(d->root, "spec/limits") : NULL;
	const char *missing =
		object_is(d, "LimitRange") && (!node_is_list(limits) || !limits->count) ? "limits" : NULL;
	const node *at = NULL;
	for (uint32_t i = 0; node_is_list(limits) && i < limits->count && !missing; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys && !missing; k++)
			if (!node_get(limits->items[i], keys[k])) {
				missing = keys[k];
				at = limits->items[i];
			}
	if (missing)
		rule_found(out, r, NULL, at ? object_node_place(d, at) : object_place(d, "spec"), NULL,
			"limit range %.*s sets no %s", SPAN_ARG(d->object_name), missing);
}

void judge_resource_quota(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	static const char *const keys[] = {"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"};
	const node *hard = node_path(d->root, "spec/hard");
	for (size_t i = 0; object_is(d, "ResourceQuota") && i < sizeof keys / sizeof *keys; i++) {
		if (node_get(hard, keys[i]))
			continue;
		rule_found(out, r, NULL, object_place(d, "spec/hard"), NULL, "resource quota %.*s sets no %s",
			SPAN_ARG(d->object_name), keys[i]);
		return;
	}
}

/* --- Tiller --- */

/* "tiller" as a word of its own: "tiller-deploy", not "distiller". */
static bool names_tiller(span name)
{
	const span word = SPAN("tiller");
	for (size_t at = 0, found; (found = span_find(span_from(name, at), word)) != SPAN_NONE;) {
		size_t start = at + found, end = start + word.n;
		bool whole = (start == 0 || !ascii_alpha(name.p[start - 1])) &&
			     (end == name.n || !ascii_alpha(name.p[end]));
		if (whole)
			return true;
		at = end;
	}
	return false;
}

static bool labelled_tiller(const node *labels)
{
	return span_is(node_text(node_get(labels, "app")), "helm") ||
	       span_is(node_text(node_get(labels, "name")), "tiller");
}

static const member *tiller_image(const kubernetes_pod *pod)
{
	const node *container;
	for (uint32_t i = 0; (container = pod_container(pod, i)); i++) {
		const member *image = node_member(container, "image");
		if (image && names_tiller(node_text(image->value)))
			return image;
	}
	return NULL;
}

/* Tiller by its name, its labels or its image. */
static bool is_tiller(const document *d, const kubernetes_pod *pod)
{
	return names_tiller(d->object_name) || labelled_tiller(node_path(d->root, "metadata/labels")) ||
	       labelled_tiller(pod_labels(pod)) || names_tiller(node_text(node_get(pod->metadata, "name"))) ||
	       tiller_image(pod);
}

void judge_tiller(const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	if (!pod.spec || !is_tiller(d, &pod))
		return;
	const member *image = tiller_image(&pod);
	rule_found(out, r, NULL, image ? object_member_place(d, image) : object_name_place(d), NULL,
		"%.*s %.*s is Tiller", SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name));
}

void judge_tiller_service(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *selector = node_path(d->root, "spec/selector");
	if (!object_is(d, "Service"))
		return;
	if (names_tiller(d->object_name) || labelled_tiller(node_path(d->root, "metadata/labels")))
		rule_found(out, r, NULL, object_name_place(d), NULL, "service %.*s leads to Tiller",
			SPAN_ARG(d->object_name));
	for (uint32_t i = 0; node_is_map(selector) && i < selector->count; i++)
		if (names_tiller(node_text(selector->members[i].value)))
			rule_found(out, r, NULL, object_member_place(d, &selector->members[i]), NULL,
				"service %.*s selects Tiller", SPAN_ARG(d->object_name));
}

/* --listen=localhost:44134 keeps Tiller to its own pod. */
static bool listens_locally(const node *container)
{
	static const char *const keys[] = {"args", "command"};
	for (size_t k = 0; k < 2; k++) {
		const node *list = node_get(container, keys[k]);
		for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
			span word = node_text(list->items[i]);
			if (span_contains(word, "listen=localhost") ||
				span_contains(word, "listen=127.0.0.1") ||
				span_starts(word, SPAN("localhost:")) ||
				span_starts(word, SPAN("127.0.0.1:")))
				return true;
		}
	}
	return false;
}

void judge_tiller_open(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const node *container;
	if (!pod.spec || !is_tiller(d, &pod))
		return;
	for (uint32_t i = 0; (container = pod_container(&pod, i)); i++) {
		const member *args = node_member(container, "args"),
			     *list = node_member(pod.spec, "containers");
		if (!listens_locally(container))
			rule_found(out, r, NULL,
				object_member_place(d, args   ? args
						       : list ? list
							      : pod.key),
				NULL, "Tiller answers every pod of the cluster");
	}
}

/* --- selectors, versions, labels --- */

void judge_selector(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const node *selector = node_path(d->root, "spec/selector");
	if (!pod.spec || !pod.controlled || !node_is_map(selector) || !selector->count)
		return;
	bool rich = node_get(selector, "matchLabels") || node_get(selector, "matchExpressions");
	if (rich ? kubernetes_selects(selector, pod_labels(&pod))
		 : kubernetes_has_labels(pod_labels(&pod), selector))
		return;
	rule_found(out, r, NULL, object_place(d, "spec/selector"), NULL,
		"%.*s %.*s does not select its own pods", SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name));
}

/* Versions that API servers no longer answer to (kubernetes.io/docs/reference/using-api/deprecation-guide); "": every kind. */
static const struct {
	const char *version, *kinds, *since;
} old_apis[] = {
	{"extensions/v1beta1", "", "1.16"},
	{"apps/v1beta1", "", "1.16"},
	{"apps/v1beta2", "", "1.16"},
	{"rbac.authorization.k8s.io/v1alpha1", "", "1.20"},
	{"rbac.authorization.k8s.io/v1beta1", "", "1.22"},
	{"admissionregistration.k8s.io/v1beta1",
		"MutatingWebhookConfiguration ValidatingWebhookConfiguration", "1.22"},
	{"apiextensions.k8s.io/v1beta1", "", "1.22"},
	{"apiregistration.k8s.io/v1beta1", "", "1.22"},
	{"authentication.k8s.io/v1beta1", "TokenReview", "1.22"},
	{"authorization.k8s.io/v1beta1", "", "1.22"},
	{"certificates.k8s.io/v1beta1", "CertificateSigningRequest", "1.22"},
	{"coordination.k8s.io/v1beta1", "Lease", "1.22"},
	{"networking.k8s.io/v1beta1", "Ingress IngressClass", "1.22"},
	{"scheduling.k8s.io/v1beta1", "", "1.22"},
	{"storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment CSIStorageCapacity",
		"1.22"},
	{"batch/v1beta1", "CronJob", "1.25"},
	{"batch/v2alpha1", "CronJob", "1.21"},
	{"discovery.k8s.io/v1beta1", "EndpointSlice", "1.25"},
	{"events.k8s.io/v1beta1", "Event", "1.25"},
	{"autoscaling/v2beta1", "", "1.25"},
	{"autoscaling/v2beta2", "", "1.26"},
	{"policy/v1beta1", "PodDisruptionBudget PodSecurityPolicy", "1.25"},
	{"node.k8s.io/v1beta1", "RuntimeClass", "1.25"},
	{"flowcontrol.apiserver.k8s.io/v1beta1", "", "1.26"},
	{"flowcontrol.apiserver.k8s.io/v1beta2", "", "1.29"},
	{"flowcontrol.apiserver.k8s.io/v1beta3", "", "1.32"},
};

static void judge_api(const rule *r, const document *d, bool ancient, rule_report *out)
{
	for (size_t i = 0; i < sizeof old_apis / sizeof *old_apis; i++)
		if (span_is(d->api_version, old_apis[i].version) &&
			(!*old_apis[i].kinds || object_is(d, old_apis[i].kinds)) &&
			(strcmp(old_apis[i].since, "1.16") == 0) == ancient)
			rule_found(out, r, NULL, object_place(d, "apiVersion"), NULL,
				"%s %.*s was removed in Kubernetes %s", old_apis[i].version,
				SPAN_ARG(d->object_kind), old_apis[i].since);
}

void judge_old_api(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_api(r, d, false, out);
}

void judge_ancient_api(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_api(r, d, true, out);
}

/* A label's value: at most 63 letters, digits, '-', '_', '.', with a letter or digit at both ends. */
static bool label_valid(span value)
{
	if (value.n > 63)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		bool word = ascii_alpha(value.p[i]) || ascii_digit(value.p[i]),
		     edge = i == 0 || i + 1 == value.n;
		if (!word && (edge || !strchr("-_.", value.p[i])))
			return false;
	}
	return true;
}

void judge_label_syntax(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *labels = node_path(d->root, "metadata/labels");
	for (uint32_t i = 0; node_is_map(labels) && i < labels->count; i++)
		if (!label_valid(node_text(labels->members[i].value)))
			rule_found(out, r, NULL, object_member_place(d, &labels->members[i]), NULL,
				"label %.*s has a value that no cluster takes",
				SPAN_ARG(labels->members[i].key->value));
}

/* --- service accounts --- */

void judge_old_account_field(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const member *m = node_member(kubernetes_pod_of(d->root).spec, "serviceAccount");
	if (m && node_text(m->value).n)
		rule_found(out, r, NULL, object_member_place(d, m), NULL,
			"%.*s %.*s uses the deprecated field serviceAccount", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}

static span account_of(const kubernetes_pod *pod)
{
	return node_text(node_get(pod->spec, "serviceAccountName"));
}

void judge_shared_account(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root), other;
	const member *m = node_member(pod.spec, "serviceAccountName");
	const document *who;
	for (uint32_t at = 0; m && account_of(&pod).n && (who = object_next_pod(b, d, &at, &other));) {
		if (who == d || !span_equal(account_of(&other), account_of(&pod)))
			continue;
		rule_found(out, r, NULL, object_member_place(d, m), NULL,
			"%.*s and %.*s share the service account %.*s", SPAN_ARG(d->object_name),
			SPAN_ARG(who->object_name), SPAN_ARG(account_of(&pod)));
		return;
	}
}

void judge_default_account_token(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *mounted = node_get(d->root, "automountServiceAccountToken");
	if (object_is(d, "ServiceAccount") && span_is(d->object_name, "default") && node_truth(mounted) != 0)
		rule_found(out, r, NULL, object_place(d, "automountServiceAccountToken"), NULL,
			"the default service account of %.*s hands out its token",
			SPAN_ARG(d->object_namespace));
}

void judge_account_cloud_role(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	static const char *const annotations[] = {"eks.amazonaws.com/role-arn",
		"iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"};
	for (size_t i = 0; object_is(d, "ServiceAccount") && i < sizeof annotations / sizeof *annotations;
		i++) {
		const member *m = object_annotation(d, span_of(annotations[i]));
		if (m)
			rule_found(out, r, NULL, object_member_place(d, m), NULL,
				"service account %.*s acts as %.*s in the cloud", SPAN_ARG(d->object_name),
				SPAN_ARG(node_text(m->value)));
	}
}
