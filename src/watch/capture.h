/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures (.scap): blocks as in pcapng, little endian, perhaps gzip. The lists at the head go into a state, then events come one
 * by one, brought to today's form: the parameters of an entry are those of the exit, old types are new ones.
 *
 * Hostile: every length is checked against what is there; a damaged block is reported and, where its end is known, left out. */
#pragma once

#include "base/error.h"
#include "formats/decompress.h"
#include "watch/state.h"

typedef struct capture capture;

/* Opens a capture; "-" is standard input. The lists at the head have been read into *s when it returns. < 0: *e. */
int capture_open(const char *path, watch_state *s, capture **ret, error *e);
void capture_close(capture *c);

/* The same from a stream (formats/decompress.h), which must outlive it. */
int capture_open_stream(stream in, watch_state *s, capture **ret, error *e);

/* The next event; its parameters live until the next call. 1: there is one; 0: the end; < 0: *e (what came before counts; the
 * capture cannot be read any further). */
int capture_next(capture *c, event *ret, error *e);

/* Problems that did not end it: how many events and blocks were left out, and why the first was. */
uint64_t capture_damaged(const capture *c, const char **ret_why);
