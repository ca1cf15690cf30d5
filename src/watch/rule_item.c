/* SPDX-License-Identifier: Apache-2.0
 *
 * Items of rule files: which kind each is, and those of lists and macros. */
#include "watch/rule_set.h"

static const char structure[] = "LOAD_ERR_YAML_VALIDATE";

/* Whether an item adds to an earlier one of its name, by `append: true` or by an override of its only key. */
static int read_append(const rule_set *s, const node *item, const char *key, const rule_at *at, bool *ret)
{
	const rule_override_row row = {key, true, true};
	uint32_t append, replace;
	bool flag;
	TRY(rule_override_read(s, item, &row, 1, at, &flag, &append, &replace));
	*ret = flag || append;
	return 0;
}

/* --- lists --- */

static int take_item(const rule_set *s, void *into, span value, const rule_at *at)
{
	list_info *l = into;
	(void)at;
	list_push(s->arena, &l->items, value);
	return 0;
}

/* Whether a condition can hold the name as one word. */
static bool is_word(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (ascii_space(name.p[i]) || (name.p[i] && strchr("()\"'=,", name.p[i])))
			return false;
	return name.n > 0;
}

static int read_list(rule_set *s, const node *item, const rule_at *file)
{
	list_info *l = ARENA_NEW(s->arena, list_info);
	bool append;
	TRY(rule_value_text(s, item, "list", rule_at_node(s, file, "list", (span){0}, item), &l->name));
	l->at = rule_at_node(s, file, "list", l->name, item);
	if (!is_word(l->name))
		rule_warn(s, "LOAD_INVALID_LIST_NAME", l->at,
			"List has an invalid name. List names should match a regular expression: "
			"([^()\"'[:space:]=,]+)");
	TRY(rule_value_list(s, item, "items", true, l->at, take_item, l));
	TRY(read_append(s, item, "items", l->at, &append));
	TRY(rule_collect_list(s, l, append));
	rule_value_unknown(s, item, "list items append override", l->at);
	return 0;
}

/* --- macros --- */

static bool is_identifier(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alpha(name.p[i]) && (i == 0 || (!ascii_digit(name.p[i]) && name.p[i] != '_')))
			return false;
	return name.n > 0;
}

static int read_macro(rule_set *s, const node *item, const rule_at *file)
{
	macro_info *m = ARENA_NEW(s->arena, macro_info);
	span condition;
	bool append;
	TRY(rule_value_text(s, item, "macro", rule_at_node(s, file, "macro", (span){0}, item), &m->name));
	m->at = rule_at_node(s, file, "macro", m->name, item);
	if (!is_identifier(m->name))
		rule_warn(s, "LOAD_INVALID_MACRO_NAME", m->at,
			"Macro has an invalid name. Macro names should match a regular expression: "
			"([a-zA-Z]+[a-zA-Z0-9_]*)");
	TRY(rule_value_text(s, item, "condition", m->at, &condition));
	rule_text_add(s->arena, &m->condition, condition);
	m->condition_at = rule_at_node(s, m->at, "macro condition", (span){0}, node_get(item, "condition"));
	TRY(read_append(s, item, "condition", m->at, &append));
	TRY(rule_collect_macro(s, m, append));
	rule_value_unknown(s, item, "macro condition append override", m->at);
	return 0;
}

int rule_item_read(rule_set *s, const node *item, const rule_at *file)
{
	static const struct {
		const char *key;
		int (*read)(rule_set *s, const node *item, const rule_at *file);
	} kinds[] = {{"list", read_list}, {"macro", read_macro}, {"rule", rule_item_rule}};
	if (!node_is_map(item))
		return rule_fail(s, structure, rule_at_node(s, file, "rules content item", (span){0}, item),
			"Unexpected element type. Each element should be a yaml associative array.");
	if (node_get(item, "required_engine_version"))
		return rule_require_engine(s, item, file);
	if (node_get(item, "required_plugin_versions"))
		return rule_require_plugins(s, item, file);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (node_get(item, kinds[i].key))
			return kinds[i].read(s, item, file);
	rule_warn(s, "LOAD_UNKNOWN_ITEM", rule_at_node(s, file, "rules content item", (span){0}, item),
		"Unknown top level item");
	return 0;
}
