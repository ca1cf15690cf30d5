/* SPDX-License-Identifier: Apache-2.0
 *
 * Matching packages with advisories. */
#include "inventory/match.h"

#include "advisories/ecosystem.h"
#include "base/map.h"
#include "packages/distribution.h"

#include <stdlib.h>

typedef struct matcher {
	inventory *inventory;
	advisories *db;
	const match_options *options;
	const exposure *exposure;
	map installed;                  /* "type name version" of packages that are */
	uint32_t not_asked;             /* packages of distributions */
	const inventory_package *first; /* of them */
	span ecosystem;                 /* that the database does not have; empty: none is known for .first */
	arena *arena;
} matcher;

static bool is_wanted(const matcher *m, const advisory_match *x)
{
	if (m->options->labels && !(m->options->labels & 1u << x->rating.label))
		return false;
	return !m->options->ignore_unfixed || x->state == ADVISORY_FIXED;
}

static void add(matcher *m, const inventory_package *p, const advisory_match *x)
{
	if (!is_wanted(m, x))
		return;
	vulnerability v = {.match = x, .package = p};
	v.priority = priority_of(x, m->exposure, m->arena, &v.reason);
	list_push(m->arena, &m->inventory->vulnerabilities, v);
}

/* Whether one of the first `count` is of this id. */
static bool has_id(const advisory_matches *all, uint32_t count, span id)
{
	for (uint32_t i = 0; i < count; i++)
		if (span_equal(all->items[i].id, id))
			return true;
	return false;
}

/* A distribution of which nothing is known must not look like one without problems. */
static void note_not_asked(matcher *m, const inventory_package *p, span ecosystem)
{
	if (!package_types[p->package->type].distribution || m->not_asked++)
		return;
	m->first = p;
	m->ecosystem = ecosystem;
}

static span why_not_asked(const matcher *m)
{
	const package_release *r = m->inventory->release;
	span count = arena_format(m->arena, "%u %s of %s could not be looked up: ", m->not_asked,
		m->not_asked == 1 ? "package" : "packages", package_types[m->first->package->type].name);
	if (m->ecosystem.n)
		return arena_format(m->arena, "%.*sthe database has no advisories of %.*s", SPAN_ARG(count),
			SPAN_ARG(m->ecosystem));
	if (!r || !r->id.n)
		return arena_format(m->arena, "%.*snothing says which distribution this is", SPAN_ARG(count));
	return arena_format(m->arena, "%.*sthey are of no release of %.*s that is known", SPAN_ARG(count),
		SPAN_ARG(r->id));
}

/* Whether the database has one of the ecosystems. */
static int is_known(const matcher *m, const distribution_query *q, error *e)
{
	int known = 0;
	for (uint32_t i = 0; i < q->ecosystems.count && known == 0; i++)
		known = advisory_match_knows(m->db, q->ecosystems.items[i], m->arena, e);
	return known;
}

/* Asks under every ecosystem that speaks of the package; one problem is told once. */
static int ask(
	matcher *m, const inventory_package *p, const distribution_query *q, advisory_matches *all, error *e)
{
	list_each(const span, ecosystem, &q->ecosystems) {
		advisory_matches got = {0};
		uint32_t before = all->count; /* one ecosystem does not repeat itself */
		advisory_query query = {.ecosystem = *ecosystem,
			.name = q->name,
			.version = q->version,
			.binary = q->binary,
			.module = p->package->module};
		TRY(advisory_match_all(m->db, &query, m->arena, &got, e));
		list_each(const advisory_match, x, &got)
			if (!has_id(all, before, x->id))
				list_push(m->arena, all, *x);
	}
	return 0;
}

/* What a lock file names and is installed too is judged where it is installed. Lock files may write a name in another way. */
static span twin_key(const package *p, arena *a)
{
	const char *ecosystem = package_types[p->type].ecosystem;
	span name = ecosystem ? ecosystem_name(span_of(ecosystem), p->name, a) : p->name;
	return arena_format(a, "%u %.*s %.*s", p->type, SPAN_ARG(name), SPAN_ARG(p->version));
}

static bool is_judged(const matcher *m, const inventory_package *p)
{
	return !p->owner && !p->package->local && (!p->package->development || m->options->development);
}

static void find_installed(matcher *m)
{
	list_each(const inventory_package, p, &m->inventory->packages)
		if (p->package->evidence == PACKAGE_INSTALLED && is_judged(m, p))
			map_set(&m->installed, m->arena, twin_key(p->package, m->arena), (void *)p);
}

static bool has_installed_twin(const matcher *m, const package *p)
{
	return p->evidence == PACKAGE_LOCKED && map_get(&m->installed, twin_key(p, m->arena));
}

static int match_package(matcher *m, const inventory_package *p, error *e)
{
	distribution_query q;
	advisory_matches all = {0};
	if (!is_judged(m, p) || has_installed_twin(m, p->package))
		return 0;
	if (!distribution_query_make(m->inventory->release, p->package, m->arena, &q)) {
		note_not_asked(m, p, (span){0});
		return 0;
	}
	int known = is_known(m, &q, e);
	if (known <= 0) {
		note_not_asked(m, p, q.ecosystems.items[0]);
		return known;
	}
	TRY(ask(m, p, &q, &all, e));
	list_each(const advisory_match, x, &all)
		add(m, p, x);
	return 0;
}

static int by_priority(const void *a, const void *b)
{
	const vulnerability *x = a, *y = b;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	int ids = span_compare(x->match->id, y->match->id);
	if (ids)
		return ids;
	return x->package < y->package ? -1 : x->package > y->package;
}

int inventory_match(
	inventory *im, advisories *db, const match_options *options, const exposure *x, arena *a, error *e)
{
	matcher m = {.inventory = im, .db = db, .options = options, .exposure = x, .arena = a};
	int status = 0;
	find_installed(&m);
	list_each(const inventory_package, p, &im->packages)
		if (status >= 0)
			status = match_package(&m, p, e);
	if (im->vulnerabilities.count)
		qsort(im->vulnerabilities.items, im->vulnerabilities.count, sizeof(vulnerability),
			by_priority);
	if (m.not_asked)
		im->not_asked = why_not_asked(&m);
	im->matched = status >= 0;
	if (im->matched)
		status = advisories_day(db, a, &im->database_date, e);
	return status;
}

void inventory_support(inventory *im, const char *today)
{
	distribution_support support;
	if (!im->release || !distribution_support_find(im->release, &support))
		return;
	const char *end = support.extended && support.free ? support.extended : support.standard;
	if (end && strcmp(end, today) < 0)
		im->support_ended = span_of(end);
}
