/* SPDX-License-Identifier: Apache-2.0
 *
 * The second half of tree_edit: from what should change at a node to edits of its text. */
#pragma once

#include "base/edit.h"
#include "formats/yaml_write.h"

typedef struct spot { /* a node that changes reach */
	struct spot *up;
	uint32_t at, depth; /* its position among the children of up; how far below the top */
	const node *n;
	LIST(struct spot *) below;
	want *add;     /* members or items to be added */
	want *instead; /* what stands here afterwards */
	bool *gone;    /* per child: it goes */
	uint32_t gone_count;
	bool empty; /* all goes */
} spot;

/* Adds the edits of a spot and all below it. ERROR_USAGE when the text cannot be edited there. */
int spot_edits(const text *t, const spot *s, arena *a, edit_list *ret, error *e);
