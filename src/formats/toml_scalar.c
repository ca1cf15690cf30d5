/* SPDX-License-Identifier: Apache-2.0
 *
 * Booleans, integers, floats, dates and times of TOML. Dates are RFC 3339, with a space allowed for the T, and are
 * checked against the calendar. */
#include "formats/toml_parse.h"

static bool scalar_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '+' || c == '-' || c == '.' || c == ':' || c == '_';
}

static bool take_char(span *s, const char *any)
{
	if (s->n == 0 || s->p[0] == 0 || !strchr(any, s->p[0]))
		return false;
	*s = span_from(*s, 1);
	return true;
}

/* n decimal digits as a number between two bounds. */
static bool take_number(span *s, size_t n, uint32_t least, uint32_t most, uint32_t *ret)
{
	*ret = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_digit(s->p[i]))
			return false;
		*ret = *ret * 10 + (uint32_t)(s->p[i] - '0');
	}
	*s = span_from(*s, n);
	return *ret >= least && *ret <= most;
}

static uint32_t month_days(uint32_t year, uint32_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

static bool take_date(span *s)
{
	uint32_t year, month, day;
	return take_number(s, 4, 0, 9999, &year) && take_char(s, "-") && take_number(s, 2, 1, 12, &month) &&
	       take_char(s, "-") && take_number(s, 2, 1, month_days(year, month), &day);
}

static bool take_time(span *s)
{
	uint32_t part;
	if (!take_number(s, 2, 0, 23, &part) || !take_char(s, ":") || !take_number(s, 2, 0, 59, &part) ||
		!take_char(s, ":") || !take_number(s, 2, 0, 59, &part))
		return false;
	if (!take_char(s, "."))
		return true;
	size_t n = 0;
	while (n < s->n && ascii_digit(s->p[n]))
		n++;
	*s = span_from(*s, n);
	return n > 0;
}

static bool take_offset(span *s)
{
	uint32_t part;
	return take_char(s, "Zz") || (take_char(s, "+-") && take_number(s, 2, 0, 23, &part) &&
					     take_char(s, ":") && take_number(s, 2, 0, 59, &part));
}

static bool is_date_or_time(span s)
{
	if (s.n > 2 && s.p[2] == ':')
		return take_time(&s) && s.n == 0;
	if (!take_date(&s))
		return false;
	if (s.n == 0)
		return true;
	return take_char(&s, "Tt ") && take_time(&s) && (s.n == 0 || (take_offset(&s) && s.n == 0));
}

static bool digit_in(char c, int base)
{
	c = ascii_lower(c);
	int digit = ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
	return digit < base;
}

/* Digits of a base, each '_' between two of them. */
static bool take_digits(span *s, int base)
{
	size_t n = 0;
	while (n < s->n && (digit_in(s->p[n], base) || (s->p[n] == '_' && n > 0 && s->p[n - 1] != '_')))
		n++;
	bool good = n > 0 && s->p[n - 1] != '_';
	*s = span_from(*s, n);
	return good;
}

static bool is_based(span s)
{
	int base = s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : 2;
	s = span_from(s, 2);
	return take_digits(&s, base) && s.n == 0;
}

static bool is_number(span s)
{
	if (s.n > 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'o' || s.p[1] == 'b'))
		return is_based(s);
	take_char(&s, "+-");
	if (span_is(s, "inf") || span_is(s, "nan"))
		return true;
	bool zero = s.n > 0 && s.p[0] == '0';
	size_t before = s.n;
	if (!take_digits(&s, 10) || (zero && before - s.n > 1))
		return false;
	if (take_char(&s, ".") && !take_digits(&s, 10))
		return false;
	if (take_char(&s, "eE")) {
		take_char(&s, "+-");
		if (!take_digits(&s, 10))
			return false;
	}
	return s.n == 0;
}

/* An integer that 64 bits cannot hold; floats are never too large. */
static bool too_large(const node *n)
{
	int64_t value;
	bool based = n->value.n > 1 && n->value.p[0] == '0';
	for (size_t i = 0; !based && i < n->value.n; i++)
		if (n->value.p[i] == '.' || ascii_alpha(n->value.p[i]))
			return false;
	return n->value.n > 18 && !node_int(n, &value);
}

/* The word here; a date and a time with one space between them are one. */
static span word_of(toml *r)
{
	const char *start = r->p, *p = start;
	while (p < r->end && scalar_byte(*p))
		p++;
	bool date = p - start == 10 && start[4] == '-' && start[7] == '-' && ascii_digit(start[0]);
	if (date && r->end - p > 3 && p[0] == ' ' && ascii_digit(p[1]) && ascii_digit(p[2]) && p[3] == ':') {
		p++;
		while (p < r->end && scalar_byte(*p))
			p++;
	}
	return (span){start, (size_t)(p - start)};
}

int toml_scalar_read(toml *r, node **ret)
{
	span word = word_of(r);
	node_kind kind = NODE_STRING;
	if (word.n == 0)
		return toml_fail(r, "a value was expected here");
	if (span_is(word, "true") || span_is(word, "false"))
		kind = NODE_BOOL;
	else if (is_number(word))
		kind = NODE_NUMBER;
	else if (!is_date_or_time(word))
		return toml_fail(r, "neither a number, a date, true nor false: text needs quotes");
	uint32_t start = toml_here(r), end = start + (uint32_t)word.n;
	*ret = builder_node(&r->build, kind, NODE_PLAIN, start, end);
	(*ret)->value = word;
	if (kind == NODE_NUMBER && too_large(*ret))
		builder_problem(&r->build, start, end, "the number does not fit into 64 bits");
	r->p += word.n;
	return 0;
}
