/* SPDX-License-Identifier: Apache-2.0
 *
 * From what advisories say of one package to its problems: several advisories may speak of one problem, and one of several. */
#pragma once

#include "advisories/match.h"
#include "advisories/words.h"

typedef struct statement { /* one advisory, as far as it speaks of the version that is asked about */
	span id, modified, published, title, url, label, vectors, aliases, upstream;
	span state; /* the distribution's word */
	span fixed;
} statement;

typedef LIST(statement *) statements;

/* Adds the problems to ret, in the order of ids. */
int statements_merge(
	advisories *db, span ecosystem, const statements *found, arena *a, advisory_matches *ret, error *e);
