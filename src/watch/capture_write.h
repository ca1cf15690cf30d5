/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing captures (.scap), as capture.h reads them: a head with what was known of the machine, then events. The versions of blocks are
 * those that recorders have written since 2020 (section 1.2, process list 9, descriptors, users and interfaces 2, events with a count of
 * parameters), so that tools from then until today read them. Texts are cut at what these readers take (4,096 bytes of arguments,
 * environment and cgroups, 1,024 of paths and names).
 *
 * What the format has no place for is lost: when a process began that was there before, and of descriptors in the head which of the newer
 * kinds (bpf, memfd, pidfd …) they are. */
#pragma once

#include "base/buffer.h"
#include "watch/containers.h"
#include "watch/state.h"

typedef struct capture_writer capture_writer;

/* Which path of a noticed event that opens a file is written: that of the file, or the one that the call was given. */
typedef enum capture_path { CAPTURE_PATH_OF_FILE, CAPTURE_PATH_GIVEN } capture_path;

/* `noticing`: events come from the kernel by rules, so that a reader sees only some of what happened, and has to be told what the state
 * learned otherwise; else a reader learns everything from the events themselves. To be given back with capture_writer_free. */
capture_writer *capture_writer_new(bool noticing);
void capture_writer_free(capture_writer *w); /* NULL is allowed */

/* The section, the machine, its interfaces, users, threads and descriptors. What is written from now on follows this head. */
void capture_writer_head(capture_writer *w, const watch_state *s, buffer *out);

/* An event, with its parameters as they are. Numbers that are missing become 0 (-1: ids and descriptors), since no reader expects a
 * number without bytes; other parameters become empty. For readers from before 2025, which know of some parameters only by the entry of
 * the call, that entry stands before it. What a noticed event needs to be understood (a working directory, a socket that nobody saw
 * being made) stands before it as events that would have led to it, hidden: readers follow what they do but do not show them. No
 * reader can follow links, therefore the choice between paths.
 *
 * The state is that between state_event_before and state_event_after. */
void capture_writer_event(
	capture_writer *w, const watch_state *s, const event *e, capture_path path, buffer *out);

/* What is known of a container (id: its first 12 digits), as the event that other recorders have for it. */
void capture_writer_container(const watch_container *c, span id, uint64_t time, buffer *out);
