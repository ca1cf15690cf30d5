/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces and the networks that it is attached to. */
#include "sources/inspect_read.h"

/* Nobody but the engine knows who may share the IPC namespace, and one without /dev/shm is one of its own all the same. */
static bool is_private(span mode)
{
	return mode.n == 0 || span_in(mode, "private shareable none");
}

void inspect_namespace(const inspect_reader *r, fact_id fact, const char *path)
{
	span mode = node_text(inspect_at(r, path));
	posture_set_text(r->facts.posture, fact, is_private(mode) ? r->facts.silent : r->facts.said,
		is_private(mode) ? SPAN("private") : mode, tree_facts_say_path(&r->facts, path));
}

/* "default" is the bridge of the engine. Other names stay: they are what drift and people know the network by. */
static void read_network_mode(const inspect_reader *r)
{
	span mode = node_text(inspect_at(r, "HostConfig/NetworkMode"));
	origin at = tree_facts_say_path(&r->facts, "HostConfig/NetworkMode");
	bool usual = mode.n == 0 || span_is(mode, "default");
	if (usual)
		mode = SPAN("bridge");
	posture_set_text(
		r->facts.posture, FACT_network_mode, usual ? r->facts.silent : r->facts.said, mode, at);
}

/* Docker calls the host's and none networks too. */
static void read_networks(const inspect_reader *r)
{
	const node *networks = inspect_at(r, "NetworkSettings/Networks");
	const char *path = "NetworkSettings/Networks";
	posture_set_list(r->facts.posture, FACT_networks, r->facts.silent, evidence_whole(r->facts.evidence),
		r->facts.arena);
	for (uint32_t i = 0; node_is_map(networks) && i < networks->count; i++) {
		span name = networks->members[i].key->value;
		if (span_in(name, "host none"))
			continue;
		item *x = posture_add(r->facts.posture, FACT_networks,
			tree_facts_say_item(&r->facts, path, name), r->facts.arena);
		item_set_text(x, MEMBER_network_name, name);
	}
}

/* Podman says "shareable" both of its default and of the host's (seen in 4.3). */
static void read_ipc(const inspect_reader *r)
{
	const char *path = "HostConfig/IpcMode";
	if (r->kind == ENGINE_PODMAN && span_is(node_text(inspect_at(r, path)), "shareable"))
		posture_place(r->facts.posture, FACT_ipc_namespace, tree_facts_say_path(&r->facts, path));
	else
		inspect_namespace(r, FACT_ipc_namespace, path);
}

void inspect_namespaces_read(const inspect_reader *r)
{
	inspect_namespace(r, FACT_pid_namespace, "HostConfig/PidMode");
	read_ipc(r);
	inspect_namespace(r, FACT_uts_namespace, "HostConfig/UTSMode");
	read_network_mode(r);
	read_networks(r);
}
