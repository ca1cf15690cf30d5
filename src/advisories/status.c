/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of a database. Publishers are told by ids and ecosystems, as when matching: the database does not store them. */
#include "advisories/status.h"

#include "advisories/database_rows.h"
#include "advisories/publisher.h"

#include <stdlib.h>
#include <sys/stat.h>

static int count_read(sqlite3 *db, const char *sql, uint32_t *ret, error *e)
{
	sqlite3_stmt *s;
	TRY(statement_new(db, sql, &s, e));
	int got = statement_step(s, e);
	*ret = got > 0 ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return got < 0 ? got : 0;
}

static void publisher_count(status_source *source, const publisher *by, uint32_t count, arena *a)
{
	list_each(status_publisher, p, &source->publishers) {
		if (strcmp(p->name, by->name) == 0) {
			p->count += count;
			return;
		}
	}
	list_push(a, &source->publishers, ((status_publisher){by->name, by->licence, count}));
}

static int by_count(const void *left, const void *right)
{
	const status_publisher *a = left, *b = right;
	return a->count != b->count ? (a->count > b->count ? -1 : 1) : strcmp(a->name, b->name);
}

/* Ids by their first letters, which tell publishers apart, with the ecosystem of the package that any of them speaks of. */
static int publishers_read(advisories *db, int64_t number, arena *a, status_source *source, error *e)
{
	sqlite3_stmt *s;
	TRY(statement_new(db->db,
		"SELECT substr(id, 1, coalesce(nullif(instr(id, '-'), 0), 4)), sum(rows), ecosystem FROM (SELECT a.id AS id, 1 AS rows, e.name AS ecosystem"
		"  FROM advisories a LEFT JOIN (SELECT advisory, min(ecosystem) AS number FROM affected GROUP BY advisory) f"
		"  ON f.advisory = a.number LEFT JOIN ecosystems e ON e.number = f.number WHERE a.source = ?) GROUP BY 1, 3",
		&s, e));
	statement_bind_number(s, 1, number);
	int got;
	while ((got = statement_step(s, e)) > 0) {
		arena scratch = {0};
		span prefix = statement_copy(s, 0, &scratch), ecosystem = statement_copy(s, 2, &scratch);
		publisher_count(
			source, publisher_find(prefix, ecosystem), (uint32_t)sqlite3_column_int64(s, 1), a);
		arena_done(&scratch);
	}
	sqlite3_finalize(s);
	if (source->publishers.count)
		qsort(source->publishers.items, source->publishers.count, sizeof *source->publishers.items,
			by_count);
	return got;
}

/* Those whose publisher says nothing in an advisory. */
static const struct {
	const char *kind;
	status_publisher publisher;
} other_kinds[] = {
	{"exploited", {"CISA", "CC0-1.0", 0}},
	{"probability", {"FIRST", "free with attribution", 0}},
};

static void kind_publisher(status_source *source, arena *a)
{
	for (size_t i = 0; i < sizeof other_kinds / sizeof *other_kinds; i++)
		if (span_is(source->kind, other_kinds[i].kind)) {
			status_publisher p = other_kinds[i].publisher;
			p.count = source->count;
			list_push(a, &source->publishers, p);
		}
}

static int sources_read(advisories *db, arena *a, advisories_status *ret, error *e)
{
	sqlite3_stmt *s;
	int got;
	TRY(statement_new(db->db,
		"SELECT number, name, kind, imported, newest, etag, count FROM sources ORDER BY name", &s,
		e));
	while ((got = statement_step(s, e)) > 0) {
		status_source source = {
			.name = statement_copy(s, 1, a),
			.kind = statement_copy(s, 2, a),
			.imported = sqlite3_column_int64(s, 3),
			.newest = statement_copy(s, 4, a),
			.etag = statement_copy(s, 5, a),
			.count = (uint32_t)sqlite3_column_int64(s, 6),
		};
		if (publishers_read(db, sqlite3_column_int64(s, 0), a, &source, e) < 0) {
			got = -e->code;
			break;
		}
		kind_publisher(&source, a);
		ret->imported = source.imported > ret->imported ? source.imported : ret->imported;
		list_push(a, &ret->sources, source);
	}
	sqlite3_finalize(s);
	return got;
}

int advisories_status_read(advisories *db, arena *a, advisories_status *ret, error *e)
{
	struct stat st;
	*ret = (advisories_status){.path = arena_string(a, span_of(db->path))};
	ret->bytes = stat(db->path, &st) == 0 ? (uint64_t)st.st_size : 0;
	const struct {
		const char *sql;
		uint32_t *to;
	} counts[] = {
		{"SELECT count(*) FROM advisories", &ret->advisories},
		{"SELECT count(*) FROM (SELECT DISTINCT ecosystem, name FROM affected)", &ret->packages},
		{"SELECT count(*) FROM exploited", &ret->exploited},
		{"SELECT count(*) FROM probability", &ret->probabilities},
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		TRY(count_read(db->db, counts[i].sql, counts[i].to, e));
	return sources_read(db, a, ret, e);
}
