/* SPDX-License-Identifier: Apache-2.0
 *
 * The one tree that YAML and JSON are read into. Every node knows the bytes that said it. Aliases (`*a`) and merge
 * keys (`<<`) are already resolved: an alias is a node of its own place that shares the children of its anchor, so a
 * walk may meet one subtree several times; the reader has bounded how often. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef enum node_kind { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_LIST, NODE_MAP } node_kind;

typedef enum node_style { /* how it is written, for those who edit */
	NODE_PLAIN,
	NODE_SINGLE_QUOTED,
	NODE_DOUBLE_QUOTED, /* all strings of JSON */
	NODE_LITERAL,       /* | */
	NODE_FOLDED,        /* > */
	NODE_BLOCK,         /* lists and maps by indentation */
	NODE_FLOW,          /* lists and maps in brackets; all of JSON */
} node_style;

typedef enum node_tag { /* explicit tags; YAML's own (!!str, !!int) have already decided the kind */
	NODE_UNTAGGED,
	NODE_TAG_RESET, /* !reset and !override: how Compose files that lie over one another are joined */
	NODE_TAG_OVERRIDE,
	NODE_TAG_OTHER, /* any other local tag; its text stands before start */
} node_tag;

typedef struct node {
	node_kind kind;
	uint8_t style; /* node_style */
	uint8_t tag;   /* node_tag */
	bool aliased;  /* stands here by `*name`: editing its children edits the anchor */
	bool hidden;   /* NODE_MAP: its text says more than its members: `<<`, overridden duplicates */
	uint32_t start,
		end; /* byte offsets into the text, without anchor and tag; of an alias: the `*name` itself */
	span value;  /* scalars: the decoded text (true, 12, "a\n"); numbers keep their spelling.
	                      * Keys that are lists or maps: their source. */
	union {
		struct member *members; /* NODE_MAP: in the order of the file, merged ones last */
		struct node **items;    /* NODE_LIST */
	};
	uint32_t count;  /* of members or items */
	uint32_t weight; /* nodes below and including this one, aliases written out */
} node;

typedef struct member {
	node *key, *value; /* value is never NULL: an absent one is a NODE_NULL of zero length */
	bool merged;       /* came by `<<` */
} member;

typedef struct node_problem { /* a fault that did not stop the reader: a duplicate key, a bad merge */
	uint32_t start, end;
	const char *message;
} node_problem;

typedef LIST(node *) node_list;
typedef LIST(node_problem) node_problems;

/* --- looking things up; all take NULL (gives NULL, false, empty) so that paths can be written as chains --- */

/* Whether the key of a member, or a path's part with its escapes, is `key`. */
bool node_key_is(const node *key, span part);

/* The value of a key of a map, or NULL. */
node *node_get(const node *map, const char *key);

/* The member itself, for those who need the place of the key. */
const member *node_member(const node *map, const char *key);

/* Follows a path separated by '/': keys of maps, positions in lists ("spec/containers/0/image"). In a key, "~1"
 * stands for '/' and "~0" for '~', as in JSON pointers. */
node *node_path(const node *root, const char *path);

bool node_is_map(const node *n);
bool node_is_list(const node *n);
/* A scalar other than null. */
bool node_is_scalar(const node *n);

/* The text of a scalar; empty for anything else. */
span node_text(const node *n);

/* -1 when it is not a boolean, else 0 or 1. Accepts what YAML 1.1 parsers accept only when plain: the readers decide
 * that and set NODE_BOOL. Strings "true" and "false" count too, as engines take them so. */
int node_truth(const node *n);

/* A whole number, decimal, 0x, 0o, 0b or with the leading 0 of octal; false if it is none. Strings of decimal
 * digits count, as engines take them so. */
bool node_int(const node *n, int64_t *ret);

/* The bytes of the source that the node stands on. */
static inline span node_source(const node *n, const text *t)
{
	return span_sub(t->bytes, n->start, n->end - n->start);
}
