/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's order: rpm-version(7): [epoch:]version[-release]. Runs of letters and of digits are compared in turns, numbers after letters;
 * everything else only separates. '~' sorts before the end of a version, '^' after the end but before anything else.
 *
 * A version without a release is older than one with any, even an empty one: so a bound without release lies before all its builds.
 * Invalid versions: an epoch that is not a number is part of the version, where the colon separates. */
#include "advisories/version_order.h"

typedef struct rpm_version {
	span epoch, version, release;
	bool has_release;
} rpm_version;

static rpm_version rpm_split(span s)
{
	rpm_version v = {0};
	span rest = s, epoch = version_take(&rest, ascii_digit);
	if (version_skip(&rest, ':')) {
		v.epoch = epoch;
		s = rest;
	}
	size_t hyphen = span_find_last(s, '-');
	v.has_release = hyphen != SPAN_NONE;
	v.version = span_sub(s, 0, hyphen);
	v.release = v.has_release ? span_from(s, hyphen + 1) : (span){0};
	return v;
}

static bool is_separator(char c)
{
	return !version_alnum(c) && c != '~' && c != '^';
}

/* What decides when one of two versions stands at a mark: 0 when both do, and it is taken. NOT_DECIDED when none does. */
enum { NOT_DECIDED = 2 };

static int rpm_tilde(span *a, span *b)
{
	bool in_a = version_first(*a) == '~', in_b = version_first(*b) == '~';
	if (!in_a && !in_b)
		return NOT_DECIDED;
	if (in_a != in_b)
		return in_a ? -1 : 1;
	version_skip(a, '~');
	version_skip(b, '~');
	return 0;
}

static int rpm_caret(span *a, span *b)
{
	bool in_a = version_first(*a) == '^', in_b = version_first(*b) == '^';
	if (!in_a && !in_b)
		return NOT_DECIDED;
	if (!a->n || !b->n)
		return a->n ? 1 : -1;
	if (in_a != in_b)
		return in_a ? -1 : 1;
	version_skip(a, '^');
	version_skip(b, '^');
	return 0;
}

static int rpm_mark(span *a, span *b)
{
	int order = rpm_tilde(a, b);
	return order == NOT_DECIDED ? rpm_caret(a, b) : order;
}

/* The next run of both, neither of which is at its end. */
static int rpm_run(span *a, span *b)
{
	bool number = ascii_digit(a->p[0]), other = ascii_digit(b->p[0]);
	if (number != other)
		return number ? 1 : -1;
	if (number)
		return version_number(version_take(a, ascii_digit), version_take(b, ascii_digit));
	return span_compare(version_take(a, ascii_alpha), version_take(b, ascii_alpha));
}

static int rpm_part(span a, span b)
{
	while (a.n || b.n) {
		version_take(&a, is_separator);
		version_take(&b, is_separator);
		int order = rpm_mark(&a, &b);
		if (order == 0)
			continue;
		if (order != NOT_DECIDED)
			return order;
		if (!a.n || !b.n)
			break;
		order = rpm_run(&a, &b);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

static int rpm_compare(span a, span b)
{
	rpm_version left = rpm_split(a), right = rpm_split(b);
	int order = version_number(left.epoch, right.epoch);
	if (!order)
		order = rpm_part(left.version, right.version);
	if (!order)
		order = left.has_release - right.has_release;
	return order ? order : rpm_part(left.release, right.release);
}

static bool is_rpm(char c)
{
	return version_alnum(c) || (c && strchr("._+~^", c));
}

static bool rpm_valid(span s)
{
	rpm_version v = rpm_split(s);
	return version_all(v.version, is_rpm) && (!v.has_release || version_all(v.release, is_rpm));
}

const version_order version_rpm = {"rpm", rpm_compare, rpm_valid};
