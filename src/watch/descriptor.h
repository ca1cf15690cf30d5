/* SPDX-License-Identifier: Apache-2.0
 *
 * File descriptors: what is open under which number. */
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

typedef struct descriptor {
	int64_t number; /* -1: not a descriptor of a process, but what a call spoke of */
	descriptor_type type;
	uint32_t flags; /* as captures have them: PPM_O_… */
	uint32_t device;
	uint64_t inode;
	uint64_t user[2]; /* of unix sockets: the kernel's addresses of the two ends */
	char *name;       /* the path, made absolute; of sockets "a:p->b:q" */
	char *raw;        /* the path as it was given; NULL: there was none */
	uint32_t name_bytes, raw_bytes;
	socket_protocol protocol;
	socket_role role;
	endpoint source,
		target; /* of a connection: source is the client. A listening socket has its own end in target */
	bool listening, connected, pipe_ended;
	struct descriptor *next;
} descriptor;

typedef struct descriptor_table descriptor_table;

descriptor_table *descriptor_table_new(void);
void descriptor_table_free(descriptor_table *t);

/* What is open under a number, or NULL. */
descriptor *descriptor_get(const descriptor_table *t, int64_t number);

/* The entry of a number, emptied. NULL: there are LIMIT_WATCH_DESCRIPTORS already. */
descriptor *descriptor_put(descriptor_table *t, int64_t number);

/* As it is in `from`; NULL as above. */
descriptor *descriptor_copy(descriptor_table *t, int64_t number, const descriptor *from);
void descriptor_remove(descriptor_table *t, int64_t number);

/* All of another table: what fork does. */
descriptor_table *descriptor_table_copy(const descriptor_table *from);

/* Sets name or raw (copied, at most LIMIT_WATCH_TEXT bytes); .p NULL takes it away. */
void descriptor_set_name(descriptor *d, span name);
void descriptor_set_raw(descriptor *d, span raw);
static inline span descriptor_name(const descriptor *d)
{
	return (span){d->name, d->name_bytes};
}

/* Whether there are two ends, of IPv4 or IPv6. */
static inline bool descriptor_is_ip(const descriptor *d)
{
	return d->type == DESCRIPTOR_IPV4 || d->type == DESCRIPTOR_IPV6;
}
