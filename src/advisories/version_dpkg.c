/* SPDX-License-Identifier: Apache-2.0
 *
 * dpkg's order: Debian Policy 5.6.12, deb-version(7): [epoch:]upstream[-revision]. Parts that are no digits are compared byte by byte,
 * letters before all else, '~' even before the end; then come numbers, in turns.
 *
 * Invalid versions: what stands before a colon and is not a number belongs to the upstream version, and bytes that Policy does not
 * allow are compared like punctuation. */
#include "advisories/version_order.h"

typedef struct dpkg_version {
	span epoch, upstream, revision;
} dpkg_version;

static dpkg_version dpkg_split(span s)
{
	dpkg_version v = {0};
	size_t colon = span_find_byte(s, ':');
	if (colon != SPAN_NONE && version_all(span_sub(s, 0, colon), ascii_digit)) {
		v.epoch = span_sub(s, 0, colon);
		s = span_from(s, colon + 1);
	}
	size_t hyphen = span_find_last(s, '-');
	v.upstream = span_sub(s, 0, hyphen);
	if (hyphen != SPAN_NONE)
		v.revision = span_from(s, hyphen + 1);
	return v;
}

/* The weight of the first byte; the end and a digit end the part and weigh nothing. */
static int dpkg_weight(span s)
{
	char c = version_first(s);
	if (s.n == 0 || ascii_digit(c))
		return 0;
	if (c == '~')
		return -1;
	return ascii_alpha(c) ? c : (unsigned char)c + 256;
}

static bool is_other(char c)
{
	return !ascii_digit(c);
}

static int dpkg_others(span a, span b)
{
	while (a.n || b.n) {
		int order = dpkg_weight(a) - dpkg_weight(b);
		if (order)
			return order;
		a = span_from(a, 1);
		b = span_from(b, 1);
	}
	return 0;
}

static int dpkg_part(span a, span b)
{
	while (a.n || b.n) {
		int order = dpkg_others(version_take(&a, is_other), version_take(&b, is_other));
		if (!order)
			order = version_number(version_take(&a, ascii_digit), version_take(&b, ascii_digit));
		if (order)
			return order;
	}
	return 0;
}

static int dpkg_compare(span a, span b)
{
	dpkg_version left = dpkg_split(a), right = dpkg_split(b);
	int order = version_number(left.epoch, right.epoch);
	if (!order)
		order = dpkg_part(left.upstream, right.upstream);
	return order ? order : dpkg_part(left.revision, right.revision);
}

static bool is_revision(char c)
{
	return version_alnum(c) || c == '+' || c == '.' || c == '~';
}

static bool is_upstream(char c)
{
	return is_revision(c) || c == '-' || c == ':';
}

static bool dpkg_valid(span s)
{
	dpkg_version v = dpkg_split(s);
	bool with_epoch = v.epoch.n > 0;
	if (!version_all(v.upstream, is_upstream) || !ascii_digit(v.upstream.p[0]))
		return false;
	if (!with_epoch && span_find_byte(v.upstream, ':') != SPAN_NONE)
		return false;
	return version_all(v.revision, is_revision) || !span_contains(s, "-");
}

const version_order version_dpkg = {"dpkg", dpkg_compare, dpkg_valid};
