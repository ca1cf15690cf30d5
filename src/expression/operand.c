/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of a side of a test that is more than a field: literals in a transformer, and what transformers make of values. */
#include "base/limits.h"
#include "expression/getopt.h"
#include "expression/tree.h"

static void values_add(operand_values *v, arena *a, field_value value, field_state state)
{
	if (v->list.count < LIMIT_EXPRESSION_VALUES)
		list_push(a, &v->list, (operand_value){value, state});
}

static void collect_field(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	field_value v = {0};
	for (uint32_t i = 0; i < (o->list ? LIMIT_EXPRESSION_VALUES : 1); i++) {
		v = (field_value){.type = o->type};
		field_state state = s->get(s->of, o->field, i, &v, &ret->empty);
		if (state == FIELD_UNSET)
			return;
		values_add(ret, a, v, state);
	}
}

static span transformed_case(transform how, span s, arena *a)
{
	char *room = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		room[i] = how == TRANSFORM_TOLOWER ? ascii_lower(s.p[i]) : ascii_upper(s.p[i]);
	return (span){room, s.n};
}

static int base64_digit(char c)
{
	if (ascii_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	if (ascii_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648, section 4; what is missing at the end does not matter. false: it is something else. */
static bool transformed_base64(span s, arena *a, span *ret)
{
	char *room = arena_alloc(a, s.n / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0, have = 0;
	while (s.n && s.p[s.n - 1] == '=')
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		int digit = base64_digit(s.p[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		room[n++] = (char)(bits >> have);
	}
	*ret = (span){room, n};
	return true;
}

static bool transformed(transform how, arena *a, span *s)
{
	size_t slash = span_find_last(*s, '/');
	if (how == TRANSFORM_B64)
		return transformed_base64(*s, a, s);
	if (how == TRANSFORM_TOLOWER || how == TRANSFORM_TOUPPER)
		*s = transformed_case(how, *s, a);
	else if (slash != SPAN_NONE)
		*s = span_from(*s, slash + 1);
	return true;
}

/* One value becomes another; a value that cannot takes all with it. */
static void collect_each(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	operand_values from = {0};
	operand_collect(o->of.items[0], s, a, &from);
	ret->empty = from.empty;
	for (uint32_t i = 0; i < from.list.count; i++) {
		operand_value v = from.list.items[i];
		if (!transformed(o->transform, a, &v.value.text)) {
			ret->list.count = 0;
			return;
		}
		values_add(ret, a, v.value, v.state);
	}
}

/* How many values a list has, or bytes a text. */
static void collect_length(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	const operand *of = o->of.items[0];
	operand_values from = {0};
	operand_collect(of, s, a, &from);
	if (from.list.count == 0 && !from.empty)
		return;
	field_value v = {.type = o->type, .number = from.list.count};
	if (!of->list)
		v.number = from.list.count ? (int64_t)from.list.items[0].value.text.n : 0;
	values_add(ret, a, v, from.list.count ? from.list.items[0].state : FIELD_SET);
}

/* known(field): somebody, if only a default, says what it is. */
static void collect_known(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	operand_values from = {0};
	operand_collect(o->of.items[0], s, a, &from);
	values_add(ret, a, (field_value){.type = VALUE_TRUTH, .truth = from.list.count || from.empty},
		FIELD_SET);
}

/* Texts with a separator between them; false: there are none, or they are too long. */
static bool join(const operand_values *parts, span between, arena *a, operand_values *ret)
{
	size_t n = 0;
	for (uint32_t i = 0; i < parts->list.count; i++) {
		n += parts->list.items[i].value.text.n + (i ? between.n : 0);
		if (n > LIMIT_EXPRESSION_TEXT)
			return false;
	}
	char *room = arena_alloc(a, n + 1), *at = room;
	for (uint32_t i = 0; i < parts->list.count; i++) {
		span part = parts->list.items[i].value.text;
		if (i && between.n)
			at = mempcpy(at, between.p, between.n);
		if (part.n)
			at = mempcpy(at, part.p, part.n);
	}
	values_add(ret, a, (field_value){.type = VALUE_TEXT, .text = {room, n}}, FIELD_SET);
	return true;
}

/* The values of arguments from the first-th on, one behind the other; false: one has none. */
static bool collect_arguments(
	const operand *o, uint32_t first, const subject *s, arena *a, operand_values *ret)
{
	for (uint32_t i = first; i < o->of.count; i++) {
		operand_values one = {0};
		operand_collect(o->of.items[i], s, a, &one);
		if (one.list.count == 0 && o->of.items[i]->kind != OPERAND_LIST)
			return false;
		if (one.list.count < o->of.items[i]->of.count && o->of.items[i]->kind == OPERAND_LIST)
			return false;
		for (uint32_t j = 0; j < one.list.count; j++)
			values_add(ret, a, one.list.items[j].value, one.list.items[j].state);
	}
	return true;
}

static void collect_join(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	operand_values between = {0}, parts = {0};
	if (o->transform == TRANSFORM_JOIN) {
		operand_collect(o->of.items[0], s, a, &between);
		if (between.list.count == 0)
			return;
	}
	if (collect_arguments(o, o->transform == TRANSFORM_JOIN, s, a, &parts))
		join(&parts, between.list.count ? between.list.items[0].value.text : SPAN(""), a, ret);
}

typedef struct getopt_into {
	const operand *o;
	arena *arena;
	operand_values *ret;
} getopt_into;

/* All options with their arguments in turn; or for getopt(…)[o] only the last argument of o, or o itself when it takes none. */
static void getopt_add(void *of, char option, span value, bool has_value)
{
	getopt_into *to = of;
	char *room = arena_alloc(to->arena, 2);
	room[0] = option;
	field_value name = {.type = VALUE_TEXT, .text = {room, 1}};
	field_value with = {.type = VALUE_TEXT, .text = value};
	if (to->o->option && to->o->option != option)
		return;
	if (to->o->option)
		to->ret->list.count = 0;
	if (!to->o->option || !has_value)
		values_add(to->ret, to->arena, name, FIELD_SET);
	if (has_value)
		values_add(to->ret, to->arena, with, FIELD_SET);
}

static void collect_getopt(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	operand_values words = {0}, options = {0};
	operand_collect(o->of.items[0], s, a, &words);
	operand_collect(o->of.items[1], s, a, &options);
	if (options.list.count == 0)
		return;
	getopt_into to = {o, a, ret};
	getopt_scan scan = {.options = options.list.items[0].value.text};
	for (uint32_t i = 0; i < words.list.count && !scan.done; i++)
		getopt_word(&scan, words.list.items[i].value.text, getopt_add, &to);
	getopt_end(&scan, getopt_add, &to);
}

static void collect_list(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	for (uint32_t i = 0; i < o->of.count; i++) {
		operand_values one = {0};
		operand_collect(o->of.items[i], s, a, &one);
		for (uint32_t j = 0; j < one.list.count; j++)
			values_add(ret, a, one.list.items[j].value, one.list.items[j].state);
	}
	ret->empty = o->of.count == 0;
}

static void collect_transform(const operand *o, const subject *s, arena *a, operand_values *ret)
{
	switch (o->transform) {
	case TRANSFORM_VAL:
		operand_collect(o->of.items[0], s, a, ret);
		break;
	case TRANSFORM_TOLOWER:
	case TRANSFORM_TOUPPER:
	case TRANSFORM_B64:
	case TRANSFORM_BASENAME:
		collect_each(o, s, a, ret);
		break;
	case TRANSFORM_LEN:
		collect_length(o, s, a, ret);
		break;
	case TRANSFORM_KNOWN:
		collect_known(o, s, a, ret);
		break;
	case TRANSFORM_JOIN:
	case TRANSFORM_CONCAT:
		collect_join(o, s, a, ret);
		break;
	case TRANSFORM_GETOPT:
		collect_getopt(o, s, a, ret);
		break;
	case TRANSFORM_COUNT:
		break;
	}
}

void operand_collect(const operand *o, const subject *s, arena *scratch, operand_values *ret)
{
	switch (o->kind) {
	case OPERAND_FIELD:
		collect_field(o, s, scratch, ret);
		break;
	case OPERAND_TEXT:
		values_add(ret, scratch, (field_value){.type = VALUE_TEXT, .text = o->text}, FIELD_SET);
		break;
	case OPERAND_LIST:
		collect_list(o, s, scratch, ret);
		break;
	case OPERAND_TRANSFORM:
		collect_transform(o, s, scratch, ret);
		break;
	}
}

void operand_fields(const operand *o, void (*each)(void *of, const field_row *field), void *of)
{
	if (o->kind == OPERAND_FIELD)
		each(of, o->field);
	for (uint32_t i = 0; i < o->of.count; i++)
		operand_fields(o->of.items[i], each, of);
}
