/* SPDX-License-Identifier: Apache-2.0
 *
 * Three-valued evaluation that also says which fields decided. */
#include "base/limits.h"
#include "expression/tree.h"

static void decided_add(decided *d, const field_row *field, int index)
{
	if (!d || !field || d->count == sizeof d->by / sizeof *d->by)
		return;
	for (uint32_t i = 0; i < d->count; i++)
		if (d->by[i].field == field && d->by[i].index == index)
			return;
	d->by[d->count].field = field;
	d->by[d->count++].index = index;
}

static void decided_field(void *of, const field_row *field)
{
	decided_add(of, field, field->list ? -1 : 0);
}

static void decided_operand(decided *d, const operand *o)
{
	if (d)
		operand_fields(o, decided_field, d);
}

static verdict absent(const subject *s)
{
	return s->absent_is_false ? VERDICT_FALSE : VERDICT_UNKNOWN;
}

static verdict verdict_of(bool truth)
{
	return truth ? VERDICT_TRUE : VERDICT_FALSE;
}

static verdict verdict_not(verdict v)
{
	return (verdict)(VERDICT_TRUE - v);
}

/* The values of the left side: of a field one by one, of anything else collected before. */
typedef struct values_of {
	const expression *x;
	const subject *s;
	const operand_values *made; /* NULL: a field */
} values_of;

static field_state value_at(const values_of *o, uint32_t index, field_value *ret, bool *empty)
{
	if (!o->made)
		return o->s->get(o->s->of, o->x->left->field, index, ret, empty);
	*empty = o->made->empty;
	if (index >= o->made->list.count)
		return FIELD_UNSET;
	*ret = o->made->list.items[index].value;
	return o->made->list.items[index].state;
}

/* `!=` asks whether none is equal; with a modifier, or of a field of which some value must differ, each test is taken as it is. */
static bool negated(const expression *x)
{
	return x->op == OP_NOT_EQUAL && !x->modifier && !(x->field && x->field->some);
}

static bool passes(const expression *x, field_state state, const field_value *v)
{
	if (x->op == OP_EXISTS)
		return state == FIELD_SET;
	return match_value(x, v) != (x->op == OP_NOT_EQUAL && !x->modifier && !negated(x));
}

/* A literal of a test with a modifier, of both ends of a connection. */
static bool either_passes(const values_of *o, const literal *l)
{
	bool empty = false, hit = false;
	field_value v = {0};
	for (uint32_t i = 0; i < LIMIT_EXPRESSION_VALUES && value_at(o, i, &v, &empty) != FIELD_UNSET; i++)
		hit |= match_literal(o->x, l, &v);
	return hit != (o->x->op == OP_NOT_EQUAL);
}

static verdict test_either_modified(const values_of *o)
{
	const expression *x = o->x;
	bool empty = false;
	field_value v = {0};
	uint32_t hits = 0;
	if (value_at(o, 0, &v, &empty) == FIELD_UNSET)
		return absent(o->s);
	for (uint32_t i = 0; i < x->values.count; i++)
		hits += either_passes(o, &x->values.items[i]);
	if (x->modifier == MODIFIER_ONEOF)
		return verdict_of(hits == 1);
	return verdict_of(hits && (x->modifier == MODIFIER_ANYOF || hits == x->values.count));
}

static verdict settled(const expression *x, bool truth)
{
	return verdict_of(truth != negated(x));
}

/* The index that says "all of them": of lists, and of what is said about a list or a field as a whole. */
static int index_of_all(const operand *left, const field_row *field)
{
	bool whole = left->kind == OPERAND_TRANSFORM &&
		     (left->transform == TRANSFORM_KNOWN ||
			     (left->transform == TRANSFORM_LEN && field && field->list));
	return left->list || whole ? -1 : 0;
}

/* `in` asks all values of a list, everything else any of them. */
static verdict test_values(const values_of *o, decided *d)
{
	const expression *x = o->x;
	bool list = x->left->list, empty = false;
	bool all = list && x->op == OP_IN && !(x->field && (x->field->either || x->field->some));
	uint32_t n = 0;
	field_value v = {0};
	for (; n < LIMIT_EXPRESSION_VALUES; n++) {
		field_state state = value_at(o, n, &v, &empty);
		if (state == FIELD_UNSET)
			break;
		bool hit = passes(x, state, &v);
		if (list && hit == all)
			continue;
		decided_add(d, x->field, list ? (int)n : index_of_all(x->left, x->field));
		return settled(x, hit);
	}
	decided_add(d, x->field, index_of_all(x->left, x->field));
	if (x->op == OP_EXISTS)
		return VERDICT_FALSE;
	return n || empty ? settled(x, all && n) : absent(o->s);
}

static verdict test_left(const values_of *o, decided *d)
{
	if (o->x->modifier && o->x->field && o->x->field->either) {
		decided_operand(d, o->x->left);
		return test_either_modified(o);
	}
	return test_values(o, d);
}

static literal literal_of(value_type type, const field_value *v)
{
	return (literal){
		.text = v->text, .number = type == VALUE_TRUTH ? v->truth : v->number, .real = v->real};
}

/* The values of the right side take the place of literals. */
static verdict test_pair(const values_of *o, arena *scratch, decided *d)
{
	operand_values right = {0};
	operand_collect(o->x->right, o->s, scratch, &right);
	decided_operand(d, o->x->left);
	decided_operand(d, o->x->right);
	if (right.list.count == 0 && !right.empty)
		return absent(o->s);
	expression pair = *o->x;
	pair.values.count = pair.values.room = 0;
	for (uint32_t i = 0; i < right.list.count; i++)
		list_push(scratch, &pair.values, literal_of(pair.type, &right.list.items[i].value));
	values_of left = {&pair, o->s, o->made};
	return test_left(&left, NULL);
}

static verdict test_collected(const expression *x, const subject *s, decided *d)
{
	arena scratch = {0};
	operand_values made = {0};
	values_of o = {x, s, NULL};
	if (x->left->kind != OPERAND_FIELD) {
		operand_collect(x->left, s, &scratch, &made);
		o.made = &made;
	}
	verdict ret = x->right ? test_pair(&o, &scratch, d) : test_left(&o, d);
	arena_done(&scratch);
	return ret;
}

bool expression_is_plain(const expression *x)
{
	return x->left->kind == OPERAND_FIELD && !x->left->list && !x->right;
}

bool expression_passes(const expression *x, field_state state, const field_value *v)
{
	return passes(x, state, v) != negated(x);
}

verdict expression_test(const expression *x, const subject *s, decided *d)
{
	if (x->left->kind != OPERAND_FIELD || x->right)
		return test_collected(x, s, d);
	return test_left(&(values_of){x, s, NULL}, d);
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
		return expression_test(x, s, ret);
	}
	return VERDICT_UNKNOWN;
}

void expression_fields(const expression *x, void (*each)(void *of, const field_row *field), void *of)
{
	if (x->kind == EXPRESSION_TEST)
		operand_fields(x->left, each, of);
	if (x->kind == EXPRESSION_TEST && x->right)
		operand_fields(x->right, each, of);
	for (uint32_t i = 0; i < x->parts.count; i++)
		expression_fields(x->parts.items[i], each, of);
}
