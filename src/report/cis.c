/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of benchmarks. */
#include "report/cis.h"

#include "formats/json_write.h"
#include "report/style.h"

/* --- text --- */

enum { STATUS_COLUMNS = 8, ID_COLUMNS = 7, CASES_SHOWN = 5 };

static const struct {
	const char *word;
	tint colour;
} shown[CIS_STATUSES] = {
	[CIS_PASS] = {"pass", TINT_GREEN},
	[CIS_FAIL] = {"FAIL", TINT_RED},
	[CIS_UNKNOWN] = {"unknown", TINT_YELLOW},
	[CIS_MANUAL] = {"manual", TINT_BLUE},
	[CIS_NOT_APPLICABLE] = {"n/a", TINT_DIM},
};

static void pad(buffer *out, const char *word, unsigned columns)
{
	size_t n = strlen(word);
	buffer_repeat(out, ' ', n < columns ? columns - n : 1);
}

static void add_line(const report *r, buffer *out, span words)
{
	buffer_repeat(out, ' ', STATUS_COLUMNS + ID_COLUMNS);
	style_wrap(r, out, words, STATUS_COLUMNS + ID_COLUMNS, STATUS_COLUMNS + ID_COLUMNS + 2);
}

/* "web: runs as root". Files and the daemon itself need no name in front. */
static span case_words(const cis_case *c, arena *a)
{
	bool named = c->workload->document->kind == DOCUMENT_CONTAINER &&
		     !span_contains(c->message, c->workload->name);
	return named ? arena_format(a, "%s: %.*s", c->workload->name, SPAN_ARG(c->message)) : c->message;
}

static void add_cases(const report *r, buffer *out, const cis_result *result)
{
	uint32_t n = 0;
	list_each(const cis_case, c, &result->cases) {
		if (n++ == CASES_SHOWN && !r->verbose) {
			add_line(r, out,
				arena_format(r->scratch, "and %u more", result->cases.count - CASES_SHOWN));
			return;
		}
		add_line(r, out, case_words(c, r->scratch));
	}
}

/* Where many checks in a row do not apply for one reason, the first one says it. */
static bool same_reason(const cis_result *one, const cis_result *before)
{
	return before && one->status == CIS_NOT_APPLICABLE && before->status == one->status &&
	       span_equal(one->reason, before->reason);
}

static void add_check(const report *r, buffer *out, const cis_result *result, const cis_result *before)
{
	const cis_check *c = result->check;
	style_string(r, out, shown[result->status].colour, shown[result->status].word);
	pad(out, shown[result->status].word, STATUS_COLUMNS);
	buffer_add_string(out, c->id);
	pad(out, c->id, ID_COLUMNS);
	style_wrap(r, out, span_of(c->text), STATUS_COLUMNS + ID_COLUMNS, STATUS_COLUMNS + ID_COLUMNS);
	if (result->status == CIS_FAIL || result->status == CIS_UNKNOWN)
		add_cases(r, out, result);
	if (result->reason.n && result->status != CIS_FAIL && !result->cases.count &&
		!same_reason(result, before))
		add_line(r, out, result->reason);
	if (result->status == CIS_MANUAL && r->verbose && c->look)
		add_line(r, out, span_of(c->look));
	arena_clear(r->scratch);
}

static void add_share(buffer *out, double share)
{
	if (share < 0)
		buffer_add_string(out, "nothing decided");
	else
		buffer_format(out, "%.0f %%", share * 100);
}

static void add_summary(const report *r, const cis_benchmark *c, buffer *out)
{
	buffer_add_byte(out, '\n');
	for (int i = 0; i < CIS_STATUSES; i++)
		buffer_format(out, "%s%u %s", i ? ", " : "", c->counts[i], shown[i].word);
	buffer_add_string(out, "\nscore: ");
	add_share(out, c->score);
	buffer_add_string(out, " (the mean of the sections, of what was decided)\n");
	for (uint32_t i = 0; i < r->bundle->problems.count; i++) {
		const problem *p = &r->bundle->problems.items[i];
		style_wrap(r, out,
			arena_format(r->scratch, "not read: %s: %s", p->path ? p->path : "", p->message), 0,
			2);
	}
	arena_clear(r->scratch);
}

void report_cis_text(const report *r, const cis_benchmark *c, buffer *out)
{
	buffer_format(out, "%s %s\n", c->name, c->version);
	for (uint32_t i = 0; i < c->section_count; i++) {
		const cis_section_result *s = &c->sections[i];
		buffer_format(out, "\n%s ", s->section->id);
		style_string(r, out, TINT_BOLD, s->section->title);
		buffer_add_string(out, ": ");
		add_share(out, s->share);
		buffer_add_string(out, "\n\n");
		for (uint32_t k = 0; k < s->section->count; k++)
			add_check(r, out, &s->results[k], k ? &s->results[k - 1] : NULL);
	}
	add_summary(r, c, out);
}

/* --- JSON --- */

static void write_share(json_writer *w, const char *key, double share)
{
	if (share < 0)
		json_string(w, key, NULL);
	else
		json_real(w, key, share);
}

static void write_case(json_writer *w, const cis_case *c)
{
	json_open(w, NULL, '{');
	json_string(w, "workload", c->workload->name);
	json_string(w, "kind", c->workload->kind);
	json_string(w, "status", cis_status_names[c->failed ? CIS_FAIL : CIS_UNKNOWN]);
	json_text(w, "message", c->message);
	json_text(w, "evidence", c->evidence);
	json_close(w, '}');
}

static void write_check(json_writer *w, const cis_result *r)
{
	json_open(w, NULL, '{');
	json_string(w, "id", r->check->id);
	json_string(w, "text", r->check->text);
	json_truth(w, "automated", r->check->automated);
	json_string(w, "status", cis_status_names[r->status]);
	json_number(w, "passed", r->passed);
	json_number(w, "failed", r->failed);
	json_number(w, "unknown", r->unknown);
	json_text(w, "reason", r->reason);
	json_string(w, "look", r->check->look);
	json_words(w, "rules", r->check->rules ? r->check->rules : "");
	json_open(w, "cases", '[');
	list_each(const cis_case, c, &r->cases)
		write_case(w, c);
	json_close(w, ']');
	json_close(w, '}');
}

static void write_errors(json_writer *w, const bundle *b)
{
	json_open(w, "errors", '[');
	for (uint32_t i = 0; i < b->problems.count; i++) {
		json_open(w, NULL, '{');
		json_string(w, "file", b->problems.items[i].path);
		json_string(w, "message", b->problems.items[i].message);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_summary(json_writer *w, const cis_benchmark *c)
{
	static const char *const keys[CIS_STATUSES] = {"pass", "fail", "unknown", "manual", "not_applicable"};
	json_open(w, "summary", '{');
	for (int i = 0; i < CIS_STATUSES; i++)
		json_number(w, keys[i], c->counts[i]);
	write_share(w, "score", c->score);
	json_close(w, '}');
}

void report_cis_json(const report *r, const cis_benchmark *c, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_string(&w, "schema", "bulkhead-cis/1");
	json_string(&w, "benchmark", c->name);
	json_string(&w, "version", c->version);
	json_open(&w, "sections", '[');
	for (uint32_t i = 0; i < c->section_count; i++) {
		const cis_section_result *s = &c->sections[i];
		json_open(&w, NULL, '{');
		json_string(&w, "id", s->section->id);
		json_string(&w, "title", s->section->title);
		write_share(&w, "share", s->share);
		json_open(&w, "checks", '[');
		for (uint32_t k = 0; k < s->section->count; k++)
			write_check(&w, &s->results[k]);
		json_close(&w, ']');
		json_close(&w, '}');
	}
	json_close(&w, ']');
	write_errors(&w, r->bundle);
	write_summary(&w, c);
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
