/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of events that conditions leave. */
#include "expression/event_set.h"

static const struct {
	const char *code, *type;
} codes[] = {
#define EVENT(code, type) {#code, #type},
#define ALSO(code, type)
#include "expression/event_codes.def"
#undef EVENT
#undef ALSO
};
enum { CODES = sizeof codes / sizeof *codes };

/* Codes in their order, for those that have two types. */
enum {
#define EVENT(code, type) CODE_##code,
#define ALSO(code, type)
#include "expression/event_codes.def"
#undef EVENT
#undef ALSO
};

static const struct {
	uint32_t code;
	const char *type;
} also[] = {
#define EVENT(code, type)
#define ALSO(code, type) {CODE_##code, #type},
#include "expression/event_codes.def"
#undef EVENT
#undef ALSO
};

_Static_assert(CODES <= EVENT_SET_WORDS * 64, "a code has no bit");

uint32_t event_code_count(void)
{
	return CODES;
}

const char *event_code_name(uint32_t code)
{
	return code < CODES ? codes[code].code : NULL;
}

const char *event_code_type(uint32_t code)
{
	return code < CODES ? codes[code].type : NULL;
}

bool event_set_has(const event_set *s, uint32_t code)
{
	return code < CODES && s->bits[code / 64] >> code % 64 & 1;
}

uint32_t event_set_count(const event_set *s)
{
	uint32_t n = 0;
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		n += (uint32_t)__builtin_popcountll(s->bits[i]);
	return n;
}

static event_set set_all(bool full)
{
	event_set ret = {{0}};
	for (uint32_t i = 0; full && i < CODES; i++)
		ret.bits[i / 64] |= (uint64_t)1 << i % 64;
	return ret;
}

static void set_join(event_set *into, const event_set *other, bool both)
{
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		into->bits[i] = both ? into->bits[i] & other->bits[i] : into->bits[i] | other->bits[i];
}

static void set_invert(event_set *s)
{
	event_set all = set_all(true);
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		s->bits[i] = ~s->bits[i] & all.bits[i];
}

static void set_add(event_set *s, uint32_t code)
{
	s->bits[code / 64] |= (uint64_t)1 << code % 64;
}

static void set_add_type(event_set *s, span type)
{
	for (uint32_t i = 0; i < CODES; i++)
		if (span_is(type, codes[i].type))
			set_add(s, i);
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (span_is(type, also[i].type))
			set_add(s, also[i].code);
}

void event_set_of_type(span type, event_set *ret)
{
	*ret = set_all(false);
	set_add_type(ret, type);
}

bool event_name_known(span name)
{
	event_set s;
	event_set_of_type(name, &s);
	for (uint32_t i = 0; i < CODES; i++)
		if (span_is(name, codes[i].code))
			return true;
	return event_set_count(&s) > 0;
}

static bool is_type(span field)
{
	return span_is(field, "evt.type") || span_is(field, "syscall.type");
}

/* The field of a transformer, when it has only one. */
static const condition *innermost(const condition *c)
{
	while (c->kind == CONDITION_TRANSFORM && c->parts.count)
		c = c->parts.items[0];
	return c;
}

static bool names_types(const condition *test)
{
	bool equal =
		test->op == OP_EQUAL || test->op == OP_SAME || test->op == OP_NOT_EQUAL || test->op == OP_IN;
	return equal && !test->modifier;
}

static void type_set(const condition *test, bool negated, event_set *ret)
{
	const condition *right = test->right;
	*ret = set_all(false);
	if (right->kind == CONDITION_VALUE)
		set_add_type(ret, right->text);
	for (uint32_t i = 0; i < right->parts.count; i++)
		set_add_type(ret, right->parts.items[i]->text);
	if (negated != (test->op == OP_NOT_EQUAL))
		set_invert(ret);
}

static int type_check(const condition *test, error *e)
{
	if (test->left->kind == CONDITION_TRANSFORM)
		return error_set(e, ERROR_SYNTAX,
			"event code search does not support `evt.type` checks with transformers");
	if (test->right && test->right->kind == CONDITION_TRANSFORM)
		return error_set(e, ERROR_SYNTAX,
			"right-hand field comparisons on `evt.type`/`syscall.type` checks are not supported by event "
			"code search");
	return 0;
}

/* Of the numbers 1, 2, 3 …: whether the test holds for some, and whether it holds for all. */
static void number_holds(op o, int64_t n, bool *some, bool *all)
{
	switch ((int)o) {
	case OP_EQUAL:
	case OP_SAME:
	case OP_IN:
	case OP_INTERSECTS:
		*some |= n >= 1;
		break;
	case OP_NOT_EQUAL:
		*some = true;
		*all = n < 1;
		break;
	case OP_LESS:
		*some = n > 1;
		break;
	case OP_LESS_EQUAL:
		*some = n >= 1;
		break;
	case OP_GREATER:
		*some = true;
		*all = n < 1;
		break;
	case OP_GREATER_EQUAL:
		*some = true;
		*all = n <= 1;
		break;
	default:
		*some = true;
		break;
	}
}

/* Whether a test of evt.num, negated or not, can be true. */
static bool number_possible(const condition *test, bool negated)
{
	const condition *right = test->right;
	bool some = false, all = false, list = right && right->kind == CONDITION_LIST;
	if (!right || test->modifier || (right->kind != CONDITION_VALUE && !list))
		return true;
	for (uint32_t i = 0; i < (list ? right->parts.count : 1); i++) {
		int64_t n;
		span digits = list ? right->parts.items[i]->text : right->text;
		if (!span_int(digits, &n) ||
			!ascii_digit(digits.p[0])) /* what has a sign is no number of an event */
			return true;
		number_holds(test->op, n, &some, &all);
	}
	return negated ? !all : some;
}

static int test_set(const condition *test, bool negated, event_set *ret, error *e)
{
	const condition *field = innermost(test->left);
	bool type = field->kind == CONDITION_FIELD && is_type(field->text);
	if (type)
		TRY(type_check(test, e));
	if (type && names_types(test)) {
		type_set(test, negated, ret);
		return 0;
	}
	bool number = test->left->kind == CONDITION_FIELD && span_is(test->left->text, "evt.num");
	*ret = set_all(!number || number_possible(test, negated));
	return 0;
}

static int set_of(const condition *c, bool negated, event_set *ret, error *e)
{
	if (c->kind == CONDITION_NOT)
		return set_of(c->parts.items[0], !negated, ret, e);
	if (c->kind == CONDITION_TEST)
		return test_set(c, negated, ret, e);
	if (c->kind != CONDITION_AND && c->kind != CONDITION_OR) {
		*ret = set_all(true);
		return 0;
	}
	bool both = (c->kind == CONDITION_AND) != negated;
	*ret = set_all(both);
	for (uint32_t i = 0; i < c->parts.count; i++) {
		event_set part;
		TRY(set_of(c->parts.items[i], negated, &part, e));
		set_join(ret, &part, both);
	}
	return 0;
}

int event_set_of(const condition *c, event_set *ret, error *e)
{
	event_set made;
	TRY(set_of(c, false, &made, e));
	*ret = made;
	return 0;
}
