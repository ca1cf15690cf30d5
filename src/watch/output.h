/* SPDX-License-Identifier: Apache-2.0
 *
 * Where alerts go: several destinations at once, each with a bounded queue, so that events never wait for a slow one.
 *
 *   stdout         standard output
 *   file=PATH      appended; opened anew on request, for those who rotate logs
 *   syslog[=PATH]  a datagram for each alert to /dev/log (or PATH), as syslog(3) writes it (RFC 3164)
 *   program=COMMAND  a process of the shell for the whole run, which reads alerts; started again when it ends
 *   http=URL       a POST for each alert, by the helper bulkhead-fetch (this program does not speak to the network)
 *
 * What has found no room is counted, not waited for; what a destination has taken over is its own (a program that dies takes with it what
 * it had not read from its pipe). */
#pragma once

#include "base/error.h"
#include "base/span.h"
#include "watch/poll_set.h"
#include "watch/rule_file.h"

typedef struct output_options {
	const char *const *words;                  /* KIND=WHERE; live as long as the outputs */
	uint32_t count;                            /* 0: standard output */
	const char *ca, *client_cert, *client_key; /* of http; NULL: none */
	bool json;
	bool patient; /* what comes can wait (a capture): nothing is dropped while a destination makes progress */
} output_options;

typedef struct outputs outputs;

/* Opens what must be there from the start (files); what may come later (sockets, servers, programs) is tried again and again. < 0:
 * ERROR_USAGE, ERROR_ABSENT, ERROR_SYSTEM …: the word is in *e. */
int outputs_open(const output_options *options, outputs **ret, error *e);

/* Queues one alert (with its line feed) for all of them. `time`: nanoseconds since 1970. */
void outputs_add(outputs *o, span line, watch_priority priority, uint64_t time);

/* What to wait for, and the work that can be done without waiting. */
void outputs_poll(const outputs *o, poll_set *set);
void outputs_step(outputs *o);

/* Files are opened anew at their paths. A line that was written in part is written whole to the new file. */
void outputs_reopen(outputs *o);

/* Delivers what is queued, for at most LIMIT_WATCH_FLUSH_SECONDS (patiently: so long without any progress); what is left is counted as dropped. Nothing can be added afterwards. */
void outputs_finish(outputs *o);

void outputs_close(outputs *o); /* NULL is allowed */

typedef struct output_status {
	const char *name; /* "http https://siem.example:8080": without what may be secret */
	uint64_t written; /* alerts; of http: those the server has taken */
	uint64_t dropped; /* there was no room, or the server refused them */
	uint32_t waiting;
	bool broken;         /* it does not work at the moment */
	bool gone;           /* and never will again */
	const char *trouble; /* why; empty: it never had any */
	uint32_t troubles;   /* how often that was set */
} output_status;

uint32_t outputs_count(const outputs *o);
output_status outputs_status(const outputs *o, uint32_t i);
