/* SPDX-License-Identifier: Apache-2.0
 *
 * What the programs that deny calls and the program outside say to one another. A clause is what a rule asks of one kind of call when all that its class
 * settles is gone: one of some paths, and one of some names …, and none of others. A bit of a mask stands for each clause. */
#pragma once

#include "record.h"

/* Where calls can be denied. */
typedef enum deny_hook {
	DENY_OPEN,
	DENY_EXEC,
	DENY_CONNECT,
	DENY_HOOKS,
} deny_hook;

/* What clauses ask for. */
typedef enum deny_group {
	DENY_START, /* of the path that is opened or executed */
	DENY_END,
	DENY_NAME,    /* of the process; of an exec: that it will have */
	DENY_ADDRESS, /* that is connected to */
	DENY_PORT,
	DENY_GROUPS,
} deny_group;

/* Classes of execs and connects, in the place of those of opens. */
enum {
	CLASS_UPPER = CLASS_READ,   /* an exec of a file in the upper layer of an overlay, */
	CLASS_MEMORY = CLASS_WRITE, /* of one that is only in memory */
	CLASS_IPV6 = CLASS_READ,
	CLASS_TCP = CLASS_WRITE,
	CLASS_UDP = CLASS_TRUNCATE,
};

enum {
	DENY_CLAUSES = 64,
	DENY_ENTRIES = 4096, /* of what is looked up, of all kinds */
};

typedef struct deny_config {
	__u64 active[DENY_HOOKS][CLASS_COUNT]; /* the clauses for calls of a class */
	__u64 must[DENY_GROUPS];               /* the clauses that ask for one of something */
} deny_config;

/* The clauses that a path, name, address or port is one of, and those that it keeps from being true. */
typedef struct deny_bits {
	__u64 must, must_not;
} deny_bits;

/* IPv4 as ::ffff:a.b.c.d. */
typedef struct address_key {
	__u32 bits;
	__u8 address[16];
} address_key;
