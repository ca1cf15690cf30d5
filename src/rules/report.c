/* SPDX-License-Identifier: Apache-2.0
 *
 * From a rule's verdict to a finding: message, evidence, fingerprint; then joining and ordering them. */
#include "rules/report.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "inventory/inventory.h"
#include "rules/judge.h"
#include "rules/mask.h"

#include <stdlib.h>

enum { EVIDENCE_MAX_BYTES = 160 };

arena *rule_arena(rule_report *out)
{
	return out->arena;
}

static void fill_field(span name, const rule_subject *s, const rule_scope *scope, arena *a, buffer *out)
{
	if (span_is(name, "workload")) {
		buffer_add_string(out, s->workload->name);
		return;
	}
	vocabulary words = rule_vocabulary(scope);
	const field_row *field = words.field(words.of, name);
	if (field)
		buffer_add(out, rule_field_text(s, field, a));
}

span report_message(span pattern, const rule_subject *s, const rule_scope *scope, arena *a)
{
	auto_buffer out = {0};
	while (pattern.n) {
		size_t open = span_find_byte(pattern, '{'), close = SPAN_NONE;
		if (open != SPAN_NONE)
			close = span_find_byte(span_from(pattern, open), '}');
		if (close == SPAN_NONE)
			break;
		buffer_add(&out, span_sub(pattern, 0, open));
		fill_field(span_sub(pattern, open + 1, close - 1), s, scope, a, &out);
		pattern = span_from(pattern, open + close + 1);
	}
	buffer_add(&out, pattern);
	return arena_copy(a, buffer_span(&out));
}

/* The first line of the words, masked. What a function over documents calls a secret is not masked yet: nothing is shown behind
 * its name. */
static span evidence_of(const finding *f, const mask *m, arena *a)
{
	if (!f->at.text)
		return (span){0};
	span words = span_sub(mask_text(m, f->at.text)->bytes, f->at.start, f->at.end - f->at.start);
	words = span_trim(span_sub(words, 0, span_find_byte(words, '\n')));
	words = span_sub(words, 0, EVIDENCE_MAX_BYTES);
	if (!f->rule->judge || control_of(span_of(f->rule->id)) != CONTROL_secrets)
		return words;
	size_t at = 0;
	while (at < words.n && words.p[at] != '=' && words.p[at] != ':')
		at++;
	return at == words.n ? words : arena_format(a, "%.*s ***", SPAN_ARG(span_sub(words, 0, at + 1)));
}

static uint64_t fingerprint_of(const finding *f)
{
	uint64_t hash = span_hash(span_of(f->rule->id));
	const span parts[] = {span_of(f->at.text ? f->at.text->path : ""),
		span_of(f->workload && !f->spot ? f->workload->name : ""), f->evidence};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		hash = (hash ^ span_hash(parts[i])) * 0x100000001b3u;
	return hash;
}

/* A generated file with a thousand faults of one kind should not drown the rest. */
static bool too_many(rule_report *out, const finding *f)
{
	if (out->last != f->rule || out->last_text != f->at.text) {
		out->last = f->rule;
		out->last_text = f->at.text;
		out->last_count = 0;
	}
	return ++out->last_count > LIMIT_RULE_FINDINGS;
}

static void push(finding_list *list, finding f)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->items = memory_resize(list->items, list->room * sizeof *list->items);
	}
	list->items[list->count++] = f;
}

void report_add(rule_report *out, finding f)
{
	if (too_many(out, &f))
		return;
	if (!f.spot)
		f.evidence = evidence_of(&f, out->mask, out->arena);
	f.fingerprint = fingerprint_of(&f);
	push(&out->findings, f);
}

void rule_found(rule_report *out, const rule *r, const workload *w, origin at, const edit_list *edits,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	finding f = {.rule = r,
		.severity = r->severity,
		.workload = w,
		.at = at,
		.message = arena_vformat(out->arena, format, args)};
	va_end(args);
	if (edits) {
		f.edits = *edits;
		f.fix_safe = edits->count && !r->unsafe;
	}
	report_add(out, f);
}

void rule_found_in_image(rule_report *out, const rule *r, const workload *w, const image_spot *spot,
	const vulnerability *v, severity s, span evidence, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	finding f = {.rule = r,
		.severity = s,
		.workload = w,
		.at = {.text = &spot->text},
		.message = arena_vformat(out->arena, format, args),
		.evidence = evidence,
		.spot = spot,
		.vulnerability = v};
	va_end(args);
	report_add(out, f);
}

static int order(const void *a, const void *b)
{
	const finding *x = a, *y = b;
	int paths = strcmp(x->at.text ? x->at.text->path : "", y->at.text ? y->at.text->path : "");
	if (paths)
		return paths;
	if (x->at.start != y->at.start)
		return x->at.start < y->at.start ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	int ids = strcmp(x->rule->id, y->rule->id);
	if (ids)
		return ids;
	if (x->at.end != y->at.end)
		return x->at.end < y->at.end ? -1 : 1;
	return x->spot && y->spot ? span_compare(x->message, y->message) : 0;
}

static bool same(const finding *a, const finding *b)
{
	if (a->rule != b->rule || a->at.text != b->at.text || a->at.start != b->at.start ||
		a->at.end != b->at.end)
		return false;
	/* What a pod or a Dockerfile says holds for all containers that come of it. */
	return a->workload != b->workload || span_equal(a->message, b->message);
}

static void mark(const finding_list *findings, checklist *list, arena *scratch)
{
	map rows = {0};
	list_each(checklist_row, row, list)
		map_set(&rows, scratch, (span){(const char *)&row->workload, sizeof row->workload}, row);
	list_each(const finding, f, findings) {
		if (!f->workload || f->suppressed)
			continue;
		checklist_row *row = map_get(&rows, (span){(const char *)&f->workload, sizeof f->workload});
		if (row)
			row->status[control_of(span_of(f->rule->id))] = STATUS_VIOLATED;
	}
}

void findings_fold(finding_list *findings, checklist *list)
{
	arena scratch = {0};
	mark(findings, list, &scratch);
	arena_done(&scratch);
	if (findings->count == 0)
		return;
	qsort(findings->items, findings->count, sizeof *findings->items, order);
	uint32_t kept = 1;
	for (uint32_t i = 1; i < findings->count; i++)
		if (!same(&findings->items[kept - 1], &findings->items[i]))
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
}
