/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 (RFC 9112) as the APIs of engines speak it over a local socket: GET, one request at a time, answers with a length, in chunks, or until the
 * connection ends. No compression, no redirects, no trailers that matter. */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

typedef struct http { /* a connection; `http h = {.fd = fd};`, the descriptor is borrowed */
	int fd;
	size_t at, n; /* in `in`: what was received and not used */
	bool closing; /* no further request can be sent */
	char in[65536];
} http;

typedef struct http_answer {
	uint32_t status;
	bool chunked;
	bool until_end; /* the body ends with the connection */
	uint64_t left;  /* bytes of the body, or of the chunk in hand */
	bool between;   /* chunked: a line with the size of the next one follows */
} http_answer;

int http_send(http *h, const char *path, error *e);

/* Reads the head of an answer. */
int http_receive(http *h, http_answer *ret, error *e);

/* The next part of the body, borrowed until the next call; 1, or 0 at its end. */
int http_body(http *h, http_answer *answer, span *ret, error *e);
