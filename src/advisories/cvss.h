/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of CVSS, of all versions: metrics with one value each. */
#pragma once

#include "advisories/severity.h"

enum { CVSS_METRICS = 40 };

typedef struct cvss_metric { /* "AV", and its values in the order of a version's tables: "NALP" */
	const char *name;
	const char *values;
	bool mandatory;
} cvss_metric;

/* Reads "AV:N/AC:L/…" against a table that ends with a row without a name: values[i] is the letter of metric i, or 0 where it is not given. False
 * for a metric or value that there is not, one that is given twice, and a mandatory one that is missing. */
bool cvss_read(span vector, const cvss_metric *metrics, char values[CVSS_METRICS]);

/* The score of a vector of version 4.0, without its prefix; -1 when it is none. */
double cvss4_score(span vector);
