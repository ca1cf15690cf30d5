/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of fields whose value a call's class tells, one function each. */
#include "watch/ruleset_settle.h"

static settled truth(bool value)
{
	return value ? ALWAYS_TRUE : NEVER_TRUE;
}

/* Whether the test is a comparison of a field with one text or number: `=`, `!=` or `in` with one value. */
static bool is_single(const expression *x, bool *negated)
{
	*negated = x->op == OP_NOT_EQUAL;
	bool equal = *negated || x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	return equal && x->values.count == 1 && !x->right && !x->modifier && x->left->kind == OPERAND_FIELD;
}

/* container.id against "host": outside of containers it is that, inside it is not. */
static settled settle_container(const call_seen *c, const expression *x)
{
	bool negated;
	if (!is_single(x, &negated))
		return OPEN_QUESTION;
	bool inside = c->class & CLASS_CONTAINER;
	if (span_is(x->values.items[0].text, "host"))
		return truth(inside == negated);
	return inside ? OPEN_QUESTION : truth(negated);
}

static settled settle_truth(const expression *x, bool value)
{
	bool negated;
	return is_single(x, &negated) ? truth((x->values.items[0].number == value) != negated)
				      : OPEN_QUESTION;
}

/* A number that is 0 or more when the call was good, and less when it was not. */
static settled settle_number(const call_seen *c, const expression *x)
{
	bool good = c->class & CLASS_GOOD;
	if (x->right || x->modifier || x->values.count != 1 || x->left->kind != OPERAND_FIELD)
		return OPEN_QUESTION;
	int64_t number = x->values.items[0].number;
	if (x->op == OP_GREATER_EQUAL && number == 0)
		return truth(good);
	if (x->op == OP_LESS && number == 0)
		return truth(!good);
	if (x->op == OP_EQUAL && number < 0 && good)
		return NEVER_TRUE;
	return x->op == OP_EQUAL && number >= 0 && !good ? NEVER_TRUE : OPEN_QUESTION;
}

static settled settle_result(const call_seen *c, const expression *x)
{
	bool negated, good = c->class & CLASS_GOOD;
	if (is_single(x, &negated) && span_is(x->values.items[0].text, "SUCCESS"))
		return truth(good != negated);
	bool error = x->op == OP_STARTSWITH && x->values.count == 1 && span_is(x->values.items[0].text, "E");
	return error ? truth(!good) : OPEN_QUESTION;
}

/* Flags that a class has a bit for. */
static settled settle_flags(const call_seen *c, const expression *x)
{
	static const struct {
		const char *word;
		uint32_t class;
		bool exact; /* the class says no more than the word */
	} words[] = {{"O_TRUNC", CLASS_TRUNCATE, true}, {"O_CREAT", CLASS_CREATE, false}};
	if (c->kind != SEEN_OPEN || x->op != OP_CONTAINS || x->values.count != 1 ||
		!span_is(x->field->argument, "flags"))
		return OPEN_QUESTION;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(x->values.items[0].text, words[i].word))
			return !(c->class & words[i].class) ? NEVER_TRUE
			       : words[i].exact             ? ALWAYS_TRUE
							    : OPEN_QUESTION;
	return OPEN_QUESTION;
}

/* A text that a class tells: one of these. */
typedef struct told_row {
	int field;
	const char *word;
	uint32_t bit;
	bool set; /* the word is meant when the class has the bit; otherwise when it has not */
} told_row;

static const told_row connects[] = {
	{FIELD_FD_TYPECHAR, "4", CLASS_IPV6, false},
	{FIELD_FD_TYPECHAR, "6", CLASS_IPV6, true},
	{FIELD_FD_TYPE, "ipv4", CLASS_IPV6, false},
	{FIELD_FD_TYPE, "ipv6", CLASS_IPV6, true},
	{FIELD_FD_L4PROTO, "tcp", CLASS_TCP, true},
	{FIELD_FD_L4PROTO, "udp", CLASS_UDP, true},
};

/* One of the words, or none of them. */
static settled settle_connect(const call_seen *c, const expression *x)
{
	bool negated = x->op == OP_NOT_EQUAL, known = false, found = false, strange = false;
	bool equal = negated || x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	for (uint32_t j = 0; j < x->values.count; j++) {
		bool is_row = false;
		for (size_t i = 0; i < sizeof connects / sizeof *connects; i++) {
			const told_row *row = &connects[i];
			known = known || row->field == x->field->id;
			if (row->field != x->field->id || !span_is(x->values.items[j].text, row->word))
				continue;
			is_row = true;
			found = found || !(c->class & row->bit) != row->set;
		}
		strange = strange || !is_row;
	}
	/* Of any other protocol it is not known which. */
	if (x->field->id == FIELD_FD_L4PROTO && !(c->class & (CLASS_TCP | CLASS_UDP)) && strange)
		return OPEN_QUESTION;
	return known && equal && !x->right && !x->modifier ? truth(found != negated) : OPEN_QUESTION;
}

static settled settle_exec(const call_seen *c, const expression *x)
{
	if (x->field->id == FIELD_PROC_IS_EXE_UPPER_LAYER)
		return settle_truth(x, c->class & CLASS_UPPER);
	return x->field->id == FIELD_PROC_IS_EXE_FROM_MEMFD ? settle_truth(x, c->class & CLASS_MEMORY)
							    : OPEN_QUESTION;
}

settled ruleset_settle(const call_seen *c, const expression *x)
{
	if (!x->field || x->left->kind != OPERAND_FIELD)
		return OPEN_QUESTION;
	switch (x->field->id) {
	case FIELD_CONTAINER_ID:
		return settle_container(c, x);
	case FIELD_EVT_RAWRES:
		return settle_number(c, x);
	case FIELD_FD_NUM:
		return c->kind == SEEN_OPEN || c->kind == SEEN_CONNECT ? settle_number(c, x) : OPEN_QUESTION;
	case FIELD_EVT_RES:
		return settle_result(c, x);
	case FIELD_EVT_FAILED:
		return settle_truth(x, !(c->class & CLASS_GOOD));
	case FIELD_EVT_IS_OPEN_READ:
		return settle_truth(x, c->kind == SEEN_OPEN && (c->class & CLASS_READ));
	case FIELD_EVT_IS_OPEN_WRITE:
		return settle_truth(x, c->kind == SEEN_OPEN && (c->class & CLASS_WRITE));
	case FIELD_EVT_IS_OPEN_EXEC:
	case FIELD_EVT_IS_OPEN_CREATE:
		return c->kind == SEEN_OPEN && !(c->class & CLASS_CREATE) ? settle_truth(x, false)
									  : OPEN_QUESTION;
	case FIELD_EVT_ARG:
		return settle_flags(c, x);
	default:
		return c->kind == SEEN_CONNECT ? settle_connect(c, x)
		       : c->kind == SEEN_EXEC  ? settle_exec(c, x)
					       : OPEN_QUESTION;
	}
}

rule_answers ruleset_answers(const call_seen *c, const rule_node *n)
{
	if (n->kind == NODE_CONSTANT)
		return (rule_answers){n->value, !n->value};
	if (n->kind == NODE_TEST) {
		settled s = ruleset_settle(c, n->test);
		return (rule_answers){s != NEVER_TRUE, s != ALWAYS_TRUE};
	}
	if (n->kind == NODE_NOT) {
		rule_answers of = ruleset_answers(c, n->parts.items[0]);
		return (rule_answers){of.no, of.yes};
	}
	bool all = n->kind == NODE_AND;
	rule_answers ret = {all, !all};
	for (uint32_t i = 0; i < n->parts.count; i++) {
		rule_answers part = ruleset_answers(c, n->parts.items[i]);
		ret.yes = all ? ret.yes && part.yes : ret.yes || part.yes;
		ret.no = all ? ret.no || part.no : ret.no && part.no;
	}
	return ret;
}
