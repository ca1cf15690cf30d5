/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event must at least be for any rule to be true for it, in so far as the kernel can see that: classes of calls
 * (bpf/record.h), how paths must begin or end, what processes must be called. What is asked of the kernel is weaker than the rules, never stronger. */
#pragma once

#include "watch/bpf/record.h"
#include "watch/ruleset.h"

/* A text, and for which classes it is sought. */
typedef struct sought_text {
	span text;
	text_classes classes;
} sought_text;

typedef LIST(sought_text) sought_list;

typedef struct sought_texts {
	sought_list prefixes; /* of the absolute path */
	sought_list suffixes;
	sought_list names; /* of processes, as proc.name has them */
} sought_texts;

/* For events of the type with that name: of all rules, or (PURPOSE_STOP) of those that kill, and then in containers only. `opens`: the call
 * opens a file, whose path can be looked at. Texts are added to *texts, on a. */
call_asks ruleset_needs(
	const ruleset *r, span type, purpose for_what, bool opens, arena *a, sought_texts *texts);
