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
	map mounts_by_device; /* "8:1" -> mount_list */
	span root_line[2];    /* device and root of the host's "/" */
	bool mounts_read;

	uint64_t namespaces[NAMESPACE_COUNT];
	bool namespaces_read;
	map owners; /* "net:4026532001" -> container_list */
	bool owners_read;

	map cgroup_folders; /* path -> what cgroup_limits.c remembers of it */

	kernel_socket_files sockets;
	bool sockets_read;

	void *visits; /* of sockets.c: what listens in each container */
};

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
