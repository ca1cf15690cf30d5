/* SPDX-License-Identifier: Apache-2.0
 *
 * The formats of /proc and of cgroup files (proc(5), cgroups(7), user_namespaces(7)): from bytes to values, without looking at anything else. Lines that
 * are damaged are passed over; spans point into the input or into the arena. A container chooses many of these bytes. */
#pragma once

#include "base/arena.h"

/* Takes the next line off *rest, without its end; false once none is left. */
static inline bool proc_line(span *rest, span *ret)
{
	return span_cut(rest, '\n', ret);
}

/* A number without a sign in base 8, 10 or 16; false (and *ret untouched) for anything else and what does not fit. */
bool proc_number(span s, unsigned base, uint64_t *ret);

/* --- /proc/PID/status --- */

typedef struct proc_status {
	span name; /* as it stands there: line ends and backslashes escaped; its process chooses it */
	char state;
	int32_t parent, threads;
	int32_t pid_depth; /* PID namespaces it is in: numbers of NSpid */
	int32_t pid_inner; /* its number in the innermost: 1 is its init */
	uint32_t uid
		[4]; /* real, effective, saved, of the file system; as the reader's user namespace counts */
	uint32_t gid[4];
	span groups; /* numbers with blanks between */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	int32_t no_new_privileges; /* -1: the kernel does not say */
	int32_t seccomp;           /* 0 none, 1 strict, 2 filter; -1: not said */
	int32_t seccomp_filters;   /* -1: not said */
	bool kernel_thread;
	span line[6]; /* lines that are evidence, by the enumerators below */
} proc_status;

enum { STATUS_UID, STATUS_GID, STATUS_GROUPS, STATUS_BOUNDING, STATUS_NO_NEW_PRIVILEGES, STATUS_SECCOMP };

/* False when it is no such file: without Uid. */
bool proc_status_read(span bytes, proc_status *ret);

/* --- /proc/PID/stat --- */

/* Whether the process is on its way out (PF_EXITING of its flags): what the kernel says of its cgroup, root and descriptors is then no longer what they
 * were. False, too, for what is no such file. */
bool proc_stat_exiting(span bytes);

/* The line of a key ("CapEff"), or empty. */
span proc_status_line(span bytes, const char *key);

/* --- /proc/PID/stat --- */

/* When the process started, in ticks since the start of the host (field 22). Its name, which may hold anything, stands in the last brackets before. */
bool proc_stat_started(span bytes, uint64_t *ret);

/* --- /proc/PID/mountinfo --- */

typedef struct proc_mount {
	int32_t id, parent;
	span device;  /* "8:1" */
	span root;    /* the path inside of that file system; escapes undone */
	span target;  /* where it is mounted, for its processes; escapes undone */
	span options; /* of this mount: ro, nosuid, noexec … */
	span type, source, super;
	bool shared, slave; /* propagates to others, receives from others */
	bool deleted;       /* what was mounted no longer has a name */
	span line;
} proc_mount;

typedef LIST(proc_mount) proc_mounts;

/* Lines of a table of mounts; at most LIMIT_MOUNTS. */
void proc_mounts_read(span bytes, arena *a, proc_mounts *ret);

/* The value of an option ("ro", "size") in a list with commas; *ret (may be NULL) is what stands behind '='. */
bool proc_option(span options, const char *name, span *ret);

/* path without folder in front: "/b" of "/a/b" below "/a", "" of "/a"; false when it is not below it. Whole names only. */
bool proc_below(span path, span folder, span *ret);

/* --- /proc/PID/cgroup --- */

typedef struct proc_cgroup {
	span controllers; /* "cpu,cpuacct", "name=systemd"; empty: version 2 */
	span path;
} proc_cgroup;

/* The next line of the file; false once none is left. */
bool proc_cgroup_next(span *rest, proc_cgroup *ret);

/* The path of a controller; "" asks for version 2. */
bool proc_cgroup_find(span bytes, const char *controller, span *ret);

typedef struct proc_cgroup_name {
	span id;            /* 64 hex digits, or a name; empty: the path names no container */
	const char *engine; /* docker, podman, containerd, cri-o, lxc, or "" */
	span pod; /* uid of a Kubernetes pod, as the path has it (with '_' for '-' below slices); or empty */
	bool monitor; /* conmon's own group: no container */
	bool hex;     /* it is an id of 64 hex digits: a container without further proof */
} proc_cgroup_name;

/* What a path says of the container in it. Names that are no ids are only hints: any service may be called so. */
proc_cgroup_name proc_cgroup_identify(span path);

/* --- /proc/PID/{uid,gid}_map --- */

enum { PROC_ID_ROWS = 340 }; /* more than the kernel lets anyone write */

typedef struct proc_id_map {
	struct {
		uint32_t inside, outside, count;
	} rows[PROC_ID_ROWS];
	uint32_t count;
	bool identity; /* everything as on the host */
} proc_id_map;

void proc_id_map_read(span bytes, proc_id_map *ret);

/* The number inside of the namespace; false when it has none there. */
bool proc_id_inside(const proc_id_map *map, uint32_t outside, uint32_t *ret);

/* --- /proc/PID/limits --- */

typedef struct proc_limit {
	const char *name;   /* nofile, nproc …: as setrlimit(2) has them, in lower case */
	int64_t soft, hard; /* -1: unlimited */
	span line;
} proc_limit;

/* The next limit that has a name; false once none is left. */
bool proc_limit_next(span *rest, proc_limit *ret);

/* --- devices.list of cgroup version 1 --- */

typedef struct proc_device {
	char type;            /* a: all, b: block, c: character */
	int64_t major, minor; /* -1: any */
	span access;          /* of r, w, m */
	span line;
} proc_device;

bool proc_device_next(span *rest, proc_device *ret);

/* --- /proc/PID/net/unix --- */

typedef struct proc_unix {
	span path; /* of a socket in the file system that listens */
	uint64_t inode;
} proc_unix;

/* The next socket that listens and has a path. */
bool proc_unix_next(span *rest, proc_unix *ret);

/* --- /proc/PID/fdinfo/N --- */

typedef struct proc_descriptor {
	int32_t mount;  /* id of the mount that it was opened through, as in mountinfo; -1: not said */
	uint64_t flags; /* of open(2) */
	int32_t pid; /* of a pidfd: its process, as the reader counts; -1: it has ended; 0: it cannot be seen from here, or this is no pidfd */
	int32_t pid_depth; /* PID namespaces that this process is in */
} proc_descriptor;

void proc_descriptor_read(span bytes, proc_descriptor *ret);

/* --- arguments of the processes that hold containers --- */

typedef struct proc_supervisor {
	span id, name, bundle, runtime, name_space;
	const char *engine;
	span root; /* where its runtime keeps its records, as told by --root; relative to its working directory */
	bool shim;       /* its bundle is its working directory */
	bool foreground; /* a runtime itself: its container is its child */
	bool exec;       /* holds a further process of a container, not the container */
} proc_supervisor;

/* Whether a command line (arguments with 0 bytes behind) is that of containerd's shim, of conmon, or of runc or crun in the foreground (which says no id here:
 * its records do), and of what. */
bool proc_supervisor_read(span cmdline, proc_supervisor *ret);
