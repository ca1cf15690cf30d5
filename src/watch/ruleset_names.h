/* SPDX-License-Identifier: Apache-2.0
 *
 * The names that rules compare names of addresses with (fd.sip.name, fd.cip.name, fd.lip.name, fd.rip.name). */
#pragma once

#include "watch/ruleset.h"

typedef struct names_asked {
	LIST(span) names; /* each once; borrowed from the rules */
	uint32_t rules;   /* that ask for names of addresses in some way */
	uint32_t beyond;  /* names that are more than LIMIT_RESOLVE_NAMES */
} names_asked;

/* All of them, on a. What is compared otherwise than as a whole (startswith), and what cannot be the name of a host, is left out. */
void ruleset_names(const ruleset *r, arena *a, names_asked *ret);
