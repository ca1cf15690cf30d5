/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting together what the files defined: lists written out, macros put in, outputs and conditions seen through. The first error ends
 * it, as in Falco; when the set is finished, what has errors is left out instead. */
#include "base/buffer.h"
#include "base/limits.h"
#include "watch/rule_set.h"

enum { ALL_VISIBLE = UINT32_MAX };

/* Whether it is what `skip-if-unknown-filter` lets pass. */
static bool is_unknown(span fault)
{
	static const char *const words[] = {
		"nonexistent field", "invalid formatting token", "unknown event type", "unknown filter:"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_contains(fault, words[i]))
			return true;
	return false;
}

/* Tells a fault; 1 when the rule is left out for it, without an error. */
static int left_out(const rule_set *s, const rule_info *r, const char *code, span fault, const rule_at *at)
{
	if (!r->skip_unknown || !is_unknown(fault))
		return rule_fail(s, code, at, "%.*s", RULE_NAME(fault));
	rule_warn(s, "LOAD_UNKNOWN_FILTER", at, "%.*s", RULE_NAME(fault));
	return 1;
}

/* %container.info once stood for fields that are now added anyway. */
static span output_text(rule_assembly *a, const rule_info *r)
{
	static const char gone[] = "%container.info";
	span text = rule_text_span(&r->output);
	if (!span_contains(text, gone))
		return text;
	rule_warn(a->set, "LOAD_DEPRECATED_ITEM", r->at,
		"%s is deprecated and stands for nothing: the fields of containers are added to outputs by themselves",
		gone);
	auto_buffer out = {0};
	for (size_t at; (at = span_find(text, span_of(gone))) != SPAN_NONE;) {
		buffer_add(&out, span_sub(text, 0, at));
		text = span_from(text, at + strlen(gone));
	}
	buffer_add(&out, text);
	return arena_copy(a->arena, buffer_span(&out));
}

static int take_output(rule_assembly *a, const rule_info *r, watch_rule *ret)
{
	ret->output = output_text(a, r);
	if (a->set->sound)
		return 0;
	const char *fault = rule_output_check(a->set, ret->output);
	if (fault)
		return left_out(a->set, r, "LOAD_ERR_COMPILE_OUTPUT", span_of(fault), r->output_at);
	rule_hint_output(a->set, r);
	return 0;
}

static int see_through(rule_assembly *a, const rule_info *r, span joined, const condition *tree)
{
	const rule_set *s = a->set;
	condition_fault fault = {0};
	arena memory = {0};
	int ret = 0;
	if (!s->words->condition(s->words->of, tree, &memory, &fault))
		ret = left_out(s, r, "LOAD_ERR_COMPILE_CONDITION", fault.text,
			rule_at_condition(s, r->condition_at, joined, &fault.place));
	arena_done(&memory);
	return ret;
}

static int take_condition(rule_assembly *a, const rule_info *r, watch_rule *ret)
{
	auto_buffer out = {0};
	const condition *tree;
	macro_tree whole;
	TRY(rule_exception_join(a->set, r, &out));
	span joined = buffer_span(&out);
	TRY(rule_list_write(a, joined, r->condition_at, &ret->text));
	if (ret->text.p == joined.p)
		ret->text = arena_copy(a->arena, joined);
	TRY(rule_macro_parse(a, ret->text, r->condition_at, &tree));
	TRY(rule_macro_put(a, tree, ALL_VISIBLE, joined, r->at, &whole));
	ret->condition = whole.tree;
	if (a->set->sound)
		return 0;
	rule_hint_deprecated(a->set, whole.tree, r->condition_at);
	int status = see_through(a, r, joined, whole.tree);
	if (status == 0)
		rule_hint_values(a->set, whole.tree, joined, r->condition_at);
	return status;
}

static int take_rule(rule_assembly *a, rule_info *r)
{
	if (r->unknown_source || (a->set->sound && !r->taken))
		return 0;
	r->taken = false;
	watch_rule ret = {.name = r->name,
		.description = rule_text_span(&r->description),
		.source = r->source,
		.priority = r->priority,
		.enabled = r->enabled,
		.capture = r->capture,
		.capture_ms = r->capture_ms,
		.action = r->action,
		.posture = r->posture,
		.file = r->at->place.file,
		.line = r->at->place.line + 1};
	int status = take_output(a, r, &ret);
	if (status == 0)
		status = take_condition(a, r, &ret);
	if (status != 0)
		return status;
	r->taken = true;
	if (!a->set->sound && r->warn_types && span_is(r->source, "syscall") &&
		rule_hint_types(a->set, ret.condition))
		rule_warn(a->set, "LOAD_NO_EVTTYPE", r->at,
			"Rule matches too many evt.type values. This has a significant performance penalty.");
	ret.tags.items = r->tags.items;
	ret.tags.count = ret.tags.room = r->tags.count;
	list_push(a->arena, &a->rules, ret);
	return 0;
}

static void tell_unused(const rule_assembly *a)
{
	const rule_set *s = a->set;
	for (uint32_t i = 0; i < s->macros.count; i++)
		if (!a->macros[i].used)
			rule_warn(s, "LOAD_UNUSED_MACRO", s->macros.items[i]->at,
				"Macro not referred to by any other rule/macro");
	for (uint32_t i = 0; i < s->lists.count; i++)
		if (!a->lists[i].used)
			rule_warn(s, "LOAD_UNUSED_LIST", s->lists.items[i]->at,
				"List not referred to by any other rule/macro");
}

void rule_assemble(rule_assembly *a)
{
	rule_set *s = a->set;
	rule_list_begin(a);
	if (rule_macro_begin(a) < 0)
		return;
	for (uint32_t i = 0; i < s->rules.count; i++)
		if (take_rule(a, s->rules.items[i]) < 0 && !a->tolerant)
			return;
	tell_unused(a);
	s->sound |= !a->tolerant;
}
