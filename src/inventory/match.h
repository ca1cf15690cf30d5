/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known against the packages of an inventory. */
#pragma once

#include "inventory/priority.h"

typedef struct match_options {
	bool ignore_unfixed; /* leave out what no newer version mends */
	uint32_t labels;     /* bits 1 << severity_label of those that are wanted; 0: all */
	bool development;    /* also what is only needed to build */
} match_options;

/* Asks the database about every package; fills .vulnerabilities, .matched, .database_date, .not_asked. What a package of the distribution owns is judged by the
 * distribution alone. < 0 when the database is damaged: what was matched so far stays. */
int inventory_match(
	inventory *im, advisories *db, const match_options *options, const exposure *x, arena *a, error *e);

/* Sets .support_ended from the distribution's release. */
void inventory_support(inventory *im, const char *today);
