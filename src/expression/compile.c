/* SPDX-License-Identifier: Apache-2.0
 *
 * From the tree of a condition to an expression over fields. Macros are compiled where they stand; nothing is substituted as
 * text, so errors inside a macro say so. */
#include "base/limits.h"
#include "expression/tree.h"

typedef struct compiler {
	const vocabulary *words;
	arena *arena;
	uint32_t *nodes; /* shared with those of macros: bounds the whole */
	uint32_t macros; /* that this condition stands in */
	error *error;
} compiler;

#define FAIL(c, where, ...) \
	return error_set_at((c)->error, ERROR_SYNTAX, (where).line, (where).column, __VA_ARGS__)

static int compile(compiler *c, const condition *from, expression **ret);

static int node_new(compiler *c, const condition *from, expression_kind kind, expression **ret)
{
	if (++*c->nodes > LIMIT_EXPRESSION_NODES)
		FAIL(c, from->place, "the condition has more than %d parts", LIMIT_EXPRESSION_NODES);
	*ret = ARENA_NEW(c->arena, expression);
	(*ret)->kind = kind;
	return 0;
}

static int literal_number(compiler *c, const expression *x, literal *l, condition_place at)
{
	if (x->type == VALUE_TRUTH) {
		if (!span_in(l->text, "true false"))
			FAIL(c, at, "%s is true or false, not '%.*s'", x->field->name, SPAN_ARG(l->text));
		l->number = span_is(l->text, "true");
		return 0;
	}
	bool good = span_int(l->text, &l->number);
	if (!good && x->field->unit && x->transform == TRANSFORM_NONE)
		good = x->field->unit(l->text, &l->number) >= 0;
	if (!good)
		FAIL(c, at, "%s is a number, '%.*s' is none", x->field->name, SPAN_ARG(l->text));
	return 0;
}

static int literal_add(compiler *c, expression *x, span text, condition_place at)
{
	literal l = {.text = arena_copy(c->arena, text)};
	if (x->type != VALUE_TEXT)
		TRY(literal_number(c, x, &l, at));
	if (x->op == OP_REGEX && match_compile_regex(text, c->arena, &l.regex, c->error) < 0) {
		c->error->line = at.line;
		c->error->column = at.column;
		return -c->error->code;
	}
	list_push(c->arena, &x->values, l);
	if (x->values.count > LIMIT_EXPRESSION_NODES)
		FAIL(c, at, "the list has more than %d values", LIMIT_EXPRESSION_NODES);
	return 0;
}

/* A value: a literal, or the name of a list. */
static int compile_value(compiler *c, expression *x, const condition *value, condition_place at, int depth)
{
	const char *text =
		value->quoted || !c->words->list ? NULL : c->words->list(c->words->of, value->text);
	if (!text)
		return literal_add(c, x, value->text, at);
	if (depth > LIMIT_EXPANSION_DEPTH)
		FAIL(c, at, "list '%.*s' contains itself", SPAN_ARG(value->text));
	const condition *list;
	if (condition_parse_list(span_of(text), c->arena, &list, c->error) < 0) {
		c->error->line = at.line;
		c->error->column = at.column;
		return error_wrap(c->error, "in list %.*s", SPAN_ARG(value->text));
	}
	for (uint32_t i = 0; i < list->parts.count; i++)
		TRY(compile_value(c, x, list->parts.items[i], at, depth + 1));
	return 0;
}

/* val(field): the value of another field of the same type. */
static int compile_other(compiler *c, expression *x, const condition *right)
{
	const condition *other = right->parts.items[0];
	if (right->transform != TRANSFORM_VAL)
		FAIL(c, right->place, "'%s' cannot stand on the right side here",
			transform_names[right->transform]);
	x->other = c->words->field(c->words->of, other->text);
	if (!x->other)
		FAIL(c, other->place, "there is no field '%.*s'", SPAN_ARG(other->text));
	bool compared = x->op == OP_EQUAL || x->op == OP_NOT_EQUAL || op_rows[x->op].kind == OP_CLASS_NUMBER;
	if (x->other->type != x->type || x->other->list || x->field->list || x->transform != TRANSFORM_NONE ||
		!compared || right->indexed || other->indexed)
		FAIL(c, other->place, "%s cannot be compared with %s", x->field->name, x->other->name);
	return 0;
}

static int compile_right(compiler *c, expression *x, const condition *right)
{
	if (right->kind == CONDITION_TRANSFORM)
		return compile_other(c, x, right);
	if (right->kind == CONDITION_VALUE)
		return compile_value(c, x, right, right->place, 0);
	for (uint32_t i = 0; i < right->parts.count; i++)
		TRY(compile_value(c, x, right->parts.items[i], right->parts.items[i]->place, 0));
	return 0;
}

static bool op_fits(op o, value_type type)
{
	if (o == OP_BCONTAINS || o == OP_BSTARTSWITH) /* no field of a posture is a buffer */
		return false;
	if (o == OP_EQUAL || o == OP_NOT_EQUAL || o == OP_IN || o == OP_INTERSECTS || o == OP_EXISTS)
		return true;
	if (o == OP_HOLDS)
		return type == VALUE_TRUTH;
	return (op_rows[o].kind == OP_CLASS_NUMBER) == (type == VALUE_NUMBER) && type != VALUE_TRUTH;
}

static value_type transformed_type(const field_row *field, transform how)
{
	if (how == TRANSFORM_NONE)
		return field->type;
	return how == TRANSFORM_LEN ? VALUE_NUMBER : how == TRANSFORM_KNOWN ? VALUE_TRUTH : VALUE_TEXT;
}

static bool transform_fits(const condition *t)
{
	bool one = t->transform == TRANSFORM_TOLOWER || t->transform == TRANSFORM_TOUPPER ||
		   t->transform == TRANSFORM_BASENAME || t->transform == TRANSFORM_LEN ||
		   t->transform == TRANSFORM_KNOWN;
	return one && !t->indexed && t->parts.count == 1 && t->parts.items[0]->kind == CONDITION_FIELD;
}

/* The field itself, or the one in a transformer. */
static int compile_left(compiler *c, const condition *left, expression *x)
{
	x->transform = TRANSFORM_NONE;
	if (left->kind == CONDITION_TRANSFORM) {
		if (!transform_fits(left))
			FAIL(c, left->place,
				"around a field here can stand one of tolower, toupper, basename, len and known");
		x->transform = left->transform;
		left = left->parts.items[0];
	}
	x->field = c->words->field(c->words->of, left->text);
	if (x->field && left->indexed)
		FAIL(c, left->place, "%s takes no argument", x->field->name);
	if (x->field)
		return 0;
	const char *near = c->words->suggest ? c->words->suggest(c->words->of, left->text) : NULL;
	const char *what = x->transform == TRANSFORM_NONE ? "field or macro" : "field";
	if (near)
		FAIL(c, left->place, "there is no %s '%.*s'; is it %s?", what, SPAN_ARG(left->text), near);
	FAIL(c, left->place, "there is no %s '%.*s'", what, SPAN_ARG(left->text));
}

static int compile_test(compiler *c, const condition *from, expression **ret)
{
	expression *x = NULL;
	TRY(node_new(c, from, EXPRESSION_TEST, &x));
	TRY(compile_left(c, from->left, x));
	x->type = transformed_type(x->field, x->transform);
	x->op = from->op == OP_SAME ? OP_EQUAL : from->op;
	x->modifier = from->modifier;
	if (!op_fits(x->op, x->type)) {
		if (x->op == OP_HOLDS)
			FAIL(c, from->place, "%s is no truth: compare it with something (%s = …)",
				x->field->name, x->field->name);
		FAIL(c, from->op_place, "'%.*s' does not fit %s", SPAN_ARG(op_name(from->op)),
			x->field->name);
	}
	if (from->right)
		TRY(compile_right(c, x, from->right));
	*ret = x;
	return 0;
}

static int macro_compile(compiler *c, const char *text, expression **ret)
{
	compiler inner = *c;
	inner.macros++;
	condition_fault fault;
	const condition *tree;
	TRY(condition_parse(span_of(text),
		&(condition_options){.posture = true, .depth = LIMIT_EXPRESSION_DEPTH}, c->arena, &tree,
		&fault, c->error));
	return compile(&inner, tree, ret);
}

static int compile_macro(compiler *c, const condition *name, const char *text, expression **ret)
{
	if (c->macros == LIMIT_EXPANSION_DEPTH)
		FAIL(c, name->place, "macro '%.*s' contains itself", SPAN_ARG(name->text));
	int status = macro_compile(c, text, ret);
	if (status >= 0)
		return 0;
	c->error->line = name->place.line;
	c->error->column = name->place.column;
	/* The innermost macro is where to look; those around it only led there. */
	return span_starts(span_of(c->error->text), SPAN("in macro "))
		       ? status
		       : error_wrap(c->error, "in macro %.*s", SPAN_ARG(name->text));
}

/* A name alone: a field that is a truth, or a macro. */
static int compile_name(compiler *c, const condition *name, expression **ret)
{
	bool field = c->words->field(c->words->of, name->text);
	const char *macro = !field && c->words->macro ? c->words->macro(c->words->of, name->text) : NULL;
	if (macro)
		return compile_macro(c, name, macro, ret);
	condition alone = {.kind = CONDITION_TEST,
		.place = name->place,
		.op = OP_HOLDS,
		.op_place = name->place,
		.left = (condition *)name};
	return compile_test(c, &alone, ret);
}

static int compile_parts(compiler *c, const condition *from, expression_kind kind, expression **ret)
{
	TRY(node_new(c, from, kind, ret));
	for (uint32_t i = 0; i < from->parts.count; i++) {
		expression *part;
		TRY(compile(c, from->parts.items[i], &part));
		list_push(c->arena, &(*ret)->parts, part);
	}
	return 0;
}

static int compile(compiler *c, const condition *from, expression **ret)
{
	switch (from->kind) {
	case CONDITION_AND:
		return compile_parts(c, from, EXPRESSION_AND, ret);
	case CONDITION_OR:
		return compile_parts(c, from, EXPRESSION_OR, ret);
	case CONDITION_NOT:
		return compile_parts(c, from, EXPRESSION_NOT, ret);
	case CONDITION_NAME:
		return compile_name(c, from, ret);
	case CONDITION_TEST:
		return compile_test(c, from, ret);
	case CONDITION_FIELD:
	case CONDITION_VALUE:
	case CONDITION_LIST:
	case CONDITION_TRANSFORM:
	case CONDITION_TRANSFORM_LIST:
		break; /* only within a test */
	}
	FAIL(c, from->place, "a test is expected here");
}

int expression_compile(
	span condition_text, const vocabulary *words, arena *a, const expression **ret, error *e)
{
	uint32_t nodes = 0;
	compiler c = {.words = words, .arena = a, .nodes = &nodes, .error = e};
	condition_fault fault;
	const condition *tree;
	expression *made = NULL;
	TRY(condition_parse(condition_text,
		&(condition_options){.posture = true, .depth = LIMIT_EXPRESSION_DEPTH}, a, &tree, &fault, e));
	TRY(compile(&c, tree, &made));
	*ret = made;
	return 0;
}

span expression_excerpt(span condition, const error *e, arena *a)
{
	span rest = condition, line = {0};
	for (uint32_t i = 0; i < (e->line ? e->line : 1); i++)
		if (!span_cut(&rest, '\n', &line))
			break;
	int column = e->column ? (int)e->column - 1 : 0;
	return arena_format(a, "%.*s\n%*s^", SPAN_ARG(line), column, "");
}
