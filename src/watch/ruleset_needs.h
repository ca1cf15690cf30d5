/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event must at least be for any rule to be true for it, in so far as the kernel can see that: classes of calls
 * (bpf/record.h), how paths must begin or end, what processes must be called. What is asked of the kernel is weaker than the rules, never stronger. */
#pragma once

#include "watch/bpf/record.h"
#include "watch/ruleset.h"

/* Classes are bits of a mask. */
typedef struct call_needs {
	uint64_t wanted;    /* a rule may be true whatever the path is */
	uint64_t sought;    /* a rule may be true when the path is one of those below */
	uint64_t traversal; /* of these, also when the path as it was given has ".." in it */
	uint64_t named;     /* of these, also when the process had one of the names when it was executed */
} call_needs;

/* A text, and for which classes it is sought. */
typedef struct sought_text {
	span text;
	uint64_t classes;
} sought_text;

typedef LIST(sought_text) sought_list;

typedef struct sought_texts {
	sought_list prefixes; /* of the absolute path */
	sought_list suffixes;
	sought_list names; /* of processes, as proc.name has them */
} sought_texts;

/* For events of the type with that name. `opens`: the call opens a file, whose path can be looked at. Texts are added to *texts, on a. */
call_needs ruleset_needs(const ruleset *r, span type, bool opens, arena *a, sought_texts *texts);
