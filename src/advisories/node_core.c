/* SPDX-License-Identifier: Apache-2.0
 *
 * Vulnerabilities of the Node.js runtime itself, as its security working group lists them (vuln/core): which releases are vulnerable and which
 * are patched, in the notation of npm's semver ("8.x || 7.x", "^8.1.4 || >=9.2.0"). Of that notation alternatives, x-ranges, ^, ~ and comparisons
 * are read, which is what the list uses; no hyphen ranges and no prereleases. */
#include "advisories/ecosystem.h"
#include "advisories/record.h"
#include "base/limits.h"

typedef struct release { /* major, minor, patch; UINT32_MAX where there is an x or nothing */
	uint32_t part[3];
} release;

typedef struct release_range { /* from <= version < below */
	release from, below;
} release_range;

enum { ANY = UINT32_MAX, MOST_PART = 1000000 };
static const release lowest = {{0, 0, 0}}, highest = {{MOST_PART, 0, 0}};

static int release_compare(release a, release b)
{
	for (int i = 0; i < 3; i++)
		if (a.part[i] != b.part[i])
			return a.part[i] < b.part[i] ? -1 : 1;
	return 0;
}

static bool release_read(span text, release *ret)
{
	*ret = (release){{ANY, ANY, ANY}};
	if (text.n && text.p[0] == 'v')
		text = span_from(text, 1);
	span part;
	for (int i = 0; span_cut(&text, '.', &part); i++) {
		int64_t n;
		if (span_is(part, "x") || span_is(part, "*"))
			continue;
		if (i > 2 || !span_int(part, &n) || n < 0 || n >= MOST_PART)
			return false;
		ret->part[i] = (uint32_t)n;
	}
	return true;
}

/* 8.x is from 8.0.0. */
static release release_from(release r)
{
	for (int i = 0; i < 3; i++)
		r.part[i] = r.part[i] == ANY ? 0 : r.part[i];
	return r;
}

/* The first release behind all that agree with r up to `part`. */
static release release_behind(release r, int part)
{
	release ret = release_from(r);
	if (part < 0 || r.part[0] == ANY)
		return highest;
	ret.part[part]++;
	for (int i = part + 1; i < 3; i++)
		ret.part[i] = 0;
	return ret;
}

/* The last part that is given. */
static int part_given(release r)
{
	int i = 2;
	while (i >= 0 && r.part[i] == ANY)
		i--;
	return i;
}

/* ^1.2.3 goes up to the next release that changes the first part that is not 0. */
static int part_caret(release r)
{
	return r.part[0] ? 0 : r.part[1] && r.part[1] != ANY ? 1 : part_given(r);
}

/* Narrows *range by one comparator. */
static bool comparator_read(span text, release_range *range)
{
	release r;
	size_t sign = 0;
	while (sign < text.n && span_find_byte(SPAN("<>=^~"), text.p[sign]) != SPAN_NONE)
		sign++;
	span by = span_sub(text, 0, sign);
	if (!release_read(span_from(text, sign), &r))
		return false;
	release from = lowest, below = highest;
	if (by.n == 0 || span_is(by, "=")) {
		from = release_from(r);
		below = release_behind(r, part_given(r));
	} else if (span_is(by, "^") || span_is(by, "~")) {
		from = release_from(r);
		below = release_behind(r, by.p[0] == '^' ? part_caret(r) : r.part[1] == ANY ? 0 : 1);
	} else if (span_is(by, ">="))
		from = release_from(r);
	else if (span_is(by, ">"))
		from = release_behind(r, part_given(r));
	else if (span_is(by, "<"))
		below = release_from(r);
	else if (span_is(by, "<="))
		below = release_behind(r, part_given(r));
	else
		return false;
	range->from = release_compare(from, range->from) > 0 ? from : range->from;
	range->below = release_compare(below, range->below) < 0 ? below : range->below;
	return true;
}

typedef LIST(release_range) release_ranges;

/* "^1.2.3 || >= 2.0.0 <3.0.0"; a sign may stand apart from its version. */
static int ranges_read(span text, release_ranges *ret, arena *a, error *e)
{
	while (text.n) {
		size_t end = span_find(text, SPAN("||"));
		span one = span_sub(text, 0, end), word, sign = {0};
		text = end == SPAN_NONE ? (span){0} : span_from(text, end + 2);
		release_range range = {lowest, highest};
		while (span_word(&one, &word)) {
			if (word.n <= 2 && span_find_byte(SPAN("<>=^~"), word.p[word.n - 1]) != SPAN_NONE) {
				sign = word;
				continue;
			}
			if (sign.p) /* "<= 10" */
				word = arena_format(a, "%.*s%.*s", SPAN_ARG(sign), SPAN_ARG(word));
			sign = (span){0};
			if (!comparator_read(word, &range))
				return error_set(e, ERROR_SYNTAX, "'%.*s' is no range of releases",
					SPAN_ARG(span_sub(word, 0, 40)));
		}
		if (ret->count < LIMIT_ADVISORY_NAMES && release_compare(range.from, range.below) < 0)
			list_push(a, ret, range);
	}
	return 0;
}

static span release_text(release r, arena *a)
{
	return arena_format(a, "%u.%u.%u", r.part[0], r.part[1], r.part[2]);
}

/* One vulnerable range, mended by the first patched release inside it or, where a later one says so, by its own end. */
static void range_write(const release_range *range, const release_ranges *patched, const version_order *order,
	arena *a, buffer *rules)
{
	release end = range->below;
	list_each(const release_range, p, patched) {
		if (release_compare(p->from, range->from) > 0 && release_compare(p->from, end) < 0)
			end = p->from;
	}
	bool mended = release_compare(end, range->below) < 0;
	range_event events[2] = {{.kind = 'i', .version = release_text(range->from, a)}};
	if (release_compare(range->from, lowest) == 0)
		events[0].version = SPAN("0");
	events[1] = (range_event){.kind = mended ? 'f' : 'x', .version = release_text(end, a)};
	ranges_add(rules, order, events, release_compare(end, highest) == 0 ? 1 : 2);
}

int node_core_read(const node *document, arena *a, const record_sink *sink, error *e)
{
	release_ranges vulnerable = {0}, patched = {0};
	TRY(ranges_read(node_text(node_get(document, "vulnerable")), &vulnerable, a, e));
	TRY(ranges_read(node_text(node_get(document, "patched")), &patched, a, e));
	span number = node_text(node_get(document, "_id")),
	     severity = node_text(node_get(document, "severity"));
	span ecosystem = SPAN(ECOSYSTEM_BINARY), url = node_text(node_get(document, "ref"));
	const node *cves = node_get(document, "cve");
	span_list names = {0}, one = {0};
	words_add(&one, a, number);
	for (uint32_t i = 0; node_is_list(cves) && i < cves->count; i++)
		words_add(&names, a, node_text(cves->items[i]));
	span title = node_text(node_get(document, "description"));
	if (!title.n)
		title = node_text(node_get(document, "overview"));
	title = span_sub(span_sub(span_trim(title), 0, span_find_byte(span_trim(title), '\n')), 0,
		LIMIT_ADVISORY_TITLE);
	advisory_record r = {
		.upstream = words_join(&names, a), .title = ranges_plain(title) ? title : (span){0}};
	if (!one.count)
		return error_set(e, ERROR_SYNTAX, "an advisory without a number");
	r.id = arena_format(a, "NODE-%.*s", SPAN_ARG(number));
	r.label = ranges_plain(severity) && severity.n < LIMIT_ADVISORY_WORD ? severity : (span){0};
	r.url = span_starts(url, SPAN("https://")) && url.n < LIMIT_ADVISORY_WORD && ranges_plain(url)
			? url
			: (span){0};
	auto_buffer rules = {0};
	list_each(const release_range, range, &vulnerable)
		range_write(range, &patched, ecosystem_order(ecosystem), a, &rules);
	if (!rules.n)
		return 0;
	advisory_affected affected = {ecosystem, SPAN("node"), buffer_span(&rules)};
	r.affected.items = &affected;
	r.affected.count = 1;
	return sink->advisory(sink->of, &r, e);
}
