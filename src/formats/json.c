/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON (RFC 8259) by recursive descent, one function a production. */
#include "formats/json.h"

#include "base/limits.h"
#include "formats/node_build.h"
#include "formats/utf8.h"

struct reader {
	const text *t;
	const char *p, *end;
	node_builder build;
	uint32_t depth;
	error *e;
};

static uint32_t here(const struct reader *r)
{
	return (uint32_t)(r->p - r->t->bytes.p);
}

static int fail_at(struct reader *r, const char *p, error_code code, const char *message)
{
	place at = text_place(r->t, (uint32_t)(p - r->t->bytes.p));
	return error_set_at(r->e, code, at.line, at.column, "%s", message);
}

static int fail(struct reader *r, const char *message)
{
	return fail_at(r, r->p, ERROR_SYNTAX, r->p == r->end ? "the text ends too early" : message);
}

static void skip_space(struct reader *r)
{
	const char *p = r->p, *end = r->end;
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	r->p = p;
}

static bool take(struct reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool digits(struct reader *r)
{
	const char *start = r->p;
	while (r->p < r->end && ascii_digit(*r->p))
		r->p++;
	return r->p > start;
}

static int number_read(struct reader *r, node **ret)
{
	const char *start = r->p;
	take(r, '-');
	if (!take(r, '0') && !digits(r))
		return fail(r, "a value was expected here");
	if (take(r, '.') && !digits(r))
		return fail(r, "digits were expected after the '.'");
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			take(r, '-');
		if (!digits(r))
			return fail(r, "digits were expected in the exponent");
	}
	uint32_t at = (uint32_t)(start - r->t->bytes.p);
	*ret = builder_node(&r->build, NODE_NUMBER, NODE_PLAIN, at, here(r));
	(*ret)->value = (span){start, (size_t)(r->p - start)};
	return 0;
}

static int word_read(struct reader *r, const char *word, node_kind kind, node **ret)
{
	span want = span_of(word), rest = {r->p, (size_t)(r->end - r->p)};
	if (!span_starts(rest, want))
		return fail_at(r, r->p, ERROR_SYNTAX, "a value was expected here");
	*ret = builder_node(&r->build, kind, NODE_PLAIN, here(r), here(r) + (uint32_t)want.n);
	(*ret)->value = (span){r->p, want.n};
	r->p += want.n;
	return 0;
}

/* Whether one of eight bytes ends a run of plain ASCII: a quote, a backslash, a control character, a high bit. */
static bool word_special(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
	return (w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
}

/* Goes to the next byte that is not plain ASCII, a quote and a backslash counting as such. */
static const char *run_end(const char *p, const char *end)
{
	for (uint64_t w; end - p >= 8; p += 8) {
		memcpy(&w, p, 8);
		if (word_special(w))
			break;
	}
	while (p < end && (uint8_t)*p >= 0x20 && (uint8_t)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Finds the closing quote; *escaped says whether there is something to decode. */
static int string_scan(struct reader *r, bool *escaped)
{
	for (;;) {
		r->p = run_end(r->p, r->end);
		if (r->p == r->end)
			return fail(r, "");
		if (*r->p == '"')
			return 0;
		uint32_t length = 2;
		if (*r->p == '\\')
			*escaped =
				true; /* what follows is judged when it is decoded; it is not a quote that closes */
		else if ((uint8_t)*r->p < 0x20)
			return fail(r, "a control character in a string must be escaped");
		else if (utf8_decode(r->p, (size_t)(r->end - r->p), &length) < 0)
			return fail_at(r, r->p, ERROR_SYNTAX, "not valid UTF-8");
		if ((size_t)(r->end - r->p) < length)
			return fail_at(r, r->end, ERROR_SYNTAX, "the text ends too early");
		r->p += length;
	}
}

static bool hex4(const char *p, const char *end, uint32_t *ret)
{
	if (end - p < 4)
		return false;
	*ret = 0;
	for (int i = 0; i < 4; i++) {
		char c = ascii_lower(p[i]);
		if (!ascii_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*ret = *ret << 4 | (uint32_t)(ascii_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* The code point of the \u at p, two of them for a pair of surrogates; the bytes that it takes, 0 if it is wrong. */
static uint32_t unicode_escape(const char *p, const char *end, uint32_t *point)
{
	if (!hex4(p + 2, end, point))
		return 0;
	if (*point < 0xd800 || *point > 0xdfff)
		return 6;
	uint32_t low;
	if (*point > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u' || !hex4(p + 8, end, &low) ||
		low < 0xdc00 || low > 0xdfff)
		return 0;
	*point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

static char simple_escape(char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = c ? strchr(from, c) : NULL;
	return at ? to[at - from] : 0;
}

static int string_decode(struct reader *r, span raw, span *ret)
{
	char *out = arena_alloc(r->build.a, raw.n + 1), *to = out;
	for (const char *p = raw.p, *end = raw.p + raw.n; p < end;) {
		if (*p != '\\') {
			*to++ = *p++;
			continue;
		}
		uint32_t point, length = 2;
		char simple = simple_escape(p[1]);
		if (simple)
			*to++ = simple;
		else if (p[1] == 'u' && (length = unicode_escape(p, end, &point)) > 0)
			to += utf8_encode(point, to);
		else
			return fail_at(r, p, ERROR_SYNTAX,
				p[1] == 'u' ? "a wrong \\u escape or half a surrogate pair"
					    : "an unknown escape");
		p += length;
	}
	*ret = (span){out, (size_t)(to - out)};
	return 0;
}

static int string_read(struct reader *r, node **ret)
{
	uint32_t start = here(r);
	bool escaped = false;
	if (!take(r, '"'))
		return fail(r, "a string was expected here");
	TRY(string_scan(r, &escaped));
	span value = span_sub(r->t->bytes, start + 1, here(r) - start - 1);
	r->p++;
	if (escaped)
		TRY(string_decode(r, value, &value));
	*ret = builder_node(&r->build, NODE_STRING, NODE_DOUBLE_QUOTED, start, here(r));
	(*ret)->value = value;
	return 0;
}

static int value_read(struct reader *r, node **ret);

static int member_read(struct reader *r)
{
	node *key = NULL, *value = NULL;
	TRY(string_read(r, &key));
	builder_push(&r->build, key);
	skip_space(r);
	if (!take(r, ':'))
		return fail(r, "a ':' was expected here");
	TRY(value_read(r, &value));
	builder_push(&r->build, value);
	return 0;
}

static int item_read(struct reader *r)
{
	node *item = NULL;
	TRY(value_read(r, &item));
	builder_push(&r->build, item);
	return 0;
}

/* Lists and maps differ in what stands between the commas. */
static int children_read(struct reader *r, char close, int (*read)(struct reader *))
{
	skip_space(r);
	if (take(r, close))
		return 0;
	for (;;) {
		skip_space(r);
		TRY(read(r));
		skip_space(r);
		if (take(r, close))
			return 0;
		if (!take(r, ','))
			return fail(r, close == '}' ? "a ',' or '}' was expected here"
						    : "a ',' or ']' was expected here");
	}
}

static int collection_read(struct reader *r, node_kind kind, node **ret)
{
	if (r->depth == LIMIT_TREE_DEPTH)
		return fail_at(r, r->p, ERROR_LIMIT, "nested too deeply");
	node *n = builder_node(&r->build, kind, NODE_FLOW, here(r), 0);
	uint32_t base = r->build.stack.count;
	r->depth++;
	r->p++;
	if (kind == NODE_MAP) {
		TRY(children_read(r, '}', member_read));
		builder_map(&r->build, n, base, false);
	} else {
		TRY(children_read(r, ']', item_read));
		builder_list(&r->build, n, base);
	}
	r->depth--;
	n->end = here(r);
	*ret = n;
	return 0;
}

static int value_read(struct reader *r, node **ret)
{
	skip_space(r);
	if (builder_full(&r->build))
		return fail_at(r, r->p, ERROR_LIMIT, "more values than a file may have");
	switch (r->p < r->end ? *r->p : 0) {
	case '{':
		return collection_read(r, NODE_MAP, ret);
	case '[':
		return collection_read(r, NODE_LIST, ret);
	case '"':
		return string_read(r, ret);
	case 't':
		return word_read(r, "true", NODE_BOOL, ret);
	case 'f':
		return word_read(r, "false", NODE_BOOL, ret);
	case 'n':
		return word_read(r, "null", NODE_NULL, ret);
	default:
		return number_read(r, ret);
	}
}

static int document_read(struct reader *r, node **ret)
{
	if (span_starts(r->t->bytes, SPAN("\xef\xbb\xbf")))
		r->p += 3;
	TRY(value_read(r, ret));
	skip_space(r);
	return r->p == r->end ? 0 : fail(r, "nothing may follow the value");
}

int json_read(const text *t, arena *a, node **ret, node_problems *problems, error *e)
{
	struct reader r = {.t = t,
		.p = t->bytes.p,
		.end = t->bytes.p + t->bytes.n,
		.build = {.a = a, .problems = problems},
		.e = e};
	node *root = NULL;
	int result = document_read(&r, &root);
	builder_done(&r.build);
	if (result == 0)
		*ret = root;
	return result;
}
