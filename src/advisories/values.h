/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream of records, one after the other: lines (JSON Lines, CSV), JSON values that follow one another, or the items of one JSON list. Which of
 * them it is the first bytes say. Only one record is in memory; whether it is valid is for its reader to find out. */
#pragma once

#include "base/buffer.h"
#include "formats/decompress.h"

typedef enum values_kind { VALUES_EMPTY, VALUES_LINES, VALUES_JSON, VALUES_LIST } values_kind;

typedef struct values { /* private but for .kind and .head, which are set by values_open() */
	values_kind kind;
	span head; /* the first bytes, borrowed until the first values_next() */
	stream in;
	span rest; /* of the block */
	buffer record;
	uint32_t line; /* of what comes next, from 1 */
	bool ended;
} values;

/* Reads the first block. To be ended with values_done(). */
int values_open(values *v, stream in, error *e);

/* The next record: 1, *ret is borrowed until the next call and *line is where it begins; 0 at the end. < 0: ERROR_LIMIT when it is larger than
 * LIMIT_ADVISORY_BYTES, or what the stream said: nothing follows then. */
int values_next(values *v, span *ret, uint32_t *line, error *e);

void values_done(values *v);
