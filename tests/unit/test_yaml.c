/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/yaml.h"
#include "formats/yaml_edit.h"
#include "test.h"

#include "base/limits.h"

typedef struct sample {
	arena a;
	text t;
	node_list documents;
	node_problems problems;
	node *root; /* of the first document */
} sample;

static void sample_done(sample *s)
{
	arena_done(&s->a);
}

#define auto_sample __attribute__((cleanup(sample_done))) sample

static sample sample_of(span bytes)
{
	sample s = {0};
	text_init(&s.t, "sample.yaml", bytes, &s.a);
	yaml_read(&s.t, &s.a, &s.documents, &s.problems);
	s.root = s.documents.count ? s.documents.items[0] : NULL;
	return s;
}

static sample sample_read(const char *words)
{
	return sample_of(span_of(words));
}

TEST(yaml_kinds)
{
	static const struct {
		const char *words;
		node_kind kind;
	} rows[] = {
		{"", NODE_NULL},
		{"~", NODE_NULL},
		{"null", NODE_NULL},
		{"Null", NODE_NULL},
		{"nULL", NODE_STRING},
		{"true", NODE_BOOL},
		{"False", NODE_BOOL},
		{"yes", NODE_BOOL},
		{"NO", NODE_BOOL},
		{"on", NODE_BOOL},
		{"Off", NODE_BOOL},
		{"y", NODE_STRING},
		{"N", NODE_STRING},
		{"yesss", NODE_STRING},
		{"0", NODE_NUMBER},
		{"-12", NODE_NUMBER},
		{"+1", NODE_NUMBER},
		{"1_000", NODE_NUMBER},
		{"0x1F", NODE_NUMBER},
		{"0o17", NODE_NUMBER},
		{"017", NODE_NUMBER},
		{"0b101", NODE_NUMBER},
		{"1.5", NODE_NUMBER},
		{"1.", NODE_NUMBER},
		{".5", NODE_NUMBER},
		{"1e3", NODE_NUMBER},
		{"-1.5E-3", NODE_NUMBER},
		{".inf", NODE_NUMBER},
		{"-.Inf", NODE_NUMBER},
		{".nan", NODE_NUMBER},
		{"22:22", NODE_STRING},
		{"0x", NODE_STRING},
		{"0xg", NODE_STRING},
		{"1.2.3", NODE_STRING},
		{"1e", NODE_STRING},
		{".", NODE_STRING},
		{"+", NODE_STRING},
		{"1g", NODE_STRING},
		{"2001-01-01", NODE_STRING},
		{"_1", NODE_STRING},
		{"'true'", NODE_STRING},
		{"\"1\"", NODE_STRING},
		{"!!str 1", NODE_STRING},
		{"! 1", NODE_STRING},
		{"!!int '7'", NODE_NUMBER},
		{"!!int x", NODE_STRING},
		{"!!bool 'no'", NODE_BOOL},
		{"!!null ''", NODE_NULL},
		{"!!binary aGk=", NODE_STRING},
		{"!Ref 12", NODE_NUMBER},
		{"!reset null", NODE_NULL},
		{"!override [1]", NODE_LIST},
		{"!vault {a: b}", NODE_MAP},
		{"|\n  true", NODE_STRING},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_sample s = sample_of(arena_format(&a, "k: %s\n", rows[i].words));
		node *n = node_get(s.root, "k");
		bool good = n && n->kind == rows[i].kind && s.problems.count == 0;
		arena_done(&a);
		if (!good)
			TEST_FAIL("'%s' is of another kind", rows[i].words);
	}
}

TEST(yaml_spans)
{
	static const struct {
		const char *text, *path, *source;
	} rows[] = {
		{"a: b\n", "a", "b"},
		{"é: ü # c\nz: ż\n", "z", "ż"},
		{"\xef\xbb\xbf"
		 "a: b\nc: d\n",
			"c", "d"},
		{"\xef\xbb\xbf"
		 "a: b\nc: d\n",
			"a", "b"},
		{"a: b\r\nc: d\r\n", "c", "d"},
		{"a: b\rc: d\r", "c", "d"},
		{"a: b\xc2\x85"
		 "c: d\n",
			"c", "d"},
		{"a: \"x\xe2\x80\xa8y\"\nc: d\n", "c", "d"},
		{"a: 'x y'\n", "a", "'x y'"},
		{"a: \"x\\ny\"\nb: 1\n", "a", "\"x\\ny\""},
		{"a: |\n  x\n  y\n\n\nb: 1\n", "a", "|\n  x\n  y"},
		{"a: |+\n  x\n\nb: 1\n", "a", "|+\n  x\n"},
		{"a: >-\r\n  x\r\n\r\nb: 1\r\n", "a", ">-\r\n  x"},
		{"a:\n  b: 1 # c\n\n# d\ne: 2\n", "a", "b: 1"},
		{"a:\n- 1\n- 2\n\ne: 2\n", "a", "- 1\n- 2"},
		{"a: [1, 2 ] # x\n", "a", "[1, 2 ]"},
		{"a: {b: c}\n", "a", "{b: c}"},
		{"a: &x !t  b\n", "a", "b"},
		{"a: &x\n  b: c\n", "a", "b: c"},
		{"a: &x # c\n- b\n", "a", "- b"},
		{"a: &x\n  &y b: c\n", "a", "&y b: c"},
		{"a: !!str\nb: 1\n", "a", ""},
		{"a: x\n  y\nb: 1\n", "a", "x\n  y"},
		{"a: &x {k: 1}\nb: *x\n", "b", "*x"},
		{"- a: 1\n  b: 2\n- 3\n", "0", "a: 1\n  b: 2"},
		{"a: [x: y, z]\n", "a/0", "x: y"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_sample s = sample_read(rows[i].text);
		node *n = node_path(s.root, rows[i].path);
		CHECK(n && s.problems.count == 0);
		CHECK_SPAN(node_source(n, &s.t), rows[i].source);
	}
}

TEST(yaml_empty_values)
{
	auto_sample s = sample_read("a:   # c\nb: {x, y: , z: 1}\nc:\n-\n- 1\n");
	CHECK_INT(s.problems.count, 0);
	CHECK_INT(node_get(s.root, "a")->start, 2);
	CHECK_INT(node_path(s.root, "b/x")->start, 14);
	CHECK_INT(node_path(s.root, "b/y")->start, 18);
	CHECK_INT(node_path(s.root, "c/0")->kind, NODE_NULL);
	CHECK(!node_is_scalar(node_get(s.root, "a")));
}

TEST(yaml_values_point_into_the_text)
{
	auto_sample s = sample_read("a: plain\nb: 'it''s'\nc: \"quoted\"\n");
	CHECK(text_holds(&s.t, node_get(s.root, "a")->value));
	CHECK(text_holds(&s.t, node_get(s.root, "c")->value));
	CHECK_SPAN(node_get(s.root, "b")->value, "it's");
}

TEST(yaml_merge)
{
	auto_sample s =
		sample_read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nm:\n  <<: [*x, *y]\n  a: 0\n"
			    "n:\n  <<: *y\n  <<: *x\np: &p\n  <<: *x\n  d: 5\nq: {<<: *p}\nr: {<<: 1}\n");
	CHECK_INT(s.problems.count, 1);
	CHECK_SPAN(span_of(s.problems.items[0].message), "`<<` needs a map or a list of maps");
	CHECK_SPAN(node_text(node_path(s.root, "m/a")), "0");
	CHECK_SPAN(node_text(node_path(s.root, "m/b")), "2");
	CHECK_SPAN(node_text(node_path(s.root, "m/c")), "4");
	CHECK_SPAN(node_text(node_path(s.root, "n/b")), "3");
	CHECK_SPAN(node_text(node_path(s.root, "n/a")), "1");
	CHECK_SPAN(node_text(node_path(s.root, "q/a")), "1");
	CHECK_SPAN(node_text(node_path(s.root, "q/d")), "5");
	const node *m = node_get(s.root, "m");
	CHECK(m->hidden && !m->members[0].merged && m->members[2].merged);
}

TEST(yaml_duplicates)
{
	auto_sample s = sample_read("a: 1\nb: 2\na: 3\n");
	CHECK_INT(s.problems.count, 1);
	CHECK_INT(s.problems.items[0].start, 10);
	CHECK_INT(s.root->count, 2);
	CHECK_SPAN(node_text(node_get(s.root, "a")), "3");
	CHECK_SPAN(s.root->members[0].key->value, "a");
}

TEST(yaml_many_keys)
{
	auto_buffer b = {0};
	for (int i = 0; i < 50000; i++)
		buffer_format(&b, "key%d: %d\n", i % 49999, i);
	auto_sample s = sample_of(buffer_span(&b));
	CHECK_INT(s.problems.count, 1);
	CHECK_INT(s.root->count, 49999);
	CHECK_SPAN(node_text(node_get(s.root, "key0")), "49999");
}

TEST(yaml_odd_keys)
{
	auto_sample s = sample_read("? [a, b]\n: 1\n? {c: d}\n: 2\n1: 3\n~: 4\n&k e: 5\n*k : 6\n");
	CHECK_SPAN(node_text(node_get(s.root, "[a, b]")), "1");
	CHECK_SPAN(node_text(node_get(s.root, "{c: d}")), "2");
	CHECK_SPAN(node_text(node_get(s.root, "1")), "3");
	CHECK_SPAN(node_text(node_get(s.root, "e")), "6");
	CHECK_INT(s.problems.count, 1);
}

TEST(yaml_aliases)
{
	auto_sample s = sample_read("a: &a {b: 1}\nc: *a\nd: *none\ne: &e [*e]\n");
	CHECK_INT(s.problems.count, 2);
	CHECK(node_get(s.root, "c")->aliased && !node_get(s.root, "a")->aliased);
	CHECK(node_path(s.root, "c/b") == node_path(s.root, "a/b"));
	CHECK_INT(node_get(s.root, "d")->kind, NODE_NULL);
}

TEST(yaml_limits)
{
	auto_buffer laughs = {0};
	buffer_add_string(&laughs, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 30; i++)
		buffer_format(
			&laughs, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
	buffer_add_string(&laughs, "---\nb: 1\n");
	auto_sample s = sample_of(buffer_span(&laughs));
	CHECK_INT(s.problems.count, 1);
	CHECK_INT(s.documents.count, 1);
	CHECK_SPAN(node_text(node_get(s.root, "b")), "1");
	auto_buffer merges = {0};
	buffer_add_string(&merges, "a0: &a0 {x: 1, y: 2}\n");
	for (int i = 1; i < 30; i++)
		buffer_format(&merges, "a%d: &a%d {<<: [*a%d, *a%d], k%d: 1}\n", i, i, i - 1, i - 1, i);
	auto_sample m = sample_of(buffer_span(&merges));
	CHECK_INT(m.problems.count, 0);
	auto_buffer deep = {0};
	buffer_repeat(&deep, '[', 100000);
	buffer_add_string(&deep, "\n---\nb: 1\n");
	auto_sample d = sample_of(buffer_span(&deep));
	CHECK_INT(d.problems.count, 1);
	CHECK_SPAN(node_text(node_get(d.documents.items[d.documents.count - 1], "b")), "1");
}

TEST(yaml_merge_bomb)
{
	auto_buffer b = {0};
	buffer_add_string(&b, "a: &a\n");
	for (int i = 0; i < 3000; i++)
		buffer_format(&b, "  k%d: 1\n", i);
	buffer_add_string(&b, "b:\n");
	for (int i = 0; i < 3000; i++)
		buffer_add_string(&b, "- <<: *a\n");
	auto_sample s = sample_of(buffer_span(&b));
	CHECK(s.problems.count > 0);
	CHECK(s.a.bytes < (size_t)300 << 20);
}

TEST(yaml_faults)
{
	static const struct {
		const char *text;
		uint32_t line, column, documents;
		const char *message;
	} rows[] = {
		{"a: 1\n\tb: 2\n", 2, 1, 1, "tab used for indentation"},
		{"a: \"x\nb: 2\n", 1, 4, 1, "this quote is never closed"},
		{"a: 1\nb\nc: 3\n", 2, 1, 1, "this line has no ':' after its key"},
		{"a: b: c\n", 1, 5, 1,
			"a 'key: value' is not allowed here: quote a value that holds ': ', or check the "
			"indentation"},
		{"a: [1, 2\nb: 3\n", 1, 4, 1, "this '[' is never closed, or a ',' is missing inside"},
		{"a: @x\n---\nb: 1\n", 1, 4, 2, "a value cannot start with '@'; quote it"},
		{"a: 1\n b: 2\n", 2, 3, 1,
			"a 'key: value' is not allowed here: quote a value that holds ': ', or check the "
			"indentation"},
		{"a:\n  b: 1\n c: 2\n", 3, 2, 1, "a key was expected here; check the indentation"},
		{"a: 1\nname: {{ .x }}-y\n", 2, 15, 1,
			"this is a template ({{ ... }}), not YAML yet: render it first"},
		{"a: \xff"
		 "b\nc: d\n",
			1, 4, 1, "byte 0xff is not valid UTF-8; read as '_'"},
		{"a: \x01"
		 "b\nc: d\n",
			1, 4, 1, "control character U+0001 is not allowed; read as '_'"},
		{"\xff\xfe"
		 "a",
			1, 1, 0, "UTF-16 is not read; save the file as UTF-8"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_sample s = sample_read(rows[i].text);
		CHECK(s.problems.count >= 1);
		CHECK_SPAN(span_of(s.problems.items[0].message), rows[i].message);
		place at = text_place(&s.t, s.problems.items[0].start);
		if (at.line != rows[i].line || at.column != rows[i].column)
			TEST_FAIL("row %zu: place is %u:%u", i, at.line, at.column);
		CHECK_INT(s.documents.count, rows[i].documents);
	}
}

TEST(yaml_goes_on_after_a_fault)
{
	auto_sample s = sample_read("a: 1\n---\nb: 2\nc: \"x\n---\nd: [1,\n---\ne: 5\n...\n---\n---\nf: 6\n");
	CHECK_INT(s.problems.count, 2);
	CHECK_INT(s.documents.count, 6);
	CHECK_SPAN(node_text(node_get(s.documents.items[1], "b")), "2");
	CHECK_SPAN(node_text(node_path(s.documents.items[2], "d/0")), "1");
	CHECK_SPAN(node_text(node_get(s.documents.items[3], "e")), "5");
	CHECK_INT(s.documents.items[4]->kind, NODE_NULL);
	CHECK_SPAN(node_text(node_get(s.documents.items[5], "f")), "6");
}

TEST(yaml_bytes_are_replaced_in_place)
{
	auto_sample s = sample_of(SPAN("a: x\0y\nb: \xc3\n\xe9: \xed\xa0\x80z\n"));
	CHECK_INT(s.problems.count, 1);
	CHECK_SPAN(node_text(node_get(s.root, "a")), "x_y");
	CHECK_SPAN(node_text(node_get(s.root, "b")), "_");
	CHECK_SPAN(node_text(node_get(s.root, "_")), "___z");
	CHECK_INT(node_get(s.root, "b")->start, 10);
}

TEST(yaml_numbers_and_truth)
{
	auto_sample s = sample_read("[12, -0x10, 0o17, 010, 1_000, 9223372036854775808, "
				    "-9223372036854775808, '5', 1.5, yes, 'True', 'yes']");
	static const int64_t whole[] = {12, -16, 15, 8, 1000, 0, INT64_MIN, 5, 0};
	for (uint32_t i = 0; i < 9; i++) {
		int64_t got = 0;
		CHECK(node_int(s.root->items[i], &got) == (i != 5 && i != 8));
		CHECK_INT(got, whole[i]);
	}
	CHECK_INT(node_truth(s.root->items[9]), 1);
	CHECK_INT(node_truth(s.root->items[10]), 1);
	CHECK_INT(node_truth(s.root->items[11]), -1);
	CHECK_INT(node_truth(NULL), -1);
	CHECK(node_path(NULL, "a/b") == NULL && node_get(NULL, "a") == NULL && !node_int(NULL, NULL));
}

/* --- edits --- */

static const tree_value port[] = {{.kind = NODE_STRING, .key = "name", .text = "web"},
	{.kind = NODE_NUMBER, .key = "port", .text = "80"}};

#define SET(p, ...)                      \
	{                                \
		TREE_SET, p, __VA_ARGS__ \
	}
#define ADD(p, word)                           \
	{                                      \
		TREE_ADD, p, TREE_STRING(word) \
	}
#define DROP(p)                 \
	{                       \
		TREE_REMOVE, p, \
		{               \
			0       \
		}               \
	}
#define LESS(p, w)                             \
	{                                      \
		TREE_REMOVE, p, TREE_STRING(w) \
	}

static const struct edit_row {
	const char *before;
	tree_change changes[3];
	const char *after; /* NULL: refused */
} edit_rows[] = {
	{"a: 1 # c\nb: 2\n", {SET("a", TREE_NUMBER("7"))}, "a: 7 # c\nb: 2\n"},
	{"a: 1\n", {SET("a", TREE_STRING("true"))}, "a: \"true\"\n"},
	{"a: 1\n", {SET("a", TREE_NUMBER("1"))}, "a: 1\n"},
	{"a: 1\n", {SET("b", TREE_TRUE)}, "a: 1\nb: true\n"},
	{"a: 1", {SET("b", TREE_TRUE)}, "a: 1\nb: true"},
	{"a: 1\r\nc: 2 # x\r\n", {SET("b", TREE_TRUE)}, "a: 1\r\nc: 2 # x\r\nb: true\r\n"},
	{"a:\n    b: 1\nc: 2\n", {SET("a/x/z", TREE_TRUE)}, "a:\n    b: 1\n    x:\n        z: true\nc: 2\n"},
	{"a:\n  b: 1\n", {SET("s/x", TREE_TRUE), SET("s/z", TREE_FALSE)},
		"a:\n  b: 1\ns:\n  x: true\n  z: false\n"},
	{"l:\n- name: x\n  i: y # c\n\n- name: z\n", {SET("l/0/s/r", TREE_TRUE)},
		"l:\n- name: x\n  i: y # c\n  s:\n    r: true\n\n- name: z\n"},
	{"a:\nb: 2\n", {SET("a", TREE_TRUE)}, "a: true\nb: 2\n"},
	{"a: # c\nb: 2\n", {SET("a/x", TREE_TRUE)}, "a: # c\n  x: true\nb: 2\n"},
	{"a: ~\nb: 2\n", {SET("a/x", TREE_TRUE)}, "a:\n  x: true\nb: 2\n"},
	{"a:", {SET("a/x", TREE_TRUE), SET("b", TREE_TRUE)}, "a:\n  x: true\nb: true"},
	{"a: {b: c}\n", {SET("a/x", TREE_TRUE)}, "a: {b: c, x: true}\n"},
	{"a: {}\n", {SET("a/x/z", TREE_TRUE)}, "a: {x: {z: true}}\n"},
	{"a: {b}\n", {SET("a/b", TREE_TRUE)}, "a: {b: true}\n"},
	{"a: {b: }\n", {SET("a/b/c", TREE_TRUE), SET("a/d", TREE_TRUE)}, "a: {b: {c: true} , d: true }\n"},
	{"a: [\n  x, # 1\n  y # 2\n]\n", {ADD("a", "z")}, "a: [\n  x, # 1\n  y,\n  z # 2\n]\n"},
	{"{}", {SET("x/y", TREE_TRUE)}, "{\"x\": {\"y\": true}}"},
	{"{\"a\":1}", {SET("x", TREE_STRING("s"))}, "{\"a\":1,\"x\":\"s\"}"},
	{"{\n  \"a\": 1\n}\n", {SET("s/x", TREE_TRUE), ADD("s/l", "ALL")},
		"{\n  \"a\": 1,\n  \"s\": {\n    \"x\": true,\n    \"l\": [\n      \"ALL\"\n    ]\n  }\n}\n"},
	{"a: |\n  text\n\nb: 1\n", {SET("a", TREE_STRING("x: y"))}, "a: \"x: y\"\n\nb: 1\n"},
	{"a:\n  b: |\n    text\n\nc: 1\n", {SET("a/d", TREE_TRUE)},
		"a:\n  b: |\n    text\n  d: true\n\nc: 1\n"},
	{"a:\n  b: |+\n    text\n\nc: 1\n", {SET("a/d", TREE_TRUE)},
		"a:\n  b: |+\n    text\n\n  d: true\nc: 1\n"},
	{"a:\n- 1\n", {ADD("a", "x")}, "a:\n- 1\n- x\n"},
	{"a:\n  - 1 # c\nb: 2\n", {ADD("a", "x"), ADD("a", "1"), ADD("a", "x")},
		"a:\n  - 1 # c\n  - x\nb: 2\n"},
	{"a: [x]\n", {ADD("a", "w"), ADD("a", "x")}, "a: [x, w]\n"},
	{"a: []\n", {ADD("a", "ALL")}, "a: [ALL]\n"},
	{"a:\n- 1\nc: 2\n", {ADD("b", "x")}, "a:\n- 1\nc: 2\nb:\n- x\n"},
	{"a: /tmp\n", {ADD("a", "/run:size=1m")}, "a: [/tmp, \"/run:size=1m\"]\n"},
	{"a: [x, y, z]\n", {LESS("a", "y")}, "a: [x, z]\n"},
	{"a: [x, y, z]\n", {LESS("a", "z"), ADD("a", "w")}, "a: [x, y, w]\n"},
	{"a: [x]\nb: 1\n", {LESS("a", "x"), ADD("a", "w")}, "a: [w]\nb: 1\n"},
	{"a: [x]\nb: 1\n", {LESS("a", "x")}, "b: 1\n"},
	{"a: # c\n  - x # d\n  - y\nb: 1\n", {LESS("a", "x")}, "a: # c\n  - y\nb: 1\n"},
	{"a:\n  - x\n  - y\nb: 1\n", {LESS("a", "x"), LESS("a", "y")}, "b: 1\n"},
	{"a:\n  - x\nb: 1\n", {LESS("a", "x"), ADD("a", "w")}, "a:\n  - w\nb: 1\n"},
	{"a: 1\nb:\n  c: |\n    t\n\n    u\nd: 2\n", {DROP("b")}, "a: 1\nd: 2\n"},
	{"a: 1\nb: 2", {DROP("b")}, "a: 1\n"},
	{"a: 1\n", {DROP("a")}, "{}\n"},
	{"l:\n- a: 1\n  b: 2\n", {DROP("l/0/a")}, "l:\n- b: 2\n"},
	{"l:\n- a: 1\n  b: 2\n  c: 3\n", {DROP("l/0/a"), DROP("l/0/b")}, "l:\n- c: 3\n"},
	{"{\n  \"a\": 1,\n  \"b\": 2\n}", {DROP("b")}, "{\n  \"a\": 1\n}"},
	{"{\n  \"a\": 1,\n  \"b\": 2\n}", {DROP("a")}, "{\n  \"b\": 2\n}"},
	{"p:\n  - 80:80\n", {SET("p/0", TREE_STRING("127.0.0.1:80:80"))}, "p:\n  - 127.0.0.1:80:80\n"},
	{"a:\n  b: 1\nc: 2\n", {SET("a", TREE_FALSE)}, "a: false\nc: 2\n"},
	{"a:\n  b: 1\nc: 2\n", {SET("a", {.kind = NODE_MAP, .items = port, .count = 2})},
		"a:\n  name: web\n  port: 80\nc: 2\n"},
	{"a:\n- b\n", {SET("a", {.kind = NODE_MAP, .items = port, .count = 2})},
		"a: {name: web, port: 80}\n"},
	{"a: 1\n", {{TREE_ADD, "p", {.kind = NODE_MAP, .items = port, .count = 2}}},
		"a: 1\np:\n  - name: web\n    port: 80\n"},
	{"a: 1\n", {SET("x~1y", TREE_TRUE)}, "a: 1\nx/y: true\n"},
	{"m: &m {x: {y: 1}}\na:\n  <<: *m\n", {SET("a/x", TREE_TRUE)},
		"m: &m {x: {y: 1}}\na:\n  <<: *m\n  x: true\n"},
	{"m: &m {x: {y: 1}}\na: {<<: *m}\n", {SET("a/z", TREE_TRUE)},
		"m: &m {x: {y: 1}}\na: {z: true, <<: *m}\n"},
	{"m: &m {x: 1}\na: *m\n", {SET("a", TREE_TRUE)}, "m: &m {x: 1}\na: true\n"},
	{"m: &m {x: {y: 1}}\na:\n  <<: *m\n", {SET("a/x/y", TREE_TRUE)}, NULL},
	{"m: &m {x: 1}\na: *m\n", {SET("a/x", TREE_TRUE)}, NULL},
	{"a: 1\n", {SET("a/x", TREE_TRUE)}, NULL},
	{"? a\n: 1\nb: 2\n", {DROP("a")}, NULL},
	{"a: what?\nb: 2\n", {DROP("b")}, "a: what?\n"},
	{"a: &x {b: 1}\nc: *x\n", {DROP("a")}, NULL},
	{"a: {b: 1}\n", {ADD("a", "x")}, NULL},
};

static size_t change_count(const struct edit_row *row)
{
	size_t n = 0;
	while (n < 3 && row->changes[n].path)
		n++;
	return n;
}

TEST(yaml_edits)
{
	for (size_t i = 0; i < sizeof edit_rows / sizeof *edit_rows; i++) {
		const struct edit_row *row = &edit_rows[i];
		auto_sample s = sample_read(row->before);
		edit_list edits = {0};
		error e;
		auto_buffer out = {0};
		int result = tree_edit(&s.t, s.root, row->changes, change_count(row), &s.a, &edits, &e);
		if ((result < 0) != !row->after)
			TEST_FAIL("row %zu: %s", i, result < 0 ? e.text : "not refused");
		if (result < 0)
			continue;
		if (edits_apply(&s.t, &edits, &out, &e) < 0)
			TEST_FAIL("row %zu: %s", i, e.text);
		if (!span_is(buffer_span(&out), row->after))
			TEST_FAIL("row %zu gives <<<%.*s>>>", i, (int)out.n, out.p);
		auto_sample again = sample_of(buffer_span(&out));
		if (again.problems.count)
			TEST_FAIL("row %zu: %s", i, again.problems.items[0].message);
	}
}

/* Two findings are two calls; their edits meet at one place. */
TEST(yaml_edits_of_nested_maps_meet)
{
	auto_sample s = sample_read("spec:\n  containers:\n  - name: x\n");
	edit_list edits = {0};
	error e;
	auto_buffer out = {0};
	tree_change outer = SET("spec/hostPID", TREE_FALSE), inner = SET("spec/containers/0/tty", TREE_FALSE);
	CHECK(tree_edit(&s.t, s.root, &outer, 1, &s.a, &edits, &e) == 0);
	CHECK(tree_edit(&s.t, s.root, &inner, 1, &s.a, &edits, &e) == 0);
	CHECK(edits_apply(&s.t, &edits, &out, &e) == 0);
	CHECK_SPAN(
		buffer_span(&out), "spec:\n  containers:\n  - name: x\n    tty: false\n  hostPID: false\n");
}

TEST_MAIN()
