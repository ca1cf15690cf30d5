/* SPDX-License-Identifier: Apache-2.0
 *
 * File descriptors: what is open under which number. Tables of processes that forked share their descriptors until one of them
 * changes one. All descriptors of a machine come from one pool, which bounds them. */
#pragma once

#include "base/span.h"

typedef enum descriptor_type {
	DESCRIPTOR_UNKNOWN,
	DESCRIPTOR_FILE,
	DESCRIPTOR_FOLDER,
	DESCRIPTOR_IPV4,
	DESCRIPTOR_IPV6,
	DESCRIPTOR_UNIX,
	DESCRIPTOR_FIFO,
	DESCRIPTOR_EVENT,
	DESCRIPTOR_SIGNAL,
	DESCRIPTOR_EPOLL,
	DESCRIPTOR_INOTIFY,
	DESCRIPTOR_TIMER,
	DESCRIPTOR_BPF,
	DESCRIPTOR_USERFAULT,
	DESCRIPTOR_IOURING,
	DESCRIPTOR_MEMFD,
	DESCRIPTOR_PIDFD,
	DESCRIPTOR_NETLINK,
	DESCRIPTOR_UNSUPPORTED,
	DESCRIPTOR_TYPES,
} descriptor_type;

/* Values are those of capture files. */
typedef enum socket_protocol {
	PROTOCOL_UNKNOWN,
	PROTOCOL_NONE,
	PROTOCOL_TCP,
	PROTOCOL_UDP,
	PROTOCOL_ICMP,
	PROTOCOL_RAW,
} socket_protocol;

/* Which end of a connection the process is; unknown until somebody connects or listens. */
typedef enum socket_role { ROLE_NONE, ROLE_CLIENT, ROLE_SERVER } socket_role;

typedef struct endpoint {
	uint8_t address[16]; /* IPv4: the first four */
	uint16_t port;
} endpoint;

/* Flags of open(2) as captures have them (PPM_O_…); those that matter here. */
enum {
	OPEN_READ = 1 << 0,
	OPEN_WRITE = 1 << 1,
	OPEN_CREATE = 1 << 2,
	OPEN_FOLDER = 1 << 10,
	OPEN_CLOSE_ON_EXEC = 1 << 12,
	OPEN_CREATED = 1 << 14,
	OPEN_UPPER_LAYER = 1 << 15,
	OPEN_LOWER_LAYER = 1 << 16,
};

typedef struct descriptor {
	int64_t number; /* -1: not a descriptor of a process, but what a call spoke of */
	descriptor_type type;
	uint32_t flags; /* as captures have them: PPM_O_… */
	uint32_t device;
	uint64_t inode;
	uint64_t user[2]; /* of unix sockets: the kernel's addresses of the two ends */
	char *name;       /* the path, made absolute; of sockets "a:p->b:q" */
	char *raw;        /* the path as it was given */
	uint32_t name_bytes, raw_bytes;
	uint32_t name_room, raw_room; /* the memory behind them; 0: borrowed */
	socket_protocol protocol;     /* as socket(2) said it; see descriptor_protocol */
	socket_role role;
	endpoint source,
		target; /* of a connection: source is the client. A listening socket has its own end in target */
	bool listening; /* bound to a port of its own and not connected since */
	bool connected;
	uint32_t users;          /* tables that share it */
	struct descriptor *next; /* in the pool */
} descriptor;

typedef struct descriptor_pool descriptor_pool;
typedef struct descriptor_table descriptor_table;

/* Of all tables below; LIMIT_WATCH_MEMORY_MIB bounds what they hold together. */
descriptor_pool *descriptor_pool_new(void);
void descriptor_pool_free(descriptor_pool *p);

/* The pool must outlive its tables. */
descriptor_table *descriptor_table_new(descriptor_pool *p);
void descriptor_table_free(descriptor_table *t);

/* What is open under a number, or NULL. To be read only; borrowed until the table changes. */
descriptor *descriptor_get(const descriptor_table *t, int64_t number);

/* The same, to be changed: no other table sees it. */
descriptor *descriptor_change(descriptor_table *t, int64_t number);

/* The entry of a number, emptied. NULL: there are LIMIT_WATCH_DESCRIPTORS already, or the pool is used up. */
descriptor *descriptor_put(descriptor_table *t, int64_t number);

/* As it is in `from` (of any table); NULL as above. */
descriptor *descriptor_copy(descriptor_table *t, int64_t number, const descriptor *from);
void descriptor_remove(descriptor_table *t, int64_t number);
/* All from the first to the last number. */
void descriptor_remove_range(descriptor_table *t, int64_t first, int64_t last);

/* All of another table: what fork does. */
descriptor_table *descriptor_table_copy(const descriptor_table *from);

uint32_t descriptor_count(const descriptor_table *t);
/* Calls `each` for every descriptor until it says false. */
void descriptor_each(const descriptor_table *t, bool (*each)(void *of, descriptor *d), void *of);

/* Sets name or raw (copied, at most LIMIT_WATCH_PATH bytes). True: it is another than before. The descriptor is one of
 * descriptor_change, _put or _copy. */
bool descriptor_set_name(descriptor_table *t, descriptor *d, span name);
bool descriptor_set_raw(descriptor_table *t, descriptor *d, span raw);
static inline span descriptor_name(const descriptor *d)
{
	return (span){d->name, d->name_bytes};
}
static inline span descriptor_raw(const descriptor *d)
{
	return (span){d->raw, d->raw_bytes};
}

/* Whether there are two ends, of IPv4 or IPv6. */
static inline bool descriptor_is_ip(const descriptor *d)
{
	return d->type == DESCRIPTOR_IPV4 || d->type == DESCRIPTOR_IPV6;
}

/* fd.l4proto: NONE of what is no IP socket, and of one that has no role yet (raw ones are always known). */
socket_protocol descriptor_protocol(const descriptor *d);

enum { DESCRIPTOR_NAME_ROOM = 128 };
/* The name of an IP socket from its ends: "1.2.3.4:5->6.7.8.9:10", without ports for icmp and raw, one end only when it listens. The
 * result lies in room. */
span descriptor_ip_name(const descriptor *d, char room[DESCRIPTOR_NAME_ROOM]);
