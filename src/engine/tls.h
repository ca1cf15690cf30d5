/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS (1.2 or later) over a TCP connection, as engines speak it: certificates of their own on both sides. OpenSSL is not touched before the first one. */
#pragma once

#include "engine/transport.h"

typedef struct tls_options {
	const char *host; /* the name or number that the engine's certificate must be for */
	const char *
		certificates; /* a folder with ca.pem, cert.pem, key.pem, each of which may be missing; NULL: none */
	bool verify; /* the engine's certificate is checked: against ca.pem, or the system's authorities where there is none */
	bool own_authority; /* ca.pem must be there */
} tls_options;

/* Shakes hands over a connected descriptor. In any case it is the transport's, or closed, afterwards. ERROR_DENIED: the engine is not whom it should be. */
int tls_open(int fd, const tls_options *options, transport *ret, error *e);
