/* SPDX-License-Identifier: Apache-2.0
 *
 * Quotes, escapes and variables of a word, as BuildKit's shell lexer takes them. */
#include "formats/dockerfile_words.h"

#include "base/buffer.h"
#include "base/limits.h"

typedef struct expansion {
	span in;
	size_t at;
	char escape;
	bool complete, keep; /* keep: leave variables as written, never fail */
	bool quoted;
	int depth;
	uint32_t work; /* spent on patterns */
	dockerfile_lookup *lookup;
	void *context;
	arena *arena;
} expansion;

static int word_read(expansion *x, char stop, buffer *out);

static bool more(const expansion *x)
{
	return x->at < x->in.n;
}

static char peek(const expansion *x)
{
	return x->in.p[x->at];
}

static int put(buffer *out, span s)
{
	if (out->n + s.n > LIMIT_EXPANSION_BYTES)
		return -ERROR_LIMIT;
	buffer_add(out, s);
	return 0;
}

static int put_byte(buffer *out, char c)
{
	return put(out, (span){&c, 1});
}

static int single_quoted(expansion *x, buffer *out)
{
	span rest = span_from(x->in, ++x->at);
	size_t end = span_find_byte(rest, '\'');
	x->quoted = true;
	if (end == SPAN_NONE && !x->keep)
		return -ERROR_SYNTAX;
	span content = span_sub(rest, 0, end);
	x->at += content.n + (end != SPAN_NONE);
	return put(out, content);
}

/* --- variables --- */

static bool name_byte(char c, bool first)
{
	return ascii_alpha(c) || c == '_' || (!first && ascii_digit(c));
}

static span name_take(expansion *x)
{
	size_t start = x->at;
	if (more(x) && ascii_digit(peek(x))) {
		while (more(x) && ascii_digit(peek(x)))
			x->at++;
	} else if (more(x) && peek(x) && strchr("@*#?-$!", peek(x))) {
		x->at++;
	} else {
		while (more(x) && name_byte(peek(x), x->at == start))
			x->at++;
	}
	return span_sub(x->in, start, x->at - start);
}

static bool value_of(expansion *x, span name, span *ret)
{
	*ret = (span){0};
	return x->lookup && x->lookup(x->context, name, ret);
}

enum { PATTERN_WORK = 1 << 17 }; /* steps of one expansion: replacing is of the fourth power at worst */

/* `*` and `?` as in path names, `\` keeps the next byte. Matches nothing more once the work is used up. */
static bool glob_matches(expansion *x, span pattern, span s)
{
	size_t p = 0, i = 0, star = SPAN_NONE, mark = 0;
	x->work++;
	while (i < s.n) {
		if (x->work++ >= PATTERN_WORK)
			return false;
		bool escaped = p + 1 < pattern.n && pattern.p[p] == '\\';
		if (p < pattern.n && !escaped && pattern.p[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.n &&
			   ((!escaped && pattern.p[p] == '?') || pattern.p[p + escaped] == s.p[i])) {
			p += 1 + escaped;
			i++;
		} else if (star != SPAN_NONE) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* ${x#p} ${x##p}: the shortest or longest start that matches goes; ${x%p} ${x%%p}: the end. */
static span affix_removed(expansion *x, span value, span pattern, bool suffix, bool longest)
{
	for (size_t k = 0; k <= value.n && x->work < PATTERN_WORK; k++) {
		size_t n = longest ? value.n - k : k;
		span part = suffix ? span_from(value, value.n - n) : span_sub(value, 0, n);
		if (glob_matches(x, pattern, part))
			return suffix ? span_sub(value, 0, value.n - n) : span_from(value, n);
	}
	return value;
}

/* The longest match of the pattern at the start of s; 0 if there is none. */
static size_t match_length(expansion *x, span s, span pattern)
{
	for (size_t n = s.n; n > 0 && x->work < PATTERN_WORK; n--)
		if (glob_matches(x, pattern, span_sub(s, 0, n)))
			return n;
	return 0;
}

static int replaced(expansion *x, span value, span pattern, span by, bool all, buffer *out)
{
	for (size_t i = 0; i < value.n;) {
		size_t n = match_length(x, span_from(value, i), pattern);
		if (n == 0) {
			TRY(put_byte(out, value.p[i++]));
			continue;
		}
		TRY(put(out, by));
		i += n;
		if (!all)
			return put(out, span_from(value, i));
	}
	return 0;
}

/* Reads up to `stop` into a span on the arena; x->at moves behind the stop. */
static int operand(expansion *x, char stop, span *ret)
{
	auto_buffer text = {0};
	TRY(word_read(x, stop, &text));
	if (!more(x))
		return -ERROR_SYNTAX;
	x->at++;
	*ret = arena_copy(x->arena, buffer_span(&text));
	return 0;
}

/* - + ? with or without a colon. What the unused branch holds does not count for completeness. */
static int chosen(expansion *x, span name, char modifier, bool colon, buffer *out)
{
	span value, other;
	bool known = value_of(x, name, &value), complete = x->complete;
	TRY(operand(x, '}', &other));
	bool present = known && !(colon && value.n == 0);
	if (modifier == '+') {
		if (present)
			return put(out, other);
		x->complete = complete;
		return 0;
	}
	if (present) {
		x->complete = complete;
		return put(out, value);
	}
	if (modifier == '-')
		return put(out, other);
	x->complete = false;
	return 0;
}

static int trimmed(expansion *x, span name, buffer *out)
{
	char kind = peek(x);
	span value, pattern;
	x->at++;
	bool longest = more(x) && peek(x) == kind;
	x->at += longest;
	if (!value_of(x, name, &value))
		x->complete = false;
	TRY(operand(x, '}', &pattern));
	return put(out, affix_removed(x, value, pattern, kind == '%', longest));
}

static int substituted(expansion *x, span name, buffer *out)
{
	span value, pattern, by;
	x->at++;
	bool all = more(x) && peek(x) == '/';
	x->at += all;
	if (!value_of(x, name, &value))
		x->complete = false;
	TRY(operand(x, '/', &pattern));
	TRY(operand(x, '}', &by));
	return replaced(x, value, pattern, by, all, out);
}

static int plain(expansion *x, span name, buffer *out)
{
	span value;
	if (!value_of(x, name, &value))
		x->complete = false;
	return put(out, value);
}

static int braced(expansion *x, buffer *out)
{
	span name = name_take(x);
	if (name.n == 0 || !more(x))
		return -ERROR_SYNTAX;
	char c = peek(x);
	if (c == '}') {
		x->at++;
		return plain(x, name, out);
	}
	if (c == '#' || c == '%')
		return trimmed(x, name, out);
	if (c == '/')
		return substituted(x, name, out);
	bool colon = c == ':';
	x->at += colon;
	if (!more(x) || !peek(x) || !strchr("+-?", peek(x)))
		return -ERROR_SYNTAX;
	char modifier = peek(x);
	x->at++;
	return chosen(x, name, modifier, colon, out);
}

static int dollar(expansion *x, buffer *out)
{
	x->at++;
	if (x->keep)
		return put_byte(out, '$');
	if (more(x) && peek(x) == '{') {
		x->at++;
		if (x->depth >= LIMIT_EXPANSION_DEPTH)
			return -ERROR_LIMIT;
		x->depth++;
		TRY(braced(x, out));
		x->depth--;
		return 0;
	}
	span name = name_take(x);
	return name.n ? plain(x, name, out) : put_byte(out, '$');
}

/* --- words --- */

/* In double quotes the escape is taken off before a quote, a dollar and itself only. */
static int double_escape(expansion *x, buffer *out)
{
	if (x->at + 1 >= x->in.n) {
		x->at++;
		return put_byte(out, x->escape);
	}
	char next = x->in.p[x->at + 1];
	x->at += 2;
	if (next != '"' && next != '$' && next != x->escape)
		TRY(put_byte(out, x->escape));
	return put_byte(out, next);
}

static int double_quoted(expansion *x, buffer *out)
{
	x->at++;
	x->quoted = true;
	while (more(x)) {
		char c = peek(x);
		if (c == '"') {
			x->at++;
			return 0;
		}
		if (c == '$')
			TRY(dollar(x, out));
		else if (c == x->escape)
			TRY(double_escape(x, out));
		else {
			TRY(put_byte(out, c));
			x->at++;
		}
	}
	return x->keep ? 0 : -ERROR_SYNTAX;
}

static int escaped(expansion *x, buffer *out)
{
	x->at++;
	if (!more(x))
		return 0;
	TRY(put_byte(out, peek(x)));
	x->at++;
	return 0;
}

/* Up to an unquoted `stop` (0: to the end). */
static int word_read(expansion *x, char stop, buffer *out)
{
	while (more(x) && (!stop || peek(x) != stop)) {
		char c = peek(x);
		if (c == '\'')
			TRY(single_quoted(x, out));
		else if (c == '"')
			TRY(double_quoted(x, out));
		else if (c == '$')
			TRY(dollar(x, out));
		else if (c == x->escape)
			TRY(escaped(x, out));
		else {
			TRY(put_byte(out, c));
			x->at++;
		}
	}
	return 0;
}

static bool needs_work(span raw, char escape, bool variables)
{
	return span_find_byte(raw, '\'') != SPAN_NONE || span_find_byte(raw, '"') != SPAN_NONE ||
	       span_find_byte(raw, escape) != SPAN_NONE ||
	       (variables && span_find_byte(raw, '$') != SPAN_NONE);
}

int dockerfile_expand(span raw, char escape, dockerfile_lookup *lookup, void *context, arena *a, span *ret,
	bool *ret_complete)
{
	expansion x = {.in = raw,
		.escape = escape,
		.complete = true,
		.lookup = lookup,
		.context = context,
		.arena = a};
	auto_buffer out = {0};
	if (!needs_work(raw, escape, true)) {
		*ret = raw;
		*ret_complete = true;
		return 0;
	}
	TRY(word_read(&x, 0, &out));
	*ret = arena_copy(a, buffer_span(&out));
	*ret_complete = x.complete && x.work < PATTERN_WORK;
	return 0;
}

/* "abc" and 'abc' without anything else to take away stay where they are, so that their places are exact. */
static bool quoted_whole(span raw, char escape, span *ret)
{
	if (raw.n < 2 || (raw.p[0] != '"' && raw.p[0] != '\'') || raw.p[raw.n - 1] != raw.p[0])
		return false;
	span inner = span_sub(raw, 1, raw.n - 2);
	if (span_find_byte(inner, raw.p[0]) != SPAN_NONE)
		return false;
	if (raw.p[0] == '"' && span_find_byte(inner, escape) != SPAN_NONE)
		return false;
	*ret = inner;
	return true;
}

span dockerfile_unquote(span raw, char escape, arena *a, bool *ret_quoted)
{
	span inner;
	*ret_quoted = false;
	if (!needs_work(raw, escape, false))
		return raw;
	if (quoted_whole(raw, escape, &inner)) {
		*ret_quoted = true;
		return inner;
	}
	expansion x = {.in = raw, .escape = escape, .keep = true, .arena = a};
	auto_buffer out = {0};
	if (word_read(&x, 0, &out) < 0)
		return raw;
	*ret_quoted = x.quoted;
	return arena_copy(a, buffer_span(&out));
}
