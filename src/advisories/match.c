/* SPDX-License-Identifier: Apache-2.0
 *
 * From a package to the advisories that speak of its version. What they say together is in merge.c. */
#include "advisories/database_rows.h"
#include "advisories/ecosystem.h"
#include "advisories/merge.h"
#include "advisories/ranges.h"

enum { FIX_STEPS = 32 };

typedef struct matching {
	advisories *db;
	const version_order *order;
	span version, module; /* "nodejs:18" */
	arena *a;
	arena scratch;    /* of the rows of one advisory */
	span_list rows;   /* rules, on scratch */
	int64_t advisory; /* that .rows are of */
	statements found;
} matching;

/* "nodejs:18:8090020231:rhel8" is of the stream "nodejs:18". */
static span module_stream(span label)
{
	size_t name = span_find_byte(label, ':');
	if (name == SPAN_NONE)
		return label;
	size_t stream = span_find_byte(span_from(label, name + 1), ':');
	return stream == SPAN_NONE ? label : span_sub(label, 0, name + 1 + stream);
}

/* Advisories of modules are about packages of the same stream only, and the others about packages of no module. */
static bool module_fits(span rules, span module)
{
	span wanted = ranges_value(rules, 'm'), one;
	if (!wanted.n)
		return !module.n;
	while (module.n && span_cut(&wanted, ',', &one))
		if (span_is(one, "*") || span_equal(one, module))
			return true;
	return false;
}

/* The lowest fix behind a version among all rows of the advisory. */
static bool rows_fixed(const matching *m, span version, span *ret)
{
	span lowest = {0}, fixed;
	list_each(const span, row, &m->rows) {
		if (ranges_fixed(m->order, *row, version, &fixed) &&
			(!lowest.p || version_compare(m->order, fixed, lowest) < 0))
			lowest = fixed;
	}
	*ret = lowest;
	return lowest.p != NULL;
}

static bool rows_affect(const matching *m, span version)
{
	list_each(const span, row, &m->rows) {
		if (ranges_affect(m->order, *row, version))
			return true;
	}
	return false;
}

/* A fix of one range may lie in another: goes on to the first that is out of all. */
static span fix_find(const matching *m)
{
	span at = m->version;
	if (!m->order)
		return (span){0};
	for (int i = 0; i < FIX_STEPS; i++) {
		if (!rows_fixed(m, at, &at))
			return (span){0};
		if (!rows_affect(m, at))
			return at;
	}
	return (span){0};
}

/* The first line of a kind in any row. */
static span rows_value(const matching *m, char kind)
{
	span value = {0};
	for (uint32_t i = 0; i < m->rows.count && !value.n; i++)
		value = ranges_value(m->rows.items[i], kind);
	return value;
}

static int statement_read(matching *m, error *e)
{
	sqlite3_stmt *s = m->db->statements[DATABASE_ADVISORY];
	statement_bind_number(s, 1, m->advisory);
	int got = statement_step(s, e);
	if (got <= 0)
		return got;
	statement *one = ARENA_NEW(m->a, statement);
	span *const texts[] = {&one->id, &one->modified, &one->published, &one->title, &one->url, &one->label,
		&one->vectors, &one->aliases, &one->upstream};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = statement_copy(s, (int)i, m->a);
	sqlite3_reset(s);
	span label = rows_value(m, 's');
	if (label.n)
		one->label = arena_copy(m->a, label);
	one->state = arena_copy(m->a, rows_value(m, 'u'));
	one->fixed = arena_copy(m->a, fix_find(m));
	list_push(m->a, &m->found, one);
	return 0;
}

/* All rows of one advisory are there. */
static int advisory_judge(matching *m, error *e)
{
	int status = m->rows.count && rows_affect(m, m->version) ? statement_read(m, e) : 0;
	arena_clear(&m->scratch);
	m->rows = (span_list){0};
	return status;
}

static int row_take(matching *m, int64_t advisory, span rules, error *e)
{
	if (advisory != m->advisory)
		TRY(advisory_judge(m, e));
	m->advisory = advisory;
	if (module_fits(rules, m->module))
		list_push(&m->scratch, &m->rows, arena_copy(&m->scratch, rules));
	return 0;
}

static int package_ask(matching *m, int64_t ecosystem, span name, error *e)
{
	sqlite3_stmt *s = m->db->statements[DATABASE_AFFECTED];
	int got, status = 0;
	statement_bind_number(s, 1, ecosystem);
	statement_bind(s, 2, name);
	m->advisory = 0;
	while (status >= 0 && (got = statement_step(s, e)) != 0)
		status = got < 0 ? got : row_take(m, sqlite3_column_int64(s, 0), statement_column(s, 1), e);
	sqlite3_reset(s);
	return status < 0 ? status : advisory_judge(m, e);
}

/* The ecosystem as the database has it: Ubuntu's long-term releases carry ":LTS" behind the number. */
static int ecosystem_find(advisories *db, span ecosystem, arena *a, int64_t *ret, error *e)
{
	span key = ecosystem_key(ecosystem, a);
	int got = advisories_ecosystem(db, key, ret, e);
	if (got != 0 || !span_starts(key, SPAN("ubuntu:")) || span_ends(key, SPAN(":lts")))
		return got;
	return advisories_ecosystem(db, arena_format(a, "%.*s:lts", SPAN_ARG(key)), ret, e);
}

int advisory_match_knows(advisories *db, span ecosystem, arena *a, error *e)
{
	int64_t number;
	return ecosystem_find(db, ecosystem, a, &number, e);
}

/* Distributions of rpm name source packages in some advisories and binary ones in others; all others name what .name is. */
static int names_ask(matching *m, const advisory_query *q, int64_t ecosystem, error *e)
{
	TRY(package_ask(m, ecosystem, ecosystem_name(q->ecosystem, q->name, m->a), e));
	if (!q->binary.n || span_equal(q->binary, q->name) || !ecosystem_is_rpm(q->ecosystem))
		return 0;
	return package_ask(m, ecosystem, q->binary, e);
}

int advisory_match_all(advisories *db, const advisory_query *query, arena *a, advisory_matches *ret, error *e)
{
	matching m = {.db = db, .a = a, .order = ecosystem_order(query->ecosystem)};
	int64_t ecosystem;
	m.version = ecosystem_version(query->ecosystem, query->version);
	m.module = module_stream(query->module);
	int got = ecosystem_find(db, query->ecosystem, a, &ecosystem, e);
	if (got > 0)
		got = names_ask(&m, query, ecosystem, e);
	arena_done(&m.scratch);
	if (got < 0)
		return error_wrap(e, "%s", db->path);
	return statements_merge(db, query->ecosystem, &m.found, a, ret, e);
}
