/* SPDX-License-Identifier: Apache-2.0
 *
 * PyPI's order: PEP 440, today the "Version specifiers" of the Python packaging specifications:
 * [epoch!]release[pre][.postN][.devN][+local], with all the spellings that its appendix B allows.
 *
 * Invalid versions come before all valid ones and are compared as setuptools did before PEP 440 (version_python.c). */
#include "advisories/version_order.h"

typedef enum pep440_pre { PRE_DEV = -1, PRE_ALPHA, PRE_BETA, PRE_RC, PRE_NONE } pep440_pre;

typedef struct pep440 {
	span epoch, release;
	pep440_pre pre;
	bool has_post, has_dev, has_local;
	span pre_number, post_number, dev_number, local;
} pep440;

typedef struct pep440_word {
	const char *name;
	int meaning;
} pep440_word;

/* The longer words before those that they start with. */
static const pep440_word pre_words[] = {{"alpha", PRE_ALPHA}, {"a", PRE_ALPHA}, {"beta", PRE_BETA},
	{"b", PRE_BETA}, {"preview", PRE_RC}, {"pre", PRE_RC}, {"c", PRE_RC}, {"rc", PRE_RC}, {NULL}};
static const pep440_word post_words[] = {{"post"}, {"rev"}, {"r"}, {NULL}};
static const pep440_word dev_words[] = {{"dev"}, {NULL}};

static bool is_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

static void skip_separator(span *rest)
{
	if (rest->n && is_separator(rest->p[0]))
		*rest = span_from(*rest, 1);
}

/* Takes one of the words with what may stand around it: [-_.]word[-_.]number. */
static const pep440_word *word_take(span *rest, const pep440_word *words, span *number)
{
	span inner = *rest;
	skip_separator(&inner);
	for (; words->name; words++) {
		size_t n = strlen(words->name);
		if (!span_is_fold(span_sub(inner, 0, n), words->name))
			continue;
		*rest = span_from(inner, n);
		skip_separator(rest);
		*number = version_take(rest, ascii_digit);
		return words;
	}
	return NULL;
}

/* digits{.digits}; a dot with no digit behind it stays. */
static span release_take(span *rest)
{
	span start = *rest;
	if (!version_take(rest, ascii_digit).n)
		return (span){0};
	while (rest->n > 1 && rest->p[0] == '.' && ascii_digit(rest->p[1])) {
		version_skip(rest, '.');
		version_take(rest, ascii_digit);
	}
	return (span){start.p, start.n - rest->n};
}

static void epoch_take(span *rest, span *epoch)
{
	span digits, after = *rest;
	digits = version_take(&after, ascii_digit);
	if (!digits.n || !version_skip(&after, '!'))
		return;
	*epoch = digits;
	*rest = after;
}

/* "-N" is short for ".postN". */
static bool post_take(span *rest, span *number)
{
	if (rest->n > 1 && rest->p[0] == '-' && ascii_digit(rest->p[1])) {
		version_skip(rest, '-');
		*number = version_take(rest, ascii_digit);
		return true;
	}
	return word_take(rest, post_words, number) != NULL;
}

static bool local_valid(span local)
{
	while (version_take(&local, version_alnum).n) {
		if (!local.n)
			return true;
		skip_separator(&local);
	}
	return false;
}

static bool pep440_split(span s, pep440 *ret)
{
	pep440 v = {.pre = PRE_NONE};
	span rest = span_trim(s);
	if (!version_skip(&rest, 'v'))
		version_skip(&rest, 'V');
	epoch_take(&rest, &v.epoch);
	v.release = release_take(&rest);
	const pep440_word *word = word_take(&rest, pre_words, &v.pre_number);
	if (word)
		v.pre = (pep440_pre)word->meaning;
	v.has_post = post_take(&rest, &v.post_number);
	v.has_dev = word_take(&rest, dev_words, &v.dev_number) != NULL;
	/* 1.0.dev1 comes before 1.0a1: a development release of nothing but the release is before all pre-releases. */
	if (v.has_dev && !v.has_post && v.pre == PRE_NONE)
		v.pre = PRE_DEV;
	v.has_local = version_skip(&rest, '+');
	v.local = v.has_local ? rest : (span){0};
	*ret = v;
	return v.release.n && (v.has_local ? local_valid(rest) : !rest.n);
}

/* Missing numbers are 0. */
static int release_compare(span a, span b)
{
	while (a.n || b.n) {
		int order = version_number(version_take(&a, ascii_digit), version_take(&b, ascii_digit));
		if (order)
			return order;
		version_skip(&a, '.');
		version_skip(&b, '.');
	}
	return 0;
}

/* Texts come before numbers. */
static int local_part_compare(span a, span b)
{
	bool number_a = version_all(a, ascii_digit), number_b = version_all(b, ascii_digit);
	if (number_a != number_b)
		return number_a ? 1 : -1;
	return number_a ? version_number(a, b) : version_fold(a, b);
}

static int local_compare(span a, span b)
{
	while (a.n && b.n) {
		int order =
			local_part_compare(version_take(&a, version_alnum), version_take(&b, version_alnum));
		if (order)
			return order;
		skip_separator(&a);
		skip_separator(&b);
	}
	return (a.n > 0) - (b.n > 0);
}

static int stages_compare(const pep440 *a, const pep440 *b)
{
	int order = (int)a->pre - (int)b->pre;
	if (!order)
		order = version_number(a->pre_number, b->pre_number);
	if (!order)
		order = a->has_post - b->has_post;
	if (!order)
		order = version_number(a->post_number, b->post_number);
	if (!order)
		order = b->has_dev - a->has_dev;
	return order ? order : version_number(a->dev_number, b->dev_number);
}

static int parsed_compare(const pep440 *a, const pep440 *b)
{
	int order = version_number(a->epoch, b->epoch);
	if (!order)
		order = release_compare(a->release, b->release);
	if (!order)
		order = stages_compare(a, b);
	if (!order)
		order = a->has_local - b->has_local;
	return order ? order : local_compare(a->local, b->local);
}

static int pep440_compare(span a, span b)
{
	pep440 left, right;
	bool valid_a = pep440_split(a, &left), valid_b = pep440_split(b, &right);
	if (valid_a != valid_b)
		return valid_a ? 1 : -1;
	return valid_a ? parsed_compare(&left, &right) : version_pypi_legacy(a, b);
}

static bool pep440_valid(span s)
{
	pep440 v;
	return pep440_split(s, &v);
}

const version_order version_pep440 = {"pep440", pep440_compare, pep440_valid};
