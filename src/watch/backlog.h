/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that were taken from the kernel's buffer and not looked at yet: the buffer is emptied also while an event waits for what an engine
 * says of its container. */
#pragma once

#include "base/span.h"
#include "watch/bpf/record.h"

typedef struct backlog_chunk backlog_chunk;

typedef struct backlog {
	backlog_chunk *first, *last; /* NULL: nothing was ever kept */
	size_t bytes;
} backlog;

/* Copies a record and what follows it to the end; false, afterwards: another one might find no room (LIMIT_WATCH_BACKLOG). */
bool backlog_add(backlog *b, const record *r, span data);

/* Takes the first one out; false: there is none. The data is good until the next call. */
bool backlog_next(backlog *b, record *ret, span *ret_data);

void backlog_done(backlog *b);
