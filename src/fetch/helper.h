/* SPDX-License-Identifier: Apache-2.0
 *
 * What bulkhead-fetch does: one request, or alerts to a server. */
#pragma once

#include "fetch/message.h"

#include <curl/curl.h>

typedef struct helper_job {
	arena *arena;
	const char *url; /* after redirects: the last one */
	const char *post, *file, *ca;
	bool resume, insecure;
	uint64_t limit;         /* of bytes; 0: none but that of a message */
	const message *headers; /* its fields "header" */
	/* the answer */
	long status;
	LIST(span) answer; /* headers, as "name: value" */
	buffer body;       /* owned */
	uint64_t written;  /* size of the file */
} helper_job;

/* Fetches: redirects, waiting when the server asks for it, resuming a transfer that breaks. Every HTTP status is an answer; < 0 when there is
 * none: ERROR_ABSENT when the host cannot be reached, ERROR_DENIED when its certificate is not trusted, ERROR_DAMAGED when the transfer
 * broke, ERROR_LIMIT. */
int helper_fetch(CURL *curl, helper_job *j, error *e);

/* One exchange with one server (helper_transfer.c). */
typedef struct transfer {
	helper_job *job;
	CURL *curl;
	int fd;           /* of the file, or -1 */
	uint64_t offset;  /* where the range that is asked for begins; 0: all of it */
	uint64_t at;      /* bytes that are there */
	bool credentials; /* whether Authorization may be sent */
	bool by_content;  /* what is asked for never changes: it is named by its digest */
	bool begun, over, unwritten, broken_range;
	span validator; /* a strong ETag of what is in the file, or empty */
	int64_t told;   /* when progress was told, in milliseconds */
	CURLcode result;
	char text[CURL_ERROR_SIZE];
} transfer;

void transfer_run(transfer *t);

/* What holds for every exchange: which certificates are trusted (`ca`: a file of more of them, or NULL), times, protocols. */
void helper_trust(CURL *curl, const char *ca, bool insecure);
void helper_bounds(CURL *curl);

/* Serves one destination of alerts on standard input until it closes (helper_deliver.c). < 0: *e. */
int helper_deliver(CURL *curl, error *e);
