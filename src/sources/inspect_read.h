/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the reader of inspect answers. Each reads its own part of the answer; order matters only where a comment says so. */
#pragma once

#include "sources/inspect.h"
#include "sources/tree_facts.h"

typedef struct inspect_reader {
	tree_facts facts;
	engine_kind kind;
	bool privileged; /* HostConfig.Privileged */
	engine_defaults defaults;
} inspect_reader;

/* inspect_docker.c, inspect_podman.c: what only one of them has, or both have under other names. */
void inspect_docker_read(const inspect_reader *r);
void inspect_podman_read(const inspect_reader *r);

/* inspect_security.c: user, SecurityOpt, LSMs, masked paths, what being privileged brings along. */
void inspect_security_read(const inspect_reader *r);

/* The value of a security option: "seccomp=x", "seccomp:x" of old engines; false when it is not given. The last one counts. */
bool inspect_option(const inspect_reader *r, const char *name, span *ret, origin *at);

/* inspect_namespaces.c: HostConfig.*Mode, networks. */
void inspect_namespaces_read(const inspect_reader *r);

/* A namespace as it is written at `path`: "" and "private" are private, "host" and "container:x" stand as they are. */
void inspect_namespace(const inspect_reader *r, fact_id fact, const char *path);

/* inspect_ports.c */
void inspect_ports_read(const inspect_reader *r);

/* inspect_mounts.c: mounts, tmpfs, devices. */
void inspect_mounts_read(const inspect_reader *r);
void inspect_devices_read(const inspect_reader *r);

/* Sets a list of capabilities to a set, known so whether the set is empty or not. */
void inspect_capabilities(const inspect_reader *r, fact_id fact, fact_known known, uint64_t set, origin at);

static inline const node *inspect_at(const inspect_reader *r, const char *path)
{
	return node_path(r->facts.root, path);
}
