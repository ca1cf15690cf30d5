/* SPDX-License-Identifier: Apache-2.0
 *
 * How bad a vulnerability is: what its advisory says, else what its CVSS vector computes to. */
#pragma once

#include "base/span.h"

typedef enum severity_label { /* in the order of the reports' severities; unknown stands below all */
	SEVERITY_LABEL_UNKNOWN,
	SEVERITY_LABEL_NEGLIGIBLE,
	SEVERITY_LABEL_LOW,
	SEVERITY_LABEL_MEDIUM,
	SEVERITY_LABEL_HIGH,
	SEVERITY_LABEL_CRITICAL,
} severity_label;

typedef struct severity_rating {
	severity_label label;
	double score; /* 0 to 10; -1: not known */
	span vector;  /* "CVSS:3.1/AV:N/…", or empty */
	span source;  /* who says so, or empty */
} severity_rating;

/* "critical", "Important", "moderate", "NEGLIGIBLE", "unimportant" …: the words of distributions and of GitHub; UNKNOWN for others. */
severity_label severity_label_of(span word);

/* What a score means on the scale of CVSS v3 and v4 ("Qualitative Severity Rating Scale"); of 0: NEGLIGIBLE. */
severity_label severity_label_of_score(double score);

/* The base score (v4.0: of all metrics that are given) of a CVSS vector of v2, v3.0, v3.1 or v4.0, to one decimal; -1 when it is none. */
double cvss_score(span vector);
