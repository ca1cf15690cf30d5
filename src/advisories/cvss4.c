/* SPDX-License-Identifier: Apache-2.0
 *
 * CVSS 4.0. */
#include "advisories/cvss.h"

double cvss4_score(span vector)
{
	(void)vector;
	return -1;
}
