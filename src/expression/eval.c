/* SPDX-License-Identifier: Apache-2.0
 *
 * Three-valued evaluation that also says which fields decided. */
#include "expression/tree.h"

enum { TEXT_MAX = 4096 }; /* what tolower and toupper look at */

static void decided_add(decided *d, const field_row *field, int index)
{
	if (!d || d->count == sizeof d->by / sizeof *d->by)
		return;
	for (uint32_t i = 0; i < d->count; i++)
		if (d->by[i].field == field && d->by[i].index == index)
			return;
	d->by[d->count].field = field;
	d->by[d->count++].index = index;
}

static span transformed(transform how, span s, char *room)
{
	if (how == TRANSFORM_BASENAME) {
		size_t slash = span_find_last(s, '/');
		return slash == SPAN_NONE ? s : span_from(s, slash + 1);
	}
	size_t n = s.n < TEXT_MAX ? s.n : TEXT_MAX;
	for (size_t i = 0; i < n; i++)
		room[i] = how == TRANSFORM_TOLOWER ? ascii_lower(s.p[i]) : ascii_upper(s.p[i]);
	return (span){room, n};
}

static bool test_value(const expression *x, field_value v)
{
	char room[TEXT_MAX];
	if (x->transform == TRANSFORM_LEN)
		v.number = (int64_t)v.text.n;
	else if (x->transform != TRANSFORM_NONE)
		v.text = transformed(x->transform, v.text, room);
	return match_value(x, &v);
}

static verdict absent(const subject *s)
{
	return s->absent_is_false ? VERDICT_FALSE : VERDICT_UNKNOWN;
}

static verdict verdict_not(verdict v)
{
	return (verdict)(VERDICT_TRUE - v);
}

/* A test of one value that nothing negates any more. */
static verdict test_settled(const expression *x, const field_value *v)
{
	bool negate = x->op == OP_NOT_EQUAL && !x->modifier;
	return match_value(x, v) != negate ? VERDICT_TRUE : VERDICT_FALSE;
}

/* How many values a list has: for len(). */
static verdict eval_length(const expression *x, const subject *s, decided *d)
{
	field_value v = {0};
	bool empty = false;
	uint32_t n = 0;
	while (s->get(s->of, x->field, n, &v, &empty) != FIELD_UNSET)
		n++;
	decided_add(d, x->field, -1);
	if (n == 0 && !empty)
		return absent(s);
	v.number = n;
	return test_settled(x, &v);
}

static verdict eval_list(const expression *x, const subject *s, decided *d)
{
	if (x->transform == TRANSFORM_LEN)
		return eval_length(x, s, d);
	bool all = x->op == OP_IN, empty = false; /* `in` asks all values, everything else any of them */
	uint32_t n = 0;
	field_value v;
	for (field_state state; (state = s->get(s->of, x->field, n, &v, &empty)) != FIELD_UNSET; n++) {
		bool hit = x->op == OP_EXISTS ? state == FIELD_SET : test_value(x, v);
		if (hit == all)
			continue;
		decided_add(d, x->field, (int)n);
		return (all ? VERDICT_FALSE : VERDICT_TRUE);
	}
	decided_add(d, x->field, -1);
	if (x->op == OP_EXISTS)
		return VERDICT_FALSE;
	if (n == 0 && !empty)
		return absent(s);
	return all && n ? VERDICT_TRUE : VERDICT_FALSE;
}

/* field op val(other): the other field's value is the literal. */
static verdict eval_pair(const expression *x, const subject *s, decided *d)
{
	field_value v, w;
	bool empty = false;
	decided_add(d, x->field, 0);
	decided_add(d, x->other, 0);
	if (s->get(s->of, x->field, 0, &v, &empty) == FIELD_UNSET ||
		s->get(s->of, x->other, 0, &w, &empty) == FIELD_UNSET)
		return absent(s);
	literal l = {.text = w.text, .number = x->type == VALUE_TRUTH ? w.truth : w.number};
	expression pair = {.kind = EXPRESSION_TEST, .type = x->type, .op = x->op};
	pair.values.items = &l;
	pair.values.count = 1;
	return match_value(&pair, &v) ? VERDICT_TRUE : VERDICT_FALSE;
}

static verdict eval_single(const expression *x, const subject *s, decided *d)
{
	field_value v;
	bool empty = false;
	decided_add(d, x->field, 0);
	field_state state = s->get(s->of, x->field, 0, &v, &empty);
	if (x->op == OP_EXISTS)
		return state == FIELD_SET ? VERDICT_TRUE : VERDICT_FALSE;
	if (state == FIELD_UNSET)
		return absent(s);
	return test_value(x, v) ? VERDICT_TRUE : VERDICT_FALSE;
}

/* known(field): somebody, if only a default, says what it is. */
static verdict eval_known(const expression *x, const subject *s, decided *d)
{
	field_value v;
	bool empty = false;
	bool known = s->get(s->of, x->field, 0, &v, &empty) != FIELD_UNSET || empty;
	decided_add(d, x->field, -1);
	v = (field_value){.type = VALUE_TRUTH, .truth = known};
	return test_settled(x, &v);
}

static verdict eval_test(const expression *x, const subject *s, decided *d)
{
	if (x->transform == TRANSFORM_KNOWN)
		return eval_known(x, s, d);
	verdict v = x->other         ? eval_pair(x, s, d)
		    : x->field->list ? eval_list(x, s, d)
				     : eval_single(x, s, d);
	/* "not equal" of several values: none is equal. len() has settled it already. */
	bool negate =
		x->op == OP_NOT_EQUAL && !x->modifier && !(x->field->list && x->transform == TRANSFORM_LEN);
	return negate ? verdict_not(v) : v;
}

/* AND looks for a FALSE, OR for a TRUE: one such part decides alone; otherwise all parts do. */
static verdict eval_chain(const expression *x, const subject *s, decided *d)
{
	verdict strong = x->kind == EXPRESSION_AND ? VERDICT_FALSE : VERDICT_TRUE, ret = verdict_not(strong);
	decided all = {0};
	for (uint32_t i = 0; i < x->parts.count; i++) {
		decided one = {0};
		verdict v = expression_eval(x->parts.items[i], s, d ? &one : NULL);
		if (v == VERDICT_UNKNOWN)
			ret = VERDICT_UNKNOWN;
		for (uint32_t j = 0; j < one.count && v != strong; j++)
			decided_add(&all, one.by[j].field, one.by[j].index);
		if (v != strong)
			continue;
		for (uint32_t j = 0; j < one.count; j++)
			decided_add(d, one.by[j].field, one.by[j].index);
		return strong;
	}
	for (uint32_t j = 0; j < all.count; j++)
		decided_add(d, all.by[j].field, all.by[j].index);
	return ret;
}

verdict expression_eval(const expression *x, const subject *s, decided *ret)
{
	switch (x->kind) {
	case EXPRESSION_AND:
	case EXPRESSION_OR:
		return eval_chain(x, s, ret);
	case EXPRESSION_NOT:
		return verdict_not(expression_eval(x->parts.items[0], s, ret));
	case EXPRESSION_TEST:
		return eval_test(x, s, ret);
	}
	return VERDICT_UNKNOWN;
}

void expression_fields(const expression *x, void (*each)(void *of, const field_row *field), void *of)
{
	if (x->kind == EXPRESSION_TEST)
		each(of, x->field);
	for (uint32_t i = 0; i < x->parts.count; i++)
		expression_fields(x->parts.items[i], each, of);
}
