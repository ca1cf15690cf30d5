/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/toml.h"
#include "test.h"

#include "base/buffer.h"

static int read_toml(span bytes, arena *a, node **ret, uint32_t *problems, error *e)
{
	text t;
	node_problems list = {0};
	text_init(&t, "sample.toml", bytes, a);
	int result = toml_read(&t, a, ret, &list, e);
	*problems = list.count;
	return result;
}

TEST(toml_values)
{
	static const struct {
		const char *value, *want;
		node_kind kind;
	} rows[] = {
		{"\"a\"", "a", NODE_STRING},
		{"'a\\n'", "a\\n", NODE_STRING},
		{"\"\"", "", NODE_STRING},
		{"\"\\u00e9\\U0001F600\\\"\\\\\\t\"", "\xc3\xa9\xf0\x9f\x98\x80\"\\\t", NODE_STRING},
		{"\"\"\"\na\n b\"\"\"", "a\n b", NODE_STRING},
		{"\"\"\"a\r\nb\"\"\"", "a\nb", NODE_STRING},
		{"\"\"\"a \\\n\n   b\"\"\"", "a b", NODE_STRING},
		{"\"\"\"a\"\"\"\"\"", "a\"\"", NODE_STRING},
		{"\"\"\"\"a\"\"b\"\"\"", "\"a\"\"b", NODE_STRING},
		{"\"\"\"\"\"\"", "", NODE_STRING},
		{"'''\n\\d{2} 'x' '''", "\\d{2} 'x' ", NODE_STRING},
		{"''''''''", "''", NODE_STRING},
		{"true", "true", NODE_BOOL},
		{"false", "false", NODE_BOOL},
		{"+1_000", "+1_000", NODE_NUMBER},
		{"-0", "-0", NODE_NUMBER},
		{"0xDEAD_beef", "0xDEAD_beef", NODE_NUMBER},
		{"0o755", "0o755", NODE_NUMBER},
		{"0b11", "0b11", NODE_NUMBER},
		{"6.626e-34", "6.626e-34", NODE_NUMBER},
		{"1e06", "1e06", NODE_NUMBER},
		{"-inf", "-inf", NODE_NUMBER},
		{"nan", "nan", NODE_NUMBER},
		{"1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z", NODE_STRING},
		{"1979-05-27 07:32:00.99-07:00", "1979-05-27 07:32:00.99-07:00", NODE_STRING},
		{"2000-02-29 # a leap day", "2000-02-29", NODE_STRING},
		{"07:32:00", "07:32:00", NODE_STRING},
		{"[ # c\n 1,\n\n 2, ]", NULL, NODE_LIST},
		{"{ a.b = 1, c = { d = [] } }", NULL, NODE_MAP},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		node *root = NULL;
		error e = {0};
		uint32_t problems;
		span words = arena_format(&a, "k = %s", rows[i].value);
		if (read_toml(words, &a, &root, &problems, &e) < 0)
			TEST_FAIL("%s: %s", rows[i].value, e.text);
		const node *got = node_get(root, "k");
		if (got->kind != rows[i].kind || problems)
			TEST_FAIL("%s is of kind %d", rows[i].value, got->kind);
		if (rows[i].want)
			CHECK_SPAN(node_text(got), rows[i].want);
		arena_done(&a);
	}
}

TEST(toml_tables)
{
	arena a = {0};
	node *root;
	error e;
	uint32_t problems;
	span words =
		SPAN("\xef\xbb\xbftop.level = 1\r\n[a.b.c]\nx = 1\n[a]\n\"y\" = 2\n'z'.w = 3\nb.late = 4\n"
		     "[[fruit]]\nname = 'apple'\n[fruit.shape]\nround = true\n[[fruit.kinds]]\nn = 1\n"
		     "[[fruit.kinds]]\nn = 2\n[[fruit]]\n[a.z.more]\nin = { p.q = 5, r = [{s = 6}] }\n");
	CHECK_INT(read_toml(words, &a, &root, &problems, &e), 0);
	CHECK_SPAN(node_text(node_path(root, "top/level")), "1");
	CHECK_SPAN(node_text(node_path(root, "a/b/c/x")), "1");
	CHECK_SPAN(node_text(node_path(root, "a/b/late")), "4");
	CHECK_SPAN(node_text(node_path(root, "a/z/w")), "3");
	CHECK_SPAN(node_text(node_path(root, "fruit/0/kinds/1/n")), "2");
	CHECK_INT(node_path(root, "fruit")->count, 2);
	CHECK_SPAN(node_text(node_path(root, "a/z/more/in/p/q")), "5");
	CHECK_SPAN(node_text(node_path(root, "a/z/more/in/r/0/s")), "6");
	const node *kinds = node_path(root, "fruit/0/kinds");
	CHECK_SPAN(span_sub(words, kinds->start, kinds->end - kinds->start),
		"[[fruit.kinds]]\nn = 1\n[[fruit.kinds]]\nn = 2");
	CHECK_INT(root->start, 0);
	CHECK_INT(root->end, words.n);
	CHECK_INT(node_path(root, "a/z/more/in")->weight, 10);
	arena_done(&a);
}

TEST(toml_refuses)
{
	static const struct {
		const char *text;
		uint32_t line, column;
	} rows[] = {
		{"a", 1, 2},
		{"= 1", 1, 1},
		{"a =", 1, 4},
		{"a = 1 b = 2", 1, 7},
		{"a = 1\na = 2", 2, 1},
		{"a = 1\n'a' = 2", 2, 1},
		{"a = 1\na.b = 2", 2, 1},
		{"[a]\n[a]", 2, 2},
		{"[a]\nb = 1\n[a.b]", 3, 4},
		{"a.b = 1\n[a]", 2, 2},
		{"[a.b.c]\n[a]\nb.c.d = 1", 3, 3},
		{"[a]\nb.c = 1\n[a.b]", 3, 4},
		{"a = []\n[[a]]", 2, 3},
		{"[a]\n[[a]]", 2, 3},
		{"[[a]]\n[a]", 2, 2},
		{"[[a.b]]\n[a]\nb.c = 1", 3, 1},
		{"a = {}\n[a.b]", 2, 2},
		{"a = {b = {}}\na.c = 1", 2, 1},
		{"a = {b.c = 1, b.d.e = 2, b.c = 3}", 1, 28},
		{"a = {b.c = 1}\n[a.b.d]", 2, 2},
		{"a = {b = {}, b.c = 3}", 1, 14},
		{"a = {b = 1,}", 1, 12},
		{"a = {b = 1\n}", 1, 11},
		{"a = [1 2]", 1, 8},
		{"a = [1,,2]", 1, 8},
		{"[a", 1, 3},
		{"[a]]", 1, 4},
		{"[[a] ]", 1, 5},
		{"[]", 1, 2},
		{"a. = 1", 1, 4},
		{"\"\"\"a\"\"\" = 1", 1, 1},
		{"a = \"b\nc\"", 1, 7},
		{"a = '''b", 1, 9},
		{"a = \"\"\"b\"\"", 1, 11},
		{"a = \"\\x41\"", 1, 6},
		{"a = \"\\ud800\"", 1, 6},
		{"a = \"\\U00110000\"", 1, 6},
		{"a = \"\"\"b \\ c\"\"\"", 1, 10},
		{"a = 01", 1, 5},
		{"a = 1__0", 1, 5},
		{"a = _1", 1, 5},
		{"a = 1_", 1, 5},
		{"a = .5", 1, 5},
		{"a = 5.", 1, 5},
		{"a = 1e", 1, 5},
		{"a = +0x1", 1, 5},
		{"a = 0xg", 1, 5},
		{"a = 0X1", 1, 5},
		{"a = True", 1, 5},
		{"a = word", 1, 5},
		{"a = 2001-02-29", 1, 5},
		{"a = 2001-13-01", 1, 5},
		{"a = 24:00:00", 1, 5},
		{"a = 10:00", 1, 5},
		{"a = 2001-01-01T10:00:00+24:00", 1, 5},
		{"a = \"\x01\"", 1, 6},
		{"# \x7f", 1, 3},
		{"a = 1\rb = 2", 1, 6},
		{"a = \"\xff\"", 1, 6},
		{"# \xed\xa0\x80", 1, 3},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		node *root;
		error e = {0};
		uint32_t problems;
		int result = read_toml(span_of(rows[i].text), &a, &root, &problems, &e);
		if (result >= 0 || e.line != rows[i].line || e.column != rows[i].column)
			TEST_FAIL("%s: %d at %u:%u %s", rows[i].text, result, e.line, e.column, e.text);
		arena_done(&a);
	}
}

TEST(toml_large_numbers)
{
	arena a = {0};
	node *root;
	error e;
	uint32_t problems;
	span words = SPAN("a = 9223372036854775807\nb = -9223372036854775808\nc = 9223372036854775808\n"
			  "d = 0xffffffffffffffffff\ne = 100000000000000000000.0\n");
	CHECK_INT(read_toml(words, &a, &root, &problems, &e), 0);
	CHECK_INT(problems, 2);
	int64_t value;
	CHECK(node_int(node_get(root, "b"), &value) && value == INT64_MIN);
	arena_done(&a);
}

static span repeated(arena *a, const char *head, const char *part, size_t times, const char *tail)
{
	auto_buffer b = {0};
	buffer_add_string(&b, head);
	for (size_t i = 0; i < times; i++)
		buffer_add_string(&b, part);
	buffer_add_string(&b, tail);
	return arena_copy(a, buffer_span(&b));
}

TEST(toml_limits)
{
	arena a = {0};
	node *root;
	error e;
	uint32_t problems;
	CHECK(read_toml(repeated(&a, "a = ", "[", 100000, ""), &a, &root, &problems, &e) < 0);
	CHECK_INT(e.code, ERROR_LIMIT);
	CHECK(read_toml(repeated(&a, "a", ".a", 100000, " = 1"), &a, &root, &problems, &e) < 0);
	CHECK_INT(e.code, ERROR_LIMIT);
	CHECK(read_toml(repeated(&a, "[a", ".a", 98, "]\na.a.a = 1"), &a, &root, &problems, &e) < 0);
	CHECK_INT(e.code, ERROR_LIMIT);
	CHECK(read_toml(repeated(&a, "a = ", "{a = ", 100000, ""), &a, &root, &problems, &e) < 0);
	CHECK_INT(e.code, ERROR_LIMIT);
	arena_done(&a);
}

TEST(toml_many_tables_and_keys)
{
	enum { MANY = 50000 };
	arena a = {0};
	auto_buffer b = {0};
	for (int i = 0; i < MANY; i++)
		buffer_format(&b, "key%d = %d\n", i, i);
	for (int i = 0; i < MANY; i++)
		buffer_format(&b, "[[package]]\nname = \"p%d\"\n[package.source]\nn = %d\n", i, i);
	for (int i = 0; i < MANY; i++)
		buffer_format(&b, "[t%d.x]\nn = 1\n", i);
	node *root;
	error e;
	uint32_t problems;
	CHECK_INT(read_toml(buffer_span(&b), &a, &root, &problems, &e), 0);
	CHECK_INT(node_path(root, "package")->count, MANY);
	CHECK_INT(root->count, 2 * MANY + 1);
	CHECK_SPAN(node_text(node_path(root, "package/49999/source/n")), "49999");
	arena_done(&a);
}

TEST_MAIN()
