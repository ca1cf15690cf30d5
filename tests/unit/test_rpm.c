/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm headers and databases made by hand, whole, cut off at every byte, and lying. That real ones are read like rpm reads them is for
 * tests/system/packages.py. */
#include "packages/rpm.h"
#include "packages/rpm_wal.h"
#include "rpm_make.h"
#include "test.h"

#include <sqlite3.h>

static package_record *read_as(const char *path, span bytes, arena *a)
{
	return package_read(span_of(path), bytes, a);
}

static package_record *read_header(span bytes, arena *a)
{
	package_input in = {.bytes = bytes, .a = a};
	package_record *r = ARENA_NEW(a, package_record);
	rpm_header_read(&in, bytes, r);
	return r;
}

static bool owned(const package_record *r, const char *path, const char *owner)
{
	list_each(const package_file, f, &r->files)
		if (f->path == package_path(span_of(path)))
			return span_is(r->owners.items[f->owner], owner);
	return false;
}

TEST(rpm_header)
{
	arena a = {0};
	auto_buffer b = {0};
	rpm_package_make(&b, "tool");
	const package_record *r = read_header(buffer_span(&b), &a);
	CHECK_INT(r->packages.count, 1);
	CHECK_INT(r->problems.count, 0);
	const package *p = r->packages.items;
	CHECK_SPAN(p->name, "tool");
	CHECK_SPAN(p->version, "3:1-2.el9");
	CHECK_SPAN(p->source, "the-source");
	CHECK_SPAN(p->source_version, "1-2.el9");
	CHECK_SPAN(p->architecture, "x86_64");
	CHECK_SPAN(p->licence, "MIT");
	CHECK_SPAN(p->vendor, "Maker");
	CHECK_SPAN(p->module, "mod:1:2:3");
	CHECK_INT(r->files.count, 2);
	CHECK(owned(r, "usr/bin/tool", "tool") && owned(r, "etc/tool.conf", "tool"));
	arena_done(&a);
}

TEST(rpm_header_variants)
{
	static const struct {
		rpm_tag_value tags[8];
		const char *version; /* NULL: no package */
		const char *source;
		int problems;
	} rows[] = {
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1002, 6, 1, SPAN("2\0")}}, "1-2", "",
			0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}}, "1", "", 0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1003, 4, 1, SPAN("\0\0\0\0")}}, "1",
			"", 0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1003, 4, 0, SPAN("\0\0\0\1")}}, "1",
			"", 0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1003, 4, 1, SPAN("\0\1")}}, "1", "",
			0}, /* cut off */
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1000, 6, 1, SPAN("b\0")}}, "1", "",
			0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")},
			 {1044, 6, 1, SPAN("x-y-z-1-2.src.rpm\0")}},
			"1", "x-y-z", 0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1044, 6, 1, SPAN("nothing.rpm\0")}},
			"1", "", 0},
		{{{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}, {1044, 6, 1, SPAN("-1-2.src.rpm\0")}},
			"1", "", 0},
		{{{1000, 6, 1, SPAN("gpg-pubkey\0")}, {1001, 6, 1, SPAN("1\0")}}, NULL, "", 0},
		{{{1000, 6, 1, SPAN("a\0")}}, NULL, "", 1}, {{{1001, 6, 1, SPAN("1\0")}}, NULL, "", 1},
		{{{1000, 4, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}}, NULL, "",
			1}, /* a name that is a number */
		{{{1001, 6, 1, SPAN("1\0")}, {1000, 6, 1, SPAN("open")}}, NULL, "", 1}, /* without an end */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer b = {0};
		rpm_header_make(&b, rows[i].tags);
		const package_record *r = read_header(buffer_span(&b), &a);
		CHECK_INT(r->problems.count, rows[i].problems);
		CHECK_INT(r->packages.count, rows[i].version != NULL);
		if (rows[i].version) {
			CHECK_SPAN(r->packages.items[0].name, "a");
			CHECK_SPAN(r->packages.items[0].version, rows[i].version);
			CHECK_SPAN(r->packages.items[0].source, rows[i].source);
		}
		arena_done(&a);
	}
}

TEST(rpm_header_files_lie)
{
	static const rpm_tag_value named[] = {{1000, 6, 1, SPAN("a\0")}, {1001, 6, 1, SPAN("1\0")}};
	static const struct {
		rpm_tag_value files[3];
		int count;
	} rows[] = {
		{{{1116, 4, 1, SPAN("\0\0\0\7")}, {1117, 8, 1, SPAN("x\0")}, {1118, 8, 1, SPAN("/\0")}},
			0}, /* no such folder */
		{{{1116, 4, 1, SPAN("\0\0\0\0")}, {1117, 8, 9, SPAN("x\0")}, {1118, 8, 1, SPAN("/\0")}},
			0}, /* more names than indexes */
		{{{1117, 8, 1, SPAN("x\0")}, {1118, 8, 1, SPAN("/\0")}, {1, 4, 0, {0}}}, 0},
		{{{1118, 8, 0x7fffffff, SPAN("/\0")}, {1117, 8, 1, SPAN("x\0")},
			 {1116, 4, 1, SPAN("\0\0\0\0")}},
			0},
		{{{1116, 4, 1, SPAN("\0\0\0\0")}, {1118, 8, 1, SPAN("/\0")}, {1117, 8, 1, SPAN("x\0")}}, 1},
		{{{1027, 8, 2, SPAN("/bin/a\0/bin/b\0")}, {1, 4, 0, {0}}, {2, 4, 0, {0}}}, 2},
		{{{1, 4, 0, {0}}, {2, 4, 0, {0}}, {1027, 8, 99, SPAN("/bin/a\0/bin/b")}}, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer b = {0};
		rpm_tag_value tags[6] = {
			named[0], named[1], rows[i].files[0], rows[i].files[1], rows[i].files[2], {0}};
		rpm_header_make(&b, tags);
		CHECK_INT(read_header(buffer_span(&b), &a)->files.count, rows[i].count);
		arena_done(&a);
	}
}

/* Cut off anywhere, or with any number replaced by a huge one, it is a problem or less of a package, and nothing is read outside. */
static void damage(const char *path, span whole)
{
	for (size_t n = 0; n < whole.n; n += n < 600 ? 1 : 37) {
		arena a = {0};
		char *exact = malloc(n ? n : 1); /* so that a sanitizer sees one byte too many */
		if (n)
			memcpy(exact, whole.p, n);
		read_as(path, (span){exact, n}, &a);
		free(exact);
		arena_done(&a);
	}
	for (size_t at = 0; at + 4 <= whole.n; at += at < 600 ? 1 : 61) {
		arena a = {0};
		char *copy = malloc(whole.n);
		memcpy(copy, whole.p, whole.n);
		memset(copy + at, at % 2 ? 0xff : 0x7f, 4);
		read_as(path, (span){copy, whole.n}, &a);
		free(copy);
		arena_done(&a);
	}
}

TEST(rpm_header_damage)
{
	auto_buffer b = {0};
	rpm_package_make(&b, "tool");
	for (size_t n = 0; n < b.n; n++) {
		arena a = {0};
		char *exact = malloc(n ? n : 1);
		if (n)
			memcpy(exact, b.p, n);
		const package_record *r = read_header((span){exact, n}, &a);
		CHECK_INT(r->packages.count, 0);
		CHECK_INT(r->problems.count, 1);
		free(exact);
		arena_done(&a);
	}
}

TEST(rpm_ndb)
{
	arena a = {0};
	auto_buffer one = {0}, two = {0}, b = {0};
	rpm_package_make(&one, "one");
	rpm_package_make(&two, "two");
	span headers[] = {buffer_span(&one), buffer_span(&two)};
	ndb_make(&b, headers, 2);
	const package_record *r = read_as("usr/lib/sysimage/rpm/Packages.db", buffer_span(&b), &a);
	CHECK(r && r->packages.count == 2 && r->problems.count == 0);
	CHECK_SPAN(r->packages.items[1].name, "two");
	CHECK(owned(r, "usr/bin/two", "two"));
	damage("var/lib/rpm/Packages.db", buffer_span(&b));
	set32(&b, 4096 + 4, 7, false); /* the first blob is another package's: the second one still counts */
	r = read_as("var/lib/rpm/Packages.db", buffer_span(&b), &a);
	CHECK(r && r->packages.count == 1 && r->problems.count == 1);
	set32(&b, 4096 + 4, 1, false);
	for (uint32_t i = 0; i < 254; i++) { /* all slots point to one blob */
		set32(&b, 32 + i * 16 + 4, 1, false);
		set32(&b, 32 + i * 16 + 8, 256, false);
	}
	r = read_as("var/lib/rpm/Packages.db", buffer_span(&b), &a);
	CHECK(r && r->problems.count == 1 && r->packages.count < 100);
	arena_done(&a);
}

TEST(rpm_bdb)
{
	auto_buffer one = {0}, two = {0}, small = {0};
	rpm_package_make(&one, "one");
	rpm_package_make(&two, "two");
	rpm_header_make(
		&small, (rpm_tag_value[]){{1000, 6, 1, SPAN("small\0")}, {1001, 6, 1, SPAN("1\0")}, {0}});
	span headers[] = {buffer_span(&one), buffer_span(&two), buffer_span(&small)};
	for (int big = 0; big < 2; big++) {
		arena a = {0};
		auto_buffer b = {0};
		bdb_make(&b, headers, 3, big);
		const package_record *r = read_as("var/lib/rpm/Packages", buffer_span(&b), &a);
		CHECK(r && r->packages.count == 3 && r->problems.count == 0);
		CHECK_SPAN(r->packages.items[0].name, "one");
		CHECK_SPAN(r->packages.items[1].version, "3:1-2.el9");
		CHECK_SPAN(r->packages.items[2].name, "small");
		CHECK_INT(r->files.count, 4);
		damage("var/lib/rpm/Packages", buffer_span(&b));
		set32(&b, 2 * BDB_PAGE + 16, 2, big); /* a chain that goes round comes to an end */
		CHECK(read_as("var/lib/rpm/Packages", buffer_span(&b), &a));
		set32(&b, 2 * BDB_PAGE + 16, 1, big); /* one that leads to a page of another kind */
		r = read_as("var/lib/rpm/Packages", buffer_span(&b), &a);
		CHECK(r);
		CHECK_INT(r->problems.count, 1);
		CHECK_INT(r->packages.count, 2);
		arena_done(&a);
	}
}

/* --- SQLite --- */

static void sqlite_make(buffer *out, const span *headers, uint32_t count, const char *more)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *insert = NULL;
	sqlite3_int64 size = 0;
	sqlite3_open(":memory:", &db);
	sqlite3_exec(db,
		"CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)", NULL,
		NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &insert, NULL);
	for (uint32_t i = 0; i < count; i++) {
		sqlite3_bind_blob(insert, 1, headers[i].p, (int)headers[i].n, SQLITE_STATIC);
		sqlite3_step(insert);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	if (more)
		sqlite3_exec(db, more, NULL, NULL, NULL);
	unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
	buffer_add(out, (span){(const char *)bytes, (size_t)size});
	sqlite3_free(bytes);
	sqlite3_close(db);
}

TEST(rpm_sqlite)
{
	arena a = {0};
	auto_buffer one = {0}, two = {0}, b = {0};
	rpm_package_make(&one, "one");
	rpm_package_make(&two, "two");
	span headers[] = {buffer_span(&one), buffer_span(&two)};
	sqlite_make(&b, headers, 2, NULL);
	const package_record *r = read_as("var/lib/rpm/rpmdb.sqlite", buffer_span(&b), &a);
	CHECK(r && r->packages.count == 2 && r->problems.count == 0 && !r->more);
	CHECK_SPAN(r->packages.items[1].name, "two");
	b.p[18] = b.p[19] = 2; /* in log mode, as rpm leaves it */
	auto_buffer before = {0};
	buffer_add(&before, buffer_span(&b));
	r = read_as("var/lib/rpm/rpmdb.sqlite", buffer_span(&b), &a);
	CHECK(r && r->packages.count == 2 && r->problems.count == 0 && r->more);
	CHECK(span_equal(buffer_span(&before), buffer_span(&b)));
	damage("var/lib/rpm/rpmdb.sqlite", buffer_span(&b));
	arena_done(&a);
}

TEST(rpm_sqlite_hostile)
{
	static const char *const schemas[] = {
		"DROP TABLE Packages; CREATE VIEW Packages AS WITH RECURSIVE n(blob) AS (SELECT 1 UNION ALL SELECT blob + 1 FROM n) SELECT blob FROM n",
		"DROP TABLE Packages; CREATE VIEW Packages AS SELECT load_extension('/tmp/x') AS blob",
		"DROP TABLE Packages; CREATE VIEW Packages AS SELECT randomblob(1000000000) AS blob",
		"DROP TABLE Packages; CREATE TABLE Packages(a, blob AS (randomblob(100)))",
		"DROP TABLE Packages; CREATE TABLE Packages(a)",
		"DROP TABLE Packages",
	};
	for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
		arena a = {0};
		auto_buffer b = {0};
		sqlite_make(&b, NULL, 0, schemas[i]);
		const package_record *r = read_as("var/lib/rpm/rpmdb.sqlite", buffer_span(&b), &a);
		if (i == 3 && !r) /* an empty table of computed columns has nothing to say */
			continue;
		CHECK(r && r->packages.count == 0 && r->problems.count == 1);
		arena_done(&a);
	}
}

/* --- the log --- */

typedef struct log_sum {
	uint32_t a, b;
} log_sum;

static void log_add(log_sum *s, span bytes)
{
	for (size_t i = 0; i + 8 <= bytes.n; i += 8) {
		s->a += rpm_be32(bytes.p + i) + s->b;
		s->b += rpm_be32(bytes.p + i + 4) + s->a;
	}
}

static void log_start(buffer *b, log_sum *s)
{
	static const uint32_t words[] = {0x377f0683, 3007000, 512, 0, 11, 22};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		put32(b, words[i], true);
	*s = (log_sum){0};
	log_add(s, buffer_span(b));
	put32(b, s->a, true);
	put32(b, s->b, true);
}

static void log_frame(buffer *b, log_sum *s, uint32_t page, uint32_t size, char fill)
{
	size_t start = b->n;
	put32(b, page, true);
	put32(b, size, true);
	log_add(s, span_from(buffer_span(b), start));
	put32(b, 11, true);
	put32(b, 22, true);
	char bytes[512];
	memset(bytes, fill, sizeof bytes);
	log_add(s, (span){bytes, sizeof bytes});
	put32(b, s->a, true);
	put32(b, s->b, true);
	buffer_add(b, (span){bytes, sizeof bytes});
}

TEST(rpm_log)
{
	arena a = {0};
	auto_buffer b = {0}, base = {0};
	log_sum s;
	buffer_repeat(&base, '.', 1024);
	log_start(&b, &s);
	CHECK(!wal_has_frames(buffer_span(&b)));
	log_frame(&b, &s, 1, 0, 'a');
	CHECK_INT(wal_apply(buffer_span(&base), buffer_span(&b), &a).n, 0); /* not committed */
	log_frame(&b, &s, 3, 3, 'c');
	size_t committed = b.n;
	log_frame(&b, &s, 2, 0, 'x');
	span got = wal_apply(buffer_span(&base), buffer_span(&b), &a);
	CHECK_INT(got.n, 1536);
	CHECK(got.p[0] == 'a' && got.p[511] == 'a' && got.p[512] == '.' && got.p[1023] == '.' &&
		got.p[1024] == 'c');
	for (size_t n = 0; n < committed; n++)
		CHECK_INT(wal_apply(buffer_span(&base), span_sub(buffer_span(&b), 0, n), &a).n, 0);
	b.p[40 + 24 + 100] ^= 1; /* a checksum that is wrong */
	CHECK_INT(wal_apply(buffer_span(&base), buffer_span(&b), &a).n, 0);
	auto_buffer huge = {0};
	log_start(&huge, &s);
	log_frame(&huge, &s, 1, 0x7fffffff, 'a'); /* a database of a terabyte */
	CHECK_INT(wal_apply(buffer_span(&base), buffer_span(&huge), &a).n, 0);
	arena_done(&a);
}

TEST(rpm_unknown)
{
	arena a = {0};
	CHECK(!read_as("var/lib/rpm/Packages", (span){0}, &a));
	const package_record *r = read_as("var/lib/rpm/Packages", SPAN("this is no database"), &a);
	CHECK(r && r->problems.count == 1);
	arena_done(&a);
}

TEST_MAIN()
