/* SPDX-License-Identifier: Apache-2.0
 *
 * One side of a test: a field, or a transformer around fields, texts and other transformers. */
#include "expression/compile.h"

static int posture_field(compiler *c, const condition *from, const field_row **ret)
{
	*ret = c->words->field(c->words->of, from->text);
	if (*ret && from->indexed)
		return compile_fail(c, from->place, "%s takes no argument", (*ret)->name);
	if (*ret)
		return 0;
	const char *near = c->words->suggest ? c->words->suggest(c->words->of, from->text) : NULL;
	const char *what = c->alone ? "field or macro" : "field";
	if (near)
		return compile_fail(
			c, from->place, "there is no %s '%.*s'; is it %s?", what, SPAN_ARG(from->text), near);
	return compile_fail(c, from->place, "there is no %s '%.*s'", what, SPAN_ARG(from->text));
}

static int falco_field(compiler *c, const condition *from, const field_row **ret)
{
	span why = {0};
	*ret = c->words->find(
		c->words->of, from->text, from->indexed ? from->index : (span){0}, c->arena, &why);
	if (*ret)
		return 0;
	if (why.p)
		return compile_fail(c, from->place, "%.*s", SPAN_ARG(why));
	return compile_fail(c, from->place, "filter_check called with nonexistent field %.*s%s%.*s%s",
		SPAN_ARG(from->text), from->indexed ? "[" : "", from->indexed ? (int)from->index.n : 0,
		from->indexed && from->index.p ? from->index.p : "", from->indexed ? "]" : "");
}

static operand *operand_new(compiler *c, operand_kind kind, value_type type, const char *type_name)
{
	operand *o = ARENA_NEW(c->arena, operand);
	o->kind = kind;
	o->type = type;
	o->type_name = type_name;
	o->transform = TRANSFORM_NONE;
	return o;
}

static int operand_field(compiler *c, const condition *from, operand **ret)
{
	const field_row *field;
	if (c->falco)
		TRY(falco_field(c, from, &field));
	else
		TRY(posture_field(c, from, &field));
	*ret = operand_new(c, OPERAND_FIELD, field->type, field->kind);
	(*ret)->field = field;
	(*ret)->list = field->list || field->either || field->some;
	return 0;
}

/* The field that a chain of transformers with one argument stands around, or NULL. */
static const field_row *inner_field(const operand *o)
{
	while (o->kind == OPERAND_TRANSFORM && o->of.count)
		o = o->of.items[0];
	return o->field;
}

static bool transform_takes(transform how, const operand *of)
{
	if (how == TRANSFORM_KNOWN || how == TRANSFORM_VAL)
		return true;
	if (how == TRANSFORM_LEN)
		return of->type == VALUE_TEXT || of->type == VALUE_BYTES || of->list;
	return of->type == VALUE_TEXT || (of->type == VALUE_BYTES && how == TRANSFORM_B64);
}

static int transform_check(compiler *c, const condition *from, const operand *of)
{
	const field_row *field = inner_field(of);
	const char *name = field ? field->name : "";
	if (field && field->bare && from->transform != TRANSFORM_VAL)
		return compile_fail(c, from->place, "field '%s' does not support transformers", name);
	if (transform_takes(from->transform, of))
		return 0;
	return compile_fail(c, from->place,
		"can't add field transformer: type '%s' is not supported by '%s' transformer applied on %sfield '%s'",
		of->type_name ? of->type_name : "CHARBUF", transform_names[from->transform],
		of->list ? "list " : "", name);
}

/* tolower, toupper, b64, basename, len, known, val: one argument. */
static int operand_single(compiler *c, const condition *from, operand **ret)
{
	operand *of;
	TRY(compile_operand(c, from->parts.items[0], &of));
	if (c->falco)
		TRY(transform_check(c, from, of));
	*ret = operand_new(c, OPERAND_TRANSFORM, of->type, of->type_name);
	(*ret)->transform = from->transform;
	(*ret)->list = of->list;
	list_push(c->arena, &(*ret)->of, of);
	if (from->transform == TRANSFORM_LEN || from->transform == TRANSFORM_KNOWN)
		(*ret)->list = false;
	if (from->transform == TRANSFORM_KNOWN)
		(*ret)->type = VALUE_TRUTH;
	else if (from->transform == TRANSFORM_LEN) {
		(*ret)->type = c->falco ? VALUE_UNSIGNED : VALUE_NUMBER;
		(*ret)->type_name = "UINT64";
	} else if (from->transform != TRANSFORM_VAL) {
		(*ret)->type = VALUE_TEXT;
	}
	return 0;
}

static int check_join(compiler *c, const condition *from, const operand *o)
{
	if (o->of.count != 2)
		return compile_fail(
			c, from->place, "join() requires exactly 2 arguments: separator and list");
	if (o->of.items[0]->list)
		return compile_fail(c, from->place,
			"join() first argument (separator) must be a single value, not a list");
	if (!o->of.items[1]->list)
		return compile_fail(c, from->place, "join() second argument must be a list");
	return 0;
}

static int check_getopt(compiler *c, const condition *from, operand *o)
{
	if (o->of.count != 2)
		return compile_fail(
			c, from->place, "getopt() requires exactly 2 arguments: args list and optstring");
	if (!o->of.items[0]->list)
		return compile_fail(c, from->place, "getopt() first argument must be a list");
	if (o->of.items[1]->list)
		return compile_fail(
			c, from->place, "getopt() second argument (optstring) must be a single value");
	if (from->indexed && from->index.n > 1)
		return compile_fail(
			c, from->place, "getopt() field argument must be a single option character");
	o->option = from->indexed && from->index.n ? from->index.p[0] : 0;
	o->list = !o->option;
	return 0;
}

static int check_texts(compiler *c, const condition *from, const operand *o)
{
	for (uint32_t i = 0; i < o->of.count; i++)
		if (o->of.items[i]->type != VALUE_TEXT)
			return compile_fail(c, from->place, "%s() arguments must be strings",
				transform_names[from->transform]);
	return 0;
}

/* join, concat, getopt: several arguments. */
static int operand_several(compiler *c, const condition *from, operand **ret)
{
	*ret = operand_new(c, OPERAND_TRANSFORM, VALUE_TEXT, "CHARBUF");
	(*ret)->transform = from->transform;
	for (uint32_t i = 0; i < from->parts.count; i++) {
		operand *of;
		TRY(compile_operand(c, from->parts.items[i], &of));
		list_push(c->arena, &(*ret)->of, of);
	}
	if (from->transform == TRANSFORM_JOIN)
		TRY(check_join(c, from, *ret));
	else if (from->transform == TRANSFORM_GETOPT)
		TRY(check_getopt(c, from, *ret));
	return check_texts(c, from, *ret);
}

static bool posture_transform_fits(const condition *t)
{
	bool one = t->transform == TRANSFORM_TOLOWER || t->transform == TRANSFORM_TOUPPER ||
		   t->transform == TRANSFORM_BASENAME || t->transform == TRANSFORM_LEN ||
		   t->transform == TRANSFORM_KNOWN || t->transform == TRANSFORM_VAL;
	return one && !t->indexed && t->parts.count == 1 && t->parts.items[0]->kind == CONDITION_FIELD;
}

static int operand_transform(compiler *c, const condition *from, operand **ret)
{
	bool several = from->transform == TRANSFORM_JOIN || from->transform == TRANSFORM_CONCAT ||
		       from->transform == TRANSFORM_GETOPT;
	const char *name = transform_names[from->transform];
	if (!c->falco && !posture_transform_fits(from))
		return compile_fail(c, from->place,
			"around a field here can stand one of tolower, toupper, basename, len and known");
	if (from->indexed && from->transform != TRANSFORM_GETOPT)
		return compile_fail(c, from->place,
			"filter error: transformer '%s' does not support field arguments", name);
	/* With one argument Falco takes these for transformers of one field, and knows none of that name. */
	if (several != (from->parts.count > 1))
		return compile_fail(c, from->place, "unknown field transfomer '%s'", name);
	return several ? operand_several(c, from, ret) : operand_single(c, from, ret);
}

static int operand_list(compiler *c, const condition *from, operand **ret)
{
	*ret = operand_new(c, OPERAND_LIST, VALUE_TEXT, "CHARBUF");
	(*ret)->list = true;
	for (uint32_t i = 0; i < from->parts.count; i++) {
		operand *of;
		TRY(compile_operand(c, from->parts.items[i], &of));
		list_push(c->arena, &(*ret)->of, of);
	}
	return check_texts(c, from, *ret);
}

int compile_operand(compiler *c, const condition *from, operand **ret)
{
	if (from->kind == CONDITION_FIELD || from->kind == CONDITION_NAME)
		return operand_field(c, from, ret);
	if (from->kind == CONDITION_TRANSFORM)
		return operand_transform(c, from, ret);
	if (from->kind == CONDITION_TRANSFORM_LIST)
		return operand_list(c, from, ret);
	*ret = operand_new(c, OPERAND_TEXT, VALUE_TEXT, "CHARBUF");
	(*ret)->text = arena_copy(c->arena, from->text);
	return 0;
}
