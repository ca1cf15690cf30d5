/* SPDX-License-Identifier: Apache-2.0
 *
 * Ports: HostConfig.PortBindings is what was asked for, NetworkSettings.Ports what the engine made of it ("" becomes 0.0.0.0 and ::, a port that nobody
 * chose becomes a number), Config.ExposedPorts what the image says. Keys are "80/tcp". */
#include "base/limits.h"
#include "base/map.h"
#include "sources/inspect_read.h"

typedef struct port_key {
	int64_t number;
	span protocol;
} port_key;

typedef struct ports {
	const inspect_reader *reader;
	const char *path; /* that is being read */
	map made; /* key -> list in NetworkSettings.Ports: maps of an answer are not searched, as they may be large */
	map done; /* keys that have their items */
} ports;

static bool key_read(span key, port_key *ret)
{
	size_t slash = span_find_byte(key, '/');
	int64_t number;
	if (!span_int(span_sub(key, 0, slash), &number) || number < 0 || number > 65535)
		return false;
	*ret = (port_key){number, slash == SPAN_NONE ? SPAN("tcp") : span_from(key, slash + 1)};
	return true;
}

/* "0.0.0.0:8080:80/tcp", as people write it. */
static item *port_add(ports *p, const port_key *key, const node *binding, span host_port)
{
	const tree_facts *f = &p->reader->facts;
	span ip = node_text(node_get(binding, "HostIp"));
	auto_buffer words = {0};
	if (binding) {
		buffer_add(&words, ip);
		buffer_format(&words, "%s%.*s:", ip.n ? ":" : "", SPAN_ARG(host_port));
	}
	buffer_format(&words, "%lld/%.*s", (long long)key->number, SPAN_ARG(key->protocol));
	item *x = posture_add(
		f->posture, FACT_ports, tree_facts_say_item(f, p->path, buffer_span(&words)), f->arena);
	item_set_number(x, MEMBER_port_container_port, key->number);
	item_set_text(x, MEMBER_port_protocol, key->protocol);
	item_set_truth(x, MEMBER_port_published, binding);
	return x;
}

/* A published port. Where nobody chose one, the engine's choice stands at the same position of what it made. */
static void binding_add(
	ports *p, const port_key *key, const node *binding, const node *made, uint32_t position)
{
	span port = node_text(node_get(binding, "HostPort")), ip = node_text(node_get(binding, "HostIp"));
	int64_t number = 0;
	if (!span_int(port, &number) || number == 0) /* a range is a choice of the engine too */
		if (node_is_list(made) && position < made->count)
			port = node_text(node_get(made->items[position], "HostPort"));
	if (!span_int(port, &number) || number < 0 || number > 65535)
		number = 0;
	item *x = port_add(p, key, binding, port);
	item_set_number(x, MEMBER_port_host_port, number);
	if (ip.n)
		item_set_text(x, MEMBER_port_host_ip, ip);
}

/* Whether entry i of a list repeats the one before it for IPv6: 0.0.0.0 and :: with the same port. */
static bool is_twin(const node *list, uint32_t i)
{
	if (i == 0)
		return false;
	const node *one = list->items[i - 1], *two = list->items[i];
	return span_is(node_text(node_get(one, "HostIp")), "0.0.0.0") &&
	       span_is(node_text(node_get(two, "HostIp")), "::") &&
	       span_equal(node_text(node_get(one, "HostPort")), node_text(node_get(two, "HostPort")));
}

static void bindings_add(ports *p, span name, const node *bindings)
{
	port_key key;
	static const node done = {.kind = NODE_NULL};
	arena *a = p->reader->facts.arena;
	if (!key_read(name, &key) || map_get(&p->done, name))
		return;
	const node *made = map_get(&p->made, name);
	bool published = node_is_list(bindings) && bindings->count;
	if (!published && made && node_is_list(made) && made->count)
		return; /* what was made of it comes later */
	map_set(&p->done, a, name, (void *)&done);
	for (uint32_t i = 0; published && i < bindings->count && i < LIMIT_ENGINE_BINDINGS; i++)
		if (!is_twin(bindings, i))
			binding_add(p, &key, bindings->items[i], made, i);
	if (!published)
		port_add(p, &key, NULL, (span){0});
}

static void ports_read(ports *p, const char *path)
{
	const node *all = inspect_at(p->reader, path);
	p->path = path;
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++)
		bindings_add(p, all->members[i].key->value, all->members[i].value);
}

void inspect_ports_read(const inspect_reader *r)
{
	ports p = {.reader = r};
	const node *made = inspect_at(r, "NetworkSettings/Ports");
	posture_set_list(r->facts.posture, FACT_ports, r->facts.silent,
		tree_facts_say_path(&r->facts, "HostConfig/PortBindings"), r->facts.arena);
	for (uint32_t i = 0; node_is_map(made) && i < made->count; i++)
		map_set(&p.made, r->facts.arena, made->members[i].key->value, made->members[i].value);
	ports_read(&p, "HostConfig/PortBindings");
	ports_read(&p, "NetworkSettings/Ports");
	ports_read(&p, "Config/ExposedPorts");
}
