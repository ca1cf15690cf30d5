/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes that libyaml is given, and the way from its marks back to offsets. */
#pragma once

#include "formats/node_build.h"

typedef struct yaml_source {
	span bytes;     /* those of the text, or a copy of the same length in which bad bytes are '_' */
	bool ascii;     /* a code point is a byte */
	uint32_t start; /* where the parser began */
	uint32_t point, offset; /* of one code point the offset is known: marks hardly ever go far back */
} yaml_source;

/* Prepares the bytes. What libyaml would refuse altogether (bytes that are not UTF-8, control characters) becomes one
 * problem. False when nothing can be read at all (UTF-16). */
bool yaml_source_init(yaml_source *s, const text *t, node_builder *b);

/* Says that a parser starts at an offset: its marks count from there. */
void yaml_source_begin(yaml_source *s, uint32_t start);

/* The offset of mark.index, which counts code points. */
uint32_t yaml_source_offset(yaml_source *s, size_t point);

/* The bytes of the line break of YAML 1.1 at an offset: \n, \r, \r\n, NEL, LS or PS; 0 if there is none. */
uint32_t yaml_break(span bytes, size_t at);
