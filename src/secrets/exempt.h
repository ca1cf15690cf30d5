/* SPDX-License-Identifier: Apache-2.0
 *
 * The allow lists that foreign rules bring along. */
#pragma once

#include "secrets/rule.h"

/* Whether an allow list of the rule or of its file takes the candidate out. */
bool secret_exempted(
	const secret_rules *rules, const secret_use *use, regex_matcher *m, const secret_candidate *c);
