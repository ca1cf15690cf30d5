/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON report, version 1. Fields may be added; none is renamed or removed within a version. */
#include "report/container.h"
#include "report/image.h"
#include "formats/json_write.h"
#include "report/report.h"
#include "version.h"

static span control_name(const rule *r)
{
	span id = span_of(r->id);
	return span_sub(id, 0, span_find_byte(id, '/'));
}

static void write_place(json_writer *w, const text *t, uint32_t start, uint32_t end)
{
	place from = text_place(t, start), to = text_place(t, end);
	json_number(w, "line", from.line);
	json_number(w, "column", from.column);
	json_number(w, "end_line", to.line);
	json_number(w, "end_column", to.column);
}

static void write_workload(json_writer *w, const report *r, const checklist_row *row)
{
	const workload *of = row->workload;
	json_open(w, NULL, '{');
	json_string(w, "name", of->name);
	json_string(w, "kind", of->kind);
	json_string(w, "file", of->document->text->path);
	json_number(w, "line", text_place(of->document->text, of->origin.start).line);
	json_open(w, "controls", '{');
	for (int i = 0; i < CONTROL_COUNT; i++)
		json_string(w, control_rows[i].name, control_status_names[row->status[i]]);
	json_close(w, '}');
	if (of->document->running)
		json_container(w, r, of);
	else if (of->document->kind == DOCUMENT_HOST)
		json_host(w, r, of);
	json_close(w, '}');
}

static void write_edit(json_writer *w, const edit *x)
{
	json_open(w, NULL, '{');
	json_string(w, "file", x->source->path);
	json_number(w, "start", x->start);
	json_number(w, "end", x->end);
	json_text(w, "text", x->replacement);
	json_close(w, '}');
}

static void write_fix(json_writer *w, const finding *f)
{
	if (f->edits.count == 0)
		return;
	json_open(w, "fix", '{');
	json_truth(w, "safe", f->fix_safe);
	json_text(w, "description", f->fix_description);
	json_open(w, "edits", '[');
	list_each(const edit, x, &f->edits)
		write_edit(w, x);
	json_close(w, ']');
	json_close(w, '}');
}

static void write_suppression(json_writer *w, const suppression *s)
{
	if (!s)
		return;
	json_open(w, "suppressed", '{');
	json_string(w, "by", s->by);
	json_text(w, "reason", s->reason);
	if (s->expires.n)
		json_text(w, "expires", s->expires);
	json_close(w, '}');
}

static void write_finding(json_writer *w, const finding *f)
{
	json_open(w, NULL, '{');
	json_string(w, "rule", f->rule->id);
	json_text(w, "control", control_name(f->rule));
	json_string(w, "severity", severity_names[f->severity]);
	json_string(w, "title", f->rule->title);
	json_text(w, "message", f->message);
	json_string(w, "workload", f->workload ? f->workload->name : NULL);
	json_string(w, "file", f->at.text ? f->at.text->path : NULL);
	if (f->spot)
		json_spot(w, f->spot);
	else if (f->at.text)
		write_place(w, f->at.text, f->at.start, f->at.end);
	if (f->vulnerability)
		json_vulnerability(w, f->vulnerability);
	else
		json_words(w, "aliases", f->rule->aliases);
	json_words(w, "references", f->rule->references);
	json_hex(w, "fingerprint", f->fingerprint);
	json_text(w, "evidence", f->evidence);
	write_fix(w, f);
	write_suppression(w, f->suppressed);
	json_close(w, '}');
}

static void write_problem(json_writer *w, const problem *p)
{
	json_open(w, NULL, '{');
	json_string(w, "file", p->path);
	if (p->text)
		write_place(w, p->text, p->start, p->end);
	json_string(w, "message", p->message);
	json_close(w, '}');
}

static void write_summary(json_writer *w, const report *r)
{
	json_open(w, "summary", '{');
	json_number(w, "files", r->files);
	json_number(w, "workloads", r->checklist->count);
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--)
		json_number(w, severity_names[i], r->counts[i]);
	json_number(w, "suppressed", r->suppressed);
	json_real(w, "seconds", r->seconds);
	json_close(w, '}');
}

void report_json_finding(const finding *f, buffer *out)
{
	json_writer w = {.out = out};
	write_finding(&w, f);
	buffer_add_byte(out, '\n');
}

void report_json(const report *r, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_string(&w, "schema", "bulkhead-report/1");
	json_open(&w, "tool", '{');
	json_string(&w, "name", "bulkhead");
	json_string(&w, "version", BULKHEAD_VERSION);
	json_close(&w, '}');
	json_string(&w, "command", r->command);
	json_open(&w, "workloads", '[');
	list_each(const checklist_row, row, r->checklist)
		write_workload(&w, r, row);
	json_close(&w, ']');
	json_open(&w, "findings", '[');
	list_each(const finding, f, r->findings)
		write_finding(&w, f);
	json_close(&w, ']');
	json_images(&w, r);
	json_open(&w, "errors", '[');
	list_each(const problem, p, &r->bundle->problems)
		write_problem(&w, p);
	json_close(&w, ']');
	json_open(&w, "skipped", '[');
	list_each(const skipped, s, &r->bundle->skipped) {
		json_open(&w, NULL, '{');
		json_string(&w, "file", s->path);
		json_string(&w, "reason", s->reason);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	write_summary(&w, r);
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
