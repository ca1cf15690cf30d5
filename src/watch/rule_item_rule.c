/* SPDX-License-Identifier: Apache-2.0
 *
 * Items of rules: definitions, what is added to or replaced in an earlier rule, and the switch alone. */
#include "watch/rule_set.h"

static const char structure[] = "LOAD_ERR_YAML_VALIDATE";
static const char known[] =
	"rule condition output desc priority source enabled tags exceptions append override "
	"warn_evttypes skip-if-unknown-filter capture capture_duration action posture";

/* In the order of rule_key, which is that in which Falco looks at them. */
static const rule_override_row keys[RULE_KEYS] = {
	{"condition", true, true},
	{"exceptions", true, true},
	{"output", true, true},
	{"desc", true, true},
	{"tags", true, true},
	{"priority", false, true},
	{"enabled", false, true},
	{"warn_evttypes", false, true},
	{"skip-if-unknown-filter", false, true},
	{"capture", false, true},
	{"capture_duration", false, true},
	{"action", false, true},
	{"posture", false, true},
};

static int read_text(const rule_set *s, const node *item, const char *key, const rule_at *at, rule_text *ret)
{
	span value;
	TRY(rule_value_text(s, item, key, at, &value));
	rule_text_add(s->arena, ret, value);
	return 0;
}

static int read_priority(const rule_set *s, const node *item, const rule_at *at, watch_priority *ret)
{
	span value;
	TRY(rule_value_text(s, item, "priority", at, &value));
	int found = watch_priority_find(value);
	if (found < 0)
		return rule_fail(s, structure,
			rule_at_node(s, at, "rule priority", (span){0}, node_get(item, "priority")),
			"Invalid priority");
	*ret = (watch_priority)found;
	return 0;
}

/* Ours: Falco warns of the key, and loads the rule. */
static int read_action(const rule_set *s, const node *item, const rule_at *at, watch_action *ret)
{
	static const char *const words[] = {"none", "kill", "deny"};
	span value = {0};
	TRY(rule_value_maybe_text(s, item, "action", at, &value));
	if (!value.p)
		return 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(value, words[i])) {
			*ret = (watch_action)i;
			return 0;
		}
	return rule_fail(s, structure,
		rule_at_node(s, at, "rule action", (span){0}, node_get(item, "action")),
		"Invalid action: it is kill, deny or none");
}

static int read_key(const rule_set *s, const node *item, rule_key key, bool append, rule_info *r)
{
	switch (key) {
	case RULE_CONDITION:
		return read_text(s, item, "condition", r->at, &r->condition);
	case RULE_EXCEPTIONS:
		return rule_exception_read(s, item, r->at, append, &r->exceptions);
	case RULE_OUTPUT:
		return read_text(s, item, "output", r->at, &r->output);
	case RULE_DESC:
		return read_text(s, item, "desc", r->at, &r->description);
	case RULE_TAGS:
		return rule_value_list(s, item, "tags", false, r->at, rule_collect_tag, r);
	case RULE_PRIORITY:
		return read_priority(s, item, r->at, &r->priority);
	case RULE_ENABLED:
		return rule_value_truth(s, item, "enabled", r->at, &r->enabled);
	case RULE_WARN_EVTTYPES:
		return rule_value_truth(s, item, "warn_evttypes", r->at, &r->warn_types);
	case RULE_SKIP_UNKNOWN:
		return rule_value_truth(s, item, "skip-if-unknown-filter", r->at, &r->skip_unknown);
	case RULE_CAPTURE:
		return rule_value_truth(s, item, "capture", r->at, &r->capture);
	case RULE_CAPTURE_DURATION:
		return rule_value_number(s, item, "capture_duration", r->at, &r->capture_ms);
	case RULE_ACTION:
		return read_action(s, item, r->at, &r->action);
	case RULE_POSTURE:
		return rule_value_truth(s, item, "posture", r->at, &r->posture);
	}
	return 0;
}

/* --- items that change an earlier rule --- */

static int read_update(
	rule_set *s, const node *item, const rule_info *r, uint32_t which, bool append, uint32_t *left)
{
	rule_update u = {.has = which, .with = {.name = r->name, .at = r->at}};
	for (uint32_t i = 0; i < RULE_KEYS; i++) {
		if (!(which >> i & 1))
			continue;
		if (!node_get(item, keys[i].key) || !(*left >> i & 1))
			return rule_fail(s, structure, r->at,
				"An %s override for '%s' was specified but '%s' is not defined",
				append ? "append" : "replace", keys[i].key, keys[i].key);
		*left &= ~(1u << i);
		TRY(read_key(s, item, (rule_key)i, append, &u.with));
	}
	return append ? rule_collect_append(s, &u) : rule_collect_replace(s, &u);
}

static int complain_left(const rule_set *s, const node *item, const rule_at *at, uint32_t left)
{
	const char *first = NULL; /* in the order of the alphabet */
	for (uint32_t i = 0; i < RULE_KEYS; i++)
		if (left >> i & 1 && (!first || strcmp(keys[i].key, first) < 0))
			first = keys[i].key;
	return rule_fail(s, structure,
		rule_at_node(s, at, "overrides", span_of(first), node_get(item, first)),
		"Unexpected key '%s': no corresponding entry under 'override' is defined.", first);
}

static int read_overrides(
	rule_set *s, const node *item, const rule_info *r, uint32_t append, uint32_t replace)
{
	uint32_t left = 0;
	for (uint32_t i = 0; i < RULE_KEYS; i++)
		left |= (uint32_t)(node_get(item, keys[i].key) != NULL) << i;
	if (append)
		TRY(read_update(s, item, r, append, true, &left));
	if (replace)
		TRY(read_update(s, item, r, replace, false, &left));
	return left ? complain_left(s, item, r->at, left) : 0;
}

/* `append: true` adds a condition and exceptions, nothing else. */
static int read_appended(rule_set *s, const node *item, const rule_info *r)
{
	uint32_t which = (uint32_t)(node_get(item, "condition") != NULL) << RULE_CONDITION |
			 (uint32_t)(node_get(item, "exceptions") != NULL) << RULE_EXCEPTIONS;
	uint32_t left = which;
	return read_update(s, item, r, which, true, &left);
}

/* --- definitions --- */

static int read_definition(rule_set *s, const node *item, rule_info *r)
{
	static const rule_key order[] = {RULE_OUTPUT, RULE_DESC, RULE_PRIORITY};
	static const rule_key rest[] = {RULE_ENABLED, RULE_WARN_EVTTYPES, RULE_SKIP_UNKNOWN, RULE_CAPTURE,
		RULE_CAPTURE_DURATION, RULE_ACTION, RULE_POSTURE, RULE_TAGS, RULE_EXCEPTIONS};
	TRY(read_key(s, item, RULE_CONDITION, false, r));
	r->condition_at = rule_at_node(s, r->at, "rule condition", (span){0}, node_get(item, "condition"));
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		TRY(read_key(s, item, order[i], false, r));
	r->output_at = rule_at_node(s, r->at, "rule output", (span){0}, node_get(item, "output"));
	span output = span_trim(rule_text_span(&r->output));
	r->output = (rule_text){0};
	rule_text_add(s->arena, &r->output, output);
	TRY(rule_value_maybe_text(s, item, "source", r->at, &r->source));
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		TRY(read_key(s, item, rest[i], false, r));
	return rule_collect_rule(s, r);
}

static int read_switch(rule_set *s, const node *item, const rule_info *r)
{
	span value;
	bool enabled = true;
	TRY(rule_value_text(s, item, "enabled", r->at, &value));
	TRY(rule_value_truth(s, item, "enabled", r->at, &enabled));
	rule_warn(s, "LOAD_DEPRECATED_ITEM", r->at,
		"The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' "
		"entry under the 'override' key (i.e. 'enabled: replace').");
	return rule_collect_enable(s, r->name, enabled, r->at);
}

static int read_by_shape(rule_set *s, const node *item, rule_info *r)
{
	uint32_t append, replace;
	bool flag;
	TRY(rule_override_read(s, item, keys, RULE_KEYS, r->at, &flag, &append, &replace));
	if (append | replace)
		return read_overrides(s, item, r, append, replace);
	if (flag)
		return read_appended(s, item, r);
	if (!node_get(item, "condition") && !node_get(item, "output") && !node_get(item, "desc") &&
		!node_get(item, "priority"))
		return read_switch(s, item, r);
	return read_definition(s, item, r);
}

int rule_item_rule(rule_set *s, const node *item, const rule_at *file)
{
	rule_info *r = ARENA_NEW(s->arena, rule_info);
	*r = (rule_info){.enabled = true, .warn_types = true, .source = SPAN("syscall")};
	TRY(rule_value_text(s, item, "rule", rule_at_node(s, file, "rule", (span){0}, item), &r->name));
	r->at = rule_at_node(s, file, "rule", r->name, item);
	TRY(read_by_shape(s, item, r));
	rule_value_unknown(s, item, known, r->at);
	return 0;
}
