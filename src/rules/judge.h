/* SPDX-License-Identifier: Apache-2.0
 *
 * The judge: compiles the rules that a profile selects and asks them about every workload and document of a bundle. */
#pragma once

#include "rules/finding.h"
#include "rules/vocabulary.h"

typedef struct rulebook
	rulebook; /* compiled rules; immutable, shared by threads; lives as long as its arena */

struct mask;

typedef struct rule_choice {
	profile profile;
	const rule *custom; /* rows of bulkhead.yaml */
	uint32_t custom_count;
	const char *const *only; /* patterns of rules; the others are left out */
	uint32_t only_count;
} rule_choice;

/* Compiles. A built-in rule that does not compile is a bug and an error, a custom one names itself and its column in *e. */
int rulebook_new(const rule_choice *choice, arena *a, const rulebook **ret, error *e);

/* Asks all rules about b (after bundle_overlay). Findings are in the order of documents and places; the same rule at the same place
 * for several workloads is one finding per workload, for findings_fold() to join. checklist has a row for every workload that is
 * judged. Words of the texts are shown as `hidden` has them. Findings live as long as keep, into which the arenas of all
 * threads go. */
void rulebook_judge(const rulebook *book, const bundle *b, const struct mask *hidden, unsigned threads,
	arena *keep, finding_list *ret, checklist *ret_checklist);

/* What one rule says of one workload. */
typedef struct rule_answer {
	verdict verdict; /* with `each`: TRUE when one item violates it, else UNKNOWN when one could not be judged */
	bool listed; /* with `each`: the list is known; .items = 0 then means that there is nothing to judge */
	uint32_t items;        /* with `each`: judged; else 1 */
	uint32_t unknown;      /* of them: not known */
	finding_list findings; /* one for each violation */
	span reason; /* why it is UNKNOWN, as far as the settings and files of hosts say; may be empty */
} rule_answer;

/* Asks the rule with this id (a posture rule of the book) about w, after bundle_overlay. With `each`, only about items whose text member `member` is
 * `value`; member < 0: all. All lives as long as a. false: the book has no such rule. */
bool rulebook_ask(const rulebook *book, const char *id, const workload *w, int member, span value,
	const struct mask *hidden, arena *a, rule_answer *ret);

/* Marks the controls whose rules have unsuppressed findings, then joins findings of one rule at one place (the first is kept)
 * and orders them by path and place. */
void findings_fold(finding_list *findings, checklist *list);
