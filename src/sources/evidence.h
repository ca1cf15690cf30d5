/* SPDX-License-Identifier: Apache-2.0
 *
 * Evidence: the text of a document that is no file. What was seen of a running container or a host is written down a line each, where it was read and
 * what stood there, and origins point into these lines:
 *
 *   /proc/4711/status: Uid:	0	0	0	0
 *   docker inspect: HostConfig.RestartPolicy.Name = always */
#pragma once

#include "base/buffer.h"
#include "posture/workload.h"

typedef struct evidence {
	arena *arena;
	text *text; /* filled by evidence_end; its address is known before, so that origins can have it */
	buffer lines;
} evidence;

/* Starts a text that is shown under a name ("docker:web"), borrowed. */
void evidence_start(evidence *v, const char *name, arena *a);

/* Adds a line; control characters and line ends become blanks. The origin is all of `words`. */
origin evidence_add(evidence *v, const char *place, span words);

/* The same, where `part` of words (which must lie in it) is what findings point at and what their fingerprints are made of: leave numbers out that
 * change from run to run (pids, ids of mounts). */
origin evidence_add_part(evidence *v, const char *place, span words, span part);

/* The origin of the whole: the first line, which names it. */
origin evidence_whole(const evidence *v);

/* Makes the text; nothing can be added after it. */
void evidence_end(evidence *v);
