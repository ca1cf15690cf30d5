/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that read a container from the kernel share. */
#pragma once

#include "base/map.h"
#include "kernel/look.h"
#include "sources/kernel.h"

typedef struct enforced {
	kernel *kernel;
	const kernel_container *container;
	const kernel_request *request;
	evidence *evidence;
	posture *posture;
	bundle *bundle;
	arena *arena;

	proc_status first; /* of its first process */
	span first_bytes;
	proc_id_map uids, gids;
	span cgroup;        /* /proc/PID/cgroup */
	proc_mounts mounts; /* as its first process sees them */
	map targets;        /* where -> the mount that is on top there */
	int root;           /* its root folder, or -1 */
	bool own_users;     /* it has a user namespace of its own */

	LIST(const char *) refused; /* names of what may not be read */
} enforced;

/* "/proc/PID/FILE": where evidence comes from. */
const char *enforced_place(const enforced *r, const char *file);

/* Reads /proc/PID/FILE; remembers it when it is refused. */
look enforced_read(enforced *r, const char *file, span *ret);
void enforced_refuse(enforced *r, const char *name, look found);

/* Whether looking a path of the container up could take for ever: on its way is a file system that a process serves, perhaps one of the container's own, or
 * another machine. */
bool enforced_waits(const enforced *r, span path);

/* Users, capabilities, confinement by seccomp and LSMs, namespaces, the command. */
void enforced_identity(enforced *r);
void enforced_namespaces(enforced *r);

/* Root file system, mounts, masked paths. */
void enforced_mounts(enforced *r);

/* Limits and devices; needs what the two above have set to say whether it is privileged. */
void enforced_resources(enforced *r);

/* Whether a device is one that every runtime lets its containers have. */
bool enforced_usual_device(char type, int64_t major, int64_t minor);

/* Environment, listening sockets. */
void enforced_secrets(enforced *r);
void enforced_listening(enforced *r);

/* Processes with more rights than the first. */
void enforced_tasks(enforced *r);

/* What leads out of the container, held open by the first process and by those that enforced_tasks has found; comes after it. */
void enforced_descriptors(enforced *r);

/* Set-uid, set-gid and capability files that can be reached. */
void enforced_set_uid(enforced *r);

/* The path on the host of what is mounted, and whether the mount is the engine's or the runtime's own rather than asked for. */
bool enforced_is_own_mount(enforced *r, const proc_mount *m, span host);

/* The path in the container of an engine's socket that is reached through a mount, or empty. */
span enforced_engine_socket(enforced *r, const proc_mount *m, span host);
