/* SPDX-License-Identifier: Apache-2.0
 *
 * What a database holds, from whom, and how old it is. */
#pragma once

#include "advisories/database.h"

typedef struct status_publisher {   /* whose advisories a source has */
	const char *name, *licence; /* "" and NULL: not known */
	uint32_t count;
} status_publisher;

typedef struct status_source { /* spans live as long as the arena of the status */
	span name, kind;       /* kind: "advisories", "exploited", "probability" */
	int64_t imported;      /* seconds since 1970 */
	span newest;           /* advisory, RFC 3339, or empty */
	span etag;
	uint32_t count;
	LIST(status_publisher) publishers; /* the one with most advisories first */
} status_source;

typedef struct advisories_status {
	const char *path;
	uint64_t bytes;
	int64_t imported; /* the latest import of any source; 0: there is none */
	uint32_t advisories, packages, exploited, probabilities;
	LIST(status_source) sources; /* by name */
} advisories_status;

int advisories_status_read(advisories *db, arena *a, advisories_status *ret, error *e);
