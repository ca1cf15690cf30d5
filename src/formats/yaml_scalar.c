/* SPDX-License-Identifier: Apache-2.0
 *
 * The core schema with what gopkg.in/yaml.v2 and v3 add to it: yes, no, on, off are booleans, underscores may
 * stand in numbers, 0b is binary. Sexagesimal numbers (22:22) and dates are strings, as they are for those who
 * read ports. */
#include "formats/yaml_scalar.h"

static bool word_in(span s, const char *words)
{
	return s.n <= 5 && span_in(s, words);
}

static bool all_digits(span s, int base)
{
	bool any = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (c == '_')
			continue;
		if (!(ascii_digit(c) ? c - '0' < base : base == 16 && c >= 'a' && c <= 'f'))
			return false;
		any = true;
	}
	return any;
}

/* Takes digits (and underscores) off the front; whether there was a digit. */
static bool digits_cut(span *s)
{
	bool any = false;
	while (s->n && (ascii_digit(s->p[0]) || s->p[0] == '_')) {
		any |= s->p[0] != '_';
		*s = span_from(*s, 1);
	}
	return any;
}

/* [0-9]+(\.[0-9]*)? or \.[0-9]+, with an optional exponent */
static bool is_decimal(span s)
{
	bool any = digits_cut(&s);
	if (s.n && s.p[0] == '.') {
		s = span_from(s, 1);
		any |= digits_cut(&s);
	}
	if (!any)
		return false;
	if (s.n == 0)
		return true;
	if (ascii_lower(s.p[0]) != 'e')
		return false;
	s = span_from(s, 1);
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = span_from(s, 1);
	return digits_cut(&s) && s.n == 0;
}

static bool is_number(span s)
{
	if (word_in(s, ".nan .NaN .NAN"))
		return true;
	if (s.p[0] == '+' || s.p[0] == '-')
		s = span_from(s, 1);
	if (s.n == 0 || s.p[0] == '_')
		return false;
	if (word_in(s, ".inf .Inf .INF"))
		return true;
	if (s.n > 2 && s.p[0] == '0') {
		char mark = s.p[1];
		int base = mark == 'x' || mark == 'X'   ? 16
			   : mark == 'o' || mark == 'O' ? 8
			   : mark == 'b'                ? 2
							: 0;
		if (base)
			return all_digits(span_from(s, 2), base);
	}
	return is_decimal(s);
}

static bool is_bool(span s)
{
	return word_in(s, "true True TRUE false False FALSE yes Yes YES no No NO on On ON off Off OFF");
}

static bool is_null(span s)
{
	return s.n == 0 || word_in(s, "~ null Null NULL");
}

node_kind yaml_scalar_kind(span value)
{
	if (value.n == 0)
		return NODE_NULL;
	switch (value.p[0]) { /* most strings are told by their first letter */
	case '~':
	case 'n':
	case 'N':
	case 't':
	case 'T':
	case 'f':
	case 'F':
	case 'y':
	case 'Y':
	case 'o':
	case 'O':
		return is_null(value) ? NODE_NULL : is_bool(value) ? NODE_BOOL : NODE_STRING;
	case '+':
	case '-':
	case '.':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return is_number(value) ? NODE_NUMBER : NODE_STRING;
	default:
		return NODE_STRING;
	}
}

node_tag yaml_tag(const char *tag)
{
	if (!tag || tag[0] != '!' || tag[1] == 0)
		return NODE_UNTAGGED;
	return strcmp(tag, "!reset") == 0      ? NODE_TAG_RESET
	       : strcmp(tag, "!override") == 0 ? NODE_TAG_OVERRIDE
					       : NODE_TAG_OTHER;
}

/* One of YAML's own tags. What a value cannot be, it is not: `!!int abc` stays a string. */
static node_kind kind_tagged(span value, span name)
{
	if (span_is(name, "null"))
		return is_null(value) ? NODE_NULL : NODE_STRING;
	if (span_is(name, "bool"))
		return is_bool(value) ? NODE_BOOL : NODE_STRING;
	if (span_is(name, "int") || span_is(name, "float"))
		return value.n && is_number(value) ? NODE_NUMBER : NODE_STRING;
	return NODE_STRING;
}

void yaml_scalar_resolve(node *n, const char *tag)
{
	static const span own = {"tag:yaml.org,2002:", 18};
	n->tag = (uint8_t)yaml_tag(tag);
	if (tag && span_starts(span_of(tag), own))
		n->kind = kind_tagged(n->value, span_from(span_of(tag), own.n));
	else if (n->style != NODE_PLAIN || (tag && strcmp(tag, "!") == 0))
		n->kind = NODE_STRING;
	else
		n->kind = yaml_scalar_kind(n->value);
}

/* What some reader may take for a number, a time or a YAML 1.1 word. */
static bool is_doubtful(span s)
{
	if (yaml_scalar_kind(s) != NODE_STRING || word_in(s, "y Y n N << ="))
		return true;
	if (!ascii_digit(s.p[0]) && !(s.n > 1 && s.p[0] == '-' && ascii_digit(s.p[1])))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] == '.' || !memchr("-:_TZ ", s.p[i], 6)))
			return false;
	return true;
}

bool yaml_scalar_plain(span value, bool flow)
{
	if (value.n == 0 || is_doubtful(value))
		return false;
	char first = value.p[0];
	if (!ascii_digit(first) && !ascii_alpha(first) && !memchr("_./$+", first, 5))
		return false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		bool last = i + 1 == value.n;
		if (ascii_digit(c) || ascii_alpha(c) || memchr("_./-+@%$()", c, 10) || (c == '=' && !flow))
			continue;
		if (c == ':' ? flow || last || value.p[i + 1] == ' '
			     : c != ' ' || flow || last || value.p[i + 1] == '#')
			return false;
	}
	return true;
}
