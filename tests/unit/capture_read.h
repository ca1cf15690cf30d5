/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures in memory, read. */
#pragma once

#include "base/buffer.h"
#include "watch/capture.h"
#include "watch/state.h"

/* A capture in memory that is being read. */
typedef struct reading {
	arena a;
	watch_state s;
	span rest;
	capture *c;
	event e;
	error why;
	int opened;
} reading;

static inline void reading_open(reading *r, const buffer *b)
{
	*r = (reading){.rest = buffer_span(b)};
	state_init(&r->s, &r->a);
	r->opened = capture_open_stream(stream_of_span(&r->rest), &r->s, &r->c, &r->why);
}

static inline void reading_done(reading *r)
{
	capture_close(r->c);
	state_done(&r->s);
	arena_done(&r->a);
}
