/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of writing captures; see capture_write.h. */
#pragma once

#include "base/buffer.h"
#include "watch/state.h"

/* Begins a block; its length is known when it ends. Gives what _end wants. */
size_t capture_block_begin(buffer *out, uint32_t type);
void capture_block_end(buffer *out, size_t begun);

/* A row that begins with its length. `itself`: whether the length counts itself. */
size_t capture_row_begin(buffer *out);
void capture_row_end(buffer *out, size_t begun, bool itself);

void capture_number_add(buffer *out, uint64_t n, size_t bytes);

/* A text with its length before it, at most that long. */
void capture_text_add(buffer *out, span text, size_t most);

/* Blocks of threads and of what they have open. */
void capture_processes_write(const watch_state *s, buffer *out);

/* An event and the entry of its call. */
void capture_event_write(const event *e, bool hidden, buffer *out);

/* What a reader knows of threads and descriptors, as sums of it, each where its key says; others may take its place, and it is told
 * again. */
enum { CAPTURE_TOLD = 1 << 12 };

typedef struct capture_told {
	struct {
		uint64_t key, sum;
	} slots[CAPTURE_TOLD];
} capture_told;

/* After the head: what it tells of each thread. */
void capture_told_head(capture_told *t, const watch_state *s);

/* A sum of a text and of what goes with it. */
uint64_t capture_sum_of(span text, uint64_t start);
void capture_told_set(capture_told *t, int64_t tid, int64_t what, uint64_t sum);
bool capture_told_has(const capture_told *t, int64_t tid, int64_t what, uint64_t sum);

/* A hidden event in the making, with room for its numbers: done by the thread of another event, and just before that. */
typedef struct capture_note {
	event e;
	uint64_t numbers[EVENT_PARAMS];
} capture_note;

capture_note capture_note_of(const event *cause, uint16_t code);
/* Sets a parameter that is a number. */
void capture_note_number(capture_note *n, int index, uint64_t value);
void capture_note_write(const capture_note *n, buffer *out);

/* Tells of descriptors that a call was given: the one that it is about, and those that its paths begin at. */
void capture_note_descriptors(capture_told *t, const watch_state *s, const event *e, buffer *out);

/* Writes as hidden events what a reader does not know yet and the event needs. */
void capture_notes_write(capture_told *t, const watch_state *s, const event *e, buffer *out);

/* The path that a call was given leads elsewhere for a reader, who follows no links, than it did in the kernel: what it is to be told instead, and in
 * which parameter. An empty span: it leads there. */
span capture_path_told(const watch_state *s, const event *e, int *ret_index);

/* What the event itself tells of a thread that it begins. */
void capture_told_event(capture_told *t, const watch_state *s, const event *e);
