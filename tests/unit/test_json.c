/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/json.h"
#include "test.h"

#include "base/buffer.h"

#include <jansson.h>

static int read_json(span bytes, arena *a, node **ret, uint32_t *problems, error *e)
{
	text t;
	node_problems list = {0};
	text_init(&t, "sample.json", bytes, a);
	int result = json_read(&t, a, ret, &list, e);
	*problems = list.count;
	return result;
}

TEST(json_values)
{
	arena a = {0};
	node *root;
	error e;
	uint32_t problems;
	span words = SPAN("\xef\xbb\xbf {\"a\" : [1, -0.5e+3, true, null], \"b\": "
			  "\"x\\n\\u00e9\\ud83d\\ude00\", \"c\": {}} ");
	CHECK_INT(read_json(words, &a, &root, &problems, &e), 0);
	CHECK_INT(root->count, 3);
	CHECK_SPAN(node_text(node_path(root, "a/1")), "-0.5e+3");
	CHECK_INT(node_truth(node_path(root, "a/2")), 1);
	CHECK_SPAN(node_text(node_get(root, "b")), "x\n\xc3\xa9\xf0\x9f\x98\x80");
	CHECK_INT(node_get(root, "c")->kind, NODE_MAP);
	CHECK_INT(root->weight, 11);
	CHECK_INT(read_json(SPAN("{\"a\":1,\"a\":2}"), &a, &root, &problems, &e), 0);
	CHECK_INT(problems, 1);
	CHECK_SPAN(node_text(node_get(root, "a")), "2");
	arena_done(&a);
}

TEST(json_refuses)
{
	static const struct {
		const char *text;
		uint32_t line, column;
	} rows[] = {
		{"", 1, 1},
		{"{", 1, 2},
		{"[1,]", 1, 4},
		{"{\"a\":1,}", 1, 8},
		{"01", 1, 2},
		{"1.", 1, 3},
		{"+1", 1, 1},
		{".5", 1, 1},
		{"1e", 1, 3},
		{"nul", 1, 1},
		{"True", 1, 1},
		{"\"\\x\"", 1, 2},
		{"\"\\u12g4\"", 1, 2},
		{"\"\\ud800\"", 1, 2},
		{"\"\\udc00\"", 1, 2},
		{"\"\\ud800\\u0041\"", 1, 2},
		{"\"a\nb\"", 1, 3},
		{"\"\xff\"", 1, 2},
		{"\"\xc0\x80\"", 1, 2},
		{"\"\xed\xa0\x80\"", 1, 2},
		{"[1 2]", 1, 4},
		{"{a:1}", 1, 2},
		{"{\n  \"é\": x}", 2, 8},
		{"1 2", 1, 3},
		{"// c\n1", 1, 1},
		{"'a'", 1, 1},
		{"\"\\", 1, 3},
		{"NaN", 1, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		node *root;
		error e;
		uint32_t problems;
		int result = read_json(span_of(rows[i].text), &a, &root, &problems, &e);
		arena_done(&a);
		if (result != -ERROR_SYNTAX || e.line != rows[i].line || e.column != rows[i].column)
			TEST_FAIL("row %zu: %d at %u:%u", i, result, result ? e.line : 0,
				result ? e.column : 0);
	}
}

TEST(json_depth)
{
	arena a = {0};
	auto_buffer b = {0};
	node *root;
	error e;
	uint32_t problems;
	buffer_repeat(&b, '[', 1000000);
	CHECK_INT(read_json(buffer_span(&b), &a, &root, &problems, &e), -ERROR_LIMIT);
	arena_done(&a);
}

/* --- beside jansson --- */

static uint32_t seed = 1;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

static void generate(buffer *b, int depth)
{
	static const char *const scalars[] = {"0", "-1", "12345", "1.5", "2e3", "true", "false", "null",
		"\"\"", "\"a\"", "\"\\\"\\\\\\/\\b\\n\"", "\"\\u00e9\\ud83d\\ude00\"",
		"\"\xc5\xbc\xe2\x82\xac\"", "\"long enough for words\""};
	uint32_t kind = depth > 4 ? 0 : dice(3);
	if (kind == 0) {
		buffer_add_string(b, scalars[dice(sizeof scalars / sizeof *scalars)]);
		return;
	}
	buffer_add_byte(b, kind == 1 ? '[' : '{');
	for (uint32_t i = 0, n = dice(5); i < n; i++) {
		buffer_add_string(b, i ? ", " : "\n");
		if (kind == 2)
			buffer_format(b, "\"k%u\":", i);
		generate(b, depth + 1);
	}
	buffer_add_byte(b, kind == 1 ? ']' : '}');
}

static void mutate(buffer *b)
{
	static const char bytes[] = "\"\\{}[],:0e-.tu \n\x01\xff\xc3";
	for (uint32_t n = dice(3); n > 0 && b->n > 0; n--)
		b->p[dice((uint32_t)b->n)] = bytes[dice(sizeof bytes - 1)];
}

static bool same(const node *n, const json_t *j);

static bool same_map(const node *n, const json_t *j)
{
	if (!json_is_object(j) || json_object_size(j) != n->count)
		return false;
	for (uint32_t i = 0; i < n->count; i++) {
		span key = n->members[i].key->value;
		const json_t *value = json_object_getn(j, key.p, key.n);
		if (!value || !same(n->members[i].value, value))
			return false;
	}
	return true;
}

static bool same(const node *n, const json_t *j)
{
	switch (n->kind) {
	case NODE_NULL:
		return json_is_null(j);
	case NODE_BOOL:
		return json_is_boolean(j) && json_is_true(j) == node_truth(n);
	case NODE_NUMBER:
		return json_is_number(j) && json_number_value(j) == strtod(n->value.p, NULL);
	case NODE_STRING:
		return json_is_string(j) &&
		       span_equal(n->value, (span){json_string_value(j), json_string_length(j)});
	case NODE_LIST:
		if (!json_is_array(j) || json_array_size(j) != n->count)
			return false;
		for (uint32_t i = 0; i < n->count; i++)
			if (!same(n->items[i], json_array_get(j, i)))
				return false;
		return true;
	case NODE_MAP:
		return same_map(n, j);
	}
	return false;
}

/* Valid, but too large for jansson's numbers. */
static bool too_large(const json_error_t *e)
{
	return json_error_code(e) == json_error_numeric_overflow;
}

TEST(json_as_jansson)
{
	int accepted = 0, refused = 0;
	for (int i = 0; i < 20000; i++) {
		arena a = {0};
		auto_buffer b = {0};
		node *root = NULL;
		error e;
		json_error_t theirs;
		uint32_t problems;
		generate(&b, 0);
		mutate(&b);
		buffer_add_byte(&b, '\n'); /* strtod stops there */
		bool ours = read_json(buffer_span(&b), &a, &root, &problems, &e) == 0;
		json_t *j = json_loadb(b.p, b.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &theirs);
		bool agree = (ours == !!j && (!j || same(root, j))) || (ours && !j && too_large(&theirs));
		ours ? accepted++ : refused++;
		json_decref(j);
		arena_done(&a);
		if (!agree)
			TEST_FAIL("%s: %.*s", j ? "they accept" : theirs.text, (int)b.n, b.p);
	}
	CHECK(accepted > 5000 && refused > 2000);
}

TEST_MAIN()
