/* SPDX-License-Identifier: Apache-2.0
 *
 * Hints: what is deprecated, what looks like a mistake, what costs more than it must. */
#include "base/buffer.h"
#include "base/limits.h"
#include "expression/event_set.h"
#include "watch/event.h"
#include "watch/rule_set.h"

enum {
	MANY_TYPES = 100, /* types of events of one rule that Falco finds too many */
	TYPES_END = 1024, /* numbers of types of events lie below */
};

/* --- deprecated fields --- */

static const struct {
	const char *field, *why;
} deprecated[] = {
	{"evt.dir",
		"due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always "
		"evaluates to false. The rule expression can be simplified by removing the condition on "
		"'evt.dir'"},
	{"evt.latency", NULL},
	{"evt.latency.s", NULL},
	{"evt.latency.ns", NULL},
	{"evt.latency.human", NULL},
	{"evt.wait_latency", NULL},
};
enum { DEPRECATED = sizeof deprecated / sizeof *deprecated };

void rule_hint_output(const rule_set *s, const rule_info *r)
{
	for (size_t i = 0; i < DEPRECATED; i++)
		if (span_contains(rule_text_span(&r->output), deprecated[i].field))
			rule_warn(s, "LOAD_DEPRECATED_ITEM", r->output_at,
				"usage of deprecated field '%s' has been detected in the rule output",
				deprecated[i].field);
}

/* Calls `each` for every node. Levels are bounded: trees are no deeper than LIMIT_RULE_TREE_DEPTH. */
static void walk(const condition *c, void (*each)(void *of, const condition *c), void *of)
{
	if (!c)
		return;
	each(of, c);
	walk(c->left, each, of);
	walk(c->right, each, of);
	for (uint32_t i = 0; i < c->parts.count; i++)
		walk(c->parts.items[i], each, of);
}

static void find_deprecated(void *of, const condition *c)
{
	bool *found = of;
	if (c->kind == CONDITION_FIELD && span_starts(c->text, SPAN("evt.")))
		for (size_t i = 0; i < DEPRECATED; i++)
			found[i] |= span_is(c->text, deprecated[i].field);
}

void rule_hint_deprecated(const rule_set *s, const condition *c, const rule_at *at)
{
	bool found[DEPRECATED] = {false};
	walk(c, find_deprecated, found);
	for (size_t i = 0; i < DEPRECATED; i++)
		if (found[i])
			rule_warn(s, "LOAD_DEPRECATED_ITEM", at, "%s",
				deprecated[i].why
					? deprecated[i].why
					: "field is not available due to the drop of enter events.");
}

/* --- values --- */

struct hints {
	const rule_set *set;
	span condition;
	const rule_at *at;
};

/* .*, .+ or .? */
static bool is_any(span v, size_t at)
{
	return at + 1 < v.n && v.p[at] == '.' && v.p[at + 1] && strchr("+*?", v.p[at + 1]);
}

/* Whether an expression says no more than contains, startswith or endswith could: plain bytes, with ^, $ and .* at its ends. */
static bool is_plain_regex(span v)
{
	bool start = span_starts(v, SPAN("^")), end = span_ends(v, SPAN("$"));
	size_t from = start ? 1 : is_any(v, 0) ? 2 : 0;
	v.n -= end ? 1 : v.n >= from + 2 && is_any(v, v.n - 2) ? 2 : 0;
	v = span_from(v, from);
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] && strchr(".+*?^$()[]{}|\\", v.p[i]))
			return false;
	return true;
}

static bool is_transformed(span v)
{
	for (int i = 0; i < TRANSFORM_KNOWN; i++) {
		span name = span_of(transform_names[i]);
		if (span_starts(v, name) && span_starts(span_from(v, name.n), SPAN("(")) &&
			span_ends(v, SPAN(")")))
			return true;
	}
	return false;
}

static void hint_value(const struct hints *h, op o, span value, const condition_place *place)
{
	const rule_set *s = h->set;
	char bare[256];
	span v = {bare, 0};
	if (o == OP_REGEX && is_plain_regex(value))
		rule_warn(s, "LOAD_COMPILE_CONDITION", rule_at_condition(s, h->at, h->condition, place),
			"regex check with '%.*s' may be optimized with simpler operators such as '=', 'contains', "
			"'startswith', 'endswith'",
			RULE_NAME(value));
	for (size_t i = 0; i < value.n && v.n < sizeof bare; i++)
		if (!ascii_space(value.p[i]))
			bare[v.n++] = value.p[i];
	if (v.n == 0 || v.n == sizeof bare || !ascii_alpha(bare[0]))
		return;
	arena memory = {0};
	bool field = span_find_byte(v, '.') != SPAN_NONE && rule_field_known(s, v, &memory);
	arena_done(&memory);
	if (field || is_transformed(v))
		rule_warn(s, "LOAD_COMPILE_CONDITION", rule_at_condition(s, h->at, h->condition, place),
			"'%.*s' may be a valid field%s misused as a const string value", RULE_NAME(value),
			field ? "" : " transformer");
}

static void hint_test(void *of, const condition *c)
{
	if (c->kind != CONDITION_TEST || !c->right)
		return;
	if (c->right->kind == CONDITION_VALUE)
		hint_value(of, c->op, c->right->text, &c->right->place);
	for (uint32_t i = 0; c->right->kind == CONDITION_LIST && i < c->right->parts.count; i++)
		hint_value(of, c->op, c->right->parts.items[i]->text, &c->right->place);
}

void rule_hint_values(const rule_set *s, const condition *c, span condition, const rule_at *at)
{
	struct hints h = {s, condition, at};
	walk(c, hint_test, &h);
}

/* --- types of events --- */

/* How many types of events each system call comes as: most have one for its start and one for its end, of old and new versions. */
void rule_hint_begin(rule_set *s)
{
	arena memory = {0};
	map types = {0};
	s->types_of = ARENA_ARRAY(s->arena, uint8_t, event_code_count());
	for (uint32_t i = 0; i < event_code_count(); i++)
		map_set(&types, &memory, span_of(event_code_name(i)), &s->types_of[i]);
	for (uint32_t i = 0; i < TYPES_END; i++) {
		const event_type *t = event_type_get(i);
		uint8_t *count = t ? map_get(&types, span_of(t->name)) : NULL;
		if (count)
			++*count;
	}
	arena_done(&memory);
}

bool rule_hint_types(const rule_set *s, const condition *c)
{
	event_set events;
	error e;
	uint32_t count = 0;
	bool others = false; /* calls without a type of their own share two */
	if (event_set_of(c, &events, &e) < 0)
		return false;
	for (uint32_t i = 0; i < event_code_count(); i++)
		if (event_set_has(&events, i)) {
			count += s->types_of[i];
			others |= s->types_of[i] == 0;
		}
	count += others ? 2 : 0;
	return count == 0 || count > MANY_TYPES;
}
