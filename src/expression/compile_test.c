/* SPDX-License-Identifier: Apache-2.0
 *
 * One test: whether its operator fits the type of its left side, and what stands on its right side. */
#include "expression/compile.h"

#define OPS_EQUAL (1u << OP_EQUAL | 1u << OP_NOT_EQUAL | 1u << OP_IN | 1u << OP_INTERSECTS | 1u << OP_EXISTS)
#define OPS_ORDER (1u << OP_LESS | 1u << OP_LESS_EQUAL | 1u << OP_GREATER | 1u << OP_GREATER_EQUAL)
#define OPS_PARTS (1u << OP_CONTAINS | 1u << OP_STARTSWITH | 1u << OP_ENDSWITH)
#define OPS_TEXT \
	(OPS_PARTS | 1u << OP_ICONTAINS | 1u << OP_GLOB | 1u << OP_IGLOB | 1u << OP_REGEX | 1u << OP_PMATCH)
#define OPS_BYTES (1u << OP_BCONTAINS | 1u << OP_BSTARTSWITH)

/* Falco's table of types: which operators fit, and what its messages call the type. */
static const struct {
	uint32_t ops;
	const char *name;
} falco_types[] = {
	[VALUE_TRUTH] = {OPS_EQUAL, "numeric filters"},
	[VALUE_NUMBER] = {OPS_EQUAL | OPS_ORDER, "numeric filters"},
	[VALUE_UNSIGNED] = {OPS_EQUAL | OPS_ORDER, "numeric filters"},
	[VALUE_PORT] = {OPS_EQUAL | OPS_ORDER, "numeric filters"},
	[VALUE_REAL] = {OPS_EQUAL | OPS_ORDER, "numeric filters"},
	[VALUE_TEXT] = {OPS_EQUAL | OPS_ORDER | OPS_TEXT, "string filters"},
	[VALUE_BYTES] = {OPS_EQUAL | OPS_PARTS | OPS_BYTES, "buffer filters"},
	[VALUE_ADDRESS] = {OPS_EQUAL, "ip address and network filters"},
	[VALUE_NET] = {OPS_EQUAL, "ip address and network filters"},
	[VALUE_OPAQUE] = {1u << OP_EXISTS, NULL},
};

static bool is_list(const expression *x)
{
	return x->left->list && !(x->field && (x->field->either || x->field->some));
}

static int falco_check(compiler *c, const condition *from, const expression *x)
{
	span op = op_name(x->op);
	const char *modifier = x->modifier ? " with modifier" : " operator";
	if (x->op == OP_EXISTS)
		return 0;
	if (is_list(x) && x->op != OP_IN && x->op != OP_INTERSECTS)
		return compile_fail(c, from->place, "filter error: '%.*s'%s not supported list filters",
			SPAN_ARG(op), modifier);
	if (falco_types[x->type].ops >> x->op & 1)
		return 0;
	if (falco_types[x->type].name)
		return compile_fail(c, from->place, "filter error: '%.*s'%s not supported for %s",
			SPAN_ARG(op), modifier, falco_types[x->type].name);
	return compile_fail(c, from->place, "filter error: '%.*s'%s not supported for type '%s'",
		SPAN_ARG(op), modifier, x->left->type_name);
}

static bool posture_fits(op o, value_type type)
{
	if (o == OP_BCONTAINS || o == OP_BSTARTSWITH) /* no field of a posture is a buffer */
		return false;
	if (o == OP_EQUAL || o == OP_NOT_EQUAL || o == OP_IN || o == OP_INTERSECTS || o == OP_EXISTS)
		return true;
	if (o == OP_HOLDS)
		return type == VALUE_TRUTH;
	return (op_rows[o].kind == OP_CLASS_NUMBER) == (type == VALUE_NUMBER) && type != VALUE_TRUTH;
}

static int posture_check(compiler *c, const condition *from, const expression *x)
{
	if (posture_fits(x->op, x->type))
		return 0;
	if (x->op == OP_HOLDS)
		return compile_fail(c, from->place, "%s is no truth: compare it with something (%s = …)",
			x->field->name, x->field->name);
	return compile_fail(
		c, from->op_place, "'%.*s' does not fit %s", SPAN_ARG(op_name(from->op)), x->field->name);
}

/* val(field): the value of another field of the same type. */
static int posture_right(compiler *c, expression *x, const condition *right)
{
	if (right->transform != TRANSFORM_VAL)
		return compile_fail(c, right->place, "'%s' cannot stand on the right side here",
			transform_names[right->transform]);
	operand *other;
	TRY(compile_operand(c, right, &other));
	bool compared = x->op == OP_EQUAL || x->op == OP_NOT_EQUAL || op_rows[x->op].kind == OP_CLASS_NUMBER;
	if (other->type != x->type || other->list || x->left->kind != OPERAND_FIELD || x->left->list ||
		!compared)
		return compile_fail(c, right->parts.items[0]->place, "%s cannot be compared with %s",
			x->field->name, other->of.items[0]->field->name);
	x->right = other;
	return 0;
}

static const field_row *first_field(const operand *o)
{
	if (o->kind == OPERAND_FIELD)
		return o->field;
	const field_row *ret = NULL;
	for (uint32_t i = 0; i < o->of.count && !ret; i++)
		ret = first_field(o->of.items[i]);
	return ret;
}

/* Names of operators in these messages are other words than those of the language. */
static const char *falco_word(op o)
{
	return o == OP_REGEX ? "REGEX" : o == OP_PMATCH ? "PMATCH" : NULL;
}

static int falco_right(compiler *c, expression *x, const condition *right)
{
	operand *other;
	TRY(compile_operand(c, right, &other));
	const field_row *field = first_field(other);
	if (falco_word(x->op))
		return compile_fail(c, right->place, "operator '%s' doesn't support right-hand side fields",
			falco_word(x->op));
	if (x->type == VALUE_NET)
		return compile_fail(
			c, right->place, "field type 'IPNET' doesn't support right-hand side fields");
	if (x->field && x->field->left_only)
		return compile_fail(
			c, right->place, "field '%s' doesn't support right-hand side fields", x->field->name);
	if (field && field->left_only)
		return compile_fail(
			c, right->place, "field '%s' can't be used as a right-hand side field", field->name);
	if (x->type != other->type)
		return compile_fail(c, right->place,
			"field '%s' of type '%s' cannot be compared with field '%s' of type '%s'",
			x->field ? x->field->name : "", x->left->type_name, field ? field->name : "",
			other->type_name);
	x->right = other;
	return 0;
}

static int compile_sides(compiler *c, const condition *from, expression *x)
{
	operand *left;
	c->alone = from->left->kind != CONDITION_TRANSFORM;
	TRY(compile_operand(c, from->left, &left));
	c->alone = false;
	x->left = left;
	x->field = first_field(left);
	x->type = left->type;
	x->op = from->op == OP_SAME ? OP_EQUAL : from->op;
	x->modifier = from->modifier;
	TRY(c->falco ? falco_check(c, from, x) : posture_check(c, from, x));
	if (!from->right)
		return 0;
	if (from->right->kind == CONDITION_TRANSFORM)
		return c->falco ? falco_right(c, x, from->right) : posture_right(c, x, from->right);
	TRY(compile_values(c, x, from->right));
	expression_index(x, c->arena);
	return 0;
}

int compile_test(compiler *c, const condition *from, expression *x)
{
	int status = compile_sides(c, from, x);
	if (status < 0 && c->falco)
		c->fault->place =
			from->place; /* Falco points at the test, whichever part of it is at fault */
	return status;
}
