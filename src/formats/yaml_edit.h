/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest edits of the original bytes that make a YAML or JSON document say something: comments, order,
 * quoting and indentation of all else stay. A tree is edited where it stands: block style by lines, flow style and
 * JSON inside the brackets, with the document's own indentation and line ends. */
#pragma once

#include "base/edit.h"
#include "formats/node.h"

typedef struct tree_value { /* what to write; kinds other than list and map are written from text */
	node_kind kind;
	const char *text;               /* strings get quotes where they need them */
	const char *key;                /* of a member of a map */
	const struct tree_value *items; /* items of a list, members of a map */
	size_t count;
} tree_value;

#define TREE_STRING(words)                           \
	{                                            \
		.kind = NODE_STRING, .text = (words) \
	}
#define TREE_NUMBER(words)                           \
	{                                            \
		.kind = NODE_NUMBER, .text = (words) \
	}
#define TREE_TRUE                                 \
	{                                         \
		.kind = NODE_BOOL, .text = "true" \
	}
#define TREE_FALSE                                 \
	{                                          \
		.kind = NODE_BOOL, .text = "false" \
	}

typedef enum tree_op {
	TREE_SET, /* the value at the path, whatever was there */
	TREE_ADD, /* an item of the list at the path, unless it is there; a scalar becomes a list of both */
	TREE_REMOVE, /* the items of the list at the path that equal the value; without one, the member itself */
} tree_op;

typedef struct tree_change {
	tree_op op;
	const char *path; /* as node_path takes it, from the map given to tree_edit */
	tree_value value;
} tree_change;

/* Adds to *ret the edits that make all n changes together: parents that are missing are made once, lists and maps
 * that become empty go with their key. What already holds needs no edit. `top` is a map of a tree read from t; the
 * edits live as long as a. ERROR_USAGE with the reason and place when a change would go through an alias or merged
 * member, and so change something else too, when what stands there cannot hold it, or when the document is written
 * strangely (keys behind '?', lone carriage returns, line ends of Unicode); *ret is then untouched. What is below an
 * anchor can be edited: its aliases then say the new thing too, which callers see by reading again. */
int tree_edit(const text *t, const node *top, const tree_change *changes, size_t n, arena *a, edit_list *ret,
	error *e);
