/* SPDX-License-Identifier: Apache-2.0
 *
 * `override`: which keys of an item are appended to what an earlier item said, and which replace it; and `append: true`, which was
 * there before it. */
#include "watch/rule_set.h"

static const char structure[] = "LOAD_ERR_YAML_VALIDATE";

static uint32_t find_row(const rule_override_row *rows, uint32_t count, span key)
{
	uint32_t i = 0;
	while (i < count && !span_is(key, rows[i].key))
		i++;
	return i;
}

static int read_one(const rule_set *s, const member *m, const rule_override_row *rows, uint32_t count,
	const rule_at *at, uint32_t *append, uint32_t *replace)
{
	span key = m->key->value, operation = node_text(m->value);
	uint32_t i = find_row(rows, count, key);
	bool may_append = i < count && rows[i].append, may_replace = i < count && rows[i].replace;
	if (!node_is_scalar(m->value))
		return rule_fail(s, "LOAD_ERR_VALIDATE", rule_at_file(s), "bad conversion");
	if (span_is(operation, "append")) {
		if (!may_append)
			return rule_fail(s, structure, rule_at_node(s, at, "overrides", key, m->key),
				"Key '%.*s' cannot be appended to, use 'replace' instead", RULE_NAME(key));
		*append |= 1u << i;
	} else if (span_is(operation, "replace")) {
		if (!may_replace)
			return rule_fail(s, structure, rule_at_node(s, at, "overrides", key, m->key),
				"Key '%.*s' cannot be replaced", RULE_NAME(key));
		*replace |= 1u << i;
	} else
		return rule_fail(s, structure, rule_at_node(s, at, "value for", key, m->value),
			"Invalid override operation for key '%.*s': '%.*s'. Allowed values are: %s%s",
			RULE_NAME(key), RULE_NAME(operation), may_append ? "append " : "",
			may_replace ? "replace " : "");
	return 0;
}

int rule_override_read(const rule_set *s, const node *item, const rule_override_row *rows, uint32_t count,
	const rule_at *at, bool *ret_flag, uint32_t *ret_append, uint32_t *ret_replace)
{
	const node *n = node_get(item, "override");
	uint32_t append = 0, replace = 0;
	bool flag = false;
	TRY(rule_value_truth(s, item, "append", at, &flag));
	if (flag)
		rule_warn(s, "LOAD_DEPRECATED_ITEM", at,
			"'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under "
			"'override' instead.");
	if (node_is_map(n)) {
		const rule_at *inside = rule_at_node(s, at, "overrides", (span){0}, item);
		for (uint32_t i = 0; i < n->count; i++)
			TRY(read_one(s, &n->members[i], rows, count, inside, &append, &replace));
	}
	if (flag && (append | replace))
		return rule_fail(s, structure, at,
			"Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. "
			"'condition: append') under 'override' instead.");
	*ret_flag = flag;
	*ret_append = append;
	*ret_replace = replace;
	return 0;
}
