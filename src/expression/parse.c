/* SPDX-License-Identifier: Apache-2.0
 *
 * From a condition to its tree: recursive descent, one function a line of the grammar in expression.h. Macros are parsed where
 * they stand; nothing is substituted as text, so errors inside a macro say so. */
#include "base/limits.h"
#include "expression/lex.h"
#include "expression/tree.h"

typedef struct parser {
	span text;
	size_t position;
	token ahead;
	const vocabulary *words;
	arena *arena;
	uint32_t *nodes; /* shared with the parsers of macros: bounds the whole tree */
	uint32_t depth;  /* of parentheses and `not` */
	uint32_t macros; /* that this text stands in */
	error *error;
} parser;

static const struct {
	const char *word;
	op op;
} operators[] = {
	{"=", OP_EQUAL},
	{"==", OP_EQUAL},
	{"!=", OP_NOT_EQUAL},
	{"<", OP_LESS},
	{"<=", OP_LESS_EQUAL},
	{">", OP_GREATER},
	{">=", OP_GREATER_EQUAL},
	{"contains", OP_CONTAINS},
	{"icontains", OP_ICONTAINS},
	{"startswith", OP_STARTSWITH},
	{"istartswith", OP_ISTARTSWITH},
	{"endswith", OP_ENDSWITH},
	{"iendswith", OP_IENDSWITH},
	{"glob", OP_GLOB},
	{"iglob", OP_IGLOB},
	{"regex", OP_REGEX},
	{"in", OP_IN},
	{"intersects", OP_INTERSECTS},
	{"pmatch", OP_PMATCH},
	{"exists", OP_EXISTS},
};

static const struct {
	const char *word;
	transform transform;
} transforms[] = {{"tolower", TRANSFORM_LOWER}, {"toupper", TRANSFORM_UPPER},
	{"basename", TRANSFORM_BASENAME}, {"len", TRANSFORM_LEN}, {"known", TRANSFORM_KNOWN}};

static void advance(parser *p)
{
	p->ahead = token_next(p->text, &p->position);
}

static bool ahead_is(const parser *p, const char *word)
{
	return (p->ahead.kind == TOKEN_WORD || p->ahead.kind == TOKEN_SYMBOL) && span_is(p->ahead.text, word);
}

static bool accept(parser *p, const char *word)
{
	if (!ahead_is(p, word))
		return false;
	advance(p);
	return true;
}

/* Line and column of a byte of the condition. */
static void set_place(const parser *p, size_t at, uint32_t *line, uint32_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < at && i < p->text.n; i++) {
		*column += 1;
		if (p->text.p[i] == '\n') {
			*line += 1;
			*column = 1;
		}
	}
}

#define FAIL(p, at, ...)                                                                    \
	do {                                                                                \
		uint32_t line_, column_;                                                    \
		set_place((p), (at), &line_, &column_);                                     \
		return error_set_at((p)->error, ERROR_SYNTAX, line_, column_, __VA_ARGS__); \
	} while (0)

static int node_new(parser *p, expression_kind kind, expression **ret)
{
	if (++*p->nodes > LIMIT_EXPRESSION_NODES)
		FAIL(p, p->ahead.at, "the condition has more than %d parts", LIMIT_EXPRESSION_NODES);
	*ret = ARENA_NEW(p->arena, expression);
	(*ret)->kind = kind;
	return 0;
}

static int parse_or(parser *p, expression **ret);

static int expect(parser *p, const char *symbol)
{
	if (accept(p, symbol))
		return 0;
	if (p->ahead.kind == TOKEN_END)
		FAIL(p, p->ahead.at, "'%s' is missing at the end", symbol);
	FAIL(p, p->ahead.at, "'%s' is expected before '%.*s'", symbol, SPAN_ARG(p->ahead.text));
}

/* Takes the backslashes out of a quoted string. */
static span unescape(parser *p, span s)
{
	if (span_find_byte(s, '\\') == SPAN_NONE)
		return arena_copy(p->arena, s);
	char *out = arena_alloc(p->arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		/* Only what needs escaping is escaped: "\." of a regular expression stays as it is. */
		if (s.p[i] == '\\' && i + 1 < s.n && memchr("\"'\\", s.p[i + 1], 3))
			i++;
		out[n++] = s.p[i];
	}
	return (span){out, n};
}

static int literal_number(parser *p, const expression *x, literal *l, size_t at)
{
	if (x->type == VALUE_TRUTH) {
		if (!span_in(l->text, "true false"))
			FAIL(p, at, "%s is true or false, not '%.*s'", x->field->name, SPAN_ARG(l->text));
		l->number = span_is(l->text, "true");
		return 0;
	}
	bool good = span_int(l->text, &l->number);
	if (!good && x->field->unit && x->transform == TRANSFORM_NONE)
		good = x->field->unit(l->text, &l->number) >= 0;
	if (!good)
		FAIL(p, at, "%s is a number, '%.*s' is none", x->field->name, SPAN_ARG(l->text));
	return 0;
}

static int literal_add(parser *p, expression *x, span text, size_t at)
{
	literal l = {.text = text};
	if (x->type != VALUE_TEXT)
		TRY(literal_number(p, x, &l, at));
	if (x->op == OP_REGEX && match_compile_regex(text, p->arena, &l.regex, p->error) < 0) {
		set_place(p, at, &p->error->line, &p->error->column);
		return -p->error->code;
	}
	list_push(p->arena, &x->values, l);
	if (x->values.count > LIMIT_EXPRESSION_NODES)
		FAIL(p, at, "the list has more than %d values", LIMIT_EXPRESSION_NODES);
	return 0;
}

/* A value of a list: a literal, or the name of another list. */
static int list_value(parser *p, expression *x, span text, bool quoted, size_t at, int depth)
{
	const char *list = quoted || !p->words->list ? NULL : p->words->list(p->words->of, text);
	if (!list)
		return literal_add(p, x, text, at);
	if (depth > LIMIT_EXPRESSION_DEPTH)
		FAIL(p, at, "list '%.*s' contains itself", SPAN_ARG(text));
	span rest = span_of(list);
	for (size_t position = 0;;) {
		token t = token_next(rest, &position);
		if (t.kind == TOKEN_END)
			return 0;
		if (t.kind == TOKEN_WORD || t.kind == TOKEN_STRING)
			TRY(list_value(p, x, unescape(p, t.text), t.kind == TOKEN_STRING, at, depth + 1));
	}
}

/* val(field): the value of another field of the same type. */
static int parse_other(parser *p, expression *x)
{
	TRY(expect(p, "("));
	x->other = p->words->field(p->words->of, p->ahead.text);
	if (!x->other)
		FAIL(p, p->ahead.at, "there is no field '%.*s'", SPAN_ARG(p->ahead.text));
	if (x->other->type != x->type || x->other->list || x->field->list || x->transform != TRANSFORM_NONE ||
		x->op > OP_GREATER_EQUAL)
		FAIL(p, p->ahead.at, "%s cannot be compared with %s", x->field->name, x->other->name);
	advance(p);
	return expect(p, ")");
}

static int parse_value(parser *p, expression *x)
{
	size_t after = p->position;
	if (ahead_is(p, "val") && span_is(token_next(p->text, &after).text, "(")) {
		advance(p);
		return parse_other(p, x);
	}
	token t = p->ahead;
	if (t.kind == TOKEN_BAD)
		FAIL(p, t.at, "the quote that opens here is never closed");
	if (t.kind != TOKEN_WORD && t.kind != TOKEN_STRING)
		FAIL(p, t.at, "a value is expected here");
	advance(p);
	return list_value(p, x, unescape(p, t.text), t.kind == TOKEN_STRING, t.at, 0);
}

static int parse_values(parser *p, expression *x)
{
	bool many = x->op == OP_IN || x->op == OP_INTERSECTS || x->op == OP_PMATCH;
	if (!many || !ahead_is(p, "("))
		return parse_value(p, x);
	advance(p);
	while (!ahead_is(p, ")")) {
		TRY(parse_value(p, x));
		if (!accept(p, ",") && !ahead_is(p, ")"))
			FAIL(p, p->ahead.at, "',' or ')' is expected in the list");
	}
	advance(p);
	return 0;
}

static bool op_fits(op o, value_type type)
{
	if (o <= OP_NOT_EQUAL || o == OP_IN || o == OP_INTERSECTS || o == OP_EXISTS)
		return true;
	if (o == OP_HOLDS)
		return type == VALUE_TRUTH;
	return (o <= OP_GREATER_EQUAL) == (type == VALUE_NUMBER) && type != VALUE_TRUTH;
}

static value_type transformed_type(const field_row *field, transform how)
{
	switch (how) {
	case TRANSFORM_NONE:
		return field->type;
	case TRANSFORM_LEN:
		return VALUE_NUMBER;
	case TRANSFORM_KNOWN:
		return VALUE_TRUTH;
	case TRANSFORM_LOWER:
	case TRANSFORM_UPPER:
	case TRANSFORM_BASENAME:
		break;
	}
	return VALUE_TEXT;
}

static int parse_test(parser *p, const field_row *field, transform how, size_t at, expression **ret)
{
	expression *x = NULL;
	TRY(node_new(p, EXPRESSION_TEST, &x));
	x->field = field;
	x->transform = how;
	x->type = transformed_type(field, how);
	x->op = OP_HOLDS;
	token operator= p->ahead;
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (ahead_is(p, operators[i].word)) {
			x->op = operators[i].op;
			advance(p);
			break;
		}
	if (!op_fits(x->op, x->type)) {
		if (x->op == OP_HOLDS)
			FAIL(p, at, "%s is no truth: compare it with something (%s = …)", field->name,
				field->name);
		FAIL(p, operator.at, "'%.*s' does not fit %s", SPAN_ARG(operator.text), field->name);
	}
	if (x->op != OP_EXISTS && x->op != OP_HOLDS)
		TRY(parse_values(p, x));
	*ret = x;
	return 0;
}

static int parse_macro(parser *p, span name, const char *text, size_t at, expression **ret)
{
	if (p->macros == LIMIT_EXPANSION_DEPTH)
		FAIL(p, at, "macro '%.*s' contains itself", SPAN_ARG(name));
	parser inner = *p;
	inner.text = span_of(text);
	inner.position = 0;
	inner.macros++;
	advance(&inner);
	int status = parse_or(&inner, ret);
	if (status >= 0 && inner.ahead.kind != TOKEN_END)
		status = error_set(
			p->error, ERROR_SYNTAX, "'%.*s' is not expected", SPAN_ARG(inner.ahead.text));
	if (status < 0) {
		set_place(p, at, &p->error->line, &p->error->column);
		/* The innermost macro is where to look; those around it only led there. */
		return span_starts(span_of(p->error->text), SPAN("in macro "))
			       ? status
			       : error_wrap(p->error, "in macro %.*s", SPAN_ARG(name));
	}
	return 0;
}

static int parse_name(parser *p, expression **ret)
{
	token name = p->ahead;
	advance(p);
	const field_row *field = p->words->field(p->words->of, name.text);
	if (field)
		return parse_test(p, field, TRANSFORM_NONE, name.at, ret);
	for (size_t i = 0; ahead_is(p, "(") && i < sizeof transforms / sizeof *transforms; i++) {
		if (!span_is(name.text, transforms[i].word))
			continue;
		advance(p);
		field = p->words->field(p->words->of, p->ahead.text);
		if (!field)
			FAIL(p, p->ahead.at, "there is no field '%.*s'", SPAN_ARG(p->ahead.text));
		advance(p);
		TRY(expect(p, ")"));
		return parse_test(p, field, transforms[i].transform, name.at, ret);
	}
	const char *macro = p->words->macro ? p->words->macro(p->words->of, name.text) : NULL;
	if (macro)
		return parse_macro(p, name.text, macro, name.at, ret);
	const char *near = p->words->suggest ? p->words->suggest(p->words->of, name.text) : NULL;
	if (near)
		FAIL(p, name.at, "there is no field or macro '%.*s'; is it %s?", SPAN_ARG(name.text), near);
	FAIL(p, name.at, "there is no field or macro '%.*s'", SPAN_ARG(name.text));
}

static int parse_primary(parser *p, expression **ret)
{
	if (accept(p, "(")) {
		TRY(parse_or(p, ret));
		return expect(p, ")");
	}
	if (p->ahead.kind == TOKEN_END)
		FAIL(p, p->ahead.at, "the condition ends where a test is expected");
	if (p->ahead.kind != TOKEN_WORD)
		FAIL(p, p->ahead.at, "a field is expected, not '%.*s'", SPAN_ARG(p->ahead.text));
	return parse_name(p, ret);
}

static int parse_not(parser *p, expression **ret)
{
	if (p->depth + 1 > LIMIT_EXPRESSION_DEPTH)
		FAIL(p, p->ahead.at, "the condition is nested deeper than %d", LIMIT_EXPRESSION_DEPTH);
	p->depth++;
	int status;
	if (accept(p, "not")) {
		expression *inner = NULL;
		status = parse_not(p, &inner);
		if (status >= 0)
			status = node_new(p, EXPRESSION_NOT, ret);
		if (status >= 0)
			list_push(p->arena, &(*ret)->parts, inner);
	} else {
		status = parse_primary(p, ret);
	}
	p->depth--;
	return status;
}

static int parse_chain(parser *p, const char *word, expression_kind kind,
	int (*part)(parser *, expression **), expression **ret)
{
	expression *first = NULL;
	TRY(part(p, &first));
	*ret = first;
	if (!ahead_is(p, word))
		return 0;
	TRY(node_new(p, kind, ret));
	list_push(p->arena, &(*ret)->parts, first);
	while (accept(p, word)) {
		expression *next = NULL;
		TRY(part(p, &next));
		list_push(p->arena, &(*ret)->parts, next);
	}
	return 0;
}

static int parse_and(parser *p, expression **ret)
{
	return parse_chain(p, "and", EXPRESSION_AND, parse_not, ret);
}

static int parse_or(parser *p, expression **ret)
{
	return parse_chain(p, "or", EXPRESSION_OR, parse_and, ret);
}

int expression_compile(span condition, const vocabulary *words, arena *a, const expression **ret, error *e)
{
	uint32_t nodes = 0;
	parser p = {.text = condition, .words = words, .arena = a, .nodes = &nodes, .error = e};
	expression *tree = NULL;
	advance(&p);
	TRY(parse_or(&p, &tree));
	if (p.ahead.kind != TOKEN_END)
		FAIL(&p, p.ahead.at, "'%.*s' is not expected here", SPAN_ARG(p.ahead.text));
	*ret = tree;
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
