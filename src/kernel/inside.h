/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this folder share. */
#pragma once

#include "base/map.h"
#include "kernel/look.h"

struct kernel {
	arena arena;
	const char *path; /* of the root: "" for the host that runs */
	int root;
	bool live;
	bool real_proc; /* its proc is the kernel's, not a record: its links can be followed */

	LIST(kernel_process) processes; /* by pid */
	kernel_containers containers;
	bool found;

	proc_mounts mounts;
	map mounts_by_device;  /* "8:1" -> mount_list */
	uint64_t capabilities; /* of the host */
	bool capabilities_read;
	span root_line[2]; /* device and root of the host's "/" */
	bool mounts_read;

	uint64_t namespaces[NAMESPACE_COUNT];
	bool namespaces_read;
	map owners; /* "net:4026532001" -> container_list */
	bool owners_read;

	map labels;                                /* label -> container_list */
	bool labels_read, label_asked, label_none; /* label_none: no security module here has labels */

	map cgroup_folders; /* path -> what cgroup_limits.c remembers of it */

	kernel_socket_files sockets;
	bool sockets_read;
	map connections; /* inode of a socket -> path of the engine's socket */
	bool connections_read;

	void *visits; /* of sockets.c: what listens in each container */

	LIST(span) roots; /* where runtimes keep their records, as kernel_find_one has seen them say */

	kernel_state_reader *read_state; /* NULL: records of runtimes are not looked at */
};

/* All that an open file holds, up to LIMIT_PROC_BYTES. */
look kernel_read_opened(int fd, arena *a, span *ret);

/* A record of a runtime, and whose file it is. */
typedef struct runtime_state {
	kernel_state is;
	const char *runtime;
	uint32_t owner;
} runtime_state;

typedef struct state_visitor {
	bool (*wanted)(void *of, span id);                  /* whether a container needs its record */
	void (*seen)(void *of, const runtime_state *state); /* its spans are gone afterwards */
	void *of;
} state_visitor;

typedef LIST(span) kernel_roots;

/* Visits the records in the usual places and in those that were told on command lines (paths on the host). */
void kernel_states_visit(kernel *k, const kernel_roots *told, const state_visitor *v);

/* Whether it is this process that the record means, and whether its owner may say so. */
bool kernel_state_holds(kernel *k, const runtime_state *s, const kernel_process *p);

/* Whether a process has the name of a runtime that makes a container. */
bool kernel_is_starting(const kernel_process *p);

/* Takes processes that a runtime is still making out of their containers, and waits a moment for those of which it cannot be told. roots: where runtimes keep
 * their records, as in kernel_states_visit. Whether any process changed, or belongs to nobody now. */
bool kernel_starting_settle(kernel *k, const kernel_roots *roots);

/* Fills k->processes: every process that is no kernel thread. status and cgroup are kept where `keep` says so. */
typedef struct process_scan {
	kernel_process *process;
	span cgroup; /* until the next call */
} process_scan;

/* Calls seen(of, …) for every process, in the order of pids. */
void kernel_scan(kernel *k, void (*seen)(void *of, const process_scan *s), void *of);

/* The process with a pid, or NULL. */
kernel_process *kernel_process_get(kernel *k, int32_t pid);

/* The mount of the host that shows a cgroup controller ("" for version 2), or NULL. */
const proc_mount *kernel_cgroup_mount(kernel *k, const char *controller);

/* The folder of a process's cgroup for a controller, without a slash in front: "sys/fs/cgroup/memory/docker/ID". *ret_top gets the length of the mount's
 * part. */
bool kernel_cgroup_folder(
	kernel *k, span cgroup_text, const char *controller, arena *a, span *ret, size_t *ret_top);
