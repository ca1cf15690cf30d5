/* SPDX-License-Identifier: Apache-2.0
 *
 * What carries bytes to an engine and back: a socket of this machine, TCP, or TLS over TCP. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <sys/types.h>

typedef struct transport { /* a connection; a zeroed one is none */
	/* At most n bytes: how many, 0 at the end, < 0 and *e. */
	ssize_t (*receive)(void *of, void *to, size_t n, error *e);
	/* At least one byte: how many, < 0 and *e. */
	ssize_t (*send)(void *of, const void *from, size_t n, error *e);
	void (*close)(void *of);
	void *of;
} transport;

/* Over a descriptor, which the transport then owns. Reading works for files too. */
transport transport_over(int fd);

/* Takes one that is none, too; it is none afterwards. */
void transport_close(transport *t);

/* ERROR_SYSTEM from errno in words that say who did not answer; time that has run out is said as such. */
int transport_failed(error *e);

/* Connect to a socket of this machine, or to a host and port (a name or a number) by TCP. Owned by the caller. Waits for at most LIMIT_FETCH_CONNECT_SECONDS
 * an address; afterwards every read and write for at most LIMIT_ENGINE_SECONDS, once transport_patience has been called. */
int transport_unix(const char *path, int *ret, error *e);
int transport_tcp(const char *host, const char *port, int *ret, error *e);
void transport_patience(int fd, int seconds);
