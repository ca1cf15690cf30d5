/* SPDX-License-Identifier: Apache-2.0
 *
 * Problems: names that belong together (an advisory's id and its aliases) are one. What an advisory mends under names of their own (`upstream`) are
 * problems each for itself, and the advisory's id is none of their names. Of several advisories on one problem, that of the best publisher
 * decides (publisher.h), then one that knows a fix. */
#include "advisories/merge.h"

#include "advisories/database_rows.h"
#include "advisories/publisher.h"
#include "base/map.h"

#include <stdlib.h>

typedef struct problem {
	struct problem *same; /* of a problem that turned out to be another one; NULL: itself */
	span_list names;
	statements by;
	bool written;
} problem;

typedef struct merging {
	advisories *db;
	span ecosystem;
	arena *a;
	map by_name;
	LIST(problem *) problems;
} merging;

static problem *problem_root(problem *p)
{
	while (p->same) {
		if (p->same->same)
			p->same = p->same->same; /* halves the way for the next */
		p = p->same;
	}
	return p;
}

static void problem_name(merging *m, problem *p, span name)
{
	problem *before = map_get(&m->by_name, name);
	if (before) {
		before = problem_root(before);
		problem *root = problem_root(p);
		if (before != root)
			root->same = before;
	} else
		map_set(&m->by_name, m->a, name, p);
	list_push(m->a, &p->names, name);
}

static problem *problem_new(merging *m, statement *by)
{
	problem *p = ARENA_NEW(m->a, problem);
	list_push(m->a, &m->problems, p);
	list_push(m->a, &p->by, by);
	return p;
}

static bool is_cve(span name)
{
	return span_starts(name, SPAN("CVE-"));
}

static void statement_split(merging *m, statement *s)
{
	span rest = s->upstream, name;
	uint32_t count = 0;
	problem *p = NULL;
	for (; span_word(&rest, &name); count++) {
		p = problem_new(m, s);
		problem_name(m, p, name);
	}
	if (count > 1)
		return;
	if (!p) {
		p = problem_new(m, s);
		problem_name(m, p, s->id);
	}
	rest = s->aliases;
	while (span_word(&rest, &name))
		problem_name(m, p, name);
}

/* --- what the problem is --- */

typedef struct ranked {
	const statement *s;
	const publisher *by;
} ranked;

static int by_rank(const void *left, const void *right)
{
	const ranked *a = left, *b = right;
	if (a->by->rank != b->by->rank)
		return a->by->rank < b->by->rank ? -1 : 1;
	bool fixed_a = a->s->fixed.n > 0, fixed_b = b->s->fixed.n > 0;
	return fixed_a != fixed_b ? (fixed_a ? -1 : 1) : span_compare(a->s->id, b->s->id);
}

static int by_name(const void *a, const void *b)
{
	return span_compare(*(const span *)a, *(const span *)b);
}

static const struct {
	const char *word;
	advisory_state state;
	bool despite_fix; /* also where there is a fix */
} states[] = {
	{"unimportant", ADVISORY_IGNORED, true},
	{"not-affected", ADVISORY_IGNORED, true},
	{"end-of-life", ADVISORY_WONT_FIX, false},
	{"ignored", ADVISORY_WONT_FIX, false},
	{"wont-fix", ADVISORY_WONT_FIX, false},
	{"will not fix", ADVISORY_WONT_FIX, false},
	{"deferred", ADVISORY_DEFERRED, false},
	{"postponed", ADVISORY_DEFERRED, false},
	{"fix deferred", ADVISORY_DEFERRED, false},
};

static advisory_state state_of(const statement *s, bool fixed)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (span_is_fold(s->state, states[i].word) && (states[i].despite_fix || !fixed))
			return states[i].state;
	return fixed ? ADVISORY_FIXED : ADVISORY_UNFIXED;
}

/* The vector of the newest version of CVSS that can be computed. */
static bool vector_rating(span vectors, severity_rating *ret)
{
	span vector;
	bool found = false;
	while (span_word(&vectors, &vector)) {
		double score = cvss_score(vector);
		if (score < 0)
			continue;
		ret->vector =
			vector; /* sorted: v2 has no prefix and comes before or after, v3 and v4 in order */
		ret->score = score;
		found = true;
		if (span_starts(vector, SPAN("CVSS:4")))
			break;
	}
	return found;
}

static severity_rating rating_of(const ranked *by, uint32_t count)
{
	severity_rating ret = {.score = -1};
	for (uint32_t i = 0; i < count; i++) {
		severity_rating one = {.label = severity_label_of(by[i].s->label),
			.score = -1,
			.source = span_of(by[i].by->name)};
		bool computed = vector_rating(by[i].s->vectors, &one);
		if (one.label == SEVERITY_LABEL_UNKNOWN && computed)
			one.label = severity_label_of_score(one.score);
		if (one.label != SEVERITY_LABEL_UNKNOWN)
			return one;
	}
	return ret;
}

static void names_write(problem *p, const ranked *decides, advisory_match *match, arena *a)
{
	qsort(p->names.items, p->names.count, sizeof *p->names.items, by_name);
	match->id = decides->s->id;
	for (uint32_t i = 0; i < p->names.count; i++)
		if (is_cve(p->names.items[i])) {
			match->id = p->names.items[i];
			break;
		}
	for (uint32_t i = 0; i < p->names.count; i++) {
		span name = p->names.items[i];
		if (!span_equal(name, match->id) && (i == 0 || !span_equal(name, p->names.items[i - 1])))
			list_push(a, &match->aliases, name);
	}
}

/* The advisory's own address, its publisher's, or the CVE's. */
static span url_of(const ranked *decides, span id, arena *a)
{
	const statement *s = decides->s;
	const char *format = decides->by->url;
	if (s->url.n)
		return s->url;
	if (!format)
		return is_cve(id) ? arena_format(a, "https://www.cve.org/CVERecord?id=%.*s", SPAN_ARG(id))
				  : (span){0};
	size_t at = span_find(span_of(format), SPAN("%s"));
	span name = span_ends(s->id, id) ? id : s->id; /* DEBIAN-CVE-2024-1 is found by its CVE */
	return arena_format(a, "%.*s%.*s%s", (int)at, format, SPAN_ARG(name), format + at + 2);
}

static int known_read(advisories *db, span cve, advisory_match *match, arena *a, error *e)
{
	sqlite3_stmt *exploited = db->statements[DATABASE_EXPLOITED],
		     *probability = db->statements[DATABASE_PROBABILITY];
	statement_bind(exploited, 1, cve);
	int got = statement_step(exploited, e);
	if (got > 0) {
		match->exploited = true;
		match->exploited_since = statement_copy(exploited, 0, a);
		match->due = statement_copy(exploited, 1, a);
		match->ransomware |= sqlite3_column_int(exploited, 2) != 0;
		sqlite3_reset(exploited);
	}
	TRY(got);
	statement_bind(probability, 1, cve);
	got = statement_step(probability, e);
	if (got > 0) {
		double p = sqlite3_column_double(probability, 0);
		if (p > match->probability) {
			match->probability = p;
			match->percentile = sqlite3_column_double(probability, 1);
		}
		sqlite3_reset(probability);
	}
	return got < 0 ? got : 0;
}

static int problem_write(merging *m, problem *p, advisory_matches *ret, error *e)
{
	uint32_t count = p->by.count;
	ranked *by = ARENA_ARRAY(m->a, ranked, count);
	for (uint32_t i = 0; i < count; i++)
		by[i] = (ranked){p->by.items[i], publisher_find(p->by.items[i]->id, m->ecosystem)};
	qsort(by, count, sizeof *by, by_rank);
	advisory_match match = {.probability = -1, .percentile = -1};
	names_write(p, &by[0], &match, m->a);
	match.advisory = by[0].s->id;
	match.source = span_of(by[0].by->name);
	match.url = url_of(&by[0], match.id, m->a);
	for (uint32_t i = count; i-- > 0;) { /* the best that says something comes last */
		const statement *s = by[i].s;
		match.title = s->title.n ? s->title : match.title;
		match.published = s->published.n ? span_sub(s->published, 0, 10) : match.published;
		match.fixed = s->fixed.n ? s->fixed : match.fixed;
	}
	match.state = state_of(by[0].s, match.fixed.n > 0);
	match.rating = rating_of(by, count);
	for (uint32_t i = 0; i < p->names.count; i++)
		if (is_cve(p->names.items[i]))
			TRY(known_read(m->db, p->names.items[i], &match, m->a, e));
	list_push(m->a, ret, match);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	return span_compare(((const advisory_match *)a)->id, ((const advisory_match *)b)->id);
}

/* Gives the names and statements of a problem to the one that it is the same as. */
static void problem_fold(merging *m, problem *p)
{
	problem *root = problem_root(p);
	if (root == p)
		return;
	list_each(span, name, &p->names)
		list_push(m->a, &root->names, *name);
	for (uint32_t i = 0; i < p->by.count; i++)
		list_push(m->a, &root->by, p->by.items[i]);
}

int statements_merge(
	advisories *db, span ecosystem, const statements *found, arena *a, advisory_matches *ret, error *e)
{
	merging m = {.db = db, .ecosystem = ecosystem, .a = a};
	uint32_t first = ret->count;
	for (uint32_t i = 0; i < found->count; i++)
		statement_split(&m, found->items[i]);
	for (uint32_t i = 0; i < m.problems.count; i++)
		problem_fold(&m, m.problems.items[i]);
	for (uint32_t i = 0; i < m.problems.count; i++)
		if (!m.problems.items[i]->same)
			TRY(problem_write(&m, m.problems.items[i], ret, e));
	if (ret->count > first)
		qsort(ret->items + first, ret->count - first, sizeof *ret->items, by_id);
	return 0;
}
