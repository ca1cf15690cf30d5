/* SPDX-License-Identifier: Apache-2.0
 *
 * Edits: what a fix is made of. They speak of the original bytes, so that several can be shown, chosen and applied
 * together. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

typedef struct edit { /* replaces [start, end) of source; start == end inserts */
	const text *source;
	uint32_t start, end;
	uint32_t
		depth; /* of insertions at one place the deeper comes first: a child's line belongs to the lines above it */
	span replacement;
} edit;

typedef LIST(edit) edit_list;

/* Adds to *ret the bytes of t with those of the edits applied that speak of t. Insertions at one place and depth
 * keep the order of the list; an edit that is there twice is applied once if it replaces something. ERROR_USAGE
 * when two overlap or one lies outside the text; *ret is then untouched. */
int edits_apply(const text *t, const edit_list *edits, buffer *ret, error *e);
