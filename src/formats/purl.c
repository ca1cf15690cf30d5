/* SPDX-License-Identifier: Apache-2.0
 *
 * Package URLs: taken apart from both ends, as the specification's "How to parse" has it. */
#include "formats/purl.h"

static span cut_behind(span *text, char at, bool last)
{
	size_t place = last ? span_find_last(*text, at) : span_find_byte(*text, at);
	if (place == SPAN_NONE)
		return (span){0};
	span ret = span_from(*text, place + 1);
	*text = span_sub(*text, 0, place);
	return ret;
}

static span without_slashes(span s)
{
	while (s.n && s.p[0] == '/')
		s = span_from(s, 1);
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

bool purl_read(span text, purl *ret)
{
	purl p = {0};
	text = span_trim(text);
	if (!span_starts(text, SPAN("pkg:")))
		return false;
	text = span_from(text, 4);
	p.subpath = cut_behind(&text, '#', true);
	p.qualifiers = cut_behind(&text, '?', true);
	text = without_slashes(text);
	size_t type = span_find_byte(text, '/');
	if (type == SPAN_NONE || type == 0)
		return false;
	p.type = span_sub(text, 0, type);
	text = without_slashes(span_from(text, type + 1));
	size_t slash = span_find_last(text, '/');
	span name = slash == SPAN_NONE ? text : span_from(text, slash + 1);
	if (name.n && name.p[0] != '@') /* "@" in front is part of a scope that somebody forgot to encode */
		p.version = cut_behind(&name, '@', true);
	p.name = name;
	p.namespace = slash == SPAN_NONE ? (span){0} : without_slashes(span_sub(text, 0, slash));
	*ret = p;
	return p.name.n > 0;
}

static int digit_of(char c)
{
	c = ascii_lower(c);
	return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte with its percent encoding taken off; -1 at the end. */
static int byte_next(span *s)
{
	if (!s->n)
		return -1;
	char c = s->p[0];
	if (c == '%' && s->n >= 3 && digit_of(s->p[1]) >= 0 && digit_of(s->p[2]) >= 0) {
		int value = digit_of(s->p[1]) * 16 + digit_of(s->p[2]);
		*s = span_from(*s, 3);
		return value;
	}
	*s = span_from(*s, 1);
	return (unsigned char)c;
}

static bool part_equal(span a, span b)
{
	int x, y;
	do {
		x = byte_next(&a);
		y = byte_next(&b);
	} while (x == y && x >= 0);
	return x == y;
}

static bool qualifier_find(span list, span key, span *ret)
{
	span one;
	while (span_cut(&list, '&', &one)) {
		size_t equals = span_find_byte(one, '=');
		if (equals != SPAN_NONE && span_equal_fold(span_sub(one, 0, equals), key)) {
			*ret = span_from(one, equals + 1);
			return true;
		}
	}
	return false;
}

enum { MOST_QUALIFIERS = 32 };

static bool qualifiers_fit(span pattern, span of)
{
	span one, value;
	for (int i = 0; span_cut(&pattern, '&', &one); i++) {
		size_t equals = span_find_byte(one, '=');
		if (i == MOST_QUALIFIERS)
			return false;
		if (equals == SPAN_NONE || equals + 1 == one.n)
			continue;
		if (!qualifier_find(of, span_sub(one, 0, equals), &value) ||
			!part_equal(span_from(one, equals + 1), value))
			return false;
	}
	return true;
}

span purl_decode(span part, arena *a)
{
	if (span_find_byte(part, '%') == SPAN_NONE)
		return part;
	char *to = arena_alloc(a, part.n + 1);
	size_t n = 0;
	for (int byte; (byte = byte_next(&part)) >= 0;)
		to[n++] = (char)byte;
	return (span){to, n};
}

bool purl_qualifier(const purl *p, const char *key, span *ret)
{
	return qualifier_find(p->qualifiers, span_of(key), ret);
}

bool purl_fits(const purl *pattern, const purl *of)
{
	return span_equal_fold(pattern->type, of->type) && part_equal(pattern->namespace, of->namespace) &&
	       part_equal(pattern->name, of->name) &&
	       (!pattern->version.n || part_equal(pattern->version, of->version)) &&
	       qualifiers_fit(pattern->qualifiers, of->qualifiers);
}
