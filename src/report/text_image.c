/* SPDX-License-Identifier: Apache-2.0
 *
 * Images for people: what was scanned; what is wrong with it as a whole; then the packages with known vulnerabilities, each with the version
 * that mends most, because an upgrade is what somebody can do; then which upgrades remove most. */
#include "report/image.h"

#include <stdlib.h>

enum { ID_COLUMNS = 20, LABEL_COLUMNS = 11, ADVICE_ROWS = 5 };

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
	style_string(r, out, TINT_BOLD, im->name);
	if (im->os.n)
		buffer_format(out, "  %.*s/%.*s", SPAN_ARG(im->os), SPAN_ARG(im->architecture));
	if (im->distribution.n) {
		buffer_add_string(out, "  ");
		style_add(r, out, TINT_NONE, im->distribution);
	}
	buffer_format(out, "\n  %u %s, %u %s", im->packages.count,
		im->packages.count == 1 ? "package" : "packages", im->files,
		im->files == 1 ? "file" : "files");
	if (im->layer_count)
		buffer_format(out, " in %u %s", im->layer_count, im->layer_count == 1 ? "layer" : "layers");
	buffer_format(out, ", %.*s", SPAN_ARG(size_words(im->size, r->scratch)));
	if (im->created.n)
		buffer_format(out, ", built %.*s", SPAN_ARG(span_sub(im->created, 0, 10)));
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

static void add_marks(const report *r, buffer *out, const finding *f)
{
	const advisory_match *m = f->vulnerability->match;
	if (m->exploited)
		style_string(
			r, out, TINT_MAGENTA, m->ransomware ? " exploited, by ransomware too" : " exploited");
	if (m->probability >= 0.1)
		buffer_format(out, " EPSS %.0f %%", m->probability * 100);
	if (f->vulnerability->package->spot->deleted)
		style_string(r, out, TINT_DIM, " deleted later");
	if (f->suppressed)
		style_add(r, out, TINT_DIM,
			arena_format(r->scratch, " accepted by %s: %.*s", f->suppressed->by,
				SPAN_ARG(f->suppressed->reason)));
}

static void add_line(const report *r, buffer *out, const finding *f, span fixed)
{
	const vulnerability *v = f->vulnerability;
	const advisory_match *m = v->match;
	const char *label = severity_label_names[v->priority];
	buffer_add_string(out, "    ");
	style_string(r, out, label_tint(v->priority), label);
	buffer_repeat(out, ' ', LABEL_COLUMNS - strlen(label));
	style_add(r, out, TINT_NONE, m->id);
	size_t columns = style_columns(m->id);
	buffer_repeat(out, ' ', columns < ID_COLUMNS ? ID_COLUMNS - columns : 1);
	if (m->fixed.n && !span_equal(m->fixed, fixed))
		buffer_format(out, "fixed in %.*s", SPAN_ARG(m->fixed));
	else if (!m->fixed.n)
		buffer_add_string(
			out, m->state == ADVISORY_UNFIXED ? "no fix yet" : advisory_state_names[m->state]);
	add_marks(r, out, f);
	buffer_add_byte(out, '\n');
	if (m->title.n) {
		buffer_repeat(out, ' ', 4 + LABEL_COLUMNS);
		style_wrap(r, out, m->title, 4 + LABEL_COLUMNS, 4 + LABEL_COLUMNS);
	}
	if (v->reason.n) {
		buffer_repeat(out, ' ', 4 + LABEL_COLUMNS);
		style_wrap(r, out,
			arena_format(r->scratch, "%s by itself; %.*s", severity_label_names[m->rating.label],
				SPAN_ARG(v->reason)),
			4 + LABEL_COLUMNS, 4 + LABEL_COLUMNS);
	}
}

static void add_place(const report *r, buffer *out, const inventory_package *p)
{
	buffer_add_string(out, "  ");
	style_string(r, out, TINT_CYAN, p->spot->text.path);
	if (p->spot->layer != NO_LAYER)
		buffer_format(out, ", layer %u", p->spot->layer + 1u);
	buffer_add_byte(out, '\n');
}

static void add_group(const report *r, buffer *out, const group *g)
{
	const package *p = g->package->package;
	buffer_add_string(out, "  ");
	style_add(r, out, TINT_BOLD, p->name);
	buffer_add_byte(out, ' ');
	style_add(r, out, TINT_NONE, p->version);
	if (g->fixed.n) {
		buffer_add_string(out, " → ");
		style_add(r, out, TINT_GREEN, g->fixed);
	}
	if (p->source.n && !span_equal(p->source, p->name))
		buffer_format(out, "  (of %.*s)", SPAN_ARG(p->source));
	add_place(r, out, g->package);
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
		buffer_format(out, "  Build on a supported release: %.*s has had no updates since %.*s.\n",
			SPAN_ARG(im->distribution), SPAN_ARG(im->support_ended));
	for (uint32_t i = 0; i < fixable && i < ADVICE_ROWS; i++)
		buffer_format(out, "  Upgrade %.*s to %.*s: %u of %u.\n",
			SPAN_ARG(order[i]->package->package->name), SPAN_ARG(order[i]->fixed),
			order[i]->count, total);
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

void text_image(const report *r, buffer *out, const document *d,
	void (*finding_text)(const report *, buffer *, const finding *))
{
	const inventory *im = d->inventory;
	add_head(r, out, im);
	list_each(const finding, f, r->findings)
		if (!f->vulnerability && f->workload && f->workload->document == d &&
			(!f->suppressed || r->verbose)) {
			finding_text(r, out, f);
			arena_clear(r->scratch);
		}
	groups all = groups_of(r, d);
	set_fixed(&all);
	for (uint32_t i = 0; i < all.count; i++)
		add_group(r, out, &all.items[i]);
	add_advice(r, out, im, &all);
}
