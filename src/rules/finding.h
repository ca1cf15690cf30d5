/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings: what a rule says about a place. */
#pragma once

#include "rules/rule.h"

typedef struct suppression { /* why a finding does not count */
	const char *by;      /* "comment", "exception", "baseline" */
	span reason, expires;
} suppression;

struct vulnerability;
struct image_spot;

typedef struct finding {
	const rule *rule;
	severity severity; /* the rule's, unless this case has its own: a vulnerability, a kind of secret */
	bool fix_safe;
	const workload *workload; /* NULL: about no workload */
	origin at;
	span message;
	span evidence;        /* the words of the source, secrets masked */
	edit_list edits;      /* empty: there is no edit that mends it */
	span fix_description; /* what the edits do, or why there are none */
	uint64_t fingerprint; /* stable while lines move: rule, path, workload, words */
	const suppression *suppressed;
	const struct image_spot *spot; /* of images: where in them; then .at has no text. scan/inventory.h */
	const struct vulnerability *vulnerability; /* of packages, or NULL */
} finding;

typedef LIST(finding) finding_list;

typedef enum control_status {
	STATUS_NOT_APPLICABLE,
	STATUS_UNKNOWN,
	STATUS_OK,
	STATUS_VIOLATED
} control_status;

typedef struct checklist_row { /* one workload, all controls */
	const workload *workload;
	uint8_t status[CONTROL_COUNT]; /* control_status */
} checklist_row;

typedef LIST(checklist_row) checklist;
