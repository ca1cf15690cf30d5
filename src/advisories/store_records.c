/* SPDX-License-Identifier: Apache-2.0
 *
 * Records becoming rows. An advisory that is there already is replaced by a newer one, and by what its own source says of it now. */
#include "advisories/store_records.h"

#include "advisories/ecosystem.h"

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_FIND] = "SELECT number, source, modified FROM advisories WHERE identity = ?",
	[STORE_REMOVE] = "DELETE FROM advisories WHERE number = ?",
	[STORE_ADVISORY] =
		("INSERT INTO advisories (number, identity, source, id, modified, published, title, url, label, vectors, aliases,"
		 " upstream) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[STORE_AFFECTED] =
		"INSERT INTO affected (ecosystem, name, advisory, part, rules) VALUES (?, ?, ?, ?, ?)",
	[STORE_ECOSYSTEM_FIND] = "SELECT number FROM ecosystems WHERE key = ?",
	[STORE_ECOSYSTEM_ADD] = "INSERT INTO ecosystems (key, name) VALUES (?, ?)",
	[STORE_EXPLOITED] =
		"INSERT OR REPLACE INTO exploited (cve, added, due, ransomware, round) VALUES (?, ?, ?, ?, ?)",
	[STORE_PROBABILITY] =
		"INSERT OR REPLACE INTO probability (cve, probability, percentile, round) VALUES (?, ?, ?, ?)",
};

int store_records_open(store_records *r, error *e)
{
	for (int i = 0; i < STORE_STATEMENTS; i++)
		TRY(statement_new(r->db, sql[i], &r->statements[i], e));
	return 0;
}

void store_records_close(store_records *r)
{
	for (int i = 0; i < STORE_STATEMENTS; i++) {
		sqlite3_finalize(r->statements[i]);
		r->statements[i] = NULL;
	}
	arena_done(&r->scratch);
}

/* Of two packages the first in byte order. */
static const advisory_affected *affected_first(const advisory_affected *a, const advisory_affected *b)
{
	int by = span_compare(a->ecosystem, b->ecosystem);
	return (by ? by : span_compare(a->name, b->name)) <= 0 ? a : b;
}

/* schema.c says what an identity is. The package is the first in byte order, so that the order of an advisory's packages does not matter. */
static int64_t identity_of(const advisory_record *record, arena *a)
{
	if (record->modified.n || !record->affected.count)
		return (int64_t)span_hash(record->id);
	const advisory_affected *first = record->affected.items;
	list_each(const advisory_affected, one, &record->affected)
		first = affected_first(first, one);
	return (int64_t)span_hash(arena_format(a, "%.*s\n%.*s\n%.*s", SPAN_ARG(record->id),
		SPAN_ARG(first->ecosystem), SPAN_ARG(first->name)));
}

typedef enum room {
	ROOM_NONE, /* what is there is better */
	ROOM_NEW,
	ROOM_SAME, /* the source says more of an advisory that it has named before: *ret is its number */
} room;

/* Whether there is room for the record; what it replaces is removed. */
static int make_room(
	store_records *r, const advisory_record *record, int64_t identity, int64_t *ret, error *e)
{
	sqlite3_stmt *find = r->statements[STORE_FIND], *gone = r->statements[STORE_REMOVE];
	statement_bind_number(find, 1, identity);
	int got = statement_step(find, e);
	if (got <= 0)
		return got < 0 ? got : ROOM_NEW;
	int64_t number = sqlite3_column_int64(find, 0);
	bool own = sqlite3_column_int64(find, 1) == r->source;
	bool newer = span_compare(record->modified, statement_column(find, 2)) > 0;
	sqlite3_reset(find);
	*ret = number;
	if (own && number >= r->first && !newer)
		return record->modified.n ? ROOM_NONE : ROOM_SAME;
	if (!own && !newer)
		return ROOM_NONE;
	statement_bind_number(gone, 1, number);
	TRY(statement_run(gone, e));
	return ROOM_NEW;
}

static int ecosystem_number(store_records *r, span ecosystem, int64_t *ret, error *e)
{
	span key = ecosystem_key(ecosystem, &r->scratch);
	sqlite3_stmt *find = r->statements[STORE_ECOSYSTEM_FIND], *add = r->statements[STORE_ECOSYSTEM_ADD];
	statement_bind(find, 1, key);
	int got = statement_step(find, e);
	if (got > 0)
		*ret = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	if (got != 0)
		return got;
	statement_bind(add, 1, key);
	statement_bind(add, 2, ecosystem);
	TRY(statement_run(add, e));
	*ret = sqlite3_last_insert_rowid(r->db);
	return 0;
}

static int affected_store(
	store_records *r, const advisory_affected *affected, int64_t number, uint32_t part, error *e)
{
	int64_t ecosystem;
	sqlite3_stmt *s = r->statements[STORE_AFFECTED];
	TRY(ecosystem_number(r, affected->ecosystem, &ecosystem, e));
	statement_bind_number(s, 1, ecosystem);
	statement_bind(s, 2, ecosystem_name(affected->ecosystem, affected->name, &r->scratch));
	statement_bind_number(s, 3, number);
	statement_bind_number(s, 4, part);
	statement_bind(s, 5, affected->rules);
	return statement_run(s, e);
}

static int advisory_row(
	store_records *r, const advisory_record *record, int64_t identity, int64_t number, error *e)
{
	sqlite3_stmt *s = r->statements[STORE_ADVISORY];
	const span texts[] = {record->id, record->modified, record->published, record->title, record->url,
		record->label, record->vectors, record->aliases, record->upstream};
	statement_bind_number(s, 1, number);
	statement_bind_number(s, 2, identity);
	statement_bind_number(s, 3, r->source);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		statement_bind(s, (int)i + 4, texts[i]);
	return statement_run(s, e);
}

int store_advisory(void *of, const advisory_record *record, error *e)
{
	store_records *r = of;
	arena_clear(&r->scratch);
	int64_t identity = identity_of(record, &r->scratch), number = 0;
	int room = make_room(r, record, identity, &number, e);
	if (room <= ROOM_NONE || record->withdrawn || !record->affected.count) {
		r->counts.kept += room == ROOM_NONE;
		r->counts.withdrawn += room > ROOM_NONE && record->withdrawn;
		return room < 0 ? room : 0;
	}
	if (room == ROOM_NEW) {
		number = r->next++;
		TRY(advisory_row(r, record, identity, number, e));
		r->counts.added++;
	}
	for (uint32_t i = 0; i < record->affected.count; i++)
		TRY(affected_store(r, &record->affected.items[i], number, r->part++, e));
	return 0;
}

int store_exploited(void *of, const exploited_record *record, error *e)
{
	store_records *r = of;
	sqlite3_stmt *s = r->statements[STORE_EXPLOITED];
	statement_bind(s, 1, record->cve);
	statement_bind(s, 2, record->added);
	statement_bind(s, 3, record->due);
	statement_bind_number(s, 4, record->ransomware);
	statement_bind_number(s, 5, r->round);
	r->exploited_count++;
	r->counts.added++;
	return statement_run(s, e);
}

int store_probability(void *of, const probability_record *record, error *e)
{
	store_records *r = of;
	sqlite3_stmt *s = r->statements[STORE_PROBABILITY];
	statement_bind(s, 1, record->cve);
	statement_bind_real(s, 2, record->probability);
	statement_bind_real(s, 3, record->percentile);
	statement_bind_number(s, 4, r->round);
	r->probability_count++;
	r->counts.added++;
	return statement_run(s, e);
}
