/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking up the names that rules ask for (address_names.h), by the helper bulkhead-fetch: the network is another process's, which nobody waits for. */
#pragma once

#include "base/error.h"
#include "watch/address_names.h"
#include "watch/poll_set.h"

typedef struct resolver resolver;

/* Starts the helper. It is looked for as fetch/fetch.h says. < 0: *e. */
int resolver_open(resolver **ret, error *e);

/* Ends the helper, whatever it is waiting for. NULL is allowed. */
void resolver_close(resolver *r);

/* The table, which changes only within the functions of this file. Lives as long as r. */
address_names *resolver_names(resolver *r);

/* The names of rules from now on. */
void resolver_want(resolver *r, const span *names, uint32_t count);

void resolver_poll(const resolver *r, poll_set *set);

/* Puts questions that are due, and takes answers; never blocks. A helper that has ended is started anew, in growing pauses. */
void resolver_step(resolver *r);

/* Until each name has had an answer, or so many milliseconds. Whether it has. */
bool resolver_wait(resolver *r, int64_t milliseconds);

/* Why the last question without an answer has none; empty: there was none. */
const char *resolver_trouble(const resolver *r);
