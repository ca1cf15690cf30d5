/* SPDX-License-Identifier: Apache-2.0
 *
 * Exceptions of rules: fields, operators (comps) and values that make a condition of what a rule is not to find. For one field, the
 * values are the list that its operator is asked with; for a list of fields, each value is a list with one entry for each field.
 *
 *   name: a, fields: proc.name,            values: [x, y]      and not (proc.name in (x, y))
 *   name: b, fields: [proc.name, fd.name], values: [[x, /y]]   and not (( proc.name = x and  fd.name = /y))
 *
 * The blanks are Falco's: places in the joined condition are counted with them. */
#include "base/buffer.h"
#include "base/limits.h"
#include "watch/rule_set.h"

static const char structure[] = "LOAD_ERR_YAML_VALIDATE";
static const char objects[] = "LOAD_ERR_VALIDATE";

/* --- reading --- */

static int read_entry(
	const rule_set *s, const node *n, span key, const rule_at *up, uint32_t depth, rule_entry *ret)
{
	if (depth > LIMIT_RULE_ENTRY_DEPTH)
		return rule_fail(s, structure, up, "lists of exceptions are nested too deeply");
	ret->given = node_is_list(n) || node_is_scalar(n);
	if (node_is_list(n)) {
		ret->list = true;
		const rule_at *at = rule_at_node(s, up, "value for", key, n);
		for (uint32_t i = 0; i < n->count; i++) {
			rule_entry item = {0};
			TRY(read_entry(s, n->items[i], (span){0},
				rule_at_node(s, at, "exception", (span){0}, n->items[i]), depth + 1, &item));
			list_push(s->arena, &ret->items, item);
		}
	} else if (node_is_scalar(n)) {
		if (node_text(n).n == 0)
			return rule_fail(s, structure, rule_at_node(s, up, "value for", key, n),
				"Value must be non-empty");
		ret->text = node_text(n);
	}
	return 0;
}

static int read_part(
	const rule_set *s, const node *item, const char *key, bool needed, const rule_at *at, rule_entry *ret)
{
	const node *n = node_get(item, key);
	if (!n && !needed)
		return 0;
	if (!n)
		return rule_fail(s, structure, at, "Item has no mapping for key '%s'", key);
	return read_entry(s, n, span_of(key), at, 0, ret);
}

static int read_values(const rule_set *s, const node *item, bool append, rule_exception *x)
{
	const node *values = node_get(item, "values");
	if (!values && append)
		rule_warn(s, "LOAD_APPEND_NO_VALUES", x->at, "Overriding/appending exception with no values");
	if (!values)
		return 0;
	const rule_at *at = rule_at_node(s, x->at, "exception values", (span){0}, values);
	if (!node_is_list(values))
		return rule_fail(s, structure, at, "Rule exception values must be a sequence");
	for (uint32_t i = 0; i < values->count; i++) {
		rule_entry value = {0};
		const rule_at *one = rule_at_node(s, at, "exception value", (span){0}, values->items[i]);
		TRY(read_entry(s, values->items[i], (span){0}, one, 0, &value));
		list_push(s->arena, &x->values, value);
	}
	return 0;
}

static int read_exception(const rule_set *s, const node *n, const rule_at *rule, const rule_at *list,
	bool append, rule_exceptions *ret)
{
	rule_exception x = {0};
	const rule_at *at = rule_at_node(s, list, "exception", (span){0}, n);
	if (!node_is_map(n))
		return rule_fail(s, structure, at, "Rule exception must be a mapping");
	TRY(rule_value_text(s, n, "name", at, &x.name));
	x.at = rule_at_node(s, rule, "exception", x.name, n);
	list_each(rule_exception, other, ret)
		if (span_equal(other->name, x.name))
			rule_warn(s, "LOAD_EXCEPTION_NAME_NOT_UNIQUE", x.at,
				"Multiple definitions of exception '%.*s' in the same rule",
				RULE_NAME(x.name));
	TRY(read_part(s, n, "fields", !append, x.at, &x.fields));
	TRY(read_part(s, n, "comps", false, x.at, &x.comps));
	TRY(read_values(s, n, append, &x));
	rule_value_unknown(s, n, "name fields comps values", x.at);
	if (ret->count == LIMIT_RULE_EXCEPTIONS)
		return rule_fail(s, structure, x.at, "more exceptions than a rule may have");
	list_push(s->arena, ret, x);
	return 0;
}

int rule_exception_read(
	const rule_set *s, const node *item, const rule_at *at, bool append, rule_exceptions *ret)
{
	const node *n = node_get(item, "exceptions");
	if (!n || n->kind == NODE_NULL)
		return 0;
	const rule_at *list = rule_at_node(s, at, "exceptions", (span){0}, n);
	if (!node_is_list(n))
		return rule_fail(s, structure, list, "Rule exceptions must be a sequence");
	for (uint32_t i = 0; i < n->count; i++)
		TRY(read_exception(s, n->items[i], at, list, append, ret));
	return 0;
}

/* --- checking --- */

/* Whether a text is an operator, and one whose right side is a list: also "= oneof" and the like. */
static bool find_operator(span text, bool *ret_list)
{
	span word, modifier, more, rest = text;
	if (!span_word(&rest, &word))
		return false;
	bool modified = span_word(&rest, &modifier), known = false;
	if (modified && span_word(&rest, &more))
		return false;
	for (int i = MODIFIER_NONE + 1; modified && !known && i < MODIFIER_COUNT; i++)
		known = span_is(modifier, modifier_names[i]);
	if (modified && !known)
		return false;
	for (int i = 0; i < OP_COUNT; i++)
		if (!op_rows[i].posture && span_equal(op_name((op)i), word)) {
			*ret_list = op_rows[i].kind == OP_CLASS_LIST || modified;
			return !modified || op_rows[i].kind == OP_CLASS_TEXT;
		}
	return false;
}

static int check_field(const rule_set *s, const rule_exception *x, span field, bool known_source)
{
	arena memory = {0};
	bool known = !known_source || rule_field_known(s, field, &memory);
	arena_done(&memory);
	return known ? 0
		     : rule_fail(
			       s, objects, x->at, "'%.*s' is not a supported filter field", RULE_NAME(field));
}

static int check_one(const rule_set *s, rule_exception *x, bool known_source)
{
	bool list;
	if (!x->comps.given)
		x->comps = (rule_entry){.given = true, .text = SPAN("in")};
	if (x->comps.list)
		return rule_fail(s, objects, x->at, "Fields and comps must both be strings");
	if (!find_operator(x->comps.text, &list) || !list)
		return rule_fail(s, objects, x->at,
			"When fields is a single value, comps must be one of (in, pmatch, intersects)");
	return check_field(s, x, x->fields.text, known_source);
}

static int check_several(const rule_set *s, rule_exception *x, bool known_source)
{
	bool list;
	if (!x->comps.given) {
		x->comps = (rule_entry){.given = true, .list = true};
		for (uint32_t i = 0; i < x->fields.items.count; i++)
			list_push(s->arena, &x->comps.items, (rule_entry){.given = true, .text = SPAN("=")});
	}
	if (x->comps.items.count != x->fields.items.count)
		return rule_fail(s, objects, x->at, "Fields and comps lists must have equal length");
	list_each(rule_entry, comp, &x->comps.items)
		if (!find_operator(comp->text, &list))
			return rule_fail(s, objects, x->at, "'%.*s' is not a supported comparison operator",
				RULE_NAME(comp->text));
	list_each(rule_entry, field, &x->fields.items)
		TRY(check_field(s, x, field->text, known_source));
	return 0;
}

int rule_exception_check(const rule_set *s, const char *what, rule_exception *x, bool known_source)
{
	if (!x->fields.given)
		return rule_fail(
			s, objects, x->at, "%s must have fields property with a list of fields", what);
	return x->fields.list ? check_several(s, x, known_source) : check_one(s, x, known_source);
}

/* --- joining with the condition --- */

static void add_quoted(buffer *out, span item)
{
	bool quote = span_find_byte(item, ' ') != SPAN_NONE && item.p[0] != '"' && item.p[0] != '\'';
	buffer_format(out, "%s%.*s%s", quote ? "\"" : "", SPAN_ARG(item), quote ? "\"" : "");
}

static int join_one(const rule_set *s, const rule_exception *x, buffer *out)
{
	for (uint32_t i = 0; i < x->values.count; i++) {
		if (x->values.items[i].list)
			return rule_fail(
				s, objects, x->at, "Expected values array to contain a list of strings");
		if (i)
			buffer_add_string(out, ", ");
		else
			buffer_format(out, " and not (%.*s %.*s (", SPAN_ARG(x->fields.text),
				SPAN_ARG(x->comps.text));
		add_quoted(out, x->values.items[i].text);
	}
	if (x->values.count)
		buffer_add_string(out, "))");
	return 0;
}

static void join_value(const rule_entry *value, span comp, buffer *out)
{
	bool list = false;
	find_operator(comp, &list);
	if (value->list) {
		buffer_add_byte(out, '(');
		for (uint32_t i = 0; i < value->items.count; i++) {
			if (i)
				buffer_add_string(out, ", ");
			add_quoted(out, value->items.items[i].text);
		}
		buffer_add_byte(out, ')');
	} else if (list && !span_starts(value->text, SPAN("(")))
		buffer_format(out, "(%.*s)", SPAN_ARG(value->text));
	else if (list)
		buffer_add(out, value->text);
	else
		add_quoted(out, value->text);
}

static int join_several(const rule_set *s, const rule_exception *x, buffer *out)
{
	for (uint32_t i = 0; i < x->values.count; i++) {
		const rule_entry *row = &x->values.items[i];
		if (row->items.count != x->fields.items.count)
			return rule_fail(s, objects, x->at, "Fields and values lists must have equal length");
		buffer_add_string(out, i ? " or (" : " and not ((");
		for (uint32_t k = 0; k < row->items.count; k++) {
			span field = x->fields.items.items[k].text, comp = x->comps.items.items[k].text;
			buffer_format(
				out, "%s %.*s %.*s ", k ? " and " : "", SPAN_ARG(field), SPAN_ARG(comp));
			join_value(&row->items.items[k], comp, out);
		}
		buffer_add_byte(out, ')');
	}
	if (x->values.count)
		buffer_add_byte(out, ')');
	return 0;
}

int rule_exception_join(const rule_set *s, const rule_info *r, buffer *out)
{
	span condition = rule_text_span(&r->condition);
	if (r->exceptions.count == 0) {
		buffer_add(out, condition);
		return 0;
	}
	buffer_format(out, "(%.*s)", SPAN_ARG(condition));
	list_each(rule_exception, x, &r->exceptions)
		TRY(x->fields.list ? join_several(s, x, out) : join_one(s, x, out));
	return 0;
}
