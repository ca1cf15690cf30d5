/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the TOML reader share. Tables grow while the document is read, so they are nodes with room; weights and
 * ends are filled in when all is there. */
#pragma once

#include "base/limits.h"
#include "base/map.h"
#include "formats/node_build.h"

typedef enum toml_state {
	TOML_IMPLIED, /* by the header of a table inside it: may still get a header of its own */
	TOML_DEFINED, /* by its header */
	TOML_DOTTED,  /* by dotted keys: only they may add to it */
	TOML_CLOSED,  /* written inline: nothing may be added */
} toml_state;

typedef struct toml_table {
	node n; /* first, so that a node * is one too. A map, or the list of an array of tables */
	uint32_t room, depth;
	toml_state state;
	map index; /* key -> position + 1, once there are many members */
} toml_table;

typedef struct toml {
	const text *t;
	const char *p, *end;
	node_builder build;
	error *e;
	node *path[LIMIT_TREE_DEPTH]; /* the parts of the key that was read last */
	uint32_t parts;
} toml;

static inline uint32_t toml_here(const toml *r)
{
	return (uint32_t)(r->p - r->t->bytes.p);
}

static inline bool toml_take(toml *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static inline void toml_skip_space(toml *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
}

/* --- toml.c --- */
int toml_fail_at(toml *r, const char *p, error_code code, const char *message);
int toml_fail(toml *r, const char *message);
/* Takes a newline (\n or \r\n). */
bool toml_newline(toml *r);
/* Goes to the end of the line if a comment starts here. */
void toml_skip_comment(toml *r);
/* A key, dotted or not, into r->path. */
int toml_key_read(toml *r);

/* --- toml_table.c --- */
toml_table *toml_table_new(toml *r, node_kind kind, toml_state state, uint32_t depth, uint32_t start);
/* Sets the key of r->path below a table. */
int toml_table_assign(toml *r, toml_table *table, node *value);
/* The table that the header of r->path opens; `many` for [[…]]. */
int toml_table_open(toml *r, toml_table *root, bool many, uint32_t start, toml_table **ret);
/* Fills in weights and ends. */
void toml_table_finish(node *n);

/* --- toml_string.c --- */
/* A string of any of the four kinds; `key` allows those of one line only. */
int toml_string_read(toml *r, bool key, node **ret);

/* --- toml_value.c --- */
/* A value inside a table of this depth. */
int toml_value_read(toml *r, uint32_t depth, node **ret);

/* --- toml_scalar.c --- */
/* A boolean, number, date or time. */
int toml_scalar_read(toml *r, node **ret);
