/* SPDX-License-Identifier: Apache-2.0
 *
 * resources: what keeps a Kubernetes workload up while nodes are drained, fail or run full: disruption budgets, replicas, autoscalers,
 * and where replicas may stand beside one another. */
#include "rules/object.h"
#include "rules/tables.h"

#define KUBERNETES_JUDGE(judge_) .judge = (judge_), .kinds = 1u << DOCUMENT_KUBERNETES

#define AVAILABILITY(name) \
	static void name(  \
		const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)

#define WITH_REPLICAS "Deployment DeploymentConfig StatefulSet ReplicaSet ReplicationController"

/* Related objects of one namespace that are looked at for each object: looking is quadratic. */
enum { RELATED_LOOKED_AT = 1000 };

/* The objects of a kind beside an object; NULL if there are none, or too many to look at. */
static const document_list *related(const bundle *b, const document *d, const char *kind)
{
	const document_list *list = bundle_objects(b, kind, d->object_namespace);
	return list && list->count <= RELATED_LOOKED_AT ? list : NULL;
}

/* Whether nothing can be said of what is missing, for there is too much of the kind to look at. */
static bool too_many(const bundle *b, const document *d, const char *kind)
{
	const document_list *list = bundle_objects(b, kind, d->object_namespace);
	return list && list->count > RELATED_LOOKED_AT;
}

/* spec.replicas; false when it is not said, or no number. */
static bool replicas_of(const document *d, int64_t *ret)
{
	return node_int(node_path(d->root, "spec/replicas"), ret);
}

/* One replica at the most, and that is said: there is nothing to keep apart. */
static bool single(const document *d)
{
	int64_t replicas;
	return replicas_of(d, &replicas) && replicas < 2;
}

static bool targets(const document *autoscaler, const document *d)
{
	const node *target = node_path(autoscaler->root, "spec/scaleTargetRef");
	return span_equal(node_text(node_get(target, "kind")), d->object_kind) &&
	       span_equal(node_text(node_get(target, "name")), d->object_name);
}

static const document *autoscaler_of(const bundle *b, const document *d)
{
	const document_list *list = related(b, d, "HorizontalPodAutoscaler");
	for (uint32_t i = 0; list && i < list->count; i++)
		if (targets(list->items[i], d))
			return list->items[i];
	return NULL;
}

static bool may_be_scaled(const bundle *b, const document *d)
{
	return too_many(b, d, "HorizontalPodAutoscaler") || autoscaler_of(b, d);
}

/* Whether a Service sends requests to the pods. */
static bool is_served(const bundle *b, const document *d)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const document_list *list = related(b, d, "Service");
	for (uint32_t i = 0; list && i < list->count; i++) {
		const node *selector = node_path(list->items[i]->root, "spec/selector");
		if (node_is_map(selector) && selector->count &&
			kubernetes_has_labels(pod_labels(&pod), selector))
			return true;
	}
	return false;
}

/* --- disruption budgets --- */

/* A budget is about pods; one that fits only the labels that the controller asks for was meant as well. */
static bool has_budget(const bundle *b, const document *d)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const node *asked = node_path(d->root, "spec/selector/matchLabels");
	const document_list *list = related(b, d, "PodDisruptionBudget");
	for (uint32_t i = 0; list && i < list->count; i++) {
		const node *selector = node_path(list->items[i]->root, "spec/selector");
		if (kubernetes_selects(selector, pod_labels(&pod)) || kubernetes_selects(selector, asked))
			return true;
	}
	return too_many(b, d, "PodDisruptionBudget");
}

AVAILABILITY(judge_budget)
{
	if (object_is(d, r->of) && !single(d) && !has_budget(b, d))
		rule_found(out, r, NULL, object_place(d, "spec/selector/matchLabels"), NULL,
			"no disruption budget is about the pods of %.*s", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_budget_empty)
{
	const node *spec = node_get(d->root, "spec");
	if (object_is(d, "PodDisruptionBudget") && !node_get(spec, "minAvailable") &&
		!node_get(spec, "maxUnavailable"))
		rule_found(out, r, NULL, object_place(d, "spec"), NULL,
			"disruption budget %.*s says neither minAvailable nor maxUnavailable",
			SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_budget_blocks)
{
	span most = node_text(node_path(d->root, "spec/maxUnavailable"));
	if (object_is(d, "PodDisruptionBudget") && (span_is(most, "0") || span_is(most, "0%")))
		rule_found(out, r, NULL, object_place(d, "spec/maxUnavailable"), NULL,
			"disruption budget %.*s never lets a pod go", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_budget_unhealthy)
{
	if (object_is(d, "PodDisruptionBudget") &&
		!node_text(node_path(d->root, "spec/unhealthyPodEvictionPolicy")).n)
		rule_found(out, r, NULL, object_place(d, "spec"), NULL,
			"disruption budget %.*s does not say when pods that are not ready may be evicted",
			SPAN_ARG(d->object_name));
}

/* --- replicas and autoscalers --- */

AVAILABILITY(judge_single_replica)
{
	int64_t replicas = 1;
	replicas_of(d, &replicas);
	if (object_is(d, "Deployment") && replicas < 2 && is_served(b, d) && !may_be_scaled(b, d))
		rule_found(out, r, NULL, object_place(d, "spec/replicas"), NULL,
			"a service depends on one replica of %.*s", SPAN_ARG(d->object_name));
}

/* What judge_single_replica tells is left to it. */
AVAILABILITY(judge_few_replicas)
{
	int64_t replicas = 1;
	replicas_of(d, &replicas);
	bool told = object_is(d, "Deployment") && replicas < 2 && is_served(b, d);
	if (object_is(d, WITH_REPLICAS) && replicas < 3 && !told && !may_be_scaled(b, d))
		rule_found(out, r, NULL, object_place(d, "spec/replicas"), NULL,
			"%.*s has %lld of 3 replicas", SPAN_ARG(d->object_name), (long long)replicas);
}

AVAILABILITY(judge_replicas_scaled)
{
	const document *autoscaler = object_is(d, "Deployment") && node_path(d->root, "spec/replicas")
					     ? autoscaler_of(b, d)
					     : NULL;
	if (autoscaler)
		rule_found(out, r, NULL, object_place(d, "spec/replicas"), NULL,
			"%.*s sets its replicas, and autoscaler %.*s does too", SPAN_ARG(d->object_name),
			SPAN_ARG(autoscaler->object_name));
}

/* The bounds of an autoscaler's least number: a row tells from `least` up to below `enough`. */
typedef struct replica_bounds {
	int64_t least, enough;
} replica_bounds;

AVAILABILITY(judge_autoscaler_minimum)
{
	const replica_bounds *bounds = r->of;
	int64_t least = 1;
	node_int(node_path(d->root, "spec/minReplicas"), &least);
	if (object_is(d, "HorizontalPodAutoscaler") && least >= bounds->least && least < bounds->enough)
		rule_found(out, r, NULL, object_place(d, "spec/minReplicas"), NULL,
			"autoscaler %.*s goes down to %lld of %lld replicas", SPAN_ARG(d->object_name),
			(long long)least, (long long)bounds->enough);
}

AVAILABILITY(judge_autoscaler_target)
{
	char kind[64];
	const node *target = node_path(d->root, "spec/scaleTargetRef");
	span word = node_text(node_get(target, "kind"));
	if (!object_is(d, "HorizontalPodAutoscaler") || word.n >= sizeof kind)
		return;
	memcpy(kind, word.p ? word.p : "", word.n);
	kind[word.n] = 0;
	if (!word.n || !bundle_object(b, kind, d->object_namespace, node_text(node_get(target, "name"))))
		rule_found(out, r, NULL, object_place(d, "spec/scaleTargetRef/name"), NULL,
			"autoscaler %.*s scales something that is not here", SPAN_ARG(d->object_name));
}

/* What a metric of type Object measures: describedObject, in autoscaling/v2beta1 target. */
static bool measures_something(const node *metric)
{
	const node *object = node_get(metric, "object"), *described = node_get(object, "describedObject");
	if (!described)
		described = node_get(object, "target");
	return node_text(node_get(described, "kind")).n && node_text(node_get(described, "name")).n &&
	       node_text(node_get(described, "apiVersion")).n;
}

AVAILABILITY(judge_autoscaler_metric)
{
	const node *metrics =
		object_is(d, "HorizontalPodAutoscaler") ? node_path(d->root, "spec/metrics") : NULL;
	for (uint32_t i = 0; node_is_list(metrics) && i < metrics->count; i++) {
		const member *type = node_member(metrics->items[i], "type");
		if (type && span_is(node_text(type->value), "Object") &&
			!measures_something(metrics->items[i]))
			rule_found(out, r, NULL, object_member_place(d, type), NULL,
				"autoscaler %.*s measures an object that it does not name",
				SPAN_ARG(d->object_name));
	}
}

/* --- where pods stand --- */

#define SPREADING_KEYS                                                                      \
	"kubernetes.io/hostname topology.kubernetes.io/zone topology.kubernetes.io/region " \
	"failure-domain.beta.kubernetes.io/zone failure-domain.beta.kubernetes.io/region"

/* A term that names namespaces is about pods of those alone. */
static bool term_separates(const node *term, const document *d, const kubernetes_pod *pod)
{
	const node *namespaces = node_get(term, "namespaces");
	bool here = !node_is_list(namespaces) || !namespaces->count;
	for (uint32_t i = 0; !here && i < namespaces->count; i++)
		here = span_equal(node_text(namespaces->items[i]), d->object_namespace);
	span key = node_text(node_get(term, "topologyKey"));
	return here && key.n && span_in(key, SPREADING_KEYS) &&
	       kubernetes_selects(node_get(term, "labelSelector"), pod_labels(pod));
}

static bool terms_separate(const node *list, const document *d, const kubernetes_pod *pod)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *inner = node_get(list->items[i], "podAffinityTerm");
		if (term_separates(inner ? inner : list->items[i], d, pod))
			return true;
	}
	return false;
}

/* By anti-affinity or by a spread over hosts or zones: both keep replicas apart. */
static bool is_spread(const document *d, const kubernetes_pod *pod)
{
	const node *anti = node_path(pod->spec, "affinity/podAntiAffinity");
	return terms_separate(node_get(anti, "requiredDuringSchedulingIgnoredDuringExecution"), d, pod) ||
	       terms_separate(node_get(anti, "preferredDuringSchedulingIgnoredDuringExecution"), d, pod) ||
	       terms_separate(node_get(pod->spec, "topologySpreadConstraints"), d, pod);
}

AVAILABILITY(judge_together)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	if (object_is(d, r->of) && pod.spec && !single(d) && !is_spread(d, &pod))
		rule_found(out, r, NULL, object_name_place(d), NULL,
			"all replicas of %.*s may stand on one node", SPAN_ARG(d->object_name));
}

/* What is wrong with a spread constraint, or NULL. */
static const char *constraint_fault(const node *constraint)
{
	int64_t number;
	span otherwise = node_text(node_get(constraint, "whenUnsatisfiable"));
	if (!node_int(node_get(constraint, "maxSkew"), &number) || number < 1)
		return "has no maxSkew above 0";
	if (node_int(node_get(constraint, "minDomains"), &number) && number < 1)
		return "has no minDomains above 0";
	if (!node_text(node_get(constraint, "topologyKey")).n)
		return "has no topologyKey";
	if (!node_is_map(node_get(constraint, "labelSelector")))
		return "has no labelSelector";
	if (!otherwise.n || !span_in(otherwise, "DoNotSchedule ScheduleAnyway"))
		return "has no whenUnsatisfiable that a scheduler knows";
	return NULL;
}

AVAILABILITY(judge_spread_constraint)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const node *list = node_get(pod.spec, "topologySpreadConstraints");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const char *fault = constraint_fault(list->items[i]);
		if (fault)
			rule_found(out, r, NULL, object_node_place(d, list->items[i]), NULL,
				"a spread constraint of %.*s %s", SPAN_ARG(d->object_name), fault);
	}
}

/* --- how pods are replaced, started and preferred --- */

AVAILABILITY(judge_strategy)
{
	span type = node_text(node_path(d->root, "spec/strategy/type"));
	if (object_is(d, "Deployment") && type.n && !span_is(type, "RollingUpdate") && is_served(b, d))
		rule_found(out, r, NULL, object_place(d, "spec/strategy/type"), NULL,
			"every change of %.*s interrupts the service", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_cron_deadline)
{
	if (object_is(d, "CronJob") && !node_is_scalar(node_path(d->root, "spec/startingDeadlineSeconds")))
		rule_found(out, r, NULL, object_place(d, "spec"), NULL,
			"cron job %.*s may start however late", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_cron_restart)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const member *policy = node_member(pod.spec, "restartPolicy");
	span word = policy ? node_text(policy->value) : (span){0};
	if (!object_is(d, "CronJob") || !pod.spec || (word.n && span_in(word, "Never OnFailure")))
		return;
	rule_found(out, r, NULL, object_member_place(d, policy ? policy : pod.key), NULL,
		"cron job %.*s has no restart policy that jobs may have", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_priority_class)
{
	const member *name = node_member(kubernetes_pod_of(d->root).spec, "priorityClassName");
	span word = name ? node_text(name->value) : (span){0};
	if (!word.n || span_in(word, "system-cluster-critical system-node-critical") ||
		bundle_object(b, "PriorityClass", SPAN("default"), word))
		return;
	rule_found(out, r, NULL, object_member_place(d, name), NULL,
		"%.*s asks for priority class %.*s, which is not here", SPAN_ARG(d->object_name),
		SPAN_ARG(word));
}

AVAILABILITY(judge_dns_options)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	const member *configuration = node_member(pod.spec, "dnsConfig");
	const node *options = configuration ? node_get(configuration->value, "options") : NULL;
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		if (span_is(node_text(node_get(options->items[i], "name")), "ndots") &&
			span_is(node_text(node_get(options->items[i], "value")), "2"))
			return;
	if (pod.spec)
		rule_found(out, r, NULL, object_member_place(d, configuration ? configuration : pod.key),
			NULL, "%.*s looks every name up in the domains of the cluster first",
			SPAN_ARG(d->object_name));
}

/* --- StatefulSets --- */

/* The headless service that gives every pod of a set its name. */
static bool is_governing(const document *service, const kubernetes_pod *pod)
{
	const node *selector = node_path(service->root, "spec/selector");
	return span_is(node_text(node_path(service->root, "spec/clusterIP")), "None") &&
	       node_is_map(selector) && kubernetes_has_labels(pod_labels(pod), selector);
}

AVAILABILITY(judge_service_name)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	span name = node_text(node_path(d->root, "spec/serviceName"));
	if (!object_is(d, "StatefulSet") || !pod.spec)
		return;
	const document *service = bundle_object(b, "Service", d->object_namespace, name);
	if (!name.n || !service || !is_governing(service, &pod))
		rule_found(out, r, NULL, object_place(d, "spec/serviceName"), NULL,
			"no headless service gives the pods of %.*s their names", SPAN_ARG(d->object_name));
}

AVAILABILITY(judge_claim_mode)
{
	const node *claims =
		object_is(d, "StatefulSet") ? node_path(d->root, "spec/volumeClaimTemplates") : NULL;
	uint32_t once = 0;
	for (uint32_t i = 0; node_is_list(claims) && i < claims->count; i++)
		once += kubernetes_list_has(node_path(claims->items[i], "spec/accessModes"), "ReadWriteOnce");
	if (node_is_list(claims) && once != 1)
		rule_found(out, r, NULL, object_place(d, "spec/volumeClaimTemplates"), NULL,
			"%u claims of %.*s are for one writer", once, SPAN_ARG(d->object_name));
}

/* clang-format off */
static const rule availability_rules[] = {
	{.id = "resources/deployment-without-budget", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_budget), .of = "Deployment",
		.title = "A Deployment without a disruption budget",
		.why = "Draining nodes for an update may take all of its replicas away at once.",
		.aliases = "kics:deployment_without_pod_disruption_budget kube-score:deployment-has-poddisruptionbudget",
		.references = ""},
	{.id = "resources/statefulset-without-budget", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_budget), .of = "StatefulSet",
		.title = "A StatefulSet without a disruption budget",
		.why = "Draining nodes may take away so many members at once that the rest have no majority, and data is lost.",
		.aliases = "kics:statefulset_without_pod_disruption_budget kube-score:statefulset-has-poddisruptionbudget",
		.references = ""},
	{.id = "resources/budget-empty", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_budget_empty),
		.title = "A disruption budget that says no number",
		.why = "It looks as if the pods were protected, and what really holds is a default that nobody chose.",
		.aliases = "kube-score:poddisruptionbudget-has-policy", .references = ""},
	{.id = "resources/budget-blocks", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_budget_blocks),
		.title = "A disruption budget that never lets a pod go",
		.why = "Nodes under it cannot be drained, so they are not patched, or are taken down without care.",
		.aliases = "kube-linter:pdb-max-unavailable", .references = ""},
	{.id = "resources/budget-unhealthy-pods", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_budget_unhealthy),
		.title = "A disruption budget that is silent about pods that are not ready",
		.why = "By default pods that hang in a crash loop keep their node from being drained for ever.",
		.aliases = "kube-linter:pdb-unhealthy-pod-eviction-policy", .references = ""},
	{.id = "resources/single-replica", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_single_replica),
		.title = "A service depends on one replica",
		.why = "Whoever makes the one process crash, and every update of its node, takes the service down.",
		.aliases = "kube-score:deployment-replicas kube-linter:minimum-three-replicas", .references = ""},
	{.id = "resources/few-replicas", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_few_replicas),
		.title = "Fewer than three replicas",
		.why = "While one node is drained, the failure of another one leaves nothing that answers.",
		.aliases = "kube-linter:minimum-three-replicas", .references = ""},
	{.id = "resources/replicas-and-autoscaler", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_replicas_scaled),
		.title = "Replicas are set beside an autoscaler",
		.why = "Every time the manifest is applied the number falls back to its own, in the middle of the load that the autoscaler "
		       "had answered.",
		.aliases = "kics:hpa_targeted_deployments_with_configured_replica_count "
			   "kube-score:deployment-targeted-by-hpa-does-not-have-replicas-configured",
		.references = ""},
	{.id = "resources/autoscaler-single", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_autoscaler_minimum), .of = &(const replica_bounds){INT64_MIN, 2},
		.title = "An autoscaler goes down to one replica",
		.why = "In quiet hours one crash or one drained node takes the service down.",
		.aliases = "kube-score:horizontalpodautoscaler-replicas kube-linter:hpa-minimum-three-replicas", .references = ""},
	{.id = "resources/autoscaler-few", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_autoscaler_minimum), .of = &(const replica_bounds){2, 3},
		.title = "An autoscaler goes below three replicas",
		.why = "While one node is drained, the failure of another one leaves nothing that answers.",
		.aliases = "kube-linter:hpa-minimum-three-replicas", .references = ""},
	{.id = "resources/autoscaler-target", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_autoscaler_target),
		.title = "An autoscaler scales something that is not there",
		.why = "What should grow under load does not, and a flood of requests takes it down.",
		.aliases = "kube-score:horizontalpodautoscaler-has-target", .references = ""},
	{.id = "resources/autoscaler-metric", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_autoscaler_metric),
		.title = "An autoscaler measures an object that it does not name",
		.why = "Without the measure it never scales, and a flood of requests takes the service down.",
		.aliases = "kics:hpa_targets_invalid_object", .references = ""},
	{.id = "resources/deployment-together", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_together), .of = "Deployment",
		.title = "Replicas of a Deployment may all stand on one node",
		.why = "The failure of that one node then takes all of them away, however many there are.",
		.aliases = "kube-score:deployment-has-host-podantiaffinity kube-linter:no-anti-affinity", .references = ""},
	{.id = "resources/statefulset-together", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_together), .of = "StatefulSet",
		.title = "Replicas of a StatefulSet may all stand on one node",
		.why = "The failure of that one node then takes all copies of the data away.",
		.aliases = "kube-score:statefulset-has-host-podantiaffinity kube-linter:no-anti-affinity", .references = ""},
	{.id = "resources/replicas-together", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_together), .of = "DeploymentConfig ReplicaSet ReplicationController",
		.title = "Replicas may all stand on one node",
		.why = "The failure of that one node then takes all of them away, however many there are.",
		.aliases = "kube-linter:no-anti-affinity", .references = ""},
	{.id = "resources/spread-constraint", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_spread_constraint),
		.title = "A spread constraint that spreads nothing",
		.why = "The pods look as if they were spread over nodes or zones, and may all stand on one.",
		.aliases = "kube-score:pod-topology-spread-constraints", .references = ""},
	{.id = "resources/update-interrupts", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_strategy),
		.title = "Updates take the service down",
		.why = "All pods end before the first new one starts, so security fixes wait for an hour in which nobody minds.",
		.aliases = "kube-score:deployment-strategy", .references = ""},
	{.id = "resources/cron-deadline", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_cron_deadline),
		.title = "A cron job without a deadline to start",
		.why = "After an outage missed runs start at any hour, and after a hundred missed ones the job never starts again.",
		.aliases = "kube-score:cronjob-has-deadline", .references = ""},
	{.id = "resources/cron-restart", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_cron_restart),
		.title = "A cron job without a restart policy of jobs",
		.why = "The default of pods, Always, is refused for jobs: what the manifest promises never runs.",
		.aliases = "kube-score:cronjob-restartpolicy", .references = ""},
	{.id = "resources/priority-class", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_priority_class),
		.title = "A priority class that is not described here",
		.why = "Pods of a class that the cluster does not have are refused; of one whose value nobody knows, they may push others out.",
		.aliases = "kube-linter:priority-class-name", .references = ""},
	{.id = "resources/dns-options", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_dns_options),
		.title = "Names are looked up in every domain of the cluster first",
		.why = "With the default of ndots:5 each outside name is asked for five times, which floods the DNS server and lets whoever "
		       "names a service alike answer instead.",
		.aliases = "kube-linter:dnsconfig-options", .references = ""},
	{.id = "resources/statefulset-service", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_service_name),
		.title = "A StatefulSet without its headless service",
		.why = "Its pods have no names of their own: members do not find one another, or find somebody else.",
		.aliases = "kics:statefulset_without_service_name kube-score:statefulset-has-servicename", .references = ""},
	{.id = "resources/claim-access-mode", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		KUBERNETES_JUDGE(judge_claim_mode),
		.title = "Not exactly one claim of a StatefulSet is for one writer",
		.why = "Without a ReadWriteOnce claim replicas write over each other's data; several of them tie a pod to more than one disk.",
		.aliases = "kics:incorrect_volume_claim_access_mode_read_write_once", .references = ""},
};
/* clang-format on */

const rule_table resources_availability_table = RULE_TABLE(availability_rules);
