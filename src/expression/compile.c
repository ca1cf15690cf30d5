/* SPDX-License-Identifier: Apache-2.0
 *
 * From the tree of a condition to an expression over fields. Macros are compiled where they stand; nothing is substituted as
 * text, so errors inside a macro say so. */
#include "expression/compile.h"

#include "base/limits.h"

static int compile(compiler *c, const condition *from, expression **ret);

int compile_fail(compiler *c, condition_place at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	c->fault->text = arena_vformat(c->arena, format, args);
	va_end(args);
	c->fault->place = at;
	return error_set_at(c->error, ERROR_SYNTAX, at.line, at.column, "%.*s", SPAN_ARG(c->fault->text));
}

static int node_new(compiler *c, const condition *from, expression_kind kind, expression **ret)
{
	if (++*c->nodes > LIMIT_EXPRESSION_NODES)
		return compile_fail(
			c, from->place, "the condition has more than %d parts", LIMIT_EXPRESSION_NODES);
	*ret = ARENA_NEW(c->arena, expression);
	(*ret)->kind = kind;
	(*ret)->falco = c->falco;
	return 0;
}

static int compile_test_node(compiler *c, const condition *from, expression **ret)
{
	TRY(node_new(c, from, EXPRESSION_TEST, ret));
	return compile_test(c, from, *ret);
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
		return compile_fail(c, name->place, "macro '%.*s' contains itself", SPAN_ARG(name->text));
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
	if (c->falco)
		return compile_fail(
			c, name->place, "filter error: unexpected identifier '%.*s'", SPAN_ARG(name->text));
	bool field = c->words->field(c->words->of, name->text);
	const char *macro = !field && c->words->macro ? c->words->macro(c->words->of, name->text) : NULL;
	if (macro)
		return compile_macro(c, name, macro, ret);
	condition alone = {.kind = CONDITION_TEST,
		.place = name->place,
		.op = OP_HOLDS,
		.op_place = name->place,
		.left = (condition *)name};
	return compile_test_node(c, &alone, ret);
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
		return compile_test_node(c, from, ret);
	case CONDITION_FIELD:
	case CONDITION_VALUE:
	case CONDITION_LIST:
	case CONDITION_TRANSFORM:
	case CONDITION_TRANSFORM_LIST:
		break; /* only within a test */
	}
	return compile_fail(c, from->place, "a test is expected here");
}

int expression_compile(
	span condition_text, const vocabulary *words, arena *a, const expression **ret, error *e)
{
	uint32_t nodes = 0;
	condition_fault fault;
	compiler c = {.words = words,
		.arena = a,
		.nodes = &nodes,
		.falco = words->find != NULL,
		.fault = &fault,
		.error = e};
	const condition *tree;
	expression *made = NULL;
	TRY(condition_parse(condition_text,
		&(condition_options){.posture = !c.falco, .depth = LIMIT_EXPRESSION_DEPTH}, a, &tree, &fault,
		e));
	TRY(compile(&c, tree, &made));
	*ret = made;
	return 0;
}

int expression_compile_tree(const condition *tree, const vocabulary *words, arena *a, const expression **ret,
	condition_fault *fault)
{
	uint32_t nodes = 0;
	error e;
	compiler c = {
		.words = words, .arena = a, .nodes = &nodes, .falco = true, .fault = fault, .error = &e};
	expression *made = NULL;
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
