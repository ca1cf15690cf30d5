/* SPDX-License-Identifier: Apache-2.0
 *
 * A few pages over HTTP/1.1 (RFC 9112), for monitors: GET and HEAD, one request a connection, no bodies. Part of an event loop: nothing
 * blocks, clients are few and have little time each. No TLS and no login: it listens on the loopback unless it is told otherwise. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "watch/poll_set.h"

typedef struct serve_request {
	span method, path; /* the path without its query */
} serve_request;

/* The head of a request. 1: *ret is it; 0: it is not complete; otherwise -N with the HTTP status N that it deserves. */
int serve_request_parse(span bytes, serve_request *ret);

typedef struct server server;

/* Listens at "ADDRESS:PORT", "[ADDRESS]:PORT" or "PORT" (then at 127.0.0.1). < 0: *e. */
int server_open(const char *address, server **ret, error *e);
void server_close(server *s); /* NULL is allowed */

/* The port, which is the system's choice for 0. */
uint16_t server_port(const server *s);

/* Writes a page and says of which type it is; NULL: there is no such page. */
typedef const char *server_page(void *of, span path, buffer *out);

void server_poll(const server *s, poll_set *set);
void server_step(server *s, server_page *page, void *of);
