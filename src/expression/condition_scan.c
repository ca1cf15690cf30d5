/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner of conditions: classes of characters, quotes and escapes as Falco's parser has them. */
#include "expression/condition_scan.h"

span scan_rest(const scanner *s)
{
	return span_from(s->text, s->now.at);
}

void scan_skip(scanner *s, size_t n)
{
	for (size_t end = s->now.at + n; s->now.at < end && s->now.at < s->text.n; s->now.at++) {
		s->now.column++;
		if (s->text.p[s->now.at] == '\n') {
			s->now.line++;
			s->now.column = 1;
		}
	}
}

static bool scan_take(scanner *s, size_t n, span *ret)
{
	if (n == 0)
		return false;
	*ret = s->last = span_sub(scan_rest(s), 0, n);
	scan_skip(s, n);
	return true;
}

bool scan_word(scanner *s, const char *word)
{
	span taken;
	if (!span_starts(scan_rest(s), span_of(word)) || !scan_take(s, strlen(word), &taken))
		return false;
	s->last = span_trim(taken);
	return true;
}

static bool blank(char c)
{
	return c == ' ' || c == '\b' || c == '\t' || c == '\n' || c == '\r';
}

bool scan_blank(scanner *s)
{
	span rest = scan_rest(s);
	size_t n = 0;
	while (n < rest.n && blank(rest.p[n]))
		n++;
	scan_skip(s, n);
	return n;
}

static size_t name_length(span s)
{
	size_t n = 0;
	while (n < s.n && (ascii_alpha(s.p[n]) || (n && (ascii_digit(s.p[n]) || s.p[n] == '_'))))
		n++;
	return n;
}

bool scan_name(scanner *s, span *ret)
{
	return scan_take(s, name_length(scan_rest(s)), ret);
}

bool scan_field_name(scanner *s, span *ret)
{
	span rest = scan_rest(s);
	size_t first = name_length(rest), n = first;
	while (first && n < rest.n && rest.p[n] == '.') {
		size_t part = name_length(span_from(rest, n + 1));
		if (part == 0)
			break;
		n += 1 + part;
	}
	return n > first && scan_take(s, n, ret);
}

static size_t digits(span s, size_t from)
{
	size_t n = from;
	while (n < s.n && ascii_digit(s.p[n]))
		n++;
	return n;
}

static size_t hexadecimal_length(span s)
{
	if (s.n < 3 || s.p[0] != '0' || ascii_lower(s.p[1]) != 'x')
		return 0;
	size_t n = 2;
	while (n < s.n && (ascii_alpha(s.p[n]) || ascii_digit(s.p[n]))) /* whether it is one is asked later */
		n++;
	return n > 2 ? n : 0;
}

/* Sign, digits, a dot and digits; an exponent always has a sign. */
static size_t decimal_length(span s)
{
	size_t from = s.n && (s.p[0] == '+' || s.p[0] == '-'), n = digits(s, from);
	if (n == from)
		return 0;
	if (n < s.n && s.p[n] == '.')
		n = digits(s, n + 1);
	if (n + 2 < s.n && ascii_lower(s.p[n]) == 'e' && (s.p[n + 1] == '+' || s.p[n + 1] == '-') &&
		ascii_digit(s.p[n + 2]))
		n = digits(s, n + 2);
	return n;
}

bool scan_number(scanner *s, span *ret)
{
	size_t n = hexadecimal_length(scan_rest(s));
	return scan_take(s, n ? n : decimal_length(scan_rest(s)), ret);
}

static bool scan_until(scanner *s, const char *ends, span *ret)
{
	span rest = scan_rest(s);
	size_t n = 0;
	while (n < rest.n && !ascii_space(rest.p[n]) && !memchr(ends, rest.p[n], strlen(ends)))
		n++;
	return scan_take(s, n, ret);
}

bool scan_bare(scanner *s, span *ret)
{
	return scan_until(s, "()\"'=,", ret);
}

bool scan_bare_index(scanner *s, span *ret)
{
	return scan_until(s, "[]\"'", ret);
}

/* Where the quote that opens at 0 is closed, or 0. A quote behind a backslash closes only when none comes after it in this line:
 * "a\" is a text, and so is "a\"b". */
static size_t quote_end(span s)
{
	size_t escaped = 0, i = 1;
	for (; i < s.n && s.p[i] != '\n'; i++) {
		if (s.p[i] == s.p[0])
			return i;
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == s.p[0])
			escaped = ++i;
	}
	return escaped;
}

static int digit_value(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that two digits after \x mean; < 0: they are none. */
static int escaped_byte(span s, size_t at)
{
	int high = at < s.n ? digit_value(s.p[at]) : -1, low = at + 1 < s.n ? digit_value(s.p[at + 1]) : -1;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* One escape, s.p[*i] is what follows the backslash. */
static int unescape_one(scanner *s, span raw, char quote, size_t *i, buffer *out)
{
	static const char names[] = "bfnrt\\/ ", bytes[] = "\b\f\n\r\t\\/\\";
	char c = raw.p[*i];
	const char *name = memchr(names, c, sizeof names - 1);
	if (name || c == quote) {
		buffer_add_byte(out, name ? bytes[name - names] : c);
		return 0;
	}
	int byte = c == 'x' ? escaped_byte(raw, *i + 1) : -1;
	if (byte >= 0) {
		buffer_add_byte(out, (char)byte);
		*i += 2;
		return 0;
	}
	if (s->options.posture) {
		size_t kept = c != '"' && c != '\''; /* the backslash */
		buffer_add(out, (span){raw.p + *i - kept, 1 + kept});
		return 0;
	}
	if (c == '"' || c == '\'')
		return scan_fail(s, "invalid \\%c escape in %c-quoted string", c, quote);
	return c == 'x' ? scan_fail(s, "invalid \\x escape: two hexadecimal digits are expected")
			: scan_fail(s, "unknown escape in string: \\%c", c);
}

static int unescape(scanner *s, span raw, char quote, span *ret)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] != '\\') {
			buffer_add_byte(&out, raw.p[i]);
		} else if (i + 1 == raw.n) {
			if (!s->options.posture)
				return scan_fail(s, "unterminated escape in %c-quoted string", quote);
			buffer_add_byte(&out, '\\');
		} else {
			i++;
			TRY(unescape_one(s, raw, quote, &i, &out));
		}
	}
	*ret = arena_copy(s->arena, buffer_span(&out));
	return 1;
}

int scan_quoted(scanner *s, span *ret)
{
	span rest = scan_rest(s), raw, whole;
	size_t end = rest.n && (rest.p[0] == '"' || rest.p[0] == '\'') ? quote_end(rest) : 0;
	if (end == 0)
		return 0;
	raw = span_sub(rest, 1, end - 1);
	scan_take(s, end + 1, &whole);
	s->last = raw;
	if (span_find_byte(raw, '\\') == SPAN_NONE) {
		*ret = raw;
		return 1;
	}
	TRY(unescape(s, raw, rest.p[0], ret));
	s->last = *ret;
	return 1;
}

int scan_fail(scanner *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	s->fault->text = arena_vformat(s->arena, format, args);
	va_end(args);
	s->fault->place = s->now;
	return -ERROR_SYNTAX;
}
