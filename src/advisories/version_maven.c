/* SPDX-License-Identifier: Apache-2.0
 *
 * Maven's order: the "Version Order Specification" of the POM reference. A version is cut into tokens at dots, hyphens and where a digit
 * meets a letter, which counts as a hyphen. Nulls (0, "", "final", "ga", "release") at the end and before each hyphen are dropped. Then the
 * tokens are compared with what stands before them: ".qualifier" < "-qualifier" < "-number" < ".number".
 * A missing token is 0 beside a ".number", else a release.
 *
 *   1.0.0-foo.0.0 = 1-foo    1-ga-1 = 1-1    1-alpha2 < 1-beta < 1 < 1-sp < 1-1 < 1.1
 *
 * All versions are valid; the empty one is 0. Maven's own order has circles where zeros stand before a ".qualifier", and so has this one:
 * 1.0.rc < 1 < 1-x < 1.0.rc. */
#include "advisories/version_order.h"

typedef struct maven_token {
	enum {
		MAVEN_DOT_QUALIFIER,
		MAVEN_QUALIFIER,
		MAVEN_HYPHEN_NUMBER,
		MAVEN_NUMBER
	} kind;           /* in their order */
	int rank;         /* of a qualifier */
	bool end, hyphen; /* hyphen: nulls in front of it are dropped */
	span text;
} maven_token;

typedef struct maven_tokens {
	span rest;
	bool hyphen;      /* stands before rest */
	const char *kept; /* nulls that start before here count */
} maven_tokens;

enum { RANK_RELEASE = 5, RANK_OTHER = 7 };

static const struct {
	const char *name;
	int rank;
	bool short_form; /* only right before a digit */
} maven_qualifiers[] = {
	{"alpha", 0, false},
	{"a", 0, true},
	{"beta", 1, false},
	{"b", 1, true},
	{"milestone", 2, false},
	{"m", 2, true},
	{"rc", 3, false},
	{"cr", 3, false},
	{"snapshot", 4, false},
	{"", RANK_RELEASE, false},
	{"final", RANK_RELEASE, false},
	{"ga", RANK_RELEASE, false},
	{"release", RANK_RELEASE, false},
	{"sp", 6, false},
};

static bool is_letter(char c)
{
	return !ascii_digit(c) && c != '.' && c != '-';
}

static int qualifier_rank(span text, bool before_digit)
{
	for (size_t i = 0; i < sizeof maven_qualifiers / sizeof *maven_qualifiers; i++)
		if ((before_digit || !maven_qualifiers[i].short_form) &&
			span_is_fold(text, maven_qualifiers[i].name))
			return maven_qualifiers[i].rank;
	return RANK_OTHER;
}

/* An empty token is the number 0. */
static maven_token token_make(span text, bool hyphen, bool before_digit)
{
	bool number = !text.n || ascii_digit(text.p[0]);
	maven_token t = {.text = text, .hyphen = hyphen};
	if (number)
		t.kind = hyphen ? MAVEN_HYPHEN_NUMBER : MAVEN_NUMBER;
	else
		t.kind = hyphen ? MAVEN_QUALIFIER : MAVEN_DOT_QUALIFIER;
	t.rank = number ? 0 : qualifier_rank(text, before_digit);
	return t;
}

/* Takes the next token with nulls and all. */
static maven_token token_take(maven_tokens *of)
{
	if (!of->rest.n)
		return (maven_token){.end = true};
	bool hyphen = of->hyphen;
	bool digits = ascii_digit(of->rest.p[0]);
	span text = version_take(&of->rest, digits ? ascii_digit : is_letter);
	char next = version_first(of->rest);
	bool cut = of->rest.n && (next == '.' || next == '-');
	if (cut)
		of->rest = span_from(of->rest, 1);
	of->hyphen = !cut || next == '-';
	return token_make(text, hyphen, !digits && !cut && of->rest.n);
}

static bool is_qualifier(const maven_token *t)
{
	return t->kind <= MAVEN_QUALIFIER;
}

static bool token_null(const maven_token *t)
{
	return is_qualifier(t) ? t->rank == RANK_RELEASE : version_zero(t->text);
}

/* Drops the nulls that `first` begins if a hyphen or the end follows them: then *of stands behind them. Remembers how far it looked, so
 * that all of them together cost one pass. */
static bool nulls_drop(maven_tokens *of, const maven_token *first)
{
	if (first->text.p < of->kept)
		return false;
	maven_tokens ahead = *of, before;
	maven_token next;
	do {
		before = ahead;
		next = token_take(&ahead);
	} while (!next.end && !next.hyphen && token_null(&next));
	of->kept = before.rest.p;
	if (next.end || next.hyphen)
		*of = before;
	return next.end || next.hyphen;
}

static maven_token token_next(maven_tokens *of)
{
	maven_token t;
	do
		t = token_take(of);
	while (!t.end && token_null(&t) && nulls_drop(of, &t));
	return t;
}

static int qualifier_compare(const maven_token *a, const maven_token *b)
{
	int order = a->rank - b->rank;
	return order || a->rank != RANK_OTHER ? order : version_fold(a->text, b->text);
}

/* A token beside a missing one. */
static int token_alone(const maven_token *t)
{
	if (is_qualifier(t))
		return t->rank - RANK_RELEASE;
	return t->kind == MAVEN_HYPHEN_NUMBER || !version_zero(t->text);
}

static int token_compare(const maven_token *a, const maven_token *b)
{
	if (a->end || b->end)
		return a->end && b->end ? 0 : a->end ? -token_alone(b) : token_alone(a);
	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	return is_qualifier(a) ? qualifier_compare(a, b) : version_number(a->text, b->text);
}

static int maven_compare(span a, span b)
{
	maven_tokens left = {.rest = a, .kept = a.p}, right = {.rest = b, .kept = b.p};
	maven_token from_a, from_b;
	do {
		from_a = token_next(&left);
		from_b = token_next(&right);
		int order = token_compare(&from_a, &from_b);
		if (order)
			return order;
	} while (!from_a.end || !from_b.end);
	return 0;
}

static bool maven_valid(span s)
{
	return s.n > 0;
}

const version_order version_maven = {"maven", maven_compare, maven_valid};
