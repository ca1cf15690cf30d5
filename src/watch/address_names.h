/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of addresses, as rules ask for them (fd.sip.name): nobody is asked which names an address has, but which addresses the names have that stand in
 * rules. Which name is to be asked for when, what the answers were, and which of these names an address has. Nothing is asked here: resolver.h
 * does. Times are milliseconds of any clock that does not go back. */
#pragma once

#include "base/span.h"

typedef struct address_names address_names;

enum { ADDRESS_BYTES = 16 }; /* IPv4 addresses as ::ffff:a.b.c.d */

typedef enum names_outcome {
	NAMES_FOUND,
	NAMES_NONE,   /* there is no such name, or it has no address */
	NAMES_SILENT, /* nobody could say: what was known stays */
} names_outcome;

typedef struct names_count {
	uint32_t wanted, known,
		silent; /* known: with an address; silent: the last answer was that nobody could say */
} names_count;

address_names *address_names_new(void);
void address_names_free(address_names *n); /* NULL is allowed */

/* The names that rules ask for from now on (copied); of those that were asked for before, what is known stays. What is more than
 * LIMIT_RESOLVE_NAMES is left out. */
void address_names_want(address_names *n, const span *names, uint32_t count);

/* A name that is to be asked for now, and has no question open; false: there is none. It has one then. Borrowed until the next
 * address_names_want. */
bool address_names_due(address_names *n, int64_t now, span *ret);

/* The answer to a question. An address counts for ten minutes after it was last given: servers give some of many in turn. Of one name the
 * LIMIT_RESOLVE_ADDRESSES that were given last count. */
void address_names_answer(address_names *n, span name, names_outcome outcome,
	const uint8_t (*addresses)[ADDRESS_BYTES], uint32_t count, int64_t now);

/* Who was asked is gone: questions that are open are asked anew. */
void address_names_reopen(address_names *n);

/* Whether each name has had an answer, be it that nobody knows. */
bool address_names_complete(const address_names *n);

names_count address_names_count(const address_names *n);

/* The index-th of the names of an address (4 or 16 bytes), in the order of the rules; false: there are no more. Borrowed until the table
 * changes. */
bool address_names_get(address_names *n, span address, uint32_t index, span *ret);
