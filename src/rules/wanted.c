/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsing and telling wants. */
#include "rules/wanted.h"

#include "rules/vocabulary.h"

/* "mount.writable" inside a rule over mounts: a member of the item at hand. */
static bool cut_member(span name, fact_id each, want *w)
{
	if (each == FACT_NONE)
		return false;
	span list = span_of(fact_rows[each].field);
	if (!span_starts(name, list) || name.n <= list.n + 1 || name.p[list.n] != '.')
		return false;
	w->fact = each;
	w->member = rule_member(each, span_from(name, list.n + 1));
	return w->member >= 0;
}

static span unquoted(span value)
{
	value = span_trim(value);
	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.n - 1] == value.p[0])
		return span_sub(value, 1, value.n - 2);
	return value;
}

static int parse_one(span text, fact_id each, want *ret, error *e)
{
	size_t equal = span_find_byte(text, '=');
	if (equal == SPAN_NONE || equal == 0)
		return error_set(e, ERROR_SYNTAX,
			"'%.*s' is not `fact = value`, `list += item` or `list -= item`", SPAN_ARG(text));
	want w = {.op = WANT_SET, .member = -1, .value = unquoted(span_from(text, equal + 1))};
	span name = span_sub(text, 0, equal);
	if (name.p[equal - 1] == '+' || name.p[equal - 1] == '-') {
		w.op = name.p[equal - 1] == '+' ? WANT_ADD : WANT_REMOVE;
		name.n--;
	}
	name = span_trim(name);
	w.fact = rule_fact(name);
	if (w.fact == FACT_NONE && !cut_member(name, each, &w))
		return error_set(e, ERROR_SYNTAX, "there is no fact '%.*s'", SPAN_ARG(name));
	if (w.op != WANT_SET && fact_rows[w.fact].type != TYPE_LIST)
		return error_set(e, ERROR_SYNTAX, "'%.*s' is no list", SPAN_ARG(name));
	if (span_is(w.value, "this")) {
		if (w.fact != each)
			return error_set(
				e, ERROR_SYNTAX, "'this' is not an item of '%.*s' here", SPAN_ARG(name));
		w.value = (span){0};
	}
	*ret = w;
	return 0;
}

int wanted_parse(span wanted, fact_id each, arena *a, want_list *ret, error *e)
{
	span part;
	want_list wants = {0};
	while (span_cut(&wanted, ';', &part)) {
		want w;
		part = span_trim(part);
		if (part.n == 0)
			continue;
		TRY(parse_one(part, each, &w, e));
		list_push(a, &wants, w);
	}
	*ret = wants;
	return 0;
}

span wanted_describe(const want_list *wants, arena *a)
{
	auto_buffer out = {0};
	list_each(const want, w, wants) {
		const fact_row *row = &fact_rows[w->fact];
		if (out.n)
			buffer_add_string(&out, ", ");
		if (w->op == WANT_ADD)
			buffer_format(&out, "add %.*s to %s", SPAN_ARG(w->value), row->field);
		else if (w->op == WANT_REMOVE && !w->value.n)
			buffer_format(&out, "remove this %s", row->field);
		else if (w->op == WANT_REMOVE)
			buffer_format(&out, "remove %.*s from %s", SPAN_ARG(w->value), row->field);
		else
			buffer_format(&out, "set %s%s%s to %.*s", row->field, w->member >= 0 ? "." : "",
				w->member >= 0 ? row->members[w->member].name : "", SPAN_ARG(w->value));
	}
	return arena_copy(a, buffer_span(&out));
}
