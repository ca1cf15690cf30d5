/* SPDX-License-Identifier: Apache-2.0
 *
 * apk's order: apk-package(5): number{.number}{letter}{_suffix{number}}{~hash}{-rN}. Versions are compared part by part; where the kinds of
 * two parts differ, a suffix that comes before the release decides, then the kind: the order of the enumeration below.
 *
 * Invalid versions: a missing number, which is less than any part, and a number right behind the letter ("1.2p1", which older
 * releases of apk allowed) are read; at any other byte that the grammar does not allow the version breaks off, which is less still. */
#include "advisories/version_order.h"

typedef enum apk_kind {
	APK_FIRST,
	APK_NUMBER,
	APK_LETTER,
	APK_SUFFIX,
	APK_SUFFIX_NUMBER,
	APK_HASH,
	APK_REVISION,
	APK_END,
	APK_EMPTY, /* number */
	APK_BROKEN,
} apk_kind;

typedef struct apk_part {
	apk_kind kind;
	int rank;     /* of a suffix: < 0 before the release */
	bool invalid; /* so far */
	span text, rest;
} apk_part;

static const struct {
	const char *name;
	int rank;
} apk_suffixes[] = {
	{"alpha", -4},
	{"beta", -3},
	{"pre", -2},
	{"rc", -1},
	{"cvs", 1},
	{"svn", 2},
	{"git", 3},
	{"hg", 4},
	{"p", 5},
};

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hash(char c)
{
	return ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* A part that is text of a kind of bytes, at least one. */
static bool apk_text(apk_part *part, apk_kind kind, span rest, bool (*of_kind)(char))
{
	span text = version_take(&rest, of_kind);
	if (!text.n)
		return false;
	*part = (apk_part){.kind = kind, .text = text, .rest = rest, .invalid = part->invalid};
	return true;
}

static bool apk_after_number(const apk_part *part)
{
	return part->kind <= APK_NUMBER || part->kind == APK_EMPTY;
}

static bool apk_number(apk_part *part)
{
	if (!apk_after_number(part))
		return false;
	span rest = span_from(part->rest, 1);
	if (!apk_text(part, APK_NUMBER, rest, ascii_digit))
		*part = (apk_part){.kind = APK_EMPTY, .rest = rest, .invalid = true};
	return true;
}

static bool apk_letter(apk_part *part)
{
	if (!apk_after_number(part))
		return false;
	*part = (apk_part){.kind = APK_LETTER,
		.text = span_sub(part->rest, 0, 1),
		.rest = span_from(part->rest, 1),
		.invalid = part->invalid};
	return true;
}

static bool apk_suffix(apk_part *part)
{
	apk_part found = *part;
	bool here = part->kind <= APK_SUFFIX_NUMBER || part->kind == APK_EMPTY;
	if (!here || !apk_text(&found, APK_SUFFIX, span_from(part->rest, 1), is_lower))
		return false;
	for (size_t i = 0; i < sizeof apk_suffixes / sizeof *apk_suffixes; i++)
		if (span_is(found.text, apk_suffixes[i].name))
			found.rank = apk_suffixes[i].rank;
	if (found.rank)
		*part = found;
	return found.rank != 0;
}

/* Digits with nothing before them. */
static bool apk_digits(apk_part *part)
{
	if (part->kind == APK_SUFFIX)
		return apk_text(part, APK_SUFFIX_NUMBER, part->rest, ascii_digit);
	part->invalid = true;
	return part->kind == APK_LETTER && apk_text(part, APK_NUMBER, part->rest, ascii_digit);
}

static bool apk_hash(apk_part *part)
{
	return (part->kind < APK_HASH || part->kind == APK_EMPTY) &&
	       apk_text(part, APK_HASH, span_from(part->rest, 1), is_hash);
}

static bool apk_revision(apk_part *part)
{
	bool here = part->kind < APK_REVISION || part->kind == APK_EMPTY;
	return here && span_starts(part->rest, SPAN("-r")) &&
	       apk_text(part, APK_REVISION, span_from(part->rest, 2), ascii_digit);
}

static bool apk_known(apk_part *part)
{
	char c = version_first(part->rest);
	switch (c) {
	case '.':
		return apk_number(part);
	case '_':
		return apk_suffix(part);
	case '~':
		return apk_hash(part);
	case '-':
		return apk_revision(part);
	default:
		return ascii_digit(c) ? apk_digits(part) : is_lower(c) && apk_letter(part);
	}
}

static void apk_next(apk_part *part)
{
	if (!part->rest.n)
		part->kind = APK_END;
	else if (!apk_known(part))
		*part = (apk_part){.kind = APK_BROKEN, .invalid = true};
}

static apk_part apk_first(span s)
{
	apk_part part = {.kind = APK_FIRST};
	if (!apk_text(&part, APK_FIRST, s, ascii_digit))
		part = (apk_part){.kind = APK_EMPTY, .rest = s, .invalid = true};
	return part;
}

/* Behind the first dot a number with a leading zero is a fraction: 1.02 < 1.1, 1.070 < 1.1. */
static int apk_fraction(span a, span b)
{
	bool fraction = version_first(a) == '0' || version_first(b) == '0';
	return fraction ? span_compare(a, b) : version_number(a, b);
}

static int apk_same_kind(const apk_part *a, const apk_part *b)
{
	switch (a->kind) {
	case APK_NUMBER:
		return apk_fraction(a->text, b->text);
	case APK_FIRST:
	case APK_SUFFIX_NUMBER:
	case APK_REVISION:
		return version_number(a->text, b->text);
	case APK_SUFFIX:
		return a->rank - b->rank;
	case APK_LETTER:
	case APK_HASH:
	case APK_END:
	case APK_EMPTY:
	case APK_BROKEN:
		break;
	}
	return span_compare(a->text, b->text);
}

static bool apk_before_release(const apk_part *part)
{
	return part->kind == APK_SUFFIX && part->rank < 0;
}

static int apk_other_kind(const apk_part *a, const apk_part *b)
{
	int order = apk_before_release(b) - apk_before_release(a);
	return order ? order : (int)b->kind - (int)a->kind;
}

static bool apk_over(const apk_part *part)
{
	return part->kind == APK_END || part->kind == APK_BROKEN;
}

static int apk_compare(span a, span b)
{
	apk_part left = apk_first(a), right = apk_first(b);
	while (left.kind == right.kind && !apk_over(&left)) {
		int order = apk_same_kind(&left, &right);
		if (order)
			return order;
		apk_next(&left);
		apk_next(&right);
	}
	return left.kind == right.kind ? 0 : apk_other_kind(&left, &right);
}

static bool apk_valid(span s)
{
	apk_part part = apk_first(s);
	while (!apk_over(&part))
		apk_next(&part);
	return !part.invalid;
}

const version_order version_apk = {"apk", apk_compare, apk_valid};
