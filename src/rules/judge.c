/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking rules about workloads. */
#include "rules/judge.h"

#include "base/limits.h"
#include "base/threads.h"
#include "rules/report.h"
#include "rules/wanted.h"

#include <stdarg.h>
#include <stdlib.h>

typedef struct compiled {
	const rule *rule;
	control control;
	fact_id each; /* FACT_NONE: about the whole posture */
	const expression *condition;
	want_list wants;
	span wanted; /* the wants in words */
} compiled;

struct rulebook {
	LIST(compiled) rules;
	map ids; /* id -> its place in .rules, plus one */
	rule_fields fields;
	uint32_t by_fact; /* controls that rules over facts ask about, a bit each */
	uint32_t by_document
		[DOCUMENT_COUNT]; /* controls that rules over such documents ask about, a bit each */
};

/* Whether every {field} of a message is one. */
static int check_message(span message, const vocabulary *words, error *e)
{
	while (message.n) {
		size_t open = span_find_byte(message, '{');
		if (open == SPAN_NONE)
			return 0;
		message = span_from(message, open + 1);
		size_t close = span_find_byte(message, '}');
		span name = span_sub(message, 0, close);
		if (close == SPAN_NONE || (!span_is(name, "workload") && !words->field(words->of, name)))
			return error_set(
				e, ERROR_USAGE, "message: there is no field '{%.*s}'", SPAN_ARG(name));
	}
	return 0;
}

static int compile_rule(rulebook *book, const rule *r, arena *a, error *e)
{
	compiled c = {.rule = r, .control = control_of(span_of(r->id)), .each = FACT_NONE};
	if (c.control == CONTROL_COUNT)
		return error_set(
			e, ERROR_USAGE, "rule %s: its id must start with a control, like user/…", r->id);
	if (r->each && (c.each = rule_fact(span_of(r->each))) == FACT_NONE)
		return error_set(e, ERROR_USAGE, "rule %s: there is no list '%s'", r->id, r->each);
	rule_scope scope = {&book->fields, c.each};
	vocabulary words = rule_vocabulary(&scope);
	if (r->condition && r->message && check_message(span_of(r->message), &words, e) < 0)
		return error_wrap(e, "rule %s", r->id);
	if (r->condition) {
		if (expression_compile(span_of(r->condition), &words, a, &c.condition, e) < 0)
			return e->line > 1 ? error_wrap(e, "rule %s, condition, line %u, column %u", r->id,
						     e->line, e->column)
					   : error_wrap(e, "rule %s, condition, column %u", r->id, e->column);
	}
	if (r->wanted && wanted_parse(span_of(r->wanted), c.each, a, &c.wants, e) < 0)
		return error_wrap(e, "rule %s, wanted", r->id);
	c.wanted = wanted_describe(&c.wants, a);
	for (int kind = 0; r->judge && kind < DOCUMENT_COUNT; kind++)
		if (r->kinds & 1u << kind &&
			kind != DOCUMENT_CONTAINER) /* drift says nothing of what holds */
			book->by_document[kind] |= 1u << c.control;
	if (c.condition)
		book->by_fact |= 1u << c.control;
	list_push(a, &book->rules, c);
	map_set(&book->ids, a, span_of(r->id), (void *)(uintptr_t)book->rules.count);
	return 0;
}

static bool chosen(const rule_choice *choice, const rule *r)
{
	for (uint32_t i = 0; i < choice->only_count; i++)
		if (rule_means(span_of(choice->only[i]), r))
			return true;
	return choice->only_count == 0 && r->profile <= choice->profile;
}

int rulebook_new(const rule_choice *choice, arena *a, const rulebook **ret, error *e)
{
	rulebook *book = ARENA_NEW(a, rulebook);
	rule_fields_init(&book->fields, a);
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if (chosen(choice, &(*table)->rows[i]))
				TRY(compile_rule(book, &(*table)->rows[i], a, e));
	for (uint32_t i = 0; i < choice->custom_count; i++)
		if (chosen(choice, &choice->custom[i]))
			TRY(compile_rule(book, &choice->custom[i], a, e));
	*ret = book;
	return 0;
}

/* --- one finding --- */

/* The words that said it: of the facts that decided, the first that somebody declared; else the first at all, which is
 * where it would be written. */
static origin deciding_origin(const rule_subject *s, const decided *by)
{
	origin first = {0};
	for (uint32_t i = 0; i < by->count; i++) {
		fact_id id = rule_field_fact(by->by[i].field);
		if (id == FACT_NONE)
			continue;
		const fact *f = &s->workload->effective->all[id];
		origin at = f->origin;
		const item_list *list = posture_items(s->workload->effective, id);
		if (by->by[i].field->list && by->by[i].index >= 0 &&
			(uint32_t)by->by[i].index < list->all.count)
			at = list->all.items[by->by[i].index]->origin;
		const item *setting = rule_field_setting(s, by->by[i].field);
		if (setting)
			at = setting->origin;
		if (at.text && f->known >= KNOWN_DECLARED)
			return at;
		if (!first.text)
			first = at;
	}
	return first.text ? first : s->workload->origin;
}

static const workload *writer_of(const workload *w, origin at)
{
	if (w->lower && at.text && at.text == w->lower->document->text)
		return w->lower;
	return w;
}

/* Copies edits out of the scratch memory. */
static void keep_edits(finding *f, const edit_list *edits, arena *a)
{
	f->edits.items = ARENA_ARRAY(a, edit, edits->count);
	f->edits.count = edits->count;
	for (uint32_t i = 0; i < edits->count; i++) {
		f->edits.items[i] = edits->items[i];
		f->edits.items[i].replacement = arena_copy(a, edits->items[i].replacement);
	}
}

static void add_edits(finding *f, const compiled *c, const rule_subject *s, rule_report *out)
{
	const workload *w = writer_of(s->workload, f->at);
	const source *source = w->document->source;
	if (c->wants.count == 0 || !source || !source->write)
		return;
	arena_clear(&out->scratch);
	want *wants = ARENA_ARRAY(&out->scratch, want, c->wants.count);
	for (uint32_t i = 0; i < c->wants.count; i++) {
		wants[i] = c->wants.items[i];
		if (wants[i].fact == c->each && !wants[i].value.n && wants[i].op == WANT_REMOVE)
			wants[i].item = s->item;
		if (wants[i].fact == c->each && wants[i].member >= 0 && wants[i].op == WANT_SET)
			wants[i].item = s->item;
	}
	error e;
	edit_list edits = {0};
	if (source->write(w, wants, c->wants.count, &out->scratch, &edits, &e) < 0 || edits.count == 0)
		return; /* this source cannot state it */
	keep_edits(f, &edits, out->arena);
	f->fix_safe = !c->rule->unsafe;
	f->fix_description = c->wanted;
}

static void found(rule_report *out, const compiled *c, const rule_subject *s, const decided *by)
{
	const rule *r = c->rule;
	finding f = {.rule = r, .severity = r->severity, .workload = s->workload};
	f.at = s->item ? s->item->origin : deciding_origin(s, by);
	if (!f.at.text)
		f.at = s->workload->origin;
	rule_scope scope = {out->fields, c->each};
	f.message = report_message(span_of(r->message ? r->message : r->title), s, &scope, out->arena);
	add_edits(&f, c, s, out);
	report_add(out, f);
}

/* --- all rules about one workload --- */

static control_status status_of(verdict v)
{
	return v == VERDICT_UNKNOWN ? STATUS_UNKNOWN
				    : STATUS_OK; /* violations are marked by their findings */
}

static verdict judge_each(const compiled *c, const workload *w, rule_report *out)
{
	const item_list *list = posture_items(w->effective, c->each);
	for (uint32_t i = 0; i < list->all.count; i++) {
		rule_subject s = {.workload = w, .each = c->each, .item = list->all.items[i]};
		decided by = {0};
		if (expression_eval(c->condition, &(subject){.of = &s, .get = rule_get}, &by) == VERDICT_TRUE)
			found(out, c, &s, &by);
	}
	return w->effective->all[c->each].known == KNOWN_UNSET ? VERDICT_UNKNOWN : VERDICT_FALSE;
}

static verdict judge_whole(const compiled *c, const workload *w, rule_report *out)
{
	rule_subject s = {.workload = w, .each = FACT_NONE};
	subject about = {.of = &s, .get = rule_get};
	verdict v = expression_eval(c->condition, &about, NULL);
	if (v == VERDICT_TRUE) { /* only then is it worth knowing why */
		decided by = {0};
		expression_eval(c->condition, &about, &by);
		found(out, c, &s, &by);
	}
	return v;
}

/* Whether a source could tell anything that a control is about. What runs has many sources, and none of them need be there. */
static bool knows_of(const posture *p, control c)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		/* what runs tells nothing of the image that it is from, or of the network that it is in */
		bool aside = id == FACT_command || id == FACT_labels || id == FACT_programs;
		if (fact_rows[id].control == c && p->all[id].known != KNOWN_UNSET && !aside)
			return true;
	}
	return false;
}

/* Of an engine that does not answer there are files still, but they are not what it is set to. */
static bool knows_settings(const posture *p)
{
	const item_list *list = posture_items(p, FACT_settings);
	uint32_t known = 0;
	for (uint32_t i = 0; i < list->all.count; i++)
		known += item_has(list->all.items[i], MEMBER_setting_value);
	return known * 2 >= list->all.count;
}

static bool knows_enough(const workload *w, control c)
{
	if (w->document->kind == DOCUMENT_CONTAINER)
		return knows_of(w->effective, c);
	return w->document->kind != DOCUMENT_HOST || knows_settings(w->effective);
}

static void judge_workload(const rulebook *book, const workload *w, checklist_row *row, rule_report *out)
{
	uint32_t looked_at = book->by_document[w->document->kind];
	uint32_t stated =
		w->document->source ? w->document->source->controls & (book->by_fact | looked_at) : 0;
	row->workload = w;
	for (int i = 0; i < CONTROL_COUNT; i++)
		row->status[i] = !(stated & 1u << i)   ? (uint8_t)STATUS_NOT_APPLICABLE
				 : looked_at & 1u << i ? (uint8_t)STATUS_OK
						       : (uint8_t)STATUS_UNKNOWN;
	for (uint32_t i = 0; i < book->rules.count; i++) {
		const compiled *c = &book->rules.items[i];
		if (!c->condition)
			continue;
		verdict v = c->each == FACT_NONE ? judge_whole(c, w, out) : judge_each(c, w, out);
		if (row->status[c->control] == STATUS_UNKNOWN)
			row->status[c->control] = (uint8_t)status_of(v);
	}
	for (int i = 0; i < CONTROL_COUNT; i++)
		if (row->status[i] == STATUS_OK && !knows_enough(w, (control)i))
			row->status[i] = STATUS_UNKNOWN;
}

static void judge_document(const rulebook *book, const document *d, const bundle *b, rule_report *out)
{
	for (uint32_t i = 0; i < book->rules.count; i++) {
		const rule *r = book->rules.items[i].rule;
		if (r->judge && r->kinds & 1u << d->kind)
			r->judge(r, d, b, out);
	}
}

/* --- all workloads, on all threads --- */

typedef struct session {
	const rulebook *book;
	const bundle *bundle;
	rule_report *reports; /* one per slice */
	checklist_row *rows;
	bool *judged; /* per workload */
	uint32_t slices;
} session;

/* A slice is a run of documents, then a run of workloads: slices follow the order of the bundle. */
static void judge_slice(void *of, uint32_t slice)
{
	session *s = of;
	rule_report *out = &s->reports[slice];
	uint32_t n = s->bundle->documents.count;
	for (uint32_t i = (uint32_t)((uint64_t)n * slice / s->slices);
		i < (uint64_t)n * (slice + 1) / s->slices; i++)
		if (!s->bundle->documents.items[i]->referenced)
			judge_document(s->book, s->bundle->documents.items[i], s->bundle, out);
	n = s->bundle->workloads.count;
	for (uint32_t i = (uint32_t)((uint64_t)n * slice / s->slices);
		i < (uint64_t)n * (slice + 1) / s->slices; i++) {
		const workload *w = s->bundle->workloads.items[i];
		s->judged[i] = !w->document->referenced;
		if (s->judged[i])
			judge_workload(s->book, w, &s->rows[i], out);
	}
}

/* One list of all findings; what they refer to stays where it is. */
static void join_findings(rule_report *reports, uint32_t count, arena *keep, finding_list *ret)
{
	uint32_t all = 0;
	for (uint32_t i = 0; i < count; i++)
		all += reports[i].findings.count;
	ret->items = ARENA_ARRAY(keep, finding, all);
	ret->room = all;
	for (uint32_t i = 0; i < count; i++) {
		list_each(finding, f, &reports[i].findings)
			ret->items[ret->count++] = *f;
		free(reports[i].findings.items);
		arena_done(&reports[i].scratch);
		arena_adopt(keep, reports[i].arena);
	}
}

void rulebook_judge(const rulebook *book, const bundle *b, const struct mask *hidden, unsigned threads,
	arena *keep, finding_list *ret, checklist *ret_checklist)
{
	session s = {
		.book = book, .bundle = b, .slices = threads > 1 && b->workloads.count > 8 ? threads * 4 : 1};
	s.reports = ARENA_ARRAY(keep, rule_report, s.slices);
	s.rows = ARENA_ARRAY(keep, checklist_row, b->workloads.count);
	s.judged = ARENA_ARRAY(keep, bool, b->workloads.count);
	for (uint32_t i = 0; i < s.slices; i++) {
		s.reports[i].fields = &book->fields;
		s.reports[i].mask = hidden;
		s.reports[i].arena = ARENA_NEW(keep, arena);
	}
	threads_run(threads, s.slices, judge_slice, &s);
	join_findings(s.reports, s.slices, keep, ret);
	for (uint32_t i = 0; i < b->workloads.count; i++)
		if (s.judged[i] && (b->workloads.items[i]->final ||
					   b->workloads.items[i]->document->kind != DOCUMENT_DOCKERFILE))
			list_push(keep, ret_checklist, s.rows[i]);
}

/* --- one rule about one workload --- */

static const compiled *find_rule(const rulebook *book, const char *id)
{
	uintptr_t at = (uintptr_t)map_get(&book->ids, span_of(id));
	const compiled *c = at ? &book->rules.items[at - 1] : NULL;
	return c && c->condition ? c : NULL;
}

/* Why a field has no value. */
static span missing(const rule_subject *s, const field_row *field, arena *a)
{
	field_value v;
	bool empty = false;
	if (rule_get(s, field, 0, &v, &empty) != FIELD_UNSET || empty)
		return (span){0};
	const item *setting = rule_field_setting(s, field);
	span reason = setting ? item_text(setting, MEMBER_setting_reason) : (span){0};
	return reason.n ? reason : arena_format(a, "%s is not known", field->name);
}

static span why_unknown(const rule_subject *s, const decided *by, arena *a)
{
	int member = s->item ? rule_member(s->each, SPAN("reason")) : -1;
	span reason = member >= 0 ? item_text(s->item, member) : (span){0};
	for (uint32_t i = 0; !reason.n && i < by->count; i++)
		reason = missing(s, by->by[i].field, a);
	return reason;
}

static void ask_one(const compiled *c, const rule_subject *s, rule_report *out, rule_answer *ret)
{
	decided by = {0};
	verdict v = expression_eval(c->condition, &(subject){.of = s, .get = rule_get}, &by);
	ret->items++;
	if (v == VERDICT_TRUE)
		found(out, c, s, &by);
	if (v == VERDICT_UNKNOWN && ret->unknown++ == 0)
		ret->reason = why_unknown(s, &by, out->arena);
	if (v > ret->verdict)
		ret->verdict = v;
}

bool rulebook_ask(const rulebook *book, const char *id, const workload *w, int member, span value,
	const struct mask *hidden, arena *a, rule_answer *ret)
{
	const compiled *c = find_rule(book, id);
	if (!c)
		return false;
	rule_report out = {.arena = a, .fields = &book->fields, .mask = hidden};
	*ret = (rule_answer){.listed = true};
	rule_subject s = {.workload = w, .each = c->each};
	if (c->each == FACT_NONE) {
		ask_one(c, &s, &out, ret);
	} else {
		const item_list *list = posture_items(w->effective, c->each);
		ret->listed = w->effective->all[c->each].known != KNOWN_UNSET;
		for (uint32_t i = 0; i < list->all.count; i++) {
			s.item = list->all.items[i];
			if (member < 0 || span_equal(item_text(s.item, member), value))
				ask_one(c, &s, &out, ret);
		}
	}
	for (uint32_t i = 0; i < out.findings.count; i++)
		list_push(a, &ret->findings, out.findings.items[i]);
	free(out.findings.items);
	arena_done(&out.scratch);
	return true;
}
