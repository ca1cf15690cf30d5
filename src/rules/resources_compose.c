/* SPDX-License-Identifier: Apache-2.0
 *
 * What a posture does not tell of restarts: a Compose service may state its policy twice. */
#include "rules/resources_probes.h"

/* Attempts of `on-failure:5`; false for other policies, and for those that count nothing. */
static bool attempts_of(span policy, int64_t *ret)
{
	return span_starts(policy, SPAN("on-failure:")) && span_int(span_from(policy, 11), ret);
}

static void judge_service(const rule *r, const workload *w, rule_report *out)
{
	const member *restart = node_member(w->node, "restart");
	int64_t own, deployed;
	if (!restart || !attempts_of(node_text(restart->value), &own) ||
		!node_int(node_path(w->node, "deploy/restart_policy/max_attempts"), &deployed) ||
		own == deployed)
		return;
	/* An alias or a merged value stands elsewhere, perhaps before its key. */
	bool beside = !restart->value->aliased && restart->value->start >= restart->key->end;
	rule_found(out, r, w,
		(origin){w->origin.text, restart->key->start,
			beside ? restart->value->end : restart->key->end},
		NULL, "%s is to be restarted %lld times here and %lld times under deploy", w->name,
		(long long)own, (long long)deployed);
}

void judge_restart_contradiction(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	for (uint32_t i = 0; i < d->workloads.count; i++)
		judge_service(r, d->workloads.items[i], out);
}
