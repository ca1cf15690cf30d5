/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at a host and its containers, piece by piece. Answers of three kinds: LOOK_FOUND; LOOK_NOTHING: it is not there, or no longer, or this kernel
 * does not have it; LOOK_REFUSED: this user may not look. Texts live in the arena that is given. */
#pragma once

#include "base/map.h"
#include "kernel/kernel.h"
#include "kernel/proc.h"

typedef enum look { LOOK_REFUSED = -1, LOOK_NOTHING, LOOK_FOUND } look;

/* --- files --- */

/* All of a file below the host's root ("proc/1/status"), never through links that lead out of it, never waiting; what is longer than
 * LIMIT_PROC_BYTES is cut. */
look kernel_read(kernel *k, arena *a, span *ret, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Where a symbolic link leads, as it is written. */
look kernel_link(kernel *k, arena *a, span *ret, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Opens something below the host's root with flags of open(2); *ret is the caller's. */
look kernel_open_at(kernel *k, int flags, int *ret, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* --- processes --- */

typedef enum kernel_namespace {
	NAMESPACE_CGROUP,
	NAMESPACE_IPC,
	NAMESPACE_MNT,
	NAMESPACE_NET,
	NAMESPACE_PID,
	NAMESPACE_USER,
	NAMESPACE_UTS,
	NAMESPACE_COUNT
} kernel_namespace;

typedef struct kernel_process {
	int32_t pid;
	int32_t thread; /* through which it can be looked at: its first, or where that has ended, another one */
	span bytes;     /* its status file */
	span cgroup;    /* its cgroup file; of those that are in a container from the start */
	proc_status status;
	kernel_container *container; /* whose it is, or NULL */
	span group;                  /* what its cgroup is called where that is no id */
	struct {
		bool looked;
		look found;
		uint64_t inode;
	} namespaces[NAMESPACE_COUNT]; /* what kernel_namespace_of remembers */
} kernel_process;

/* A process of a container (one of its pids). NULL when it has ended. */
const kernel_process *kernel_process_find(kernel *k, int32_t pid);

/* /proc/PID/cgroup, as it was when the process was found. */
look kernel_cgroup_text(kernel *k, int32_t pid, arena *a, span *ret);

/* --- what is the host's --- */

/* The mounts of the host; none when they cannot be read. */
const proc_mounts *kernel_host_mounts(kernel *k);

/* The path on the host of what is mounted, "" when the host does not see it. Several are possible; the one of the most special mount is taken. */
span kernel_host_path(kernel *k, const proc_mount *m, arena *a);

/* Whether the host has that file system ("0:24") mounted as well. */
bool kernel_host_has(kernel *k, span device);

/* The mount of a process's "/" is not that of the host. */
bool kernel_own_root(kernel *k, int32_t pid);

/* The capabilities that the host's first process can ever get: all that there are on this host since its boot. 0: not known. */
uint64_t kernel_host_capabilities(kernel *k);

/* --- namespaces --- */

extern const char *const kernel_namespace_names[NAMESPACE_COUNT];

/* The inode of a process's namespace. */
look kernel_namespace_of(kernel *k, int32_t pid, kernel_namespace which, uint64_t *ret);

/* That of the host. */
uint64_t kernel_namespace_host(kernel *k, kernel_namespace which);

/* The first other container, in their order, whose first process is in the namespace; NULL if there is none. */
const kernel_container *kernel_namespace_owner(
	kernel *k, kernel_namespace which, uint64_t inode, const kernel_container *not_this);

/* --- labels of security modules --- */

/* The label of a container's first process, without the end of its line, and the file below /proc/PID that says it. */
look kernel_label(kernel *k, const kernel_container *c, arena *a, span *ret, const char **ret_file);

/* The first other container with the same label, apart from those that are meant to have it (of the same pod, in the same IPC namespace); NULL if there is none. */
const kernel_container *kernel_label_owner(kernel *k, span label, const kernel_container *not_this);

/* --- cgroups --- */

typedef struct kernel_limit {
	bool known;
	int64_t value;    /* 0: none */
	const char *path; /* the file that says it */
	span words;       /* what stands there */
} kernel_limit;

typedef struct kernel_limits { /* the least of the cgroup and all above it */
	kernel_limit memory;   /* bytes */
	kernel_limit swap;     /* bytes of memory and swap; -1: none */
	kernel_limit reserved; /* bytes, of its own cgroup alone */
	kernel_limit cpu;      /* thousandths of one */
	kernel_limit shares;   /* as version 1 counts them; of its own cgroup alone; 1024: as everybody */
	kernel_limit pids;
	kernel_limit oom_disabled; /* 1: the kernel may not end it */
} kernel_limits;

void kernel_limits_read(kernel *k, span cgroup_text, arena *a, kernel_limits *ret);

typedef struct kernel_devices {
	bool known, all;        /* all: every device may be opened and made */
	bool program;           /* version 2: a BPF program decides, whose list cannot be read */
	const char *path;       /* the file or folder that says it */
	LIST(proc_device) list; /* version 1 */
} kernel_devices;

/* The device policy: version 1 its list, version 2 what the attached programs say (live only). */
look kernel_devices_read(kernel *k, span cgroup_text, arena *a, kernel_devices *ret);

/* The node of a device on the host ("/dev/sda"), as sysfs names it; empty when it has none. */
span kernel_device_path(kernel *k, const proc_device *d, arena *a);

/* --- files of a container --- */

/* The root folder of a process, for the functions below; *ret is the caller's to close. */
look kernel_root_open(kernel *k, int32_t pid, int *ret);

/* Opens a path as the processes below that root would, but never through magic links, and O_PATH only: nothing is waited for or started.
 * -1 when it cannot be. */
int kernel_inside(int root, span path);

typedef struct kernel_socket_file {
	const char *path; /* on the host, links undone */
	uint64_t device, inode;
	int rank; /* the most telling are listed first */
} kernel_socket_file;

typedef LIST(kernel_socket_file) kernel_socket_files;

/* The sockets in the file system on which engines listen: by their names, and whatever a process named like an engine's listens on. */
const kernel_socket_files *kernel_engine_sockets(kernel *k);

/* The path of the engine's socket that a socket ("socket:[18446]") of this network namespace listens on, was accepted from or is connected to; NULL when it is
 * another one. By sock_diag(7), asked once. */
const char *kernel_engine_connection(kernel *k, uint64_t inode);

/* --- descriptors --- */

typedef struct kernel_descriptor {
	int32_t number;
	span target;          /* as its link reads: a path, socket:[18446], anon_inode:bpf-map */
	proc_descriptor info; /* of paths and pidfds */
	uint32_t
		mode; /* of what was not opened through one of its own mounts: the type of file (S_IFMT); 0: it cannot be told */
	int64_t major, minor; /* of such a device */
} kernel_descriptor;

typedef LIST(kernel_descriptor) kernel_descriptors;

/* What a process has open, at most LIMIT_CONTAINER_DESCRIPTORS. `own` has the ids of the mounts that it sees (int32_t -> anything); what was opened through
 * these is left out. No file is opened, and nobody is waited for who serves one. */
look kernel_descriptors_read(kernel *k, int32_t pid, const map *own, arena *a, kernel_descriptors *ret);

/* --- network --- */

typedef struct kernel_listener {
	char address[48];
	uint16_t port;
	bool udp, six;
} kernel_listener;

typedef LIST(kernel_listener) kernel_listeners;

/* TCP sockets that listen and UDP sockets that are not connected, in the network namespace of a container (sock_diag(7)). *ret is borrowed until
 * kernel_close. The first call looks into the namespaces of all containers but the host's, from one thread that enters them. */
look kernel_listeners_read(kernel *k, const kernel_container *c, const kernel_listeners **ret);
