/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON arrays of strings that exec forms are made of. What is not exactly one is shell form, so this is strict. */
#include "formats/dockerfile_parse.h"

static void blanks_skip(span *rest)
{
	while (rest->n && (rest->p[0] == ' ' || (rest->p[0] >= '\t' && rest->p[0] <= '\r')))
		*rest = span_from(*rest, 1);
}

static int hex(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit behind `\u`; -1 if it is none. */
static int unit(span s)
{
	int ret = 0;
	if (s.n < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex(s.p[i]);
		if (digit < 0)
			return -1;
		ret = ret << 4 | digit;
	}
	return ret;
}

static size_t escape_length(span s)
{
	if (s.n < 2)
		return 0;
	if (s.p[1] == 'u')
		return unit(span_from(s, 2)) < 0 ? 0 : 6;
	return strchr("\"\\/bfnrt", s.p[1]) ? 2 : 0;
}

static bool string_take(span *rest, span *ret)
{
	size_t i = 1;
	while (i < rest->n && rest->p[i] != '"') {
		if ((uint8_t)rest->p[i] < 0x20)
			return false;
		size_t step = rest->p[i] == '\\' ? escape_length(span_from(*rest, i)) : 1;
		if (step == 0)
			return false;
		i += step;
	}
	if (i >= rest->n)
		return false;
	*ret = span_sub(*rest, 0, i + 1);
	*rest = span_from(*rest, i + 1);
	return true;
}

/* A number or a bare word. */
static bool scalar_take(span *rest)
{
	size_t n = 0;
	while (n < rest->n &&
		(ascii_digit(rest->p[n]) || ascii_alpha(rest->p[n]) || strchr("+-.", rest->p[n])))
		n++;
	span word = span_sub(*rest, 0, n);
	if (n == 0 || !(span_in(word, "true false null") || word.p[0] == '-' || ascii_digit(word.p[0])))
		return false;
	for (size_t i = 0; i < n && !span_in(word, "true false null"); i++)
		if (ascii_alpha(word.p[i]) && ascii_lower(word.p[i]) != 'e')
			return false;
	*rest = span_from(*rest, n);
	return true;
}

static bool element_take(span *rest, arena *a, dockerfile_spans *ret, bool *other)
{
	span token;
	blanks_skip(rest);
	if (rest->n && rest->p[0] == '"') {
		if (!string_take(rest, &token))
			return false;
		list_push(a, ret, token);
	} else {
		if (!scalar_take(rest))
			return false;
		*other = true;
	}
	blanks_skip(rest);
	return rest->n > 0 && (rest->p[0] == ',' || rest->p[0] == ']');
}

int dockerfile_json_strings(span s, arena *a, dockerfile_spans *ret)
{
	span rest = span_trim(s);
	bool other = false;
	if (rest.n < 2 || rest.p[0] != '[')
		return 0;
	rest = span_from(rest, 1);
	blanks_skip(&rest);
	if (rest.n == 1 && rest.p[0] == ']')
		return 1;
	do {
		if (!element_take(&rest, a, ret, &other))
			return 0;
		bool more = rest.p[0] == ',';
		rest = span_from(rest, 1);
		if (!more)
			break;
	} while (true);
	if (rest.n)
		return 0;
	return other ? -1 : 1;
}

static size_t utf8_put(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)((0xf00 >> n & 0xff) | code);
	return n;
}

/* Decodes `\uXXXX` (and its second half) at s; a lone surrogate becomes U+FFFD as in Go. */
static size_t unicode_decode(span s, char *out, size_t *out_n)
{
	uint32_t code = (uint32_t)unit(span_from(s, 2));
	size_t used = 6;
	if (code >= 0xd800 && code < 0xdc00 && s.n >= 12 && s.p[6] == '\\' && s.p[7] == 'u') {
		int low = unit(span_from(s, 8));
		if (low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
			used = 12;
		}
	}
	if (code >= 0xd800 && code < 0xe000)
		code = 0xfffd;
	*out_n += utf8_put(out + *out_n, code);
	return used;
}

static char plain_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

span dockerfile_json_decode(span token, arena *a)
{
	span s = span_sub(token, 1, token.n - 2);
	if (span_find_byte(s, '\\') == SPAN_NONE)
		return s;
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] != '\\') {
			out[n++] = s.p[i++];
		} else if (s.p[i + 1] == 'u') {
			i += unicode_decode(span_from(s, i), out, &n);
		} else {
			out[n++] = plain_escape(s.p[i + 1]);
			i += 2;
		}
	}
	return (span){out, n};
}
