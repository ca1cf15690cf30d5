/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of each type of events, ready to be asked. */
#include "watch/ruleset.h"

#include "watch/ruleset_node.h"

enum { EVENT_NUMBERS = 1024 }; /* more than there are numbers of event types */

typedef struct ready_rule {
	const watch_rule *rule;
	event_set events;
	rule_node *root;
} ready_rule;

/* Rules that events of one name can make true. */
typedef struct type_rules {
	LIST(ready_rule) rules;
} type_rules;

struct ruleset {
	rule_graph *graph;
	arena *arena;
	event_set events;
	LIST(ready_rule) rules;
	map types; /* type_rules by name */
	const type_rules *numbers
		[EVENT_NUMBERS];   /* the same by event.code; NULL: no rule, or the name is a parameter */
	bool named[EVENT_NUMBERS]; /* the name is a parameter of the event */
};

static const graph_fields fields = {
	.words = &watch_vocabulary, .get = watch_field_get, .type = FIELD_EVT_TYPE, .number = FIELD_EVT_NUM};

static int rule_error(error *e, const watch_rule *rule, const condition_fault *fault)
{
	error_set_at(e, ERROR_SYNTAX, fault->place.line, fault->place.column, "%.*s", SPAN_ARG(fault->text));
	return error_wrap(e, "rule %.*s", SPAN_ARG(rule->name));
}

static int rule_add(ruleset *r, const watch_rule *rule, error *e)
{
	ready_rule ready = {.rule = rule};
	condition_fault fault;
	if (event_set_of(rule->condition, &ready.events, e) < 0)
		return error_wrap(e, "rule %.*s", SPAN_ARG(rule->name));
	if (rule_graph_add(r->graph, rule->condition, &ready.root, &fault) < 0)
		return rule_error(e, rule, &fault);
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		r->events.bits[i] |= ready.events.bits[i];
	list_push(r->arena, &r->rules, ready);
	return 0;
}

static bool overlap(const event_set *a, const event_set *b)
{
	uint64_t both = 0;
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		both |= a->bits[i] & b->bits[i];
	return both != 0;
}

/* Makes the rules of a type ready; NULL: there are none. */
static const type_rules *type_add(ruleset *r, span name)
{
	type_rules *made = map_get(&r->types, name);
	event_set codes;
	event_set_of_type(name, &codes);
	if (made || !overlap(&codes, &r->events))
		return made;
	made = ARENA_NEW(r->arena, type_rules);
	for (uint32_t i = 0; i < r->rules.count; i++) {
		ready_rule rule = r->rules.items[i];
		if (!overlap(&rule.events, &codes))
			continue;
		rule.root = rule_graph_specialise(r->graph, rule.root, name);
		if (!rule_node_never(rule.root))
			list_push(r->arena, &made->rules, rule);
	}
	map_set(&r->types, r->arena, name, made);
	return made;
}

/* Events that say in a parameter what they are: system calls without a type of their own, and what others put into the stream. */
static bool is_named(const event_type *t)
{
	return span_in(span_of(t->name), "syscall asyncevent");
}

static void index_types(ruleset *r)
{
	for (uint32_t i = 0; i < event_code_count(); i++)
		type_add(r, span_of(event_code_name(i)));
	for (uint32_t i = 0; i < EVENT_NUMBERS; i++) {
		const event_type *t = event_type_get(i);
		if (!t)
			continue;
		r->named[i] = is_named(t);
		if (!r->named[i])
			r->numbers[i] = type_add(r, span_of(t->name));
	}
}

/* As urgent as it can become; what is done does not hang on the posture. */
static watch_priority most_urgent(const watch_rule *rule)
{
	return rule->posture && rule->action == WATCH_TELL ? watch_priority_raise(rule->priority)
							   : rule->priority;
}

int ruleset_new(
	const watch_rule *rules, uint32_t count, watch_priority least, arena *a, ruleset **ret, error *e)
{
	ruleset *r = ARENA_NEW(a, ruleset);
	r->arena = a;
	r->graph = rule_graph_new(&fields, a);
	for (uint32_t i = 0; i < count; i++)
		if (rules[i].enabled && most_urgent(&rules[i]) <= least)
			TRY(rule_add(r, &rules[i], e));
	index_types(r);
	rule_graph_index(r->graph);
	*ret = r;
	return 0;
}

const event_set *ruleset_events(const ruleset *r)
{
	return &r->events;
}

const watch_rule *ruleset_nth(const ruleset *r, uint32_t index)
{
	return index < r->rules.count ? r->rules.items[index].rule : NULL;
}

rule_node *ruleset_nth_root(const ruleset *r, uint32_t index)
{
	return index < r->rules.count ? r->rules.items[index].root : NULL;
}

const watch_rule *ruleset_rule(const ruleset *r, span type, uint32_t index)
{
	const type_rules *rules = map_get(&r->types, type);
	return rules && index < rules->rules.count ? rules->rules.items[index].rule : NULL;
}

rule_node *ruleset_root(const ruleset *r, span type, uint32_t index)
{
	const type_rules *rules = map_get(&r->types, type);
	return rules && index < rules->rules.count ? rules->rules.items[index].root : NULL;
}

static const type_rules *rules_of(const ruleset *r, const event_view *v)
{
	uint32_t code = v->event->code;
	if (code >= EVENT_NUMBERS)
		return NULL;
	if (!r->named[code])
		return r->numbers[code];
	field_value name;
	bool empty;
	const field_row *type = watch_field_at(FIELD_EVT_TYPE);
	if (watch_field_get(v, type, 0, &name, &empty) == FIELD_UNSET)
		return NULL;
	return map_get(&r->types, name.text);
}

void ruleset_match(ruleset *r, const event_view *v, bool first,
	bool (*found)(void *of, const watch_rule *rule), void *of)
{
	const type_rules *rules = rules_of(r, v);
	if (!rules || rules->rules.count == 0)
		return;
	rule_graph_begin(r->graph, v);
	for (uint32_t i = 0; i < rules->rules.count; i++) {
		const ready_rule *rule = &rules->rules.items[i];
		if (!rule_graph_holds(r->graph, rule->root))
			continue;
		if (found(of, rule->rule) && first)
			return;
	}
}
