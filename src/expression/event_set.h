/* SPDX-License-Identifier: Apache-2.0
 *
 * Which events a condition can be true for at all, by its tests of evt.type (and syscall.type) and of evt.num: what the kernel
 * need not hand over. Sets of the codes in event_codes.def. */
#pragma once

#include "expression/condition.h"

enum { EVENT_SET_WORDS = 8 };

typedef struct event_set {
	uint64_t bits[EVENT_SET_WORDS];
} event_set;

/* How many codes there are; the name of one ("openat", "sched_switch"). */
uint32_t event_code_count(void);
const char *event_code_name(uint32_t code);

/* What evt.type says of its events: "procexit" of sched_process_exit. */
const char *event_code_type(uint32_t code);

/* Whether it is the name of a code or of a type. */
bool event_name_known(span name);

/* The codes whose events have that type. */
void event_set_of_type(span type, event_set *ret);

uint32_t event_set_count(const event_set *s);
bool event_set_has(const event_set *s, uint32_t code);

/* The events that a condition leaves. and, or, not are those of sets, by De Morgan; a name (of a macro) and every test of
 * another field leave all. A test of evt.num (1, 2, 3 …) that never holds, such as evt.num=0, leaves none. < 0: ERROR_SYNTAX, a
 * test of evt.type that cannot be answered beforehand, with a transformer or another field. */
int event_set_of(const condition *c, event_set *ret, error *e);
