/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of one Compose service that are lists: capabilities, security options, ports, networks, environment, labels, secrets. */
#include "sources/compose_project.h"

/* The list (or map) at a key of the service; where it stands becomes the origin of its fact. */
static const node *list_start(compose_reader *r, fact_id fact, const char *path)
{
	const member *m = tree_find(r->node, path, NULL);
	if (!m)
		return NULL;
	r->posture->all[fact].origin = compose_origin(r->project, m);
	r->posture->all[fact].known = KNOWN_DECLARED;
	return m->value;
}

/* Every word of a list; a scalar is a list of one. */
static void each_word(compose_reader *r, fact_id fact, const char *path,
	void (*read)(compose_reader *r, span word, origin at))
{
	const node *n = list_start(r, fact, path);
	if (node_is_scalar(n))
		read(r, node_text(n), compose_origin_of(r->project, n));
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++)
		if (node_is_scalar(n->items[i]))
			read(r, node_text(n->items[i]), compose_origin_of(r->project, n->items[i]));
}

static void read_added(compose_reader *r, span word, origin at)
{
	docker_capability(&r->words, FACT_caps_add, word, at);
}

static void read_dropped(compose_reader *r, span word, origin at)
{
	docker_capability(&r->words, FACT_caps_drop, word, at);
}

static void read_group(compose_reader *r, span word, origin at)
{
	item_set_text(posture_add(r->posture, FACT_groups, at, r->project->arena), MEMBER_group_name, word);
}

static void read_exposed(compose_reader *r, span word, origin at)
{
	docker_port(&r->words, word, false, at);
}

static void read_env_file(compose_reader *r, span word, origin at)
{
	item *it = posture_add(r->posture, FACT_env, at, r->project->arena);
	item_set_text(it, MEMBER_env_source, SPAN("file"));
	item_set_text(it, MEMBER_env_reference, docker_path(&r->words, word));
}

/* Options are no list of their own: each is a fact. */
static void read_security(compose_reader *r)
{
	const member *m = tree_find(r->node, "security_opt", NULL);
	for (uint32_t i = 0; m && node_is_list(m->value) && i < m->value->count; i++)
		docker_security_opt(&r->words, node_text(m->value->items[i]),
			compose_origin_of(r->project, m->value->items[i]));
}

/* --- NAME: value, or a list of NAME=value --- */

typedef void (*pair_reader)(
	compose_reader *r, fact_id fact, span name, const node *value, span words, origin at);

static void each_pair(compose_reader *r, fact_id fact, const char *path, pair_reader read)
{
	const node *n = list_start(r, fact, path);
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++) {
		const member *m = &n->members[i];
		read(r, fact, m->key->value, m->value, node_text(m->value), compose_origin(r->project, m));
	}
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++) {
		span words = node_text(n->items[i]);
		size_t equal = span_find_byte(words, '=');
		if (words.n)
			read(r, fact, span_sub(words, 0, equal), equal == SPAN_NONE ? NULL : n->items[i],
				equal == SPAN_NONE ? (span){0} : span_from(words, equal + 1),
				compose_origin_of(r->project, n->items[i]));
	}
}

static void read_pair(compose_reader *r, fact_id fact, span name, const node *value, span words, origin at)
{
	(void)value;
	docker_pair(&r->words, fact, name, words, at);
}

/* Without a value, or with a variable in it, what it holds is decided where Compose runs. */
static void read_variable(
	compose_reader *r, fact_id fact, span name, const node *value, span words, origin at)
{
	const compose_project *p = r->project;
	item *it = posture_add(r->posture, fact, at, p->arena);
	item_set_text(it, MEMBER_env_name, name);
	if (!value || value->kind == NODE_NULL || compose_marked(&p->open, value))
		item_set_text(it, MEMBER_env_source, SPAN("host"));
	else if (compose_marked(&p->borrowed, value)) {
		item_set_text(it, MEMBER_env_source, SPAN("file"));
		item_set_text(it, MEMBER_env_reference, SPAN(".env"));
	} else {
		item_set_text(it, MEMBER_env_source, SPAN("literal"));
		item_set_text(it, MEMBER_env_value, words);
	}
}

static void read_env_files(compose_reader *r)
{
	const member *m = tree_find(r->node, "env_file", NULL);
	if (!m)
		return;
	if (node_is_scalar(m->value))
		read_env_file(r, node_text(m->value), compose_origin(r->project, m));
	for (uint32_t i = 0; node_is_list(m->value) && i < m->value->count; i++) {
		const node *one = m->value->items[i];
		read_env_file(r, node_text(node_is_map(one) ? node_get(one, "path") : one),
			compose_origin_of(r->project, one));
	}
}

/* nofile: 1024, or {soft, hard}. */
static void read_ulimits(compose_reader *r)
{
	const node *n = list_start(r, FACT_ulimits, "ulimits");
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++) {
		const member *m = &n->members[i];
		const node *soft = node_is_map(m->value) ? node_get(m->value, "soft") : m->value;
		const node *hard = node_is_map(m->value) ? node_get(m->value, "hard") : m->value;
		span words = arena_format(r->project->arena, "%.*s=%.*s:%.*s", SPAN_ARG(m->key->value),
			SPAN_ARG(node_text(soft)), SPAN_ARG(node_text(hard)));
		docker_ulimit(&r->words, words, compose_origin(r->project, m));
	}
}

static void read_devices(compose_reader *r)
{
	const node *n = list_start(r, FACT_devices, "devices");
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++) {
		const node *one = n->items[i];
		span source = node_text(node_get(one, "source")), target = node_text(node_get(one, "target"));
		span access = node_text(node_get(one, "permissions")), word = node_text(one);
		if (node_is_map(one))
			word = arena_format(r->project->arena, "%.*s:%.*s:%.*s", SPAN_ARG(source),
				SPAN_ARG(target.n ? target : source),
				SPAN_ARG(access.n ? access : SPAN("rwm")));
		if (word.n)
			docker_device(&r->words, word, compose_origin_of(r->project, one));
	}
}

/* --- ports --- */

/* {target, published, host_ip, protocol}: the short form says the same. */
static span long_port(const compose_reader *r, const node *port)
{
	span target = node_text(node_get(port, "target")), published = node_text(node_get(port, "published"));
	span ip = node_text(node_get(port, "host_ip")), protocol = node_text(node_get(port, "protocol"));
	arena *a = r->project->arena;
	span word = arena_format(a, "%.*s:%.*s%s%.*s", SPAN_ARG(published), SPAN_ARG(target),
		protocol.n ? "/" : "", SPAN_ARG(protocol));
	bool brackets = span_find_byte(ip, ':') != SPAN_NONE && ip.p[0] != '[';
	return ip.n ? arena_format(a, brackets ? "[%.*s]:%.*s" : "%.*s:%.*s", SPAN_ARG(ip), SPAN_ARG(word))
		    : word;
}

static void read_ports(compose_reader *r)
{
	const node *n = list_start(r, FACT_ports, "ports");
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++) {
		const node *port = n->items[i];
		origin at = compose_origin_of(r->project, port);
		span word = node_is_map(port) ? long_port(r, port) : node_text(port);
		if (word.n && !docker_port(&r->words, word, true, at))
			bundle_add_problem(
				r->project->bundle, at.text, at.start, at.end, "this is no port to publish");
	}
	each_word(r, FACT_ports, "expose", read_exposed);
}

/* --- networks --- */

static void add_network(compose_reader *r, span name, origin at)
{
	const node *top =
		node_get(node_get(r->project->top, "networks"), arena_string(r->project->arena, name));
	const node *external = node_get(top, "external"), *internal = node_get(top, "internal");
	item *it = posture_add(r->posture, FACT_networks, at, r->project->arena);
	span driver = node_text(node_get(top, "driver"));
	item_set_text(it, MEMBER_network_name, name);
	if (external && (node_is_map(external) || node_truth(external) != 0)) /* somebody else has made it */
		return;
	item_set_truth(it, MEMBER_network_internal, node_truth(internal) == 1);
	item_set_text(it, MEMBER_network_driver, driver.n ? driver : SPAN("bridge"));
}

static void read_networks(compose_reader *r)
{
	const member *m = tree_find(r->node, "networks", NULL);
	const node *n = m ? list_start(r, FACT_networks, "networks") : NULL;
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++)
		add_network(r, n->members[i].key->value, compose_origin(r->project, &n->members[i]));
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++)
		if (node_is_scalar(n->items[i]))
			add_network(r, node_text(n->items[i]), compose_origin_of(r->project, n->items[i]));
	if (m || tree_find(r->node, "network_mode", NULL))
		return;
	add_network(r, SPAN("default"), r->here);
	r->posture->networks.known = KNOWN_DEFAULT;
}

/* --- secrets --- */

static span secret_source(const node *top)
{
	if (node_get(top, "external"))
		return SPAN("external");
	return node_get(top, "environment") ? SPAN("environment")
	       : node_get(top, "file")      ? SPAN("file")
					    : (span){0};
}

static void read_secrets(compose_reader *r, const char *key)
{
	const node *n = list_start(r, FACT_secrets, key), *top = node_get(r->project->top, key);
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++) {
		const node *one = n->items[i];
		span name = node_is_map(one) ? node_text(node_get(one, "source")) : node_text(one);
		span target = node_text(node_get(one, "target"));
		span source = secret_source(node_get(top, arena_string(r->project->arena, name)));
		item *it = posture_add(
			r->posture, FACT_secrets, compose_origin_of(r->project, one), r->project->arena);
		item_set_text(it, MEMBER_secret_name, name);
		if (source.n)
			item_set_text(it, MEMBER_secret_source, source);
		item_set_text(it, MEMBER_secret_target,
			target.n ? target
				 : arena_format(r->project->arena, "/run/secrets/%.*s", SPAN_ARG(name)));
	}
}

void compose_read_lists(compose_reader *r)
{
	each_word(r, FACT_caps_add, "cap_add", read_added);
	each_word(r, FACT_caps_drop, "cap_drop", read_dropped);
	each_word(r, FACT_groups, "group_add", read_group);
	read_security(r);
	each_pair(r, FACT_sysctls, "sysctls", read_pair);
	each_pair(r, FACT_labels, "labels", read_pair);
	each_pair(r, FACT_env, "environment", read_variable);
	each_pair(r, FACT_args, "build/args", read_variable);
	read_env_files(r);
	read_ulimits(r);
	read_devices(r);
	read_ports(r);
	read_networks(r);
	read_secrets(r, "secrets");
}
