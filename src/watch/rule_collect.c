/* SPDX-License-Identifier: Apache-2.0
 *
 * What items define under their names. A second definition takes the place of the first in the order, but sees what was defined
 * before the second (rule_set.h, index and visibility). */
#include "base/limits.h"
#include "watch/rule_set.h"

static const char objects[] = "LOAD_ERR_VALIDATE";

void rule_text_add(arena *a, rule_text *t, span more)
{
	if (more.n > UINT32_MAX / 4 - t->count)
		more.n = UINT32_MAX / 4 - t->count; /* far beyond what a condition may have, which is told */
	if (t->count + more.n > t->room) {
		uint32_t room = (uint32_t)(t->count + more.n) * (t->count ? 2 : 1);
		char *p = arena_alloc(a, room);
		if (t->count)
			memcpy(p, t->items, t->count);
		t->items = p;
		t->room = room;
	}
	if (more.n)
		memcpy(t->items + t->count, more.p, more.n);
	t->count += (uint32_t)more.n;
}

/* A blank, and what is added. */
static void text_append(arena *a, rule_text *t, const rule_text *more)
{
	if (more->count == 0)
		return;
	rule_text_add(a, t, SPAN(" "));
	rule_text_add(a, t, rule_text_span(more));
}

int rule_collect_list(rule_set *s, list_info *l, bool append)
{
	list_info *before = map_get(&s->list_names, l->name);
	if (append && !before)
		return rule_fail(s, objects, l->at,
			"List uses 'append' or 'override.items: append' but no list by that name already exists");
	l->index = before ? before->index : s->next;
	l->visibility = s->next++;
	l->position = before ? before->position : s->lists.count;
	if (append) {
		list_each(span, item, &l->items)
			list_push(s->arena, &before->items, *item);
		before->visibility = l->visibility;
	} else if (before) {
		*before = *l;
	} else {
		map_set(&s->list_names, s->arena, l->name, l);
		list_push(s->arena, &s->lists, l);
	}
	return 0;
}

int rule_collect_macro(rule_set *s, macro_info *m, bool append)
{
	macro_info *before = map_get(&s->macro_names, m->name);
	if (append && !before)
		return rule_fail(s, objects, m->at,
			"Macro uses 'append' or 'override.condition: append' but no macro by that name already "
			"exists");
	m->index = before ? before->index : s->next;
	m->visibility = s->next++;
	m->position = before ? before->position : s->macros.count;
	if (append) {
		text_append(s->arena, &before->condition, &m->condition);
		before->visibility = m->visibility;
	} else if (before) {
		*before = *m;
	} else {
		map_set(&s->macro_names, s->arena, m->name, m);
		list_push(s->arena, &s->macros, m);
	}
	return 0;
}

int rule_collect_rule(rule_set *s, rule_info *r)
{
	rule_info *before = map_get(&s->rule_names, r->name);
	if (before && !span_equal(before->source, r->source))
		return rule_fail(s, objects, r->at, "Rule has been re-defined with a different source");
	r->unknown_source = !s->words->source(s->words->of, r->source);
	if (r->unknown_source)
		rule_warn(s, "LOAD_UNKNOWN_SOURCE", r->at, "Unknown source %.*s, skipping",
			RULE_NAME(r->source));
	list_each(rule_exception, x, &r->exceptions)
		TRY(rule_exception_check(s, "Rule exception item", x, !r->unknown_source));
	s->next++;
	if (before) {
		*before = *r;
	} else {
		map_set(&s->rule_names, s->arena, r->name, r);
		list_push(s->arena, &s->rules, r);
	}
	return 0;
}

/* --- changes of a rule --- */

static rule_exception *find_exception(const rule_exceptions *in, span name)
{
	list_each(rule_exception, x, in)
		if (span_equal(x->name, name))
			return x;
	return NULL;
}

static int append_exception(const rule_set *s, rule_info *r, rule_exception *x)
{
	rule_exception *before = find_exception(&r->exceptions, x->name);
	if (before && x->fields.given)
		return rule_fail(s, objects, x->at,
			"Can not append exception fields to existing exception, only values");
	if (before && x->comps.given)
		return rule_fail(s, objects, x->at,
			"Can not append exception comps to existing exception, only values");
	if (before) {
		list_each(rule_entry, value, &x->values)
			list_push(s->arena, &before->values, *value);
		return 0;
	}
	if (x->fields.given && x->values.count == 0)
		return rule_fail(
			s, objects, x->at, "Rule exception must have values property with a list of values");
	TRY(rule_exception_check(s, "Rule exception", x, !r->unknown_source));
	if (r->exceptions.count == LIMIT_RULE_EXCEPTIONS)
		return rule_fail(s, objects, x->at, "more exceptions than a rule may have");
	list_push(s->arena, &r->exceptions, *x);
	return 0;
}

int rule_collect_tag(const rule_set *s, void *rule, span tag, const rule_at *at)
{
	rule_info *r = rule;
	uint32_t i = 0;
	while (i < r->tags.count && span_compare(r->tags.items[i], tag) < 0)
		i++;
	if (i < r->tags.count && span_equal(r->tags.items[i], tag))
		return 0;
	if (r->tags.count == LIMIT_RULE_TAGS)
		return rule_fail(s, objects, at, "more tags than a rule may have");
	list_push(s->arena, &r->tags, tag);
	memmove(r->tags.items + i + 1, r->tags.items + i, (r->tags.count - 1 - i) * sizeof *r->tags.items);
	r->tags.items[i] = tag;
	return 0;
}

int rule_collect_append(rule_set *s, rule_update *u)
{
	rule_info *r = map_get(&s->rule_names, u->with.name);
	if (!r)
		return rule_fail(s, objects, u->with.at,
			"Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists");
	if (!u->has)
		return rule_fail(
			s, objects, u->with.at, "Appended rule must have exceptions or condition property");
	text_append(s->arena, &r->condition, &u->with.condition);
	text_append(s->arena, &r->output, &u->with.output);
	text_append(s->arena, &r->description, &u->with.description);
	list_each(span, tag, &u->with.tags)
		TRY(rule_collect_tag(s, r, *tag, u->with.at));
	list_each(rule_exception, x, &u->with.exceptions)
		TRY(append_exception(s, r, x));
	s->next++;
	return 0;
}

#define REPLACE(key, member)                      \
	do {                                      \
		if (u->has >> (key)&1)            \
			r->member = with->member; \
	} while (0)

int rule_collect_replace(rule_set *s, rule_update *u)
{
	const rule_info *with = &u->with;
	rule_info *r = map_get(&s->rule_names, with->name);
	if (!r)
		return rule_fail(s, objects, with->at,
			"An 'override.<key>: replace' to a rule was requested but no rule by that name already "
			"exists");
	list_each(rule_exception, x, &u->with.exceptions)
		TRY(rule_exception_check(s, "Rule exception item", x, !r->unknown_source));
	REPLACE(RULE_CONDITION, condition);
	REPLACE(RULE_EXCEPTIONS, exceptions);
	REPLACE(RULE_OUTPUT, output);
	REPLACE(RULE_DESC, description);
	REPLACE(RULE_TAGS, tags);
	REPLACE(RULE_PRIORITY, priority);
	REPLACE(RULE_ENABLED, enabled);
	REPLACE(RULE_WARN_EVTTYPES, warn_types);
	REPLACE(RULE_SKIP_UNKNOWN, skip_unknown);
	REPLACE(RULE_CAPTURE, capture);
	REPLACE(RULE_CAPTURE_DURATION, capture_ms);
	REPLACE(RULE_ACTION, action);
	REPLACE(RULE_POSTURE, posture);
	s->next++;
	return 0;
}

int rule_collect_enable(rule_set *s, span name, bool enabled, const rule_at *at)
{
	rule_info *r = map_get(&s->rule_names, name);
	if (!r)
		return rule_fail(
			s, objects, at, "Rule has 'enabled' key but no rule by that name already exists");
	r->enabled = enabled;
	return 0;
}
