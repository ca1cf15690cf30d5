/* SPDX-License-Identifier: Apache-2.0
 *
 * What a system call's record is made into: a row for each of live_calls.def. */
#pragma once

#include "expression/event_set.h"
#include "watch/bpf/record.h"
#include "watch/event.h"

/* Where a parameter of an event comes from. */
typedef enum live_source {
	FROM_NOTHING, /* it stays missing */
	FROM_RESULT,
	FROM_ARG0,
	FROM_ARG1,
	FROM_ARG2,
	FROM_ARG3,
	FROM_ARG4,
	FROM_ARG5,
	FROM_TEXT,
	FROM_TEXT2,
	FROM_PATH, /* of the descriptor */
	FROM_OPEN_FLAGS,
	FROM_OPEN_MODE2, /* the third argument, when the flags say that it is one */
	FROM_OPEN_MODE3,
	FROM_DEVICE,
	FROM_INODE,
	FROM_SOCKET_TYPE, /* the second argument without its flags, and these */
	FROM_SOCKET_FLAGS,
	FROM_CLONE_FLAGS0,
	FROM_CLONE_FLAGS1,
	FROM_PTRACE,
	FROM_MOVED, /* the first bytes of what it moved */
	FROM_ADDRESS,
	FROM_TUPLE,
} live_source;

/* In call_plan.folder: the working directory. */
enum { LIVE_CWD = 255 };

typedef struct live_call {
	const char *name;
	uint16_t number;
	call_plan plan;
	uint8_t sources[8]; /* live_source, a parameter each */
} live_call;

/* NULL: there is none. */
const live_call *live_call_get(uint16_t number);
