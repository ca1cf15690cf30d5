/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging and reporting. */
#include "commands/verdict.h"

#include "commands/commands.h"
#include "rules/judge.h"
#include "rules/mask.h"

int verdict_policy(const char *config, bool none, const char *first, arena *a, policy *ret, error *e)
{
	*ret = (policy){.profile = -1, .fail_on = -1};
	const char *path = config ? config
			   : none ? NULL
				  : policy_find(strcmp(first, "-") == 0 ? "." : first, a);
	return path ? policy_read(path, a, ret, e) : 0;
}

/* Whether a rule goes by the name or is meant by the pattern; p has those of bulkhead.yaml. */
static bool rule_exists(span pattern, const policy *p)
{
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if (rule_means(pattern, &(*table)->rows[i]))
				return true;
	for (uint32_t i = 0; i < p->rules.count; i++)
		if (rule_means(pattern, &p->rules.items[i]))
			return true;
	return false;
}

/* A name that is mistyped would ask nothing, and look as if all were well. */
static bool only_valid(const verdict_request *q)
{
	for (uint32_t i = 0; i < q->only->count; i++)
		if (!rule_exists(span_of(q->only->items[i]), q->policy)) {
			command_complain(q->command->name,
				"--only: there is no rule '%s' (bulkhead rules lists them)",
				q->only->items[i]);
			return false;
		}
	return true;
}

static const rulebook *open_book(const verdict_request *q, arena *a)
{
	error e;
	const rulebook *book;
	const policy *p = q->policy;
	int chosen = q->profile >= 0 ? q->profile : p->profile >= 0 ? p->profile : PROFILE_RECOMMENDED;
	rule_choice choice = {.profile = (profile)chosen,
		.custom = p->rules.items,
		.custom_count = p->rules.count,
		.only = q->only->items,
		.only_count = q->only->count};
	if (rulebook_new(&choice, a, &book, &e) >= 0)
		return only_valid(q) ? book : NULL;
	command_complain(q->command->name, "%s", e.text);
	return NULL;
}

/* What counts of the findings, once comments, exceptions and the command itself have been heard. */
static void settle(const verdict_request *q, bundle *b, finding_list *findings, checklist *list, arena *a)
{
	char day[16];
	policy *p = q->policy;
	policy_comments(findings, a);
	if (q->adjust)
		q->adjust(q->of, findings, a);
	policy_suppress(p, findings, output_today(day), a);
	findings_fold(findings, list);
	p->partial |= q->only->count || (q->profile >= 0 && q->profile != p->profile);
	policy_review(p, findings, output_today(day), a);
	list_each(const problem, x, &p->problems)
		list_push(a, &b->problems, *x);
}

int verdict_report(const verdict_request *q, bundle *b, arena *a)
{
	const rulebook *book = open_book(q, a);
	if (!book)
		return EXIT_USAGE;
	finding_list findings = {0};
	checklist list = {0};
	mask hidden;
	mask_init(&hidden, b, a);
	rulebook_judge(book, b, &hidden, q->threads, a, &findings, &list);
	mask_findings(&hidden, &findings);
	settle(q, b, &findings, &list, a);
	arena scratch = {0};
	report r = {.command = q->command->name,
		.bundle = b,
		.findings = &findings,
		.checklist = &list,
		.mask = &hidden,
		.explain = q->explain,
		.files = q->files,
		.seconds = output_seconds_since(q->start),
		.arena = a,
		.scratch = &scratch};
	report_count(&r);
	int status = output_write(q->output, &r);
	if (q->reported)
		q->reported(q->of, &r);
	arena_done(&scratch);
	if (status != EXIT_CLEAN)
		return status;
	return output_exit_code(&r, q->output->fail_on >= 0   ? q->output->fail_on
				    : q->policy->fail_on >= 0 ? q->policy->fail_on
							      : FAIL_ON_DEFAULT);
}
