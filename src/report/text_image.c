/* SPDX-License-Identifier: Apache-2.0
 *
 * Images for people: what was scanned; what is wrong with it as a whole; then the packages with known vulnerabilities, each with the version
 * that mends most, because an upgrade is what somebody can do; then which upgrades remove most. */
#include "base/map.h"
#include "report/image.h"

#include <stdlib.h>

enum { LABEL_COLUMNS = 11, TITLE_COLUMN = 31, TEXT_COLUMNS = 80, ADVICE_ROWS = 5 };

span size_words(uint64_t bytes, arena *a)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;
	for (; value >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		value /= 1000;
	return arena_format(a, unit && value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static tint label_tint(severity_label label)
{
	static const tint tints[] = {[SEVERITY_LABEL_UNKNOWN] = TINT_DIM,
		[SEVERITY_LABEL_NEGLIGIBLE] = TINT_DIM,
		[SEVERITY_LABEL_LOW] = TINT_BLUE,
		[SEVERITY_LABEL_MEDIUM] = TINT_YELLOW,
		[SEVERITY_LABEL_HIGH] = TINT_RED,
		[SEVERITY_LABEL_CRITICAL] = TINT_MAGENTA};
	return tints[label];
}

/* --- the head --- */

static void add_head(const report *r, buffer *out, const inventory *im)
{
	arena *a = r->scratch;
	style_string(r, out, TINT_BOLD, im->name);
	if (im->os.n)
		style_add(r, out, TINT_NONE,
			arena_format(a, "  %.*s/%.*s", SPAN_ARG(im->os), SPAN_ARG(im->architecture)));
	if (im->distribution.n)
		style_add(r, out, TINT_NONE, arena_format(a, "  %.*s", SPAN_ARG(im->distribution)));
	buffer_format(out, "\n  %u %s", im->packages.count, im->packages.count == 1 ? "package" : "packages");
	if (im->files)
		buffer_format(out, ", %u %s", im->files, im->files == 1 ? "file" : "files");
	if (im->layer_count)
		buffer_format(out, " in %u %s", im->layer_count, im->layer_count == 1 ? "layer" : "layers");
	if (im->size)
		buffer_format(out, ", %.*s", SPAN_ARG(size_words(im->size, a)));
	if (im->created.n)
		style_add(r, out, TINT_NONE,
			arena_format(a, ", built %.*s", SPAN_ARG(span_sub(im->created, 0, 10))));
	buffer_add_string(out, "\n\n");
}

/* --- packages --- */

typedef struct group { /* the findings of one package */
	const inventory_package *package;
	const finding **findings;
	uint32_t count;
	span fixed; /* the highest of the versions that mend something */
} group;

typedef struct groups {
	group *items;
	uint32_t count;
	const finding **findings; /* of all groups */
} groups;

static int by_package(const void *a, const void *b)
{
	const vulnerability *x = (*(const finding *const *)a)->vulnerability,
			    *y = (*(const finding *const *)b)->vulnerability;
	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return span_compare(y->match->id, x->match->id); /* the newest first */
}

static int by_gravity(const void *a, const void *b)
{
	const group *x = a, *y = b;
	severity_label one = x->findings[0]->vulnerability->priority,
		       other = y->findings[0]->vulnerability->priority;
	if (one != other)
		return one > other ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->package < y->package ? -1 : 1;
}

/* Those of one image that are shown, as findings of packages. */
static groups groups_of(const report *r, const document *d)
{
	groups ret = {.findings = ARENA_ARRAY(r->arena, const finding *, r->findings->count)};
	uint32_t n = 0;
	list_each(const finding, f, r->findings)
		if (f->vulnerability && f->workload && f->workload->document == d &&
			(!f->suppressed || r->verbose))
			ret.findings[n++] = f;
	if (n)
		qsort(ret.findings, n, sizeof *ret.findings, by_package);
	ret.items = ARENA_ARRAY(r->arena, group, n);
	for (uint32_t i = 0; i < n; i++) {
		const vulnerability *v = ret.findings[i]->vulnerability;
		if (i == 0 || ret.items[ret.count - 1].package != v->package)
			ret.items[ret.count++] = (group){.package = v->package, .findings = &ret.findings[i]};
		ret.items[ret.count - 1].count++;
	}
	if (ret.count)
		qsort(ret.items, ret.count, sizeof *ret.items, by_gravity);
	return ret;
}

/* The words of one line that fit behind a column; all of them when everything is asked for. */
static void add_title(const report *r, buffer *out, span title, size_t column)
{
	size_t width = r->width > column + 20       ? r->width
		       : column + 20 > TEXT_COLUMNS ? column + 20
						    : TEXT_COLUMNS;
	title = span_sub(title, 0, span_find_byte(title, '\n'));
	if (style_columns(title) > width - column) {
		size_t n = width - column - 1;
		while (n && (title.p[n] & 0xc0) == 0x80) /* not inside a code point */
			n--;
		style_add(r, out, TINT_NONE, span_sub(title, 0, n));
		buffer_add_string(out, "…");
	} else {
		style_add(r, out, TINT_NONE, title);
	}
	buffer_add_byte(out, '\n');
}

static void add_below(const report *r, buffer *out, span words)
{
	buffer_repeat(out, ' ', TITLE_COLUMN);
	style_wrap(r, out, words, TITLE_COLUMN, TITLE_COLUMN);
}

/* What matters more than the title. */
static void add_marks(const report *r, buffer *out, const finding *f)
{
	const vulnerability *v = f->vulnerability;
	const advisory_match *m = v->match;
	if (m->exploited) {
		buffer_repeat(out, ' ', TITLE_COLUMN);
		style_string(
			r, out, TINT_MAGENTA, m->ransomware ? "exploited, by ransomware too" : "exploited");
		if (m->exploited_since.n)
			style_add(r, out, TINT_NONE,
				arena_format(r->scratch, " since %.*s", SPAN_ARG(m->exploited_since)));
		buffer_add_byte(out, '\n');
	}
	if (m->probability >= 0.1)
		add_below(r, out, arena_format(r->scratch, "EPSS %.0f %%", m->probability * 100));
	if (v->reason.n)
		add_below(r, out,
			arena_format(r->scratch, "%s by itself; %.*s", severity_label_names[m->rating.label],
				SPAN_ARG(v->reason)));
	if (f->suppressed)
		add_below(r, out,
			arena_format(r->scratch, "accepted by %s: %.*s", f->suppressed->by,
				SPAN_ARG(f->suppressed->reason)));
}

/* severity, id, the version that mends it unless it is the one above, title */
static void add_line(const report *r, buffer *out, const finding *f, span fixed)
{
	const vulnerability *v = f->vulnerability;
	const advisory_match *m = v->match;
	const char *label = severity_label_names[v->priority];
	buffer_add_string(out, "    ");
	style_string(r, out, label_tint(v->priority), label);
	buffer_repeat(out, ' ', LABEL_COLUMNS - strlen(label));
	style_add(r, out, TINT_NONE, m->id);
	size_t column = 4 + LABEL_COLUMNS + style_columns(m->id);
	size_t pad = column < TITLE_COLUMN - 1 ? TITLE_COLUMN - column : 1;
	buffer_repeat(out, ' ', pad);
	span state = m->fixed.n                     ? span_equal(m->fixed, fixed) ? (span){0} : m->fixed
		     : m->state == ADVISORY_UNFIXED ? SPAN("no fix yet")
						    : span_of(advisory_state_names[m->state]);
	if (state.n) {
		style_add(r, out, m->fixed.n ? TINT_GREEN : TINT_DIM, state);
		buffer_add_string(out, "  ");
	}
	add_title(r, out, m->title, column + pad + (state.n ? style_columns(state) + 2 : 0));
	if (r->verbose && m->title.n)
		add_below(r, out, m->title);
	add_marks(r, out, f);
}

static span place_words(const inventory_package *p, arena *a)
{
	span ret = span_of(p->spot->text.path);
	if (p->spot->layer != NO_LAYER)
		ret = arena_format(a, "%.*s, layer %u", SPAN_ARG(ret), p->spot->layer + 1u);
	if (p->spot->deleted)
		ret = arena_format(a, "%.*s, deleted in layer %u", SPAN_ARG(ret), p->spot->gone + 1u);
	return ret;
}

/* name installed → mended, and where it stands: behind it where there is room. */
static void add_package(const report *r, buffer *out, const group *g)
{
	const package *p = g->package->package;
	bool other = p->source.n && !span_equal(p->source, p->name);
	span source = other ? arena_format(r->scratch, "  (of %.*s)", SPAN_ARG(p->source)) : (span){0};
	span place = place_words(g->package, r->scratch);
	size_t columns = 2 + style_columns(p->name) + 1 + style_columns(p->version) + style_columns(source);
	buffer_add_string(out, "  ");
	style_add(r, out, TINT_BOLD, p->name);
	buffer_add_byte(out, ' ');
	style_add(r, out, TINT_NONE, p->version);
	if (g->fixed.n) {
		buffer_add_string(out, " → ");
		style_add(r, out, TINT_GREEN, g->fixed);
		columns += 3 + style_columns(g->fixed);
	}
	style_add(r, out, TINT_NONE, source);
	bool fits = columns + 2 + style_columns(place) <= (r->width > TEXT_COLUMNS ? r->width : TEXT_COLUMNS);
	buffer_add_string(out, fits ? "  " : "\n  ");
	style_add(r, out, TINT_CYAN, place);
	buffer_add_byte(out, '\n');
}

static void add_group(const report *r, buffer *out, const group *g)
{
	add_package(r, out, g);
	for (uint32_t i = 0; i < g->count; i++) {
		add_line(r, out, g->findings[i], g->fixed);
		arena_clear(r->scratch);
	}
	buffer_add_byte(out, '\n');
}

/* --- what helps most --- */

static int by_count(const void *a, const void *b)
{
	const group *x = *(const group *const *)a, *y = *(const group *const *)b;
	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : (x > y) - (x < y);
}

static void add_words(const report *r, buffer *out, span words)
{
	buffer_add_string(out, "  ");
	style_wrap(r, out, words, 2, 4);
}

static void add_advice(const report *r, buffer *out, const inventory *im, groups *all)
{
	uint32_t fixable = 0, total = 0;
	const group **order = ARENA_ARRAY(r->arena, const group *, all->count);
	for (uint32_t i = 0; i < all->count; i++) {
		total += all->items[i].count;
		if (all->items[i].fixed.n)
			order[fixable++] = &all->items[i];
	}
	if (fixable == 0 && !im->support_ended.n)
		return;
	if (fixable)
		qsort(order, fixable, sizeof *order, by_count);
	style_string(r, out, TINT_BOLD, "What helps most");
	buffer_add_byte(out, '\n');
	if (im->support_ended.n)
		add_words(r, out,
			arena_format(r->scratch,
				"Build on a supported release: %.*s has had no updates since %.*s.",
				SPAN_ARG(im->distribution), SPAN_ARG(im->support_ended)));
	for (uint32_t i = 0; i < fixable && i < ADVICE_ROWS; i++)
		add_words(r, out,
			arena_format(r->scratch, "Upgrade %.*s to %.*s: %u of %u.",
				SPAN_ARG(order[i]->package->package->name), SPAN_ARG(order[i]->fixed),
				order[i]->count, total));
	buffer_add_byte(out, '\n');
}

/* The highest version that mends something: matches of one package are in the order of their ids, so each is looked at. */
static void set_fixed(groups *all)
{
	for (uint32_t i = 0; i < all->count; i++) {
		group *g = &all->items[i];
		for (uint32_t k = 0; k < g->count; k++)
			if (g->findings[k]->vulnerability->match->fixed.n)
				g->fixed = inventory_later(g->package->package, g->fixed,
					g->findings[k]->vulnerability->match->fixed);
	}
}

/* --- findings that are not about packages --- */

static bool is_shown(const report *r, const document *d, const finding *f)
{
	return !f->vulnerability && f->workload && f->workload->document == d &&
	       (!f->suppressed || r->verbose);
}

/* Several findings of one rule: why it matters is said once. */
static void add_alike(const report *r, buffer *out, const document *d, const finding *first)
{
	const rule *rule = first->rule;
	style_string(r, out, style_severity(first->severity), severity_names[first->severity]);
	buffer_add_byte(out, ' ');
	style_string(r, out, TINT_BOLD, rule->id);
	buffer_format(out, "  %s\n", rule->title);
	list_each(const finding, f, r->findings) {
		if (f->rule != rule || !is_shown(r, d, f))
			continue;
		buffer_add_string(out, "  ");
		if (f->spot) {
			style_string(r, out, TINT_CYAN, f->spot->text.path);
			if (f->spot->line)
				buffer_format(out, ":%u", f->spot->line);
			if (f->spot->layer != NO_LAYER)
				buffer_format(out, ", layer %u", f->spot->layer + 1u);
			if (f->spot->deleted)
				buffer_format(out, ", deleted in layer %u", f->spot->gone + 1u);
			buffer_add_string(out, "\n    ");
		}
		style_wrap(r, out, f->message, f->spot ? 4 : 2, 4);
		arena_clear(r->scratch);
	}
	buffer_add_string(out, "  why  ");
	style_wrap(r, out, span_of(rule->why), 7, 7);
	if (rule_is_built_in(rule))
		buffer_format(out, "  see  bulkhead explain %s\n", rule->id);
	buffer_add_byte(out, '\n');
}

static void add_findings(const report *r, buffer *out, const document *d,
	void (*finding_text)(const report *, buffer *, const finding *))
{
	map told = {0};
	list_each(const finding, f, r->findings) {
		uintptr_t count = 0;
		if (!is_shown(r, d, f) || map_set(&told, r->arena, span_of(f->rule->id), (void *)f))
			continue;
		list_each(const finding, other, r->findings)
			count += other->rule == f->rule && is_shown(r, d, other);
		if (count > 1)
			add_alike(r, out, d, f);
		else
			finding_text(r, out, f);
		arena_clear(r->scratch);
	}
}

void text_image(const report *r, buffer *out, const document *d,
	void (*finding_text)(const report *, buffer *, const finding *))
{
	const inventory *im = d->inventory;
	add_head(r, out, im);
	add_findings(r, out, d, finding_text);
	groups all = groups_of(r, d);
	set_fixed(&all);
	for (uint32_t i = 0; i < all.count; i++)
		add_group(r, out, &all.items[i]);
	add_advice(r, out, im, &all);
}
