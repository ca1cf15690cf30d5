/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing values as YAML or JSON, in the manner of the text around them. */
#pragma once

#include "base/buffer.h"
#include "formats/node.h"

typedef struct want { /* a value to be written, while several changes still add to it */
	node_kind kind;
	span key, text;
	LIST(struct want *) children;
} want;

typedef struct manner { /* how a text is written */
	const char *line_end;
	uint32_t step, list_step; /* indentation of maps and of lists below their key */
	bool json;                /* quotes around keys and strings */
} manner;

/* How t is written, found by looking at its lines. */
manner manner_of(const text *t);

/* Writes the members or items of w as lines of block style, each with its indentation and line end. */
void want_write_block(buffer *b, const want *w, const manner *m, uint32_t indent);

/* Writes w inside brackets: on one line, or over several with children at `indent`. */
void want_write_flow(buffer *b, const want *w, const manner *m, bool lines, uint32_t indent);

/* Writes `key: value` or the bare value, to stand inside brackets. */
void want_write_child(buffer *b, const want *w, const manner *m, bool lines, uint32_t indent, bool tight);

/* Writes a scalar, to stand outside brackets. */
void want_write_scalar(buffer *b, const want *w, const manner *m);

/* Whether a node already says w. */
bool want_holds(const want *w, const node *n);
