/* SPDX-License-Identifier: Apache-2.0
 *
 * Drift as findings: one for each fact that a layer of a running container has otherwise than the
 * one before it. */
#include "rules/drift.h"

#include "posture/drift.h"
#include "rules/report.h"

static span source_of(const running *r, running_layer layer)
{
	static const char *const names[RUNNING_LAYERS] = {NULL, "the OCI spec", "the kernel"};
	return span_of(layer == RUNNING_DECLARED ? r->declared_by : names[layer]);
}

/* Something that is stricter than it was asked to be breaks the application at worst; another image is another program. */
static severity weight(const rule *r, const drift_row *row)
{
	return row->weaker || row->fact == FACT_image ? r->severity : SEVERITY_LOW;
}

static void found(const rule *r, const workload *w, const drift_row *row, span message, rule_report *out)
{
	finding f = {.rule = r, .severity = weight(r, row), .workload = w, .at = row->at, .message = message};
	if (!f.at.text)
		f.at = row->asked_at.text ? row->asked_at : w->origin;
	report_add(out, f);
}

/* Capabilities that went the same way are one finding: a set is one thing. */
static bool is_same_change(const drift_row *a, const drift_row *b)
{
	return a->fact == b->fact && a->from == b->from && a->to == b->to && a->weaker == b->weaker &&
	       fact_rows[a->fact].control == CONTROL_capabilities;
}

static span say_one(const running *of, const drift_row *row, arena *a)
{
	return arena_format(a, "%.*s: %.*s in %.*s, but %.*s in %.*s", SPAN_ARG(row->what),
		SPAN_ARG(row->asked), SPAN_ARG(source_of(of, row->from)), SPAN_ARG(row->holds),
		SPAN_ARG(source_of(of, row->to)));
}

/* "capabilities.bounding: SYS_ADMIN, SYS_PTRACE in the kernel, but not in docker inspect" */
static span say_several(const running *of, const drift_row *rows, uint32_t count, arena *a)
{
	auto_buffer names = {0};
	span has = source_of(of, rows->weaker ? rows->to : rows->from),
	     lacks = source_of(of, rows->weaker ? rows->from : rows->to);
	for (uint32_t i = 0; i < count; i++) {
		size_t blank = span_find_last(rows[i].what, ' ');
		buffer_add_string(&names, i ? ", " : "");
		buffer_add(&names, span_from(rows[i].what, blank == SPAN_NONE ? 0 : blank + 1));
	}
	return arena_format(a, "%s: %.*s in %.*s, but not in %.*s", fact_rows[rows->fact].field,
		SPAN_ARG(buffer_span(&names)), SPAN_ARG(has), SPAN_ARG(lacks));
}

void judge_drift(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	drift_list rows = {0};
	if (!d->running || d->workloads.count == 0)
		return;
	arena_clear(&out->scratch);
	drift_find(d->running, control_of(span_of(r->id)), &out->scratch, &rows);
	for (uint32_t i = 0, n; i < rows.count; i += n) {
		const drift_row *row = &rows.items[i];
		for (n = 1; i + n < rows.count && is_same_change(row, &rows.items[i + n]);)
			n++;
		found(r, d->workloads.items[0], row,
			n > 1 ? say_several(d->running, row, n, rule_arena(out))
			      : say_one(d->running, row, rule_arena(out)),
			out);
	}
}
