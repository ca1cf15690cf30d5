/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings of TOML: basic and literal, on one line or between three quotes. One pass finds the end, a second one decodes
 * if there is something to decode. */
#include "formats/toml_parse.h"
#include "formats/utf8.h"

typedef struct quoted {
	char quote;
	bool many;    /* three quotes: newlines may stand inside */
	bool changed; /* escapes or \r\n: the value is not its bytes */
} quoted;

/* A run of quotes between three quotes: the last three close, and at most two may stand before them. */
static bool closes(toml *r, quoted *q, span *value, const char *start)
{
	size_t run = 0;
	while (r->p + run < r->end && run < 5 && r->p[run] == q->quote)
		run++;
	r->p += run;
	if (run < 3)
		return false;
	*value = (span){start, (size_t)(r->p - 3 - start)};
	return true;
}

static bool special(char c, const quoted *q)
{
	return c == q->quote || c == '\\' || c == '\n' || c == '\r';
}

/* Finds the end of a string whose text starts here, and leaves r behind its quotes. */
static int string_scan(toml *r, quoted *q, span *value)
{
	const char *start = r->p;
	for (;;) {
		while (r->p < r->end && !special(*r->p, q))
			r->p++;
		if (r->p == r->end)
			return toml_fail(r, "");
		char c = *r->p;
		if (c == q->quote) {
			if (q->many && closes(r, q, value, start))
				return 0;
			if (q->many)
				continue;
			*value = (span){start, (size_t)(r->p++ - start)};
			return 0;
		}
		if (c == '\\') {
			/* Judged when it is decoded; a quote behind it does not close. */
			bool escape = q->quote == '"';
			q->changed |= escape;
			r->p += escape && r->end - r->p > 1 ? 2 : 1;
			continue;
		}
		if (!q->many)
			return toml_fail(r, "the string should end before its line does");
		q->changed |= c == '\r';
		r->p++;
	}
}

static bool hex_digits(const char *p, const char *end, int n, uint32_t *ret)
{
	if (end - p < n)
		return false;
	*ret = 0;
	for (int i = 0; i < n; i++) {
		char c = ascii_lower(p[i]);
		if (!ascii_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*ret = *ret << 4 | (uint32_t)(ascii_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* The escape at p: what it stands for at *to; returns the bytes that it takes, 0 if it is none. */
static uint32_t escape_decode(const char *p, const char *end, bool many, char **to)
{
	static const char from[] = "\"\\bfnrt", into[] = "\"\\\b\f\n\r\t";
	char c = end - p > 1 ? p[1] : 0;
	const char *simple = c ? strchr(from, c) : NULL;
	if (simple) {
		*(*to)++ = into[simple - from];
		return 2;
	}
	int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
	uint32_t point;
	if (digits) {
		if (!hex_digits(p + 2, end, digits, &point) || point > 0x10ffff ||
			(point >= 0xd800 && point < 0xe000))
			return 0;
		*to += utf8_encode(point, *to);
		return 2 + (uint32_t)digits;
	}
	/* A backslash at the end of a line takes all white space up to the next word away. */
	const char *q = p + 1;
	bool newline = false;
	for (; many && q < end && (*q == ' ' || *q == '\t' || *q == '\n' || *q == '\r'); q++)
		newline |= *q == '\n';
	const char *line = p + 1;
	while (line < q && (*line == ' ' || *line == '\t' || *line == '\r'))
		line++;
	return newline && *line == '\n' ? (uint32_t)(q - p) : 0;
}

static int string_decode(toml *r, const quoted *q, span raw, span *ret)
{
	char *out = arena_alloc(r->build.a, raw.n + 1), *to = out;
	for (const char *p = raw.p, *end = raw.p + raw.n; p < end;) {
		if (*p == '\r') { /* \r\n is one newline */
			p++;
		} else if (*p != '\\' || q->quote == '\'') {
			*to++ = *p++;
		} else {
			uint32_t length = escape_decode(p, end, q->many, &to);
			if (length == 0)
				return toml_fail_at(r, p, ERROR_SYNTAX, "an unknown or wrong escape");
			p += length;
		}
	}
	*ret = (span){out, (size_t)(to - out)};
	return 0;
}

int toml_string_read(toml *r, bool key, node **ret)
{
	uint32_t start = toml_here(r);
	quoted q = {.quote = *r->p};
	r->p++;
	q.many = r->end - r->p >= 2 && r->p[0] == q.quote && r->p[1] == q.quote;
	if (q.many && key)
		return toml_fail_at(r, r->p - 1, ERROR_SYNTAX, "a key cannot stand between three quotes");
	if (q.many) {
		r->p += 2;
		toml_newline(r); /* the first one does not count */
	}
	span value;
	TRY(string_scan(r, &q, &value));
	if (q.changed)
		TRY(string_decode(r, &q, value, &value));
	node_style style = q.quote == '"' ? NODE_DOUBLE_QUOTED : NODE_SINGLE_QUOTED;
	if (q.many)
		style = q.quote == '"' ? NODE_FOLDED : NODE_LITERAL;
	*ret = builder_node(&r->build, NODE_STRING, style, start, toml_here(r));
	(*ret)->value = value;
	return 0;
}
