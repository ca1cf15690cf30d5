/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 (RFC 9112) as the APIs of engines speak it: GET, one request at a time, answers with a length, in chunks, or until the
 * connection ends. No compression, no redirects, no trailers that matter. */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "engine/transport.h"

typedef struct http { /* a connection; `http h = {.over = transport_over(fd)};`, the transport is borrowed */
	transport over;
	size_t at, n;     /* in `in`: what was received and not used */
	bool closing;     /* no further request can be sent */
	bool used;        /* it has carried a request before */
	bool ended;       /* the other side has ended the connection */
	int64_t deadline; /* by which the whole answer must be there: seconds of CLOCK_MONOTONIC; 0: none */
	char in[65536];
} http;

typedef struct http_answer {
	uint32_t status;
	bool chunked;
	bool until_end; /* the body ends with the connection */
	uint64_t left;  /* bytes of the body, or of the chunk in hand */
	bool between;   /* chunked: a line with the size of the next one follows */

	/* Headers of engines; empty where they are missing or longer than that. */
	char api[24], libpod_api[24], server[64];
} http_answer;

/* The clock of deadlines. */
int64_t http_clock(void);

/* Asks for a path of a host (NULL: this machine). Neither may hold blanks or control characters. */
int http_send(http *h, const char *host, const char *path, error *e);

/* Reads the head of an answer. */
int http_receive(http *h, http_answer *ret, error *e);

/* The next part of the body, borrowed until the next call; 1, or 0 at its end. */
int http_body(http *h, http_answer *answer, span *ret, error *e);
