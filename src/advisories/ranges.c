/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges of versions: written at import, evaluated at each question. */
#include "advisories/ranges.h"

#include <stdlib.h>

/* "0" stands before all versions: as introduced, and as fixed, where it says that no version was ever affected. */
static int event_version_compare(const version_order *order, span a, span b)
{
	bool zero_a = span_is(a, "0"), zero_b = span_is(b, "0");
	if (zero_a || zero_b)
		return zero_b - zero_a;
	return version_compare(order, a, b);
}

static int by_version(const void *left, const void *right, void *order)
{
	const range_event *a = left, *b = right;
	int by = event_version_compare(order, a->version, b->version);
	if (by == 0 && span_is(a->version, "0") && (a->kind == 'i') != (b->kind == 'i'))
		return a->kind == 'i' ? -1 : 1; /* never affected, in whichever order it is said */
	return by ? by : (a->order > b->order) - (a->order < b->order);
}

bool ranges_plain(span value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < ' ')
			return false;
	return true;
}

void ranges_line(buffer *rules, char kind, span value)
{
	buffer_add_byte(rules, kind);
	buffer_add(rules, value);
	buffer_add_byte(rules, '\n');
}

/* Whether some version can lie in it: something is introduced that is not mended at once. */
static bool affects_some(const version_order *order, const range_event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (events[i].kind == 'i' &&
			(i + 1 == count || events[i + 1].kind != 'f' || !order ||
				event_version_compare(order, events[i].version, events[i + 1].version) != 0))
			return true;
	return false;
}

void ranges_add(buffer *rules, const version_order *order, range_event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		events[i].order = i;
	if (order && count)
		qsort_r(events, count, sizeof *events, by_version, (void *)order);
	if (!affects_some(order, events, count))
		return;
	ranges_line(rules, 'r', (span){0});
	for (uint32_t i = 0; i < count; i++)
		ranges_line(rules, events[i].kind, events[i].version);
}

/* The next line: its letter and value; 0 at the end. */
static char line_next(span *rest, span *ret)
{
	span line;
	while (span_cut(rest, '\n', &line))
		if (line.n) {
			*ret = span_from(line, 1);
			return line.p[0];
		}
	return 0;
}

span ranges_value(span rules, char kind)
{
	span value;
	char c;
	while ((c = line_next(&rules, &value)))
		if (c == kind)
			return value;
	return (span){0};
}

typedef struct range_state { /* of the range that is being read */
	bool affected, limits, below_limit;
	span fixed; /* the first fix behind the version, while affected */
} range_state;

/* One event, seen from a version. Events come in order: those that are not behind the version decide, the first fix that is behind mends. */
static void state_add(range_state *s, const version_order *order, char kind, span at, span version)
{
	if (!order && !span_is(at, "0")) { /* nobody can say on which side the version is */
		s->limits = true;
		return;
	}
	int by = span_is(at, "0") ? 1 : version_compare(order, version, at);
	if (kind == 'i')
		s->affected |= by >= 0;
	else if (kind == 'f' && by >= 0)
		s->affected = false;
	else if (kind == 'f' && !s->fixed.p)
		s->fixed = at;
	else if (kind == 'l' && by > 0)
		s->affected = false;
	else if (kind == 'x') {
		s->limits = true;
		s->below_limit |= by < 0 || span_is(at, "*");
	}
}

static bool state_holds(const range_state *s)
{
	return s->affected && (!s->limits || s->below_limit);
}

static bool version_same(const version_order *order, span a, span b)
{
	return span_equal(a, b) || (order && version_compare(order, a, b) == 0);
}

/* Goes through all ranges; the lowest fix of those that affect the version is *fixed. */
static bool ranges_judge(const version_order *order, span rules, span version, span *fixed)
{
	bool ret = false;
	range_state now = {0};
	for (;;) {
		span value;
		char kind = line_next(&rules, &value);
		if (kind == 0 || kind == 'r') {
			bool holds = state_holds(&now);
			ret |= holds;
			if (holds && now.fixed.p &&
				(!fixed->p || (order && version_compare(order, now.fixed, *fixed) < 0)))
				*fixed = now.fixed;
			now = (range_state){0};
		} else if (kind == 'v')
			ret = ret || version_same(order, value, version);
		else if (kind == 'i' || kind == 'f' || kind == 'l' || kind == 'x')
			state_add(&now, order, kind, value, version);
		if (kind == 0)
			return ret;
	}
}

bool ranges_affect(const version_order *order, span rules, span version)
{
	span fixed = {0};
	return ranges_judge(order, rules, version, &fixed);
}

bool ranges_fixed(const version_order *order, span rules, span version, span *ret)
{
	span fixed = {0};
	if (!ranges_judge(order, rules, version, &fixed) || !fixed.p)
		return false;
	*ret = fixed;
	return true;
}
