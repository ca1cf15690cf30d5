/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rule wants instead: "filesystem.read_only = true; capabilities.drop += ALL; env -= this". */
#pragma once

#include "posture/source.h"

typedef LIST(want) want_list;

/* Parses wants separated by ';'. `this` is the item that an `each` rule is about; mount.writable = false sets a member of it.
 * Values may be quoted. < 0: *e says which part is wrong. */
int wanted_parse(span wanted, fact_id each, arena *a, want_list *ret, error *e);

/* "set filesystem.read_only to true, add ALL to capabilities.drop". */
span wanted_describe(const want_list *wants, arena *a);
