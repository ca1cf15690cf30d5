/* SPDX-License-Identifier: Apache-2.0
 *
 * A swarm as the API of one of its nodes tells it. Only managers know of the others. Join tokens are never looked at. */
#include "base/buffer.h"
#include "engine/api.h"
#include "host/daemon.h"
#include "host/listeners.h"

#include <inttypes.h>

enum { PORT = 2377 };

static const setting_id of_managers[] = {SETTING_swarm_managers, SETTING_swarm_plain_networks,
	SETTING_swarm_secrets, SETTING_swarm_autolock, SETTING_swarm_certificate_hours, SETTING_swarm_listen};

static const node *ask(const dockerd *d, struct engine *engine, const char *path)
{
	node *answer = NULL;
	error e;
	return engine_json(engine, path, d->page->reader->arena, &answer, &e) < 0 ? NULL : answer;
}

/* All that manage it: which of them leads says nothing of how many may fail. */
static void say_managers(const dockerd *d, const node *nodes)
{
	int64_t count = 0;
	for (uint32_t i = 0; node_is_list(nodes) && i < nodes->count; i++)
		count += span_is(node_text(node_path(nodes->items[i], "Spec/Role")), "manager");
	if (count)
		host_say_number(d->page, SETTING_swarm_managers, count, "docker node ls",
			arena_format(d->page->reader->arena, "%" PRId64 " with the role manager", count));
	else
		host_say_unknown(d->page, SETTING_swarm_managers, "the engine does not list the nodes");
}

static void say_networks(const dockerd *d, const node *networks)
{
	auto_buffer plain = {0};
	if (!node_is_list(networks)) {
		host_say_unknown(
			d->page, SETTING_swarm_plain_networks, "the engine does not list its networks");
		return;
	}
	for (uint32_t i = 0; i < networks->count; i++)
		if (span_is(node_text(node_get(networks->items[i], "Driver")), "overlay") &&
			!node_member(node_get(networks->items[i], "Options"), "encrypted"))
			buffer_format(&plain, "%s%.*s", plain.n ? ", " : "",
				SPAN_ARG(node_text(node_get(networks->items[i], "Name"))));
	host_say(d->page, SETTING_swarm_plain_networks, buffer_span(&plain), "docker network ls",
		plain.n ? buffer_span(&plain) : SPAN("no overlay network without the option encrypted"));
}

static void say_spec(const dockerd *d, const node *swarm)
{
	int64_t expiry;
	const node *lock = node_path(swarm, "Spec/EncryptionConfig/AutoLockManagers");
	if (swarm)
		host_say_truth(d->page, SETTING_swarm_autolock, node_truth(lock) == 1, "docker swarm inspect",
			arena_format(d->page->reader->arena, "EncryptionConfig.AutoLockManagers = %s",
				node_truth(lock) == 1 ? "true" : "false"));
	else
		host_say_unknown(d->page, SETTING_swarm_autolock, "the engine does not show the swarm");
	if (node_int(node_path(swarm, "Spec/CAConfig/NodeCertExpiry"), &expiry))
		host_say_number(d->page, SETTING_swarm_certificate_hours, expiry / 3600000000000,
			"docker swarm inspect",
			arena_format(d->page->reader->arena, "CAConfig.NodeCertExpiry = %" PRId64 " h",
				expiry / 3600000000000));
	else
		host_say_unknown(
			d->page, SETTING_swarm_certificate_hours, "the engine does not show the swarm");
}

static void say_listen(const dockerd *d)
{
	listeners found = {0};
	auto_buffer words = {0};
	if (d->process)
		listeners_find(&d->page->reader->root, d->process->folder, d->page->reader->arena, &found);
	list_each(const listener, one, &found.all)
		if (one->tcp && one->port == PORT)
			buffer_format(&words, "%s%.*s", words.n ? ", " : "", SPAN_ARG(one->address));
	if (words.n)
		host_say(d->page, SETTING_swarm_listen, buffer_span(&words), "sockets of dockerd, port 2377",
			buffer_span(&words));
	else
		host_say_unknown(d->page, SETTING_swarm_listen,
			found.known_tcp ? "nothing of dockerd listens on port 2377"
					: "the sockets of dockerd cannot be seen: run as root on its host");
}

static void say_secrets(const dockerd *d, const node *secrets)
{
	if (node_is_list(secrets))
		host_say_number(d->page, SETTING_swarm_secrets, secrets->count, "docker secret ls",
			arena_format(d->page->reader->arena, "%u secrets", secrets->count));
	else
		host_say_unknown(d->page, SETTING_swarm_secrets, "the engine does not list secrets");
}

static void say_unmanaged(const dockerd *d)
{
	for (size_t i = 0; i < sizeof of_managers / sizeof *of_managers; i++)
		host_say_unknown(
			d->page, of_managers[i], "only managers of the swarm know it: audit one of them");
}

void dockerd_read_swarm(const dockerd *d, struct engine *engine, const node *info)
{
	span state = node_text(node_path(info, "Swarm/LocalNodeState"));
	if (!state.n) {
		host_say_unknown(d->page, SETTING_swarm_active, "the engine does not answer");
		return;
	}
	bool active = !span_is(state, "inactive"),
	     manager = node_truth(node_path(info, "Swarm/ControlAvailable")) == 1;
	arena *a = d->page->reader->arena;
	host_say_truth(d->page, SETTING_swarm_active, active, "docker info",
		arena_format(a, "Swarm.LocalNodeState = %.*s", SPAN_ARG(state)));
	host_say_truth(d->page, SETTING_swarm_manager, manager, "docker info",
		arena_format(a, "Swarm.ControlAvailable = %s", manager ? "true" : "false"));
	if (!active)
		return;
	if (!manager) {
		say_unmanaged(d);
		return;
	}
	say_managers(d, ask(d, engine, "/nodes"));
	say_networks(d, ask(d, engine, "/networks"));
	say_spec(d, ask(d, engine, "/swarm"));
	say_secrets(d, ask(d, engine, "/secrets"));
	say_listen(d);
}
