/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an engine is: what was given on the command line, the environment, Docker's contexts, the usual sockets. */
#pragma once

#include "engine/engine.h"

typedef struct engine_address {
	const char *shown;        /* "unix:///run/docker.sock", "tcp://build:2376" */
	const char *path;         /* of a socket; NULL: over TCP */
	const char *host, *port;  /* of TCP; a number of IPv6 without its brackets */
	bool tls, verify;         /* over TCP: with TLS; the certificate is checked */
	bool own_authority;       /* checked against ca.pem, which must be there */
	const char *certificates; /* the folder of ca.pem, cert.pem, key.pem; NULL: none */
} engine_address;

typedef LIST(engine_address) engine_address_list;

/* The addresses to try, in their order: one where somebody says it, else the usual sockets. host (may be NULL) goes before $DOCKER_HOST or $CONTAINER_HOST, that
 * before the context of $DOCKER_CONTEXT, that before the one of ~/.docker/config.json ($DOCKER_CONFIG). ERROR_USAGE: an address that cannot be spoken to;
 * ERROR_ABSENT: a context that is not there. Lives as long as a. */
int engine_addresses(engine_kind kind, const char *host, arena *a, engine_address_list *ret, error *e);

/* Takes "unix:///path", "tcp://host[:port]" apart; tls decides about the port where none is given. */
int engine_address_read(const char *url, bool tls, arena *a, engine_address *ret, error *e);

/* Whether somebody says in the environment or by a Docker context which engine to use. */
bool engine_is_chosen(engine_kind kind);
