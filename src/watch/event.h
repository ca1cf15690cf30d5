/* SPDX-License-Identifier: Apache-2.0
 *
 * One event: something that a thread did, with the parameters of its type in the raw form of capture files (little endian; texts
 * end with a 0 byte). Captures and the kernel's programs both give events of this shape, so everything behind them is one. */
#pragma once

#include "base/span.h"

enum { EVENT_PARAMS = 32 };

/* How the bytes of a parameter are to be read. Values are those of capture files (PT_… of Falco's libraries). */
typedef enum param_type {
	PARAM_NONE = 0,
	PARAM_INT8 = 1,
	PARAM_INT16 = 2,
	PARAM_INT32 = 3,
	PARAM_INT64 = 4,
	PARAM_UINT8 = 5,
	PARAM_UINT16 = 6,
	PARAM_UINT32 = 7,
	PARAM_UINT64 = 8,
	PARAM_TEXT = 9,
	PARAM_BYTES = 10,
	PARAM_RESULT = 11,   /* int64: 0 or more, or -errno */
	PARAM_ADDRESS = 12,  /* family (1 byte), then address and port, or the path of a unix socket */
	PARAM_TUPLE = 13,    /* family (1 byte), source address and port, destination address and port */
	PARAM_FD = 14,       /* int64 */
	PARAM_PID = 15,      /* int64 */
	PARAM_FD_LIST = 16,  /* count (u16), then fd (int64) and flags (int16) each */
	PARAM_PATH = 17,     /* relative to the working directory */
	PARAM_SYSCALL = 18,  /* u16 */
	PARAM_SIGNAL = 19,   /* u8 */
	PARAM_DURATION = 20, /* u64, nanoseconds */
	PARAM_TIME = 21,     /* u64, nanoseconds since 1970 */
	PARAM_PORT = 22,     /* u16 */
	PARAM_BOOL = 25,
	PARAM_IPV4 = 26,
	PARAM_CHOICE = 27, /* first byte: which of several types follows */
	PARAM_FLAGS8 = 28,
	PARAM_FLAGS16 = 29,
	PARAM_FLAGS32 = 30,
	PARAM_UID = 31,
	PARAM_GID = 32,
	PARAM_SIGNALS = 34, /* u32 */
	PARAM_TEXTS = 35,
	PARAM_PAIRS = 36,
	PARAM_IPV6 = 38,
	PARAM_MODE = 42,    /* u32 */
	PARAM_PATH_AT = 43, /* relative to a descriptor: the one before it, or "dirfd" */
	PARAM_ENUM8 = 44,
	PARAM_ENUM16 = 45,
	PARAM_ENUM32 = 46,
	PARAM_FD_WIDE = 47,
	PARAM_PID_WIDE = 48,
} param_type;

typedef enum param_format {
	FORMAT_NONE = 0,
	FORMAT_DECIMAL = 1,
	FORMAT_HEX = 2,
	FORMAT_OCTAL = 6,
} param_format;

typedef struct param_row {
	const char *name;
	uint8_t type;   /* param_type */
	uint8_t format; /* param_format */
} param_row;

/* A type of events: an entry or an exit of a system call (entries come in old captures only), a tracepoint, or a note of the
 * recorder. */
typedef struct event_type {
	const char *name; /* as evt.type tells it */
	bool exit;
	uint8_t count; /* of params */
	const param_row *params;
} event_type;

/* The row of a type's number in capture files, or NULL. */
const event_type *event_type_get(uint32_t number);

/* What events of a type do with descriptors. */
typedef struct event_descriptor {
	int param;  /* the parameter with the number of the one that it is done to; < 0: it is done to none */
	bool makes; /* it makes a new one, which it gives back */
} event_descriptor;
event_descriptor event_type_descriptor(uint32_t number);

/* The number of the newest type with that name and direction that has parameters, or < 0. */
int event_type_find(span name, bool exit);

typedef struct event {
	uint64_t number; /* evt.num: from 1 on */
	uint64_t time;   /* nanoseconds since 1970 */
	uint64_t tid;
	uint16_t cpu;
	uint16_t code; /* of its type */
	const event_type *type;
	bool hidden;               /* it is only about the state: no rule sees it */
	uint32_t count;            /* parameters that are there; older recorders gave fewer */
	span params[EVENT_PARAMS]; /* .p NULL: that one is missing */
	struct process *process;   /* who did it, or NULL: nobody knows; state.h fills it in */
	struct descriptor *
		descriptor; /* the file or socket that it was done to or that it made. NULL: the type has to do with none,
					  or nobody knows the process. Its number is -1 when the call failed to make it, or nobody
					  knows it: then only its type (unknown, if nothing better is), name and raw say anything */
	int64_t descriptor_number; /* fd.num: of it as the event says it; -1: none */
	bool descriptor_renamed;   /* fd.name_changed */
	span given; /* the descriptor's name by the path that the call was given, when a link to what a process runs or has open led
				   elsewhere; else empty */
} event;

/* The index of a parameter by its name, or < 0. */
int event_param_index(const event *e, span name);

/* How many bytes a number of a type (param_type) has; 0: it is none. */
size_t event_param_width(uint8_t type);

/* A parameter of fixed width (any of the integers, flags, ids, results) as a number; false when it is missing or too short. */
bool event_param_number(const event *e, int index, int64_t *ret);

/* A parameter that is a text, without its 0 byte; false when it is missing. "<NA>" is none. */
bool event_param_text(const event *e, int index, span *ret);

/* What the call gave back: its parameter "res", "fd" or "res_or_fd"; false: it gives nothing back. */
bool event_result(const event *e, int64_t *ret);
