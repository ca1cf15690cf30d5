/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting findings while rules run: shared by the judge and the functions of document rules. */
#pragma once

#include "rules/finding.h"
#include "rules/vocabulary.h"

struct rule_report {
	arena *arena; /* of the findings' words */
	const rule_fields *fields;
	const struct mask *mask;
	finding_list
		findings; /* its items are on the heap: tens of thousands, given back once they are copied */
	arena scratch;    /* of writers at work */
	const rule *last; /* with count: how often one rule fired in one text, for LIMIT_RULE_FINDINGS */
	const text *last_text;
	uint32_t last_count;
};

/* Adds a finding; fills its evidence and fingerprint. */
void report_add(rule_report *out, finding f);

/* A message with its {fields} filled in; {workload} is the name. */
span report_message(span pattern, const rule_subject *s, const rule_scope *scope, arena *a);
