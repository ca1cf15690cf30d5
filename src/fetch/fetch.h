/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetching over HTTP, by a helper process: bulkhead-fetch has the network and parses nothing; who parses has no network. Neither libcurl nor TLS
 * are part of this program. A fetcher has one request at a time; several are used by several threads. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef struct fetcher fetcher;

/* Where the helper lies: $BULKHEAD_FETCH, beside this program, or where it is installed. On a. ERROR_ABSENT when it is nowhere. */
int fetcher_path(arena *a, const char **ret, error *e);

/* Starts a helper that may write files into `folder` (NULL: none). Owned by the caller. To be called before the sandbox is entered. */
int fetcher_start(const char *folder, fetcher **ret, error *e);

/* Ends the helper. Takes NULL. */
void fetcher_close(fetcher *f);

typedef LIST(span) header_list;

typedef struct fetch_request {
	const char *url;
	const char *post; /* a form: the method is POST; NULL: GET */
	header_list
		headers; /* "Name: value". Authorization goes to the URL's own host only, however it redirects */
	const char *file; /* in the folder; NULL: the body comes back, of at most LIMIT_FETCH_BODY */
	bool resume;      /* what the file already holds is the start of what the URL names */
	uint64_t limit;   /* bytes; 0: LIMIT_FETCH_BODY */
	const char *ca;   /* a file of certificates to trust too, or NULL */
	bool insecure;    /* do not ask for a certificate that is trusted */
	void (*progress)(void *of, uint64_t bytes); /* may be NULL */
	void *of;
} fetch_request;

typedef struct fetch_answer { /* lives as long as the arena */
	int status;           /* HTTP */
	span url;             /* after redirects */
	header_list
		headers;  /* content-type, docker-content-digest, www-authenticate, etag; as "name: value" */
	span body;        /* of the answer, or what an error says where it should have gone to the file */
	uint64_t written; /* size of the file */
} fetch_answer;

/* Every HTTP status is an answer. < 0: ERROR_ABSENT when the host cannot be reached, ERROR_DENIED when its certificate is not trusted or a
 * redirect is not allowed, ERROR_DAMAGED when the transfer broke, ERROR_LIMIT, ERROR_USAGE. */
int fetch(fetcher *f, const fetch_request *q, arena *a, fetch_answer *ret, error *e);

/* The value of a header of the answer, or the empty span. `name` in lower case. */
span fetch_header(const fetch_answer *answer, const char *name);
