/* SPDX-License-Identifier: Apache-2.0
 *
 * How many alerts of one rule in one container are let through in a time: a token bucket for each such pair. What is held back is counted
 * and told. Times are those of events, in nanoseconds, so that a capture gives the same whenever it is read. */
#pragma once

#include "base/error.h"
#include "base/span.h"

typedef struct alert_limit alert_limit;

/* "10/m": ten in a minute (s, m, h), as many at once. < 0: ERROR_USAGE. */
int alert_limit_new(const char *text, alert_limit **ret, error *e);
void alert_limit_free(alert_limit *l); /* NULL is allowed */

/* Whether this alert is let through; then *ret_held is how many of its kind were held back since the last one. */
bool alert_limit_take(alert_limit *l, span rule, span container, uint64_t time, uint64_t *ret_held);

/* Calls `tell` for every pair of which something was held back longer ago than the time of the limit (or `all`), and no alert has told it
 * since; it is then told. */
typedef void alert_limit_tell(void *of, span rule, span container, uint64_t held);
void alert_limit_due(alert_limit *l, uint64_t now, bool all, alert_limit_tell *tell, void *of);
