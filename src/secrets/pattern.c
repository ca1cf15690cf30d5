/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading regular expressions without building a tree: one pass over their characters, with a stack of open groups. */
#include "secrets/pattern.h"

enum { GROUPS_MOST = 64 };

/* Bytes that one alternative, and the longest one of its group so far, can match. */
typedef struct level {
	size_t sum, most;
	bool holds; /* the word that is looked for */
} level;

static size_t limited(size_t n)
{
	return n < PATTERN_LONGEST ? n : PATTERN_LONGEST;
}

/* [:alnum:] inside a class: the index of its last bracket. */
static size_t named_end(span p, size_t i)
{
	size_t close = span_find(span_from(p, i), SPAN(":]"));
	return close == SPAN_NONE ? p.n : i + close + 1;
}

/* A class in brackets: the index behind it. */
static size_t class_end(span p, size_t i)
{
	size_t start = i + 1;
	i++;
	if (i < p.n && p.p[i] == '^')
		start = ++i;
	for (; i < p.n; i++) {
		if (p.p[i] == '\\')
			i++;
		else if (p.p[i] == '[' && i + 1 < p.n && p.p[i + 1] == ':')
			i = named_end(p, i);
		else if (p.p[i] == ']' && i > start)
			return i + 1;
	}
	return p.n;
}

static size_t escape_end(span p, size_t i)
{
	if (i + 1 >= p.n)
		return p.n;
	char c = p.p[i + 1];
	if ((c == 'x' || c == 'p' || c == 'P') && i + 2 < p.n && p.p[i + 2] == '{') {
		size_t close = span_find_byte(span_from(p, i), '}');
		return close == SPAN_NONE ? p.n : i + close + 1;
	}
	size_t length = c == 'x' ? 4 : c == 'p' || c == 'P' ? 3 : 2;
	return i + length < p.n ? i + length : p.n;
}

/* The most times of a repetition at i, 1 if there is none; *i goes behind it. */
static size_t times_read(span p, size_t *i)
{
	size_t most = 1;
	if (*i >= p.n)
		return 1;
	char c = p.p[*i];
	if (c == '*' || c == '+' || c == '?') {
		most = c == '?' ? 1 : PATTERN_LONGEST;
		(*i)++;
	} else if (c == '{' && *i + 1 < p.n && ascii_digit(p.p[*i + 1])) {
		size_t close = span_find_byte(span_from(p, *i), '}');
		if (close == SPAN_NONE)
			return 1;
		span inside = span_sub(p, *i + 1, close - 1);
		size_t comma = span_find_byte(inside, ',');
		int64_t n;
		span last = comma == SPAN_NONE ? inside : span_from(inside, comma + 1);
		most = span_int(last, &n) && n >= 0 && n < PATTERN_LONGEST ? (size_t)n : PATTERN_LONGEST;
		*i += close + 1;
	} else {
		return 1;
	}
	if (*i < p.n && (p.p[*i] == '?' || p.p[*i] == '+'))
		(*i)++;
	return most;
}

/* Behind "(?:", "(?i:", "(?P<name>"; for "(?i)", which opens nothing, behind its ')'. */
static size_t group_start(span p, size_t i, bool *opens)
{
	*opens = true;
	i++;
	if (i >= p.n || p.p[i] != '?')
		return i;
	for (i++; i < p.n; i++) {
		if (p.p[i] == ':' || p.p[i] == '>')
			return i + 1;
		if (p.p[i] == '=' || p.p[i] == '!')
			return i + 1;
		if (p.p[i] == ')') {
			*opens = false;
			return i + 1;
		}
	}
	return p.n;
}

/* Whether the word stands in the pattern at i; punctuation may be escaped. */
static bool word_at(span p, size_t i, span word)
{
	size_t k = 0;
	while (i < p.n && k < word.n) {
		if (p.p[i] == '\\' && i + 1 < p.n && !ascii_alpha(p.p[i + 1]) && !ascii_digit(p.p[i + 1]))
			i++;
		if (ascii_lower(p.p[i]) != word.p[k])
			return false;
		i++;
		k++;
	}
	return word.n > 0 && k == word.n;
}

typedef struct reading {
	span p, word;
	level stack[GROUPS_MOST];
	uint32_t depth;
	bool found;
	size_t before; /* the most bytes of a match before the word */
} reading;

static void word_look(reading *r, size_t i)
{
	if (!word_at(r->p, i, r->word))
		return;
	size_t sum = 0;
	for (uint32_t d = 0; d <= r->depth; d++)
		sum = limited(sum + r->stack[d].sum);
	r->found = r->stack[r->depth].holds = true;
	r->before = r->before > sum ? r->before : sum;
}

/* One alternative ends. */
static void level_turn(level *l)
{
	l->most = l->most > l->sum ? l->most : l->sum;
	l->sum = 0;
}

/* What stands at *i alone: its width. */
static size_t atom_read(span p, size_t *i)
{
	char c = p.p[*i], escaped = c == '\\' && *i + 1 < p.n ? p.p[*i + 1] : 0;
	if (c == '[')
		*i = class_end(p, *i);
	else if (c == '\\')
		*i = escape_end(p, *i);
	else
		++*i;
	return c == '^' || c == '$' || (escaped && strchr("bBzAZ", escaped)) ? 0 : 1;
}

/* Walks the whole pattern; returns the most bytes that it can match. */
static size_t pattern_read(reading *r)
{
	span p = r->p;
	for (size_t i = 0; i < p.n;) {
		bool opens, holds = false;
		word_look(r, i);
		if (p.p[i] == '(') {
			i = group_start(p, i, &opens);
			if (opens && ++r->depth == GROUPS_MOST) {
				r->depth--;
				r->before = PATTERN_LONGEST;
				return PATTERN_LONGEST;
			}
			if (opens)
				r->stack[r->depth] = (level){0};
			continue;
		}
		if (p.p[i] == '|') {
			level_turn(&r->stack[r->depth]);
			i++;
			continue;
		}
		size_t width;
		if (p.p[i] == ')' && r->depth > 0) {
			level *closed = &r->stack[r->depth--];
			level_turn(closed);
			width = closed->most;
			holds = closed->holds;
			i++;
		} else {
			width = atom_read(p, &i);
		}
		size_t times = times_read(p, &i);
		if (holds && times > 1) /* it may be repeated before the word */
			r->before = PATTERN_LONGEST;
		r->stack[r->depth].holds |= holds;
		r->stack[r->depth].sum =
			limited(r->stack[r->depth].sum +
				(width && times > PATTERN_LONGEST / width ? PATTERN_LONGEST : width * times));
	}
	level_turn(&r->stack[0]);
	return limited(r->stack[0].most);
}

size_t pattern_longest(span p)
{
	reading r = {.p = p};
	return pattern_read(&r);
}

bool pattern_needs(span p, span word, size_t *ret_before)
{
	reading r = {.p = p, .word = word};
	pattern_read(&r);
	if (r.found)
		*ret_before = r.before;
	return r.found;
}

span pattern_translate(span p, arena *a, uint32_t *prefix)
{
	/* "(?i)" and the like stay in front. */
	size_t flags = span_starts(p, SPAN("(?")) && p.n > 4 && p.p[3] == ')' ? 4 : 0, i = flags;
	static const span word = {"[\\w.-]{0,", 10};
	*prefix = 0;
	if (!span_starts(span_from(p, i), word))
		return arena_copy(a, p);
	i += word.n;
	uint32_t most = 0;
	while (i < p.n && ascii_digit(p.p[i]) && most < 1000)
		most = most * 10 + (uint32_t)(p.p[i++] - '0');
	if (!span_starts(span_from(p, i), SPAN("}?")))
		return arena_copy(a, p);
	*prefix = most;
	return arena_format(a, "%.*s%.*s", (int)flags, p.p, SPAN_ARG(span_from(p, i + 2)));
}
