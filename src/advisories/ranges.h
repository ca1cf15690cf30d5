/* SPDX-License-Identifier: Apache-2.0
 *
 * Which versions of one package an advisory speaks of, as the database stores it: a text that people can read too. Each line is a letter and what it
 * is about:
 *
 *     r          begins a range: its events follow, in the order of versions
 *     i VERSION  introduced ("0": before all versions)
 *     f VERSION  fixed: this version and those behind it are not affected
 *     l VERSION  last affected: those behind it are not
 *     x VERSION  limit: the range says nothing of this version and those behind it
 *     v VERSION  this very version is affected
 *     m MODULE   only of packages with this modularity label, "nodejs:18"; "*": of any, "": of those without one (as when there is no such line)
 *     u WORD     what the distribution makes of it: "unimportant", "end-of-life"
 *     s WORD     how bad it is for this package
 *
 * The semantics are those of the OSV schema, "Evaluation". */
#pragma once

#include "advisories/version.h"
#include "base/buffer.h"

typedef struct range_event {
	char kind;      /* i, f, l, x */
	uint32_t order; /* of those at one version */
	span version;
} range_event;

/* Adds a range of events; they are sorted. Nothing is added for a range that affects no version. order may be NULL: then events stay as they are. */
void ranges_add(buffer *rules, const version_order *order, range_event *events, uint32_t count);

/* Adds one line; the value has no line ends (ranges_plain). */
void ranges_line(buffer *rules, char kind, span value);

/* Whether a value can stand in a line. */
bool ranges_plain(span value);

/* The value of the first line of a kind, or the empty span. */
span ranges_value(span rules, char kind);

/* Whether the version is affected. Without an order only by a line v, or by a range that names no version but 0. */
bool ranges_affect(const version_order *order, span rules, span version);

/* The lowest fixed version behind `version` in a range that affects it; false when there is none. */
bool ranges_fixed(const version_order *order, span rules, span version, span *ret);
