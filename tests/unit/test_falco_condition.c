/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of conditions: trees with their places, texts, faults with theirs, limits. */
#include "base/limits.h"
#include "expression/condition.h"
#include "test.h"

TEST_MAIN()

static const condition_options falco = {.depth = LIMIT_CONDITION_DEPTH},
			       posture = {.posture = true, .depth = 64};

/* A tree as one line: (kind@byte …), so that a table can hold it. */
static void draw(const condition *c, buffer *out)
{
	static const char *const kinds[] = {
		"and", "or", "not", "name", "test", "field", "value", "list", "transform", "arguments"};
	buffer_format(out, "(%s@%u", kinds[c->kind], c->place.at);
	if (c->kind == CONDITION_NAME || c->kind == CONDITION_FIELD || c->kind == CONDITION_VALUE)
		buffer_format(out, " %.*s", SPAN_ARG(c->text));
	if (c->kind == CONDITION_TRANSFORM)
		buffer_format(out, " %s", transform_names[c->transform]);
	if (c->indexed)
		buffer_format(out, " [%.*s]", SPAN_ARG(c->index));
	if (c->kind == CONDITION_TEST) {
		buffer_add_byte(out, ' ');
		draw(c->left, out);
		if (c->op != OP_HOLDS)
			buffer_format(out, " %.*s", SPAN_ARG(op_name(c->op)));
		if (c->modifier)
			buffer_format(out, " %s", modifier_names[c->modifier]);
		buffer_add_string(out, c->right ? " " : "");
		if (c->right)
			draw(c->right, out);
	}
	for (uint32_t i = 0; i < c->parts.count; i++) {
		buffer_add_byte(out, ' ');
		draw(c->parts.items[i], out);
	}
	buffer_add_byte(out, ')');
}

typedef struct tree_row {
	const char *condition, *tree;
} tree_row;

/* clang-format off */
static const tree_row trees[] = {
	{"m", "(name@0 m)"},
	{" \n m ", "(name@3 m)"},
	{"(m)", "(name@1 m)"},
	{"m and n and o", "(and@0 (name@0 m) (name@6 n) (name@12 o))"},
	{"m or n and o", "(or@0 (name@0 m) (and@5 (name@5 n) (name@11 o)))"},
	{"(m or n) and o", "(and@0 (or@1 (name@1 m) (name@6 n)) (name@13 o))"},
	{"(m)and(n)or(o)", "(or@0 (and@0 (name@1 m) (name@7 n)) (name@12 o))"},
	{"m and(n or o)", "(and@0 (name@0 m) (or@6 (name@6 n) (name@11 o)))"},
	{"not m", "(not@0 (name@4 m))"},
	{"not(m)", "(not@0 (name@4 m))"},
	{"not not m", "(name@8 m)"},
	{"not not not m", "(not@0 (name@12 m))"},
	{"not (not m)", "(not@0 (not@5 (name@9 m)))"},
	{"notm and orm", "(and@0 (name@0 notm) (name@9 orm))"},
	{"f.x exists", "(test@0 (field@0 f.x) exists)"},
	{"f.x existsand m", "(and@0 (test@0 (field@0 f.x) exists) (name@14 m))"},
	{"f.x.y_2=1", "(test@0 (field@0 f.x.y_2) = (value@8 1))"},
	{"f.x == not", "(test@0 (field@0 f.x) == (value@7 not))"},
	{"f.x != /a*b!<>[]{}", "(test@0 (field@0 f.x) != (value@7 /a*b!<>[]{}))"},
	{"f.x=\"a b\"", "(test@0 (field@0 f.x) = (value@4 a b))"},
	{"f.x=''", "(test@0 (field@0 f.x) = (value@4 ))"},
	{"f.x < 0", "(test@0 (field@0 f.x) < (value@6 0))"},
	{"f.x<=-1.5e+3", "(test@0 (field@0 f.x) <= (value@5 -1.5e+3))"},
	{"f.x >= 0X1f", "(test@0 (field@0 f.x) >= (value@7 0X1f))"},
	{"f.x > 1.", "(test@0 (field@0 f.x) > (value@6 1.))"},
	{"f.x glob a* and f.x iglob b", "(and@0 (test@0 (field@0 f.x) glob (value@9 a*)) (test@16 (field@16 f.x) iglob (value@26 b)))"},
	{"f.x contains a", "(test@0 (field@0 f.x) contains (value@13 a))"},
	{"f.x icontains  a", "(test@0 (field@0 f.x) icontains (value@15 a))"},
	{"f.x bcontains 0a", "(test@0 (field@0 f.x) bcontains (value@14 0a))"},
	{"f.x startswith a", "(test@0 (field@0 f.x) startswith (value@15 a))"},
	{"f.x bstartswith 0a", "(test@0 (field@0 f.x) bstartswith (value@16 0a))"},
	{"f.x endswith a", "(test@0 (field@0 f.x) endswith (value@13 a))"},
	{"f.x regex ^a.+", "(test@0 (field@0 f.x) regex (value@10 ^a.+))"},
	{"f.x in (a, 'b c',d)", "(test@0 (field@0 f.x) in (list@7 (value@8 a) (value@11 b c) (value@17 d)))"},
	{"f.x in()", "(test@0 (field@0 f.x) in (list@6))"},
	{"f.x in ( )", "(test@0 (field@0 f.x) in (list@7))"},
	{"f.x in names", "(test@0 (field@0 f.x) in (value@7 names))"},
	{"f.x innames", "(test@0 (field@0 f.x) in (value@6 names))"},
	{"f.x intersects (a)", "(test@0 (field@0 f.x) intersects (list@15 (value@16 a)))"},
	{"f.x pmatch (/a)", "(test@0 (field@0 f.x) pmatch (list@11 (value@12 /a)))"},
	{"f.x[0] = a", "(test@0 (field@0 f.x [0]) = (value@9 a))"},
	{"f.x[\"a ]\"] = a", "(test@0 (field@0 f.x [a ]]) = (value@13 a))"},
	{"f.x[''] exists", "(test@0 (field@0 f.x []) exists)"},
	{"f.x = val(f.y)", "(test@0 (field@0 f.x) = (transform@6 val (field@10 f.y)))"},
	{"f.x = val( f.y[1] )", "(test@0 (field@0 f.x) = (transform@6 val (field@11 f.y [1])))"},
	{"f.x = val", "(test@0 (field@0 f.x) = (value@6 val))"},
	{"f.x in val(f.y)", "(test@0 (field@0 f.x) in (transform@7 val (field@11 f.y)))"},
	{"f.x > len(f.y)", "(test@0 (field@0 f.x) > (transform@6 len (field@10 f.y)))"},
	{"tolower(f.x)=a", "(test@0 (transform@0 tolower (field@8 f.x)) = (value@13 a))"},
	{"toupper( b64(f.x) ) exists", "(test@0 (transform@0 toupper (transform@9 b64 (field@13 f.x))) exists)"},
	{"basename(f.x)[1] = a", "(test@0 (transform@0 basename [1] (field@9 f.x)) = (value@19 a))"},
	{"join(\",\", (f.x, \"a\", 2)) = a",
		"(test@0 (transform@0 join (value@5 ,) (arguments@9 (field@9 f.x) (value@9 a) (value@9 2))) = (value@27 a))"},
	{"join('',()) = a", "(test@0 (transform@0 join (value@5 ) (arguments@8)) = (value@14 a))"},
	{"concat(f.x, 'a', len(f.y)) = b",
		"(test@0 (transform@0 concat (field@7 f.x) (value@11 a) (transform@16 len (field@21 f.y))) = (value@29 b))"},
	{"getopt(f.x, \"n:\")[n] = 1",
		"(test@0 (transform@0 getopt [n] (field@7 f.x) (value@11 n:)) = (value@23 1))"},
	{"f.x = oneof (a, b)", "(test@0 (field@0 f.x) = oneof (list@12 (value@13 a) (value@16 b)))"},
	{"f.x contains anyof (a)", "(test@0 (field@0 f.x) contains anyof (list@19 (value@20 a)))"},
	{"f.x != allof names", "(test@0 (field@0 f.x) != allof (value@13 names))"},
	{"f.x = oneof", "(test@0 (field@0 f.x) = (value@6 oneof))"},
	{"f.x = anyof and m", "(and@0 (test@0 (field@0 f.x) = (value@6 anyof)) (name@16 m))"},
	{"f.x = allof or m", "(or@0 (test@0 (field@0 f.x) = (value@6 allof)) (name@15 m))"},
	{"(f.x = oneof)", "(test@1 (field@1 f.x) = (value@7 oneof))"},
	{"f.x = 'oneof'", "(test@0 (field@0 f.x) = (value@6 oneof))"},
	{"f.x = oneof_of", "(test@0 (field@0 f.x) = (value@6 oneof_of))"},
};

static const tree_row posture_trees[] = {
	{"f.x", "(test@0 (field@0 f.x))"},
	{"f.x and not f.y", "(and@0 (test@0 (field@0 f.x)) (not@8 (test@12 (field@12 f.y))))"},
	{"m", "(name@0 m)"},
	{"x = 1", "(test@0 (field@0 x) = (value@4 1))"},
	{"x exists or m", "(or@0 (test@0 (field@0 x) exists) (name@12 m))"},
	{"len(x) > 1", "(test@0 (transform@0 len (field@4 x)) > (value@9 1))"},
	{"known(x)", "(test@0 (transform@0 known (field@6 x)))"},
	{"f.x > 512Mi", "(test@0 (field@0 f.x) > (value@6 512Mi))"},
	{"f.x istartswith a", "(test@0 (field@0 f.x) istartswith (value@16 a))"},
	{"f.x iendswith a", "(test@0 (field@0 f.x) iendswith (value@14 a))"},
	{"f.x regex '\\d'", "(test@0 (field@0 f.x) regex (value@10 \\d))"},
	{"f.x = val(y)", "(test@0 (field@0 f.x) = (transform@6 val (field@10 y)))"},
};
/* clang-format on */

static span drawn(const tree_row *row, const condition_options *options, arena *a)
{
	const condition *tree;
	condition_fault fault;
	error e;
	if (condition_parse(span_of(row->condition), options, a, &tree, &fault, &e) < 0)
		return fault.text;
	auto_buffer out = {0};
	draw(tree, &out);
	return arena_copy(a, buffer_span(&out));
}

#define CHECK_TREES(rows, options)                                                                          \
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {                                           \
		arena a = {0};                                                                              \
		span got = drawn(&rows[i], &options, &a);                                                   \
		bool same = span_is(got, rows[i].tree);                                                     \
		if (!same)                                                                                  \
			printf("# %s\n#   %.*s\n#   %s\n", rows[i].condition, SPAN_ARG(got), rows[i].tree); \
		arena_done(&a);                                                                             \
		CHECK(same);                                                                                \
	}

TEST(trees)
{
	CHECK_TREES(trees, falco);
}

TEST(trees_of_posture_rules)
{
	CHECK_TREES(posture_trees, posture);
}

TEST(lines_and_columns)
{
	arena a = {0};
	const condition *tree;
	condition_fault fault;
	error e;
	int status = condition_parse(SPAN("m\n and\n\tf.x = a"), &falco, &a, &tree, &fault, &e);
	condition_place at = status < 0 ? (condition_place){0} : tree->parts.items[1]->right->place;
	arena_done(&a);
	CHECK(status == 0);
	CHECK_INT(at.at, 14);
	CHECK_INT(at.line, 3);
	CHECK_INT(at.column, 8);
}

#define SIDE                                                                                                          \
	"a field with a valid transformer: 'val', 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', " \
	"'getopt'"
#define OPERATORS                                                                                                    \
	"expected a valid check operator: one of 'exists', '<=', '<', '>=', '>', '==', '=', '!=', 'glob', 'iglob', " \
	"'contains', 'icontains', 'bcontains', 'startswith', 'bstartswith', 'endswith', 'regex', 'intersects', 'in', 'pmatch'"
#define ARGUMENT \
	"expected field transformer argument: field, transformer, quoted string, number, or transformer list"
#define ITEM "expected transformer list argument: field, transformer, quoted string, or number"

/* clang-format off */
static const struct fault_row {
	const char *condition;
	uint32_t at;
	const char *says;
} faults[] = {
	{"", 0, "expected a '(' token, a field check, or an identifier"},
	{"  ", 2, "expected a '(' token, a field check, or an identifier"},
	{"m and )", 6, "expected a '(' token, a field check, or an identifier"},
	{"m n", 2, "unexpected token after 'm', expecting 'or', 'and'"},
	{"mand n", 5, "unexpected token after 'mand', expecting 'or', 'and'"},
	{"m andn", 5, "expected blank or '(' after 'and'"},
	{"m or", 4, "expected blank or '(' after 'or'"},
	{"(m", 2, "expected a ')' token"},
	{"m)", 1, "unexpected token after 'm', expecting 'or', 'and'"},
	{"f.x", 3, OPERATORS},
	{"f.x globa", 4, OPERATORS},
	{"f.x istartswith a", 4, OPERATORS},
	{"x = 1", 2, "unexpected token after 'x', expecting 'or', 'and'"},
	{"f.x =", 5, "expected a string value or " SIDE},
	{"f.x = (a)", 6, "expected a string value or " SIDE},
	{"f.x = 'a", 6, "expected a string value or " SIDE},
	{"f.x = 'a\nb'", 6, "expected a string value or " SIDE},
	{"f.x = a, b", 7, "unexpected token after 'a', expecting 'or', 'and'"},
	{"f.x = \"a\" b", 10, "unexpected token after 'a', expecting 'or', 'and'"},
	{"f.x < a", 6, "expected a number value or " SIDE},
	{"f.x < 5m", 7, "unexpected token after '5', expecting 'or', 'and'"},
	{"f.x < 1e5", 7, "unexpected token after '1', expecting 'or', 'and'"},
	{"f.x in", 6, "expected a list, an identifier, or " SIDE},
	{"f.x in (a,)", 10, "expected a string value"},
	{"f.x in (a b)", 10, "expected a ')' token"},
	{"f.x in (a", 9, "expected a ')' token"},
	{"f.x in oneof (a)", 13, "unexpected token after 'oneof', expecting 'or', 'and'"},
	{"f.x =oneof (a)", 11, "unexpected token after 'oneof', expecting 'or', 'and'"},
	{"f.x = oneof(a)", 11, "unexpected token after 'oneof', expecting 'or', 'and'"},
	{"f.x = Oneof (a)", 12, "unexpected token after 'Oneof', expecting 'or', 'and'"},
	{"f.x[] = a", 4, "expected a valid field argument: a quoted string or a bare string"},
	{"f.x[ a] = a", 4, "expected a valid field argument: a quoted string or a bare string"},
	{"f.x[a = b", 5, "expected a ']' token"},
	{"f.x['a'b] = a", 7, "expected a ']' token"},
	{"tolower(f.x exists", 12, "expected a ')' token closing the transformer"},
	{"tolower() = a", 8, ARGUMENT},
	{"tolower(m) = a", 8, ARGUMENT},
	{"tolower(val(f.x)) = a", 8, ARGUMENT},
	{"val(f.x) = a", 3, "unexpected token after 'val', expecting 'or', 'and'"},
	{"known(f.x)", 5, "unexpected token after 'known', expecting 'or', 'and'"},
	{"tolower (f.x) = a", 8, "unexpected token after 'tolower', expecting 'or', 'and'"},
	{"f.x = val(len(f.y))", 10, "expected a field within 'val' transformer"},
	{"join('', (f.x,)) = a", 14, ITEM},
	{"join('', (m)) = a", 10, ITEM},
	{"join('', ((f.x))) = a", 10, ITEM},
	{"join('', (f.x) = a", 15, "expected a ')' token closing the transformer"},
	{"f.x = '\\\"'", 10, "invalid \\\" escape in '-quoted string"},
	{"f.x = \"\\'\"", 10, "invalid \\' escape in \"-quoted string"},
	{"f.x = '\\d'", 10, "unknown escape in string: \\d"},
	{"f.x = '\\x4'", 11, "invalid \\x escape: two hexadecimal digits are expected"},
	{"f.x = 'a\\'", 10, "unterminated escape in '-quoted string"},
};
/* clang-format on */

TEST(faults)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		arena a = {0};
		const condition *tree;
		condition_fault fault = {0};
		error e = {0};
		int status = condition_parse(span_of(faults[i].condition), &falco, &a, &tree, &fault, &e);
		bool same = status == -ERROR_SYNTAX && fault.place.at == faults[i].at &&
			    span_is(fault.text, faults[i].says) && e.line == fault.place.line &&
			    e.column == fault.place.column;
		if (!same)
			printf("# %s: %d, byte %u: %.*s\n", faults[i].condition, status, fault.place.at,
				SPAN_ARG(fault.text));
		arena_done(&a);
		CHECK(same);
	}
}

static const struct text_row {
	const char *written, *text, *printed, *exact;
} texts[] = {
	{"a", "a", "a", "a"},
	{"'a'", "a", "a", "\"a\""},
	{"''", "", "", "\"\""},
	{"'a b'", "a b", "\"a b\"", "\"a b\""},
	{"'a(b)'", "a(b)", "a(b)", "\"a(b)\""},
	{"a\\b", "a\\b", "\"a\\\\b\"", "\"a\\\\b\""},
	{"\"a\\\"b\"", "a\"b", "\"a\\\"b\"", "\"a\\\"b\""},
	{"'a\\'b'", "a'b", "\"a'b\"", "\"a'b\""},
	{"'a\"b'", "a\"b", "\"a\\\"b\"", "\"a\\\"b\""},
	{"'\\b\\f\\n\\r\\t\\\\\\/\\x41'", "\b\f\n\r\t\\/A", "\"\\b\\f\\n\\r\\t\\\\/A\"",
		"\"\\b\\f\\n\\r\\t\\\\/A\""},
	{"\"a\\ \"", "a\\", "\"a\\\\\"", "\"a\\x5c\""},
	{"\"\\xc3\\xA4\"", "\xc3\xa4", "\xc3\xa4", "\"\xc3\xa4\""},
};

TEST(texts_and_their_print)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		arena a = {0};
		const condition *tree = NULL;
		condition_fault fault = {0};
		error e;
		span whole = arena_format(&a, "f.x = %s", texts[i].written);
		auto_buffer printed = {0}, exact = {0};
		if (condition_parse(whole, &falco, &a, &tree, &fault, &e) == 0) {
			condition_print(tree, false, &printed);
			condition_print(tree, true, &exact);
		}
		bool same = tree && span_is(tree->right->text, texts[i].text) &&
			    span_is(span_from(buffer_span(&printed), 6), texts[i].printed) &&
			    span_is(span_from(buffer_span(&exact), 6), texts[i].exact);
		if (!same)
			printf("# %s: %.*s %.*s\n", texts[i].written, SPAN_ARG(buffer_span(&printed)),
				SPAN_ARG(fault.text));
		arena_done(&a);
		CHECK(same);
	}
}

static const struct print_row {
	const char *written, *printed;
} prints[] = {
	{"m and(n or not o)", "(m and (n or not o))"},
	{"not(not m)", "not not m"},
	{"f.x[a]=1", "f.x[a] = 1"},
	{"f.x[''] exists", "f.x[\"\"] exists"},
	{"f.x['a b'] in(a,b)", "f.x[\"a b\"] in (a, b)"},
	{"f.x == oneof (a,'b')", "f.x == oneof (a, b)"},
	{"join(\"-\", (f.x, 'b')) >1", "join(-,(f.x,b)) > 1"},
	{"getopt(f.x,'n')[n] in v", "getopt(f.x,n)[n] in v"},
};

TEST(conditions_printed)
{
	for (size_t i = 0; i < sizeof prints / sizeof *prints; i++) {
		arena a = {0};
		const condition *tree = NULL;
		condition_fault fault = {0};
		error e;
		auto_buffer out = {0};
		if (condition_parse(span_of(prints[i].written), &falco, &a, &tree, &fault, &e) == 0)
			condition_print(tree, false, &out);
		arena_done(&a);
		CHECK_SPAN(buffer_span(&out), prints[i].printed);
	}
}

static int parse_repeated(const char *part, size_t times, const char *end, condition_fault *fault, arena *a)
{
	auto_buffer text = {0};
	const condition *tree;
	error e;
	for (size_t i = 0; i < times; i++)
		buffer_add_string(&text, part);
	buffer_add_string(&text, end);
	return condition_parse(buffer_span(&text), &falco, a, &tree, fault, &e);
}

TEST(limits)
{
	arena a = {0};
	condition_fault fault = {0};
	int open = parse_repeated("(", LIMIT_CONDITION_DEPTH, "m", &fault, &a);
	bool unclosed = span_is(fault.text, "expected a ')' token");
	int deep = parse_repeated("(", LIMIT_CONDITION_DEPTH + 1, "m", &fault, &a);
	bool deeper = span_is(fault.text, "exceeded max depth limit of 1000");
	int around = parse_repeated("len(", LIMIT_CONDITION_DEPTH + 1, "f.x", &fault, &a);
	int nots = parse_repeated("not ", 100000, "m", &fault, &a);
	int many = parse_repeated("m or ", LIMIT_EXPRESSION_NODES, "m", &fault, &a);
	int listed = parse_repeated("f.x in (a, ", 1, "b)", &fault, &a);
	int large = parse_repeated(" ", LIMIT_CONDITION_BYTES, "m", &fault, &a);
	arena_done(&a);
	CHECK_INT(open, -ERROR_SYNTAX);
	CHECK(unclosed);
	CHECK_INT(deep, -ERROR_LIMIT);
	CHECK(deeper);
	CHECK_INT(around, -ERROR_LIMIT);
	CHECK_INT(nots, 0);
	CHECK_INT(many, -ERROR_LIMIT);
	CHECK_INT(listed, 0);
	CHECK_INT(large, -ERROR_LIMIT);
}

TEST(values_of_a_list)
{
	arena a = {0};
	const condition *list = NULL;
	error e;
	int status = condition_parse_list(SPAN(" a, 'b c' ,d\n"), &a, &list, &e);
	uint32_t count = status < 0 ? 0 : list->parts.count;
	bool second =
		count == 3 && span_is(list->parts.items[1]->text, "b c") && list->parts.items[1]->quoted;
	int empty = condition_parse_list(SPAN(""), &a, &list, &e),
	    bad = condition_parse_list(SPAN("a,"), &a, &list, &e),
	    more = condition_parse_list(SPAN("a)"), &a, &list, &e);
	arena_done(&a);
	CHECK_INT(count, 3);
	CHECK(second);
	CHECK_INT(empty, 0);
	CHECK_INT(bad, -ERROR_SYNTAX);
	CHECK_INT(more, -ERROR_SYNTAX);
}
