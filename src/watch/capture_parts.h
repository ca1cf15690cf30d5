/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of reading captures; see capture.h. */
#pragma once

#include "formats/decompress.h"
#include "watch/state.h"

/* Bytes that are read from front to back; what is not there is 0 and sets .over. */
typedef struct capture_cursor {
	span rest;
	bool over;
} capture_cursor;

static inline span capture_take(capture_cursor *c, size_t n)
{
	if (c->rest.n < n) {
		c->over = true;
		c->rest.n = 0;
		return (span){0};
	}
	span got = {c->rest.p, n};
	c->rest.p += n;
	c->rest.n -= n;
	return got;
}

static inline uint64_t capture_number(capture_cursor *c, size_t bytes)
{
	uint64_t n = 0;
	span s = capture_take(c, bytes);
	if (s.n)
		memcpy(&n, s.p, s.n);
	return n;
}

/* A text with its length (u16) before it. */
static inline span capture_text(capture_cursor *c)
{
	return capture_take(c, capture_number(c, 2));
}

/* --- blocks --- */

typedef struct capture_block {
	uint32_t type;
	span body;
} capture_block;

typedef struct capture_source {
	stream in;
	decompress *d;
	span window, rest; /* what can be read as one; what comes behind it */
	char *joined;      /* blocks that do not lie in one piece */
	size_t room;
} capture_source;

/* The next block, borrowed until the next call: 1; 0: the end; < 0: *e. */
int capture_block_next(capture_source *s, capture_block *ret, error *e);

/* --- lists: NULL, or what is wrong with the block --- */

/* Whether a block is a list, or tells of the machine. */
bool capture_is_list(uint32_t type);
const char *capture_list_read(watch_state *s, const capture_block *b);

/* --- events --- */

bool capture_is_event(uint32_t type);
/* An event as it stands there: NULL, or what is wrong with it. */
const char *capture_event_read(const capture_block *b, event *ret);

/* --- entries of system calls, waiting for the exit --- */

enum { CAPTURE_ENTRY_PARAMS = 8 }; /* more than any entry has */

typedef struct capture_entry {
	uint64_t tid;
	const event_type *type; /* NULL: none waits */
	uint16_t code;
	bool used; /* the place in the table */
	uint8_t count;
	uint32_t lengths[CAPTURE_ENTRY_PARAMS];
	char *bytes; /* of all parameters */
	uint32_t room;
} capture_entry;

typedef struct capture_entries {
	capture_entry *slots;
	uint32_t count, room; /* room: 0 or a power of two */
	size_t bytes;
} capture_entries;

void capture_entry_keep(capture_entries *t, const event *e);
/* What waits for an exit of that number, or NULL. */
capture_entry *capture_entry_find(const capture_entries *t, uint64_t tid, uint16_t exit_code);
void capture_entries_done(capture_entries *t);

/* --- today's form --- */

enum { CAPTURE_TYPES = 512 }; /* more than there are */

typedef struct capture_plan {
	bool ready;
	uint16_t target;          /* the type that it becomes */
	int8_t own[EVENT_PARAMS]; /* for each parameter of the target: which of the event's own; < 0: none */
	int8_t entry[EVENT_PARAMS]; /* or which of the entry's */
} capture_plan;

typedef struct capture_converter {
	capture_entries entries;
	capture_plan plans[CAPTURE_TYPES];
} capture_converter;

/* Brings an event to today's form; false: it is only an entry, which its exit will tell of. Entry parameters that the event took live
 * until the next call. */
bool capture_convert(capture_converter *c, event *e);
