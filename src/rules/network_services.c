/* SPDX-License-Identifier: Apache-2.0
 *
 * Document rules over Services and Ingresses: what is open to the outside, and what leads nowhere. */
#include "rules/network_objects.h"
#include "rules/object.h"

static bool service_of_type(const document *d, const char *types)
{
	span type = node_text(node_path(d->root, "spec/type"));
	return object_is(d, "Service") && type.n && span_in(type, types);
}

void judge_node_port(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (service_of_type(d, "NodePort"))
		rule_found(out, r, NULL, object_place(d, "spec/type"), NULL,
			"service %.*s is open on a port of every node", SPAN_ARG(d->object_name));
}

void judge_exposed_service(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (service_of_type(d, "LoadBalancer"))
		rule_found(out, r, NULL, object_place(d, "spec/type"), NULL,
			"service %.*s is reachable from outside the cluster", SPAN_ARG(d->object_name));
}

/* How clouds are told that a load balancer is for inside only; NULL: any value but "false" says so. */
static const struct {
	const char *annotation, *value;
} internal_balancers[] = {
	{"networking.gke.io/load-balancer-type", "internal"},
	{"cloud.google.com/load-balancer-type", "internal"},
	{"service.beta.kubernetes.io/aws-load-balancer-internal", NULL},
	{"service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"},
	{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"},
	{"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"},
	{"service.beta.kubernetes.io/openstack-internal-load-balancer", "true"},
	{"service.beta.kubernetes.io/cce-load-balancer-internal-vpc", "true"},
	{"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", NULL},
	{"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"},
	{"service.beta.kubernetes.io/oci-load-balancer-internal", "true"},
};

static bool balancer_is_internal(const document *d)
{
	for (size_t i = 0; i < sizeof internal_balancers / sizeof *internal_balancers; i++) {
		const member *m = object_annotation(d, span_of(internal_balancers[i].annotation));
		span value = m ? node_text(m->value) : (span){0};
		if (m && (internal_balancers[i].value ? span_is_fold(value, internal_balancers[i].value)
						      : !span_is_fold(value, "false")))
			return true;
	}
	return false;
}

void judge_load_balancer(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (!service_of_type(d, "LoadBalancer") || balancer_is_internal(d))
		return;
	const member *annotations = node_member(node_get(d->root, "metadata"), "annotations");
	origin at = annotations ? object_member_place(d, annotations) : object_name_place(d);
	rule_found(out, r, NULL, at, NULL, "service %.*s gets a load balancer on the internet",
		SPAN_ARG(d->object_name));
}

void judge_external_ips(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *ips = node_path(d->root, "spec/externalIPs");
	if (object_is(d, "Service") && node_is_list(ips) && ips->count)
		rule_found(out, r, NULL, object_place(d, "spec/externalIPs"), NULL,
			"service %.*s claims external addresses", SPAN_ARG(d->object_name));
}

/* --- services and their pods --- */

static const node *service_selector(const document *d)
{
	const node *selector = node_path(d->root, "spec/selector");
	bool asks = object_is(d, "Service") && node_is_map(selector) && selector->count &&
		    span_starts(d->api_version, SPAN("v1"));
	return asks && !service_of_type(d, "ExternalName") ? selector : NULL;
}

static bool selects_any(const document *d, const bundle *b, const node *selector)
{
	kubernetes_pod pod;
	for (uint32_t at = 0; object_next_pod(b, d, &at, &pod);)
		if (kubernetes_has_labels(pod_labels(&pod), selector))
			return true;
	return false;
}

void judge_service_target(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	const node *selector = service_selector(d);
	if (selector && !selects_any(d, b, selector))
		rule_found(out, r, NULL, object_place(d, "spec/selector"), NULL,
			"service %.*s selects no pod of namespace %.*s", SPAN_ARG(d->object_name),
			SPAN_ARG(d->object_namespace));
}

/* Whether a container declares the port by number or name. *ret_declares is set when it declares any. */
static bool container_has_port(const node *container, span port, bool *ret_declares)
{
	const node *ports = node_get(container, "ports");
	for (uint32_t i = 0; node_is_list(ports) && i < ports->count; i++) {
		*ret_declares = true;
		if (span_equal(node_text(node_get(ports->items[i], "containerPort")), port) ||
			span_equal(node_text(node_get(ports->items[i], "name")), port))
			return true;
	}
	return false;
}

/* Whether a pod that is selected has the port; true as well when no pod is selected or none declares any port. */
static bool pods_have_port(const document *d, const bundle *b, const node *selector, span port)
{
	kubernetes_pod pod;
	const node *container;
	bool declares = false;
	for (uint32_t at = 0; object_next_pod(b, d, &at, &pod);) {
		if (!kubernetes_has_labels(pod_labels(&pod), selector))
			continue;
		for (uint32_t i = 0; (container = pod_container(&pod, i)); i++)
			if (container_has_port(container, port, &declares))
				return true;
	}
	return !declares;
}

enum { SERVICE_PORTS = 100 }; /* looked at */

void judge_service_port(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	const node *selector = service_selector(d), *ports = node_path(d->root, "spec/ports");
	for (uint32_t i = 0; selector && node_is_list(ports) && i < ports->count && i < SERVICE_PORTS; i++) {
		const node *target = node_get(ports->items[i], "targetPort");
		span port = node_text(target);
		if (!port.n)
			port = node_text(node_get(ports->items[i], "port"));
		if (port.n && !pods_have_port(d, b, selector, port))
			rule_found(out, r, NULL, object_node_place(d, target ? target : ports->items[i]),
				NULL, "no pod that service %.*s selects has port %.*s",
				SPAN_ARG(d->object_name), SPAN_ARG(port));
	}
}

/* --- ingresses --- */

enum { BACKENDS_LOOKED_AT = 1000 };

typedef struct backend {
	const member *key; /* the `backend:` */
	span service, port;
} backend;

/* Both shapes of a backend: {service: {name, port: {number | name}}} and, before v1, {serviceName, servicePort}. */
static backend backend_of(const member *key)
{
	const node *service = node_get(key->value, "service");
	backend ret = {.key = key};
	if (service) {
		span number = node_text(node_path(service, "port/number"));
		ret.service = node_text(node_get(service, "name"));
		ret.port = number.n ? number : node_text(node_path(service, "port/name"));
	} else {
		ret.service = node_text(node_get(key->value, "serviceName"));
		ret.port = node_text(node_get(key->value, "servicePort"));
	}
	return ret;
}

typedef LIST(backend) backends;

static void add_backend(backends *ret, const node *holder, const char *key, arena *a)
{
	const member *m = node_member(holder, key);
	if (m && backend_of(m).service.n)
		list_push(a, ret, backend_of(m));
}

static backends ingress_backends(const document *d, arena *a)
{
	backends ret = {0};
	const node *spec = node_get(d->root, "spec"), *rules = node_get(spec, "rules");
	if (!object_is(d, "Ingress"))
		return ret;
	add_backend(&ret, spec, "backend", a);
	add_backend(&ret, spec, "defaultBackend", a);
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		const node *paths = node_path(rules->items[i], "http/paths");
		for (uint32_t k = 0; node_is_list(paths) && k < paths->count; k++)
			add_backend(&ret, paths->items[k], "backend", a);
	}
	return ret;
}

static const document *backend_service(const bundle *b, const document *d, const backend *to)
{
	return bundle_object(b, "Service", d->object_namespace, to->service);
}

/* Whether the service has the port; any, when the ingress names none. */
static bool service_has_port(const document *service, span port)
{
	const node *ports = node_path(service->root, "spec/ports");
	for (uint32_t i = 0; node_is_list(ports) && i < ports->count; i++)
		if (span_equal(node_text(node_get(ports->items[i], "port")), port) ||
			span_equal(node_text(node_get(ports->items[i], "name")), port))
			return true;
	return !port.n;
}

static backends judged_backends(const document *d, const bundle *b, rule_report *out)
{
	backends all = b->documents.count <= RELATION_DOCUMENTS ? ingress_backends(d, rule_arena(out))
								: (backends){0};
	if (all.count > BACKENDS_LOOKED_AT)
		all.count = BACKENDS_LOOKED_AT;
	return all;
}

void judge_ingress_target(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	backends all = judged_backends(d, b, out);
	list_each(const backend, to, &all) {
		const document *service = backend_service(b, d, to);
		if (!service)
			rule_found(out, r, NULL, object_member_place(d, to->key), NULL,
				"ingress %.*s sends to service %.*s, which namespace %.*s does not have",
				SPAN_ARG(d->object_name), SPAN_ARG(to->service),
				SPAN_ARG(d->object_namespace));
		else if (!service_has_port(service, to->port))
			rule_found(out, r, NULL, object_member_place(d, to->key), NULL,
				"ingress %.*s sends to port %.*s, which service %.*s does not have",
				SPAN_ARG(d->object_name), SPAN_ARG(to->port), SPAN_ARG(to->service));
	}
}

void judge_ingress_exposes(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	backends all = judged_backends(d, b, out);
	list_each(const backend, to, &all) {
		const document *service = backend_service(b, d, to);
		if (service && service_has_port(service, to->port))
			rule_found(out, r, NULL, object_member_place(d, to->key), NULL,
				"ingress %.*s opens service %.*s to the outside", SPAN_ARG(d->object_name),
				SPAN_ARG(to->service));
	}
}

/* --- annotations of ingress-nginx --- */

/* Calls rule_found for every snippet annotation that holds one of the words (NULL: for every one). */
static void judge_snippets(const rule *r, const document *d, const char *const *words, rule_report *out)
{
	const node *annotations = object_is(d, "Ingress") ? node_path(d->root, "metadata/annotations") : NULL;
	for (uint32_t i = 0; node_is_map(annotations) && i < annotations->count; i++) {
		const member *m = &annotations->members[i];
		bool found = !words;
		if (!span_contains(m->key->value, "nginx.") || !span_ends(m->key->value, SPAN("snippet")))
			continue;
		for (const char *const *word = words; word && *word; word++)
			found |= span_contains(node_text(m->value), *word);
		if (found)
			rule_found(out, r, NULL, object_member_place(d, m), NULL, "ingress %.*s sets %.*s",
				SPAN_ARG(d->object_name), SPAN_ARG(m->key->value));
	}
}

void judge_nginx_snippet(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_snippets(r, d, NULL, out);
}

void judge_nginx_lua(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	static const char *const words[] = {"lua_", "_lua", NULL};
	judge_snippets(r, d, words, out);
}

void judge_nginx_alias(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	static const char *const words[] = {"alias", NULL};
	judge_snippets(r, d, words, out);
}

/* Annotations whose values ingress-nginx once wrote into its configuration as they are. */
static const char *const injectable[] = {
	"nginx.ingress.kubernetes.io/auth-url",
	"nginx.ingress.kubernetes.io/auth-tls-match-cn",
	"nginx.ingress.kubernetes.io/mirror-target",
	"nginx.ingress.kubernetes.io/mirror-host",
};

/* What no URL and no common name needs, and what ends a directive or begins a comment or block. */
static bool breaks_out(span value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((uint8_t)value.p[i] <= ' ' || strchr("#;|{}<>\\`\"^\x7f", value.p[i]))
			return true;
	return false;
}

void judge_nginx_injection(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	for (size_t i = 0; object_is(d, "Ingress") && i < sizeof injectable / sizeof *injectable; i++) {
		const member *m = object_annotation(d, span_of(injectable[i]));
		if (m && breaks_out(span_trim(node_text(m->value))))
			rule_found(out, r, NULL, object_member_place(d, m), NULL,
				"ingress %.*s has characters in %s that end a directive",
				SPAN_ARG(d->object_name), injectable[i]);
	}
}
