/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of a container that are lists: groups, capabilities, sysctls, probes, ports, environment, labels. */
#include "sources/kubernetes.h"

/* Where a list that is empty by default would be written: at the nearest key of its path, else at the container or pod. */
static const node *list_start(
	const pod_reader *r, fact_id fact, const node *root, const char *path, origin fallback)
{
	const member *near = NULL, *m = tree_find(root, path, &near);
	origin at = near ? tree_origin(r->text, near) : fallback;
	bool linux_only = fact == FACT_caps_drop || fact == FACT_caps_add;
	if (r->posture->all[fact].known == KNOWN_UNSET && r->windows && linux_only)
		posture_place(r->posture, fact, at);
	else if (r->posture->all[fact].known == KNOWN_UNSET)
		posture_set_list(r->posture, fact, KNOWN_DEFAULT, at, r->arena);
	if (!m || !node_is_list(m->value))
		return NULL;
	if (r->posture->all[fact].known < KNOWN_DECLARED)
		r->posture->all[fact].origin = at;
	r->posture->all[fact].known = KNOWN_DECLARED;
	return m->value;
}

#define EACH_OF(list, i)             \
	uint32_t i = 0;              \
	(list) && i < (list)->count; \
	i++

static item *add(const pod_reader *r, fact_id fact, const node *from)
{
	return posture_add(r->posture, fact, tree_origin_of(r->text, from), r->arena);
}

static void set_text(item *it, int member, const node *n)
{
	if (node_is_scalar(n))
		item_set_text(it, member, node_text(n));
}

static void set_number(item *it, int member, const node *n)
{
	int64_t number;
	if (node_int(n, &number))
		item_set_number(it, member, number);
}

static void read_groups(const pod_reader *r)
{
	const node *list =
		list_start(r, FACT_groups, r->pod.spec, "securityContext/supplementalGroups", r->pod_here);
	for (EACH_OF(list, i))
		set_text(add(r, FACT_groups, list->items[i]), MEMBER_group_name, list->items[i]);
	const member *own = tree_find(r->pod.spec, "securityContext/fsGroup", NULL);
	if (own && node_is_scalar(own->value))
		item_set_text(posture_add(r->posture, FACT_groups, tree_origin(r->text, own), r->arena),
			MEMBER_group_name, node_text(own->value));
}

static void read_capabilities(const pod_reader *r, fact_id fact, const char *path)
{
	const node *list = list_start(r, fact, r->node, path, r->here);
	for (EACH_OF(list, i)) {
		if (!node_is_scalar(list->items[i]))
			continue;
		item *it = add(r, fact, list->items[i]);
		item_set_text(
			it, MEMBER_capability_name, value_capability(node_text(list->items[i]), r->arena));
		item_set_text(it, MEMBER_capability_written, node_text(list->items[i]));
	}
}

static void read_sysctls(const pod_reader *r)
{
	const node *list = list_start(r, FACT_sysctls, r->pod.spec, "securityContext/sysctls", r->pod_here);
	for (EACH_OF(list, i)) {
		item *it = add(r, FACT_sysctls, list->items[i]);
		set_text(it, MEMBER_sysctl_name, node_get(list->items[i], "name"));
		set_text(it, MEMBER_sysctl_value, node_get(list->items[i], "value"));
	}
}

static void read_ports(const pod_reader *r)
{
	const node *list = list_start(r, FACT_ports, r->node, "ports", r->here);
	for (EACH_OF(list, i)) {
		const node *port = list->items[i];
		item *it = add(r, FACT_ports, port);
		int64_t host = 0;
		set_number(it, MEMBER_port_container_port, node_get(port, "containerPort"));
		set_text(it, MEMBER_port_host_ip, node_get(port, "hostIP"));
		if (node_int(node_get(port, "hostPort"), &host) && host != 0)
			item_set_number(it, MEMBER_port_host_port, host);
		item_set_truth(it, MEMBER_port_published, host != 0);
		span protocol = node_text(node_get(port, "protocol"));
		item_set_text(it, MEMBER_port_protocol,
			span_is_fold(protocol, "udp")    ? SPAN("udp")
			: span_is_fold(protocol, "sctp") ? SPAN("sctp")
							 : SPAN("tcp"));
	}
}

/* Where the value of a variable comes from: valueFrom and envFrom name an object by a key of their own. */
static const struct {
	const char *key, *source, *name;
} env_sources[] = {
	{"secretKeyRef", "secret", "name"},
	{"secretRef", "secret", "name"},
	{"configMapKeyRef", "config", "name"},
	{"configMapRef", "config", "name"},
	{"fieldRef", "field", "fieldPath"},
	{"resourceFieldRef", "field", "resource"},
};

static void secret_used(const pod_reader *r, span name, const node *target, origin at)
{
	item *it = posture_add(r->posture, FACT_secrets, at, r->arena);
	item_set_text(it, MEMBER_secret_name, name);
	item_set_text(it, MEMBER_secret_source, SPAN("kubernetes"));
	set_text(it, MEMBER_secret_target, target);
}

static void set_env_source(const pod_reader *r, item *it, const node *from)
{
	for (size_t i = 0; i < sizeof env_sources / sizeof *env_sources; i++) {
		const member *m = node_member(from, env_sources[i].key);
		if (!m)
			continue;
		const node *name = node_get(m->value, env_sources[i].name);
		item_set_text(it, MEMBER_env_source, span_of(env_sources[i].source));
		set_text(it, MEMBER_env_reference, name);
		if (strcmp(env_sources[i].source, "secret") == 0)
			secret_used(r, node_text(name), NULL, it->origin);
		return;
	}
}

static void read_env(const pod_reader *r)
{
	const node *list = list_start(r, FACT_env, r->node, "env", r->here);
	for (EACH_OF(list, i)) {
		const node *from = node_get(list->items[i], "valueFrom"),
			   *value = node_get(list->items[i], "value");
		item *it = add(r, FACT_env, list->items[i]);
		set_text(it, MEMBER_env_name, node_get(list->items[i], "name"));
		set_env_source(r, it, from);
		if (node_is_map(from))
			continue;
		item_set_text(it, MEMBER_env_value, node_text(value));
		item_set_text(it, MEMBER_env_source, SPAN("literal"));
	}
	list = list_start(r, FACT_env, r->node, "envFrom", r->here);
	for (EACH_OF(list, i))
		set_env_source(r, add(r, FACT_env, list->items[i]), list->items[i]);
}

static void read_labels(const pod_reader *r, const char *key)
{
	const member *m = node_member(r->pod.metadata, key);
	if (r->posture->labels.known == KNOWN_UNSET)
		posture_set_list(r->posture, FACT_labels, KNOWN_DEFAULT,
			m ? tree_origin(r->text, m) : r->pod_here, r->arena);
	for (uint32_t i = 0; m && node_is_map(m->value) && i < m->value->count; i++) {
		const member *label = &m->value->members[i];
		item *it = posture_add(r->posture, FACT_labels, tree_origin(r->text, label), r->arena);
		item_set_text(it, MEMBER_label_name, label->key->value);
		set_text(it, MEMBER_label_value, label->value);
	}
}

static const struct {
	const char *path, *kind;
} probe_kinds[] = {
	{"livenessProbe", "liveness"},
	{"readinessProbe", "readiness"},
	{"startupProbe", "startup"},
	{"lifecycle/postStart", "post_start"},
	{"lifecycle/preStop", "pre_stop"},
};

static const struct {
	const char *key, *type;
} probe_types[] = {
	{"httpGet", "http"}, {"tcpSocket", "tcp"}, {"exec", "exec"}, {"grpc", "grpc"}, {"sleep", "sleep"}};

static void read_probe(const pod_reader *r, const char *path, const char *kind)
{
	const member *m = tree_find(r->node, path, NULL);
	if (!m || !node_is_map(m->value))
		return;
	item *it = posture_add(r->posture, FACT_probes, tree_origin(r->text, m), r->arena);
	item_set_text(it, MEMBER_probe_kind, span_of(kind));
	for (size_t i = 0; i < sizeof probe_types / sizeof *probe_types; i++) {
		const node *action = node_get(m->value, probe_types[i].key);
		if (!action)
			continue;
		item_set_text(it, MEMBER_probe_type, span_of(probe_types[i].type));
		set_text(it, MEMBER_probe_host, node_get(action, "host"));
		set_text(it, MEMBER_probe_port, node_get(action, "port"));
	}
}

/* The check that tells whether the container is well: liveness before readiness. */
static void read_health(const pod_reader *r)
{
	posture_set_text(r->posture, FACT_health, KNOWN_DEFAULT, SPAN("none"), r->here);
	const item_list *probes = posture_items(r->posture, FACT_probes);
	for (uint32_t i = 0; i < probes->all.count; i++) {
		const item *probe = probes->all.items[i];
		span kind = item_text(probe, MEMBER_probe_kind), type = item_text(probe, MEMBER_probe_type);
		if (!span_is(kind, "liveness") && !span_is(kind, "readiness"))
			continue;
		posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, type.n ? type : SPAN("other"),
			probe->origin);
		return;
	}
}

static void read_probes(const pod_reader *r)
{
	posture_set_list(r->posture, FACT_probes, KNOWN_DEFAULT, r->here, r->arena);
	for (size_t i = 0; i < sizeof probe_kinds / sizeof *probe_kinds; i++)
		read_probe(r, probe_kinds[i].path, probe_kinds[i].kind);
	read_health(r);
}

/* command and args, joined by spaces. Without both the image decides. */
static void read_command(const pod_reader *r)
{
	static const char *const keys[] = {"command", "args"};
	auto_buffer line = {0};
	origin at = r->here;
	for (size_t k = 0; k < 2; k++) {
		const member *m = node_member(r->node, keys[k]);
		if (!m || !node_is_list(m->value))
			continue;
		if (!line.n)
			at = tree_origin(r->text, m);
		for (uint32_t i = 0; i < m->value->count; i++) {
			if (line.n)
				buffer_add_byte(&line, ' ');
			buffer_add(&line, node_text(m->value->items[i]));
		}
	}
	if (line.n)
		posture_set_text(r->posture, FACT_command, KNOWN_DECLARED,
			arena_copy(r->arena, buffer_span(&line)), at);
	else
		posture_place(r->posture, FACT_command, at);
}

void kubernetes_pod_lists(pod_reader *r)
{
	read_groups(r);
	read_sysctls(r);
	read_labels(r, "labels");
	read_labels(r, "annotations");
}

void kubernetes_container_lists(pod_reader *r)
{
	posture_set_list(r->posture, FACT_secrets, KNOWN_DEFAULT, r->here, r->arena);
	read_capabilities(r, FACT_caps_add, "securityContext/capabilities/add");
	read_capabilities(r, FACT_caps_drop, "securityContext/capabilities/drop");
	read_ports(r);
	read_env(r);
	read_probes(r);
	read_command(r);
}
