/* SPDX-License-Identifier: Apache-2.0
 *
 * Drift as findings: one for each fact that a layer of a running container has otherwise than the one before it. */
#include "rules/drift.h"

#include "posture/drift.h"
#include "rules/report.h"

static span source_of(const running *r, running_layer layer)
{
	static const char *const names[RUNNING_LAYERS] = {NULL, "the OCI spec", "the kernel"};
	return span_of(layer == RUNNING_DECLARED ? r->declared_by : names[layer]);
}

/* Something that is stricter than it was asked to be breaks the application at worst. */
static severity weight(const rule *r, const drift_row *row)
{
	return row->weaker ? r->severity : SEVERITY_LOW;
}

static void found(const rule *r, const workload *w, const running *of, const drift_row *row, rule_report *out)
{
	span asked = source_of(of, row->from), holds = source_of(of, row->to);
	finding f = {.rule = r, .severity = weight(r, row), .workload = w, .at = row->at};
	if (!f.at.text)
		f.at = row->asked_at.text ? row->asked_at : w->origin;
	f.message = arena_format(rule_arena(out), "%.*s: %.*s in %.*s, but %.*s in %.*s", SPAN_ARG(row->what),
		SPAN_ARG(row->asked), SPAN_ARG(asked), SPAN_ARG(row->holds), SPAN_ARG(holds));
	report_add(out, f);
}

void judge_drift(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	arena scratch = {0};
	drift_list rows = {0};
	control about = control_of(span_of(r->id));
	if (!d->running || d->workloads.count == 0)
		return;
	drift_all(d->running, &scratch, &rows);
	list_each(const drift_row, row, &rows)
		if (fact_rows[row->fact].control == about)
			found(r, d->workloads.items[0], d->running, row, out);
	arena_done(&scratch);
}
