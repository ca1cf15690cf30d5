/* SPDX-License-Identifier: Apache-2.0
 *
 * CVSS vectors: a score is -1, or between 0 and 10 with one decimal. */
#include "advisories/severity.h"
#include "fuzz.h"

#include <math.h>

FUZZ(bytes)
{
	double score = cvss_score(bytes);
	FUZZ_HOLDS(score == -1 || (score >= 0 && score <= 10 && fabs(score * 10 - round(score * 10)) < 1e-6));
	severity_label_of(bytes);
}
