/* SPDX-License-Identifier: Apache-2.0
 *
 * From a condition to its tree: recursive descent, one function a line of the grammar in condition.h. Where a node stands and
 * what is said of a fault follows Falco's parser, so that both can be compared. */
#include "expression/condition_parse.h"

#include "base/limits.h"

const op_row op_rows[OP_COUNT] = {
	[OP_EXISTS] = {"exists", OP_CLASS_UNARY, false},
	[OP_LESS_EQUAL] = {"<=", OP_CLASS_NUMBER, false},
	[OP_LESS] = {"<", OP_CLASS_NUMBER, false},
	[OP_GREATER_EQUAL] = {">=", OP_CLASS_NUMBER, false},
	[OP_GREATER] = {">", OP_CLASS_NUMBER, false},
	[OP_SAME] = {"==", OP_CLASS_TEXT, false},
	[OP_EQUAL] = {"=", OP_CLASS_TEXT, false},
	[OP_NOT_EQUAL] = {"!=", OP_CLASS_TEXT, false},
	[OP_GLOB] = {"glob ", OP_CLASS_TEXT, false},
	[OP_IGLOB] = {"iglob ", OP_CLASS_TEXT, false},
	[OP_CONTAINS] = {"contains ", OP_CLASS_TEXT, false},
	[OP_ICONTAINS] = {"icontains ", OP_CLASS_TEXT, false},
	[OP_BCONTAINS] = {"bcontains ", OP_CLASS_TEXT, false},
	[OP_STARTSWITH] = {"startswith ", OP_CLASS_TEXT, false},
	[OP_BSTARTSWITH] = {"bstartswith ", OP_CLASS_TEXT, false},
	[OP_ENDSWITH] = {"endswith ", OP_CLASS_TEXT, false},
	[OP_REGEX] = {"regex ", OP_CLASS_TEXT, false},
	[OP_ISTARTSWITH] = {"istartswith ", OP_CLASS_TEXT, true},
	[OP_IENDSWITH] = {"iendswith ", OP_CLASS_TEXT, true},
	[OP_INTERSECTS] = {"intersects", OP_CLASS_LIST, false},
	[OP_IN] = {"in", OP_CLASS_LIST, false},
	[OP_PMATCH] = {"pmatch", OP_CLASS_LIST, false},
};

const char *const modifier_names[MODIFIER_COUNT] = {NULL, "oneof", "anyof", "allof"};

span op_name(op o)
{
	return span_trim(span_of(op_rows[o].word));
}

int condition_new(scanner *s, condition_kind kind, condition_place at, condition **ret)
{
	if (++s->nodes > LIMIT_EXPRESSION_NODES) {
		scan_fail(s, "the condition has more than %d parts", LIMIT_EXPRESSION_NODES);
		return -ERROR_LIMIT;
	}
	*ret = ARENA_NEW(s->arena, condition);
	(*ret)->kind = kind;
	(*ret)->place = at;
	return 0;
}

int condition_deeper(scanner *s)
{
	if (++s->depth <= s->options.depth)
		return 0;
	scan_fail(s, "exceeded max depth limit of %u", s->options.depth);
	return -ERROR_LIMIT;
}

static int parse_or(scanner *s, condition **ret);

/* What stands in parentheses, behind the first one. */
static int parse_inner(scanner *s, condition **ret)
{
	TRY(condition_deeper(s));
	TRY(parse_or(s, ret));
	s->depth--;
	scan_blank(s);
	return scan_word(s, ")") ? 0 : scan_fail(s, "expected a ')' token");
}

static bool take_operator(scanner *s, op *ret)
{
	for (op o = 0; o < OP_COUNT; o++)
		if ((s->options.posture || !op_rows[o].posture) && scan_word(s, op_rows[o].word)) {
			*ret = o;
			return true;
		}
	return false;
}

static int fail_operator(scanner *s)
{
	auto_buffer words = {0};
	for (op o = 0; o < OP_COUNT; o++)
		if (s->options.posture || !op_rows[o].posture)
			buffer_format(&words, "%s'%.*s'", o ? ", " : "", SPAN_ARG(op_name(o)));
	return scan_fail(s, "expected a valid check operator: one of %.*s", SPAN_ARG(buffer_span(&words)));
}

/* From the operator on. In rules of posture a field alone is a test: it is true. */
static int parse_test(scanner *s, condition *left, condition **ret)
{
	scan_blank(s);
	condition_place at = s->now;
	op o = OP_HOLDS;
	if (!take_operator(s, &o) && !s->options.posture)
		return fail_operator(s);
	condition *test;
	TRY(condition_new(s, CONDITION_TEST, left->place, &test));
	test->left = left;
	test->op = o;
	test->op_place = at;
	*ret = test;
	if (o == OP_EXISTS || o == OP_HOLDS)
		return 0;
	bool apart = op_rows[o].kind == OP_CLASS_TEXT && op_rows[o].word[strlen(op_rows[o].word) - 1] == ' ';
	apart = scan_blank(s) || apart;
	int modified = 0;
	if (apart && op_rows[o].kind == OP_CLASS_TEXT)
		TRY(modified = condition_modified(s, &test->modifier, &test->right));
	return modified ? 0 : condition_right(s, o, &test->right);
}

/* The name of a macro; in rules of posture a field without a dot when an operator follows. */
static int parse_name(scanner *s, span name, condition_place at, condition **ret)
{
	scanner ahead = *s;
	op o;
	scan_blank(&ahead);
	bool field = s->options.posture && !span_is(name, "not") && take_operator(&ahead, &o);
	TRY(condition_new(s, field ? CONDITION_FIELD : CONDITION_NAME, at, ret));
	(*ret)->text = name;
	return field ? parse_test(s, *ret, ret) : 0;
}

static int parse_check(scanner *s, condition **ret)
{
	scan_blank(s);
	if (scan_word(s, "("))
		return parse_inner(s, ret);
	condition_place at = s->now;
	condition *left = NULL;
	int found = condition_left(s, at, &left);
	TRY(found);
	if (found)
		return parse_test(s, left, ret);
	span name;
	if (scan_name(s, &name))
		return parse_name(s, name, at, ret);
	return scan_fail(s, "expected a '(' token, a field check, or an identifier");
}

/* Takes a keyword that has a blank or a parenthesis behind it. */
static bool take_not(scanner *s)
{
	span after = span_from(scan_rest(s), 3);
	bool stands = after.n && (memchr(" \b\t\n\r(", after.p[0], 6));
	if (!stands || !scan_word(s, "not"))
		return false;
	scan_blank(s);
	return true;
}

/* An even number of nots is none. */
static int parse_not(scanner *s, condition **ret)
{
	scan_blank(s);
	condition_place at = s->now;
	bool negated = false;
	while (take_not(s))
		negated = !negated;
	if (!negated)
		return parse_check(s, ret);
	condition *inner;
	TRY(parse_check(s, &inner));
	TRY(condition_new(s, CONDITION_NOT, at, ret));
	list_push(s->arena, &(*ret)->parts, inner);
	return 0;
}

static int take_keyword(scanner *s, const char *word)
{
	scan_blank(s);
	if (!scan_word(s, word))
		return 0;
	if (!scan_blank(s) && !span_starts(scan_rest(s), SPAN("(")))
		return scan_fail(s, "expected blank or '(' after '%s'", word);
	return 1;
}

static int parse_chain(scanner *s, const char *word, condition_kind kind,
	int (*part)(scanner *, condition **), condition **ret)
{
	scan_blank(s);
	condition_place at = s->now;
	condition *first, *chain = NULL;
	TRY(part(s, &first));
	*ret = first;
	for (int more; (more = take_keyword(s, word)) != 0;) {
		TRY(more);
		if (!chain) {
			TRY(condition_new(s, kind, at, &chain));
			list_push(s->arena, &chain->parts, first);
		}
		condition *next;
		TRY(part(s, &next));
		list_push(s->arena, &chain->parts, next);
		*ret = chain;
	}
	return 0;
}

static int parse_and(scanner *s, condition **ret)
{
	return parse_chain(s, "and", CONDITION_AND, parse_not, ret);
}

static int parse_or(scanner *s, condition **ret)
{
	return parse_chain(s, "or", CONDITION_OR, parse_and, ret);
}

static int parse_all(scanner *s, condition **ret)
{
	TRY(parse_or(s, ret));
	scan_blank(s);
	if (s->now.at < s->text.n)
		return scan_fail(
			s, "unexpected token after '%.*s', expecting 'or', 'and'", SPAN_ARG(s->last));
	return 0;
}

static int fail(int status, const condition_fault *fault, error *e)
{
	return error_set_at(e, (error_code)-status, fault->place.line, fault->place.column, "%.*s",
		SPAN_ARG(fault->text));
}

int condition_parse(span text, const condition_options *options, arena *a, const condition **ret,
	condition_fault *fault, error *e)
{
	scanner s = {.text = text, .now = {0, 1, 1}, .options = *options, .arena = a, .fault = fault};
	condition *tree = NULL;
	int status;
	if (text.n > LIMIT_CONDITION_BYTES) {
		scan_fail(&s, "the condition is longer than %d bytes", LIMIT_CONDITION_BYTES);
		status = -ERROR_LIMIT;
	} else {
		status = parse_all(&s, &tree);
	}
	if (status < 0)
		return fail(status, fault, e);
	*ret = tree;
	return 0;
}

int condition_parse_list(span text, arena *a, const condition **ret, error *e)
{
	condition_fault fault = {0};
	scanner s = {.text = text, .now = {0, 1, 1}, .arena = a, .fault = &fault};
	condition *list;
	int status = condition_new(&s, CONDITION_LIST, s.now, &list);
	if (status >= 0)
		status = condition_values(&s, '\0', list);
	if (status >= 0 && s.now.at < text.n)
		status = scan_fail(&s, "expected ',' or the end of the list");
	if (status < 0)
		return fail(status, &fault, e);
	*ret = list;
	return 0;
}
