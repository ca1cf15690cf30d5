/* SPDX-License-Identifier: Apache-2.0
 *
 * How setuptools compared Python versions before PEP 440, which is left for versions that PEP 440 does not know ("0.9-ivysaur").
 *
 * A version is cut into numbers, words, hyphens and what stands between them; dots only separate. Words come before numbers, by their
 * bytes, with "pre", "preview" and "rc" written "c", "dev" written "@" and a hyphen written "final-"; the end counts as "final". Zeros
 * before a word do not count, nor do hyphens before a word that comes before "final". Numbers are compared as texts of at least eight
 * digits, so up to eight digits by value. */
#include "advisories/version_order.h"

enum { LEGACY_DIGITS = 8 };

typedef struct legacy_part {
	bool number, end;
	span text;
} legacy_part;

typedef struct legacy_parts {
	span rest;
	bool ended;
	const char *looked; /* the run of zeros and hyphens that ends here was looked at: */
	bool drop_hyphens;
	const char *zeros; /* zeros of the run that start before here are dropped */
} legacy_parts;

static const struct {
	const char *word, *stands_for;
} legacy_words[] = {{"pre", "c"}, {"preview", "c"}, {"rc", "c"}, {"dev", "@"}, {"-", "final-"}};

static bool is_between(char c)
{
	return !version_alnum(c) && c != '.' && c != '-';
}

static span legacy_word(span word)
{
	for (size_t i = 0; i < sizeof legacy_words / sizeof *legacy_words; i++)
		if (span_is_fold(word, legacy_words[i].word))
			return span_of(legacy_words[i].stands_for);
	return word;
}

/* Takes the next part; the last one is the word "final". */
static legacy_part part_take(legacy_parts *of)
{
	while (version_skip(&of->rest, '.'))
		;
	char c = version_first(of->rest);
	if (!of->rest.n) {
		legacy_part last = {.end = of->ended, .text = SPAN("final")};
		of->ended = true;
		return last;
	}
	if (ascii_digit(c))
		return (legacy_part){.number = true, .text = version_take(&of->rest, ascii_digit)};
	span word = c == '-' ? span_sub(of->rest, 0, 1)
			     : version_take(&of->rest, ascii_alpha(c) ? ascii_alpha : is_between);
	if (c == '-')
		version_skip(&of->rest, '-');
	return (legacy_part){.text = legacy_word(word)};
}

static bool is_zero(const legacy_part *p)
{
	return p->number && p->text.n <= LEGACY_DIGITS && version_zero(p->text);
}

static bool is_hyphen(const legacy_part *p)
{
	return !p->number && span_is(p->text, "final-");
}

/* Looks to the end of a run of zeros and hyphens, of which `first` was taken and starts before *of. */
static void run_look(legacy_parts *of, const legacy_part *first)
{
	legacy_parts ahead = *of;
	legacy_part part = *first;
	bool last_hyphen = false;
	of->zeros = NULL;
	do {
		last_hyphen = is_hyphen(&part);
		of->looked = ahead.rest.p;
		if (last_hyphen)
			of->zeros = ahead.rest.p;
		part = part_take(&ahead);
	} while (is_zero(&part) || is_hyphen(&part));
	of->drop_hyphens = last_hyphen && version_fold(part.text, SPAN("final")) < 0 && !part.number;
	if (!part.number)
		of->zeros = of->looked;
}

static legacy_part part_next(legacy_parts *of)
{
	for (;;) {
		legacy_part part = part_take(of);
		bool zero = is_zero(&part), hyphen = is_hyphen(&part);
		if (part.end || (!zero && !hyphen))
			return part;
		if (of->rest.p > of->looked || !of->looked)
			run_look(of, &part);
		bool dropped = hyphen ? of->drop_hyphens : of->zeros && part.text.p < of->zeros;
		if (!dropped)
			return part;
	}
}

/* A digit of a number that is filled up with zeros to eight digits. */
static char filled_digit(span s, size_t i)
{
	size_t zeros = s.n < LEGACY_DIGITS ? LEGACY_DIGITS - s.n : 0;
	return i < zeros ? '0' : s.p[i - zeros];
}

static int number_compare(span a, span b)
{
	size_t length_a = a.n < LEGACY_DIGITS ? LEGACY_DIGITS : a.n,
	       length_b = b.n < LEGACY_DIGITS ? LEGACY_DIGITS : b.n;
	for (size_t i = 0; i < length_a && i < length_b; i++) {
		int order = filled_digit(a, i) - filled_digit(b, i);
		if (order)
			return order;
	}
	return (length_a > length_b) - (length_a < length_b);
}

static int part_compare(const legacy_part *a, const legacy_part *b)
{
	if (a->number != b->number)
		return a->number ? 1 : -1;
	return a->number ? number_compare(a->text, b->text) : version_fold(a->text, b->text);
}

int version_pypi_legacy(span a, span b)
{
	legacy_parts left = {.rest = a}, right = {.rest = b};
	for (;;) {
		legacy_part from_a = part_next(&left), from_b = part_next(&right);
		if (from_a.end || from_b.end)
			return from_b.end - from_a.end;
		int order = part_compare(&from_a, &from_b);
		if (order)
			return order;
	}
}
