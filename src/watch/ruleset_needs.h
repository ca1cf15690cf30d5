/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event must at least be for any rule to be true for it, in so far as the kernel can see that: classes of calls
 * (bpf/record.h), and how paths must begin or end. What is asked of the kernel is weaker than the rules, never stronger. */
#pragma once

#include "watch/bpf/record.h"
#include "watch/ruleset.h"

/* Classes are bits of a mask. */
typedef struct call_needs {
	uint64_t wanted;    /* a rule may be true whatever the path is */
	uint64_t sought;    /* a rule may be true when the path is one of those below */
	uint64_t traversal; /* of these, also when the path as it was given has ".." in it */
} call_needs;

typedef struct path_needs {
	LIST(span) prefixes; /* of the absolute path */
	LIST(span) suffixes;
} path_needs;

/* For events of the type with that name. `opens`: the call opens a file, whose path can be looked at. Texts are added to *paths, on a. */
call_needs ruleset_needs(const ruleset *r, span type, bool opens, arena *a, path_needs *paths);
