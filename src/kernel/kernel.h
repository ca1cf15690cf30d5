/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel shows of containers, without any engine: /proc, cgroups, namespaces. Everything is read below a root: "/", or the root of a host
 * that is mounted or recorded elsewhere (DIR/proc, DIR/sys/fs/cgroup, DIR/etc). Nothing is written, nothing is executed.
 *
 * Processes come and go while they are read; what has vanished is left out without a word. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* An open host, with all that is remembered of it. One thread at a time. */
typedef struct kernel kernel;

typedef struct kernel_container {
	span id;            /* 64 hex digits, or whatever its runtime calls it */
	span name;          /* as its engine calls it; empty: nobody says */
	const char *engine; /* docker, podman, containerd, cri-o, lxc, or "" */
	span bundle;        /* the folder with its OCI config.json, on the host; empty: nobody says */
	span runtime;       /* runc, crun, kata …; empty: nobody says */
	span pod;           /* the uid of its Kubernetes pod; empty: it has none */
	int32_t pid;        /* its first process */
	int32_t thread; /* of that, which can be looked at: the same number as long as the first thread lives */
	LIST(int32_t) pids; /* all of them, in order */
} kernel_container;

typedef LIST(kernel_container *) kernel_containers;

/* What a runtime has written down of a container. */
typedef struct kernel_state {
	span id;          /* empty: that of the folder in which it lies */
	span bundle;      /* empty: not said */
	int32_t pid;      /* its first process */
	uint64_t started; /* of that, in ticks since the start of the host: field 22 of /proc/PID/stat */
} kernel_state;

/* Reads such a record (JSON: runc's state.json, crun's status) onto a; false when it is none. */
typedef bool kernel_state_reader(span bytes, arena *a, kernel_state *ret);

/* Opens the host below root ("/" for the one that runs). Fails when there is no DIR/proc that can be listed. The caller closes it. */
int kernel_open(const char *root, kernel **ret, error *e);
void kernel_close(kernel *k);

/* Lets the records of runtimes be looked at in the search for containers, before it begins. This folder reads no JSON: the caller brings the reader. */
void kernel_use_states(kernel *k, kernel_state_reader *read);

/* All running containers, in the order of their first processes; found once, and borrowed until kernel_close. Never fails as a whole: what may not be
 * looked at is not among them. */
const kernel_containers *kernel_find_containers(kernel *k);

/* One container, without a look at all processes: by the cgroup of one of its own, by the shim, the conmon or the runtime above it, by the records of runtimes. id has 64
 * hex digits; pids are such a process and those that were seen above it, nearest first, of which some may have ended. What is found becomes *ret, whose texts
 * live as long as a; .pids stays empty. May be called again and again. False: nothing was found. */
bool kernel_find_one(
	kernel *k, span id, const int32_t *pids, uint32_t count, arena *a, kernel_container *ret);

/* Tells where a runtime keeps its records (an absolute path), for those who know of it by other means than a process that still runs. */
void kernel_root_add(kernel *k, span root);

/* Whether root is the host that runs: only then can sockets be listed and BPF programs be asked for. */
bool kernel_is_live(const kernel *k);
