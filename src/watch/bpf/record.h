/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel's programs and the program outside say to one another: records on the ring buffer, and plans of what to do at
 * which system call. Both sides include this file. */
#pragma once

#include <linux/types.h>

enum {
	RECORD_CALLS = 512,            /* numbers of system calls that have a plan */
	COMPAT_CALLS = 512,            /* numbers of system calls of 32-bit programs, and behind them */
	COMPAT_SOCKETS = COMPAT_CALLS, /* what socketcall(2) does, */
	COMPAT_ROWS = COMPAT_SOCKETS + 32,
	RECORD_PATH = 4096, /* bytes of one path; longer ones lose their beginning */
	RECORD_TEXT = 4096, /* bytes of one text of a process */
	RECORD_PREFIX = 64, /* bytes of a path that are compared with prefixes, */
	RECORD_SUFFIX = 32, /* with suffixes, */
	RECORD_RAW = 256,   /* and in which ".." is looked for: a longer one may have it */
	RECORD_MOVED = 80,  /* bytes of what a call moved: as many as Falco looks at */
	RECORD_DATA = 4 * 4096,
};

typedef enum record_kind {
	RECORD_CALL, /* a system call came back */
	RECORD_EXEC, /* a process became another program */
	RECORD_FORK,
	RECORD_EXIT,
} record_kind;

/* Texts that may follow a record, in this order; the lengths say which do. */
typedef enum record_section {
	SECTION_DESCRIPTOR, /* the path of the descriptor that the call is about, from the root of the process */
	SECTION_FOLDER, /* the same of the working directory, or of the descriptor that a relative path begins at */
	SECTION_TEXT, /* texts that the call was given; or the first bytes of what it moved */
	SECTION_TEXT2,
	SECTION_ADDRESS,   /* the socket address that the call was given */
	SECTION_ARGUMENTS, /* argv, each with its 0 byte; of exec */
	SECTION_ENVIRONMENT,
	SECTION_CGROUP, /* the names of the cgroup and of those above it, the innermost first, a slash before each */
	SECTION_COUNT,
} record_section;

/* What a descriptor is, in so far as the kernel says it by numbers. */
typedef struct record_file {
	__u32 mode;   /* type and permissions (stat(2)); 0: there is no such descriptor */
	__u32 device; /* as the kernel has it: major << 20 | minor */
	__u64 inode;
	__u32 uid, gid;
	__u64 changed, modified; /* nanoseconds since 1970 */
	__u8 overlay;            /* 1: in the upper layer of an overlayfs, 2: in a lower one */
	__u8 created;            /* this call made it */
	__u16 family;            /* sockets: the rest is of them */
	__u16 socket_type, protocol;
	__u8 state; /* of TCP */
	__u8 spare;
	__u16 local_port, remote_port;
	__u8 local[16], remote[16];
	__u64 ends[2]; /* unix sockets: addresses in the kernel */
} record_file;

typedef struct record {
	__u16 kind; /* record_kind */
	__u16 call; /* the number of the system call */
	__u16 cpu;
	__u16 lengths[SECTION_COUNT];
	__u16 stopped; /* the process stands still until it is let go or killed */
	__u64 time;    /* nanoseconds since the machine started */
	__u64 start;   /* of the process, the same */
	__u64 cgroup;
	__s64 result;
	__u64 denied; /* the clauses by which the call was made to fail (deny.h) */
	__u64 args
		[6]; /* of the call; of fork: the process that did it; of exec: 1 for a 32-bit program; of exit: who gets
			* the children */
	__u32 tid, pid, parent;
	__u32 vtid, vpid, vgroup, session, group;
	__u32 uid, gid, login_uid, tty;
	__u64 capabilities[3]; /* permitted, effective, inheritable; of exec and fork */
	char comm[16];
	record_file file;
} record;

/* Which descriptor a call is about. */
typedef enum plan_descriptor {
	PLAN_NONE,
	PLAN_RESULT, /* the one that it gave back */
	PLAN_ARG0,   /* the one in an argument: PLAN_ARG0 + n */
} plan_descriptor;

/* Classes of a call: sums of these. What no rule can be true for is not even looked at. */
enum {
	CLASS_CONTAINER = 1, /* done in a container */
	CLASS_GOOD = 2,      /* it did not fail */
	CLASS_READ = 4,      /* opens for reading */
	CLASS_WRITE = 8,     /* opens for writing */
	CLASS_TRUNCATE = 16, /* opens with O_TRUNC */
	CLASS_CREATE = 32,   /* opens with O_CREAT or O_TMPFILE */
	CLASS_COUNT = 64,
};

/* What is asked of a call. */
typedef enum purpose {
	PURPOSE_SEND, /* that it is told */
	PURPOSE_STOP, /* that the process is stopped before it goes on: it may have to be killed */
	PURPOSES,
} purpose;

/* For which calls: each is a mask with a bit for each class. */
typedef struct call_asks {
	__u64 wanted;    /* always */
	__u64 sought;    /* when the path of the descriptor begins or ends with a text that is sought */
	__u64 traversal; /* of these, also when the first text of the call has ".." in it */
	__u64 links;     /* of these, also when that text is in /proc and the path is not */
	__u64 named;     /* of these, also when the process is one of those that are sought by name */
} call_asks;

/* For which classes a text is sought. */
typedef struct text_classes {
	__u64 of[PURPOSES];
} text_classes;

/* The plan of programs that start; no system call has this number. */
enum { PLAN_EXEC = RECORD_CALLS - 1 };

typedef struct call_plan {
	call_asks asks[PURPOSES];
	__u8 descriptor;   /* plan_descriptor */
	__u8 flags_arg;    /* 1 + the argument with the flags of an open; 0: it opens nothing */
	__u8 flags_memory; /* the flags lie where that argument points (openat2) */
	__u8 texts[2];     /* 1 + the argument that points to a text; 0: none */
	__u8 folder; /* 1 + the argument with the descriptor that a relative path begins at, or 255: the working directory */
	__u8 address; /* 1 + the argument that points to a socket address; its length is in the next one, */
	__u8 address_memory; /* or lies where the next one points */
	__u8 moved;   /* 1 + the argument that points to what the call moved: as many bytes as it gave back */
	__u8 message; /* 1 + the argument that points to a msghdr */
} call_plan;

/* What is known of a cgroup. */
enum { CGROUP_UNKNOWN, CGROUP_HOST, CGROUP_CONTAINER };

typedef struct prefix_key {
	__u32 bits;
	char text[RECORD_PREFIX];
} prefix_key;

/* Backwards: the last byte of the path comes first. */
typedef struct suffix_key {
	__u32 bits;
	char text[RECORD_SUFFIX];
} suffix_key;

enum {
	RECORDS_BYTES = 4 << 20,  /* of the ring buffer */
	SHARED_BYTES = 3 << 20,   /* what is beyond these is shared out: */
	SHARE_BURST = 256,        /* so many records of a process at once, */
	SHARE_INTERVAL = 1000000, /* and one more after so many nanoseconds */
};

/* The share of a process in what is left of the buffer. */
typedef struct record_share {
	__u64 time, tokens;
	__u64 held; /* records that it lost */
	char comm[16];
} record_share;

/* Counters of each CPU. */
typedef struct watch_counters {
	__u64 sent;
	__u64 lost; /* there was no room */
	__u64 held; /* the process had had its share */
} watch_counters;
