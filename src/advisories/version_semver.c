/* SPDX-License-Identifier: Apache-2.0
 *
 * Semantic Versioning 2.0.0 (npm, crates.io, Go modules with their "v" and pseudo-versions, Hex) and the two orders that differ from it a
 * little: Pub, where build metadata counts (pub's "Versioning philosophy"), and NuGet, which has four numbers and ignores case.
 *
 * Invalid versions: a "v" before the numbers is not seen, missing numbers are 0, leading zeros do not count, and whatever follows the last
 * number that the format has is a pre-release, with or without its hyphen ("1.2.3beta", "1.2.3.4"). */
#include "advisories/version_order.h"

enum { SEMVER_NUMBERS = 3, NUGET_NUMBERS = 4 };

typedef struct semver {
	span numbers[NUGET_NUMBERS];
	int count; /* numbers that are there */
	bool has_pre, has_hyphen, has_build;
	span pre, build;
} semver;

static span semver_number(span *rest)
{
	return version_take(rest, ascii_digit);
}

/* Takes the numbers off *rest; a dot goes with the number behind it. */
static void semver_numbers(semver *v, span *rest, int most)
{
	if (!ascii_digit(version_first(*rest)))
		return;
	v->numbers[v->count++] = semver_number(rest);
	while (v->count < most && rest->n > 1 && rest->p[0] == '.' && ascii_digit(rest->p[1])) {
		version_skip(rest, '.');
		v->numbers[v->count++] = semver_number(rest);
	}
}

static semver semver_split(span s, int most)
{
	semver v = {0};
	if (!version_skip(&s, 'v'))
		version_skip(&s, 'V');
	semver_numbers(&v, &s, most);
	size_t plus = span_find_byte(s, '+');
	v.has_build = plus != SPAN_NONE;
	v.build = v.has_build ? span_from(s, plus + 1) : (span){0};
	v.pre = span_sub(s, 0, plus);
	v.has_pre = v.pre.n > 0;
	v.has_hyphen = version_skip(&v.pre, '-');
	if (!v.has_hyphen)
		version_skip(&v.pre, '.');
	return v;
}

typedef int text_order(span a, span b);

/* Numbers come before texts. */
static int identifier_compare(span a, span b, text_order *texts)
{
	bool number_a = version_all(a, ascii_digit), number_b = version_all(b, ascii_digit);
	if (number_a != number_b)
		return number_a ? -1 : 1;
	return number_a ? version_number(a, b) : texts(a, b);
}

/* Identifiers between dots; fewer come before more. */
static int identifiers_compare(span a, span b, text_order *texts)
{
	for (;;) {
		span in_a, in_b;
		bool more_a = span_cut(&a, '.', &in_a), more_b = span_cut(&b, '.', &in_b);
		if (!more_a || !more_b)
			return more_a - more_b;
		int order = identifier_compare(in_a, in_b, texts);
		if (order)
			return order;
	}
}

static int precedence(const semver *a, const semver *b, text_order *texts)
{
	for (int i = 0; i < NUGET_NUMBERS; i++) {
		int order = version_number(a->numbers[i], b->numbers[i]);
		if (order)
			return order;
	}
	if (a->has_pre != b->has_pre)
		return a->has_pre ? -1 : 1;
	return identifiers_compare(a->pre, b->pre, texts);
}

static int semver_compare(span a, span b)
{
	semver left = semver_split(a, SEMVER_NUMBERS), right = semver_split(b, SEMVER_NUMBERS);
	return precedence(&left, &right, span_compare);
}

static int nuget_compare(span a, span b)
{
	semver left = semver_split(a, NUGET_NUMBERS), right = semver_split(b, NUGET_NUMBERS);
	return precedence(&left, &right, version_fold);
}

static int pub_compare(span a, span b)
{
	semver left = semver_split(a, SEMVER_NUMBERS), right = semver_split(b, SEMVER_NUMBERS);
	int order = precedence(&left, &right, span_compare);
	if (!order)
		order = left.has_build - right.has_build;
	return order ? order : identifiers_compare(left.build, right.build, span_compare);
}

static bool is_identifier(char c)
{
	return version_alnum(c) || c == '-';
}

/* Dots separate identifiers, none of which is empty; numbers of a pre-release have no leading zeros. */
static bool identifiers_valid(span rest, bool canonical)
{
	bool more;
	do {
		span one = version_take(&rest, is_identifier);
		if (!one.n || (canonical && version_all(one, ascii_digit) && !version_canonical_number(one)))
			return false;
		more = version_skip(&rest, '.');
	} while (more);
	return rest.n == 0;
}

/* What stands behind the numbers of a version that was split. */
static bool tail_valid(const semver *v, bool canonical)
{
	return (!v->has_pre || (v->has_hyphen && identifiers_valid(v->pre, canonical))) &&
	       (!v->has_build || identifiers_valid(v->build, false));
}

static bool pub_valid(span s)
{
	semver v = semver_split(s, SEMVER_NUMBERS);
	for (int i = 0; i < SEMVER_NUMBERS; i++)
		if (!version_canonical_number(v.numbers[i]))
			return false;
	return ascii_digit(s.p[0]) && tail_valid(&v, true);
}

/* Go's "v" is part of the version there, so it is allowed. */
static bool semver_valid(span s)
{
	version_skip(&s, 'v');
	return pub_valid(s);
}

static bool nuget_valid(span s)
{
	semver v = semver_split(s, NUGET_NUMBERS);
	return v.count > 0 && ascii_digit(s.p[0]) && tail_valid(&v, false);
}

const version_order version_semver = {"semver", semver_compare, semver_valid};
const version_order version_pub = {"pub", pub_compare, pub_valid};
const version_order version_nuget = {"nuget", nuget_compare, nuget_valid};
