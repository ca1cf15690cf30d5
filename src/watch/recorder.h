/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that events are recorded to, one after the other. A thread of its own compresses (gzip) and writes them, so that who records never
 * waits for a disk; every tenth of a second what was added stands in the file and can be read, whatever happens to the recorder then. */
#pragma once

#include "base/error.h"
#include "base/span.h"

typedef struct recorder recorder;

typedef struct recorder_status {
	uint32_t files;  /* that were begun, and those of earlier runs that lie in the folder */
	uint64_t bytes;  /* in all of them */
	uint32_t failed; /* files that could not be made or written to their end */
	char why[384];   /* the last of them */
} recorder_status;

/* Makes the folder (mode 0700) if it is not there, and counts the captures (NAME.scap) that lie in it. `patient`: recorder_add waits for
 * room. < 0: *e. */
int recorder_open(const char *folder, bool patient, recorder **ret, error *e);

/* Ends the file in hand, writes what was added, ends the thread; *ret (NULL is allowed): how it went. NULL is allowed. */
void recorder_close(recorder *r, recorder_status *ret);

/* Begins a file, mode 0600; one that is there already is left as it is, and counts as failed. What is added goes to the file that was begun last.
 * false: there is no room for it now (LIMIT_RECORD_QUEUE). */
bool recorder_begin(recorder *r, const char *name);
bool recorder_add(recorder *r, span bytes);
void recorder_end(recorder *r);

recorder_status recorder_status_get(recorder *r);
