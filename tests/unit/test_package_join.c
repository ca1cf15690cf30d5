/* SPDX-License-Identifier: Apache-2.0
 *
 * Joining what the files of layers say, and what is known of distributions. */
#include "base/buffer.h"
#include "packages/distribution.h"
#include "packages/join.h"
#include "test.h"

enum { STATUS_MAX = 16 };

typedef struct layered { /* a file of a layer */
	const char *path;
	uint32_t layer;
	package_fate fate;
	uint32_t gone;
	const char *text;
} layered;

/* Files end with a row without a path. */
static void join_all(const layered *files, arena *a, package_set *ret)
{
	package_statement *all = ARENA_ARRAY(a, package_statement, STATUS_MAX);
	uint32_t n = 0;
	for (; files->path; files++) {
		const package_record *r = package_read(span_of(files->path), span_of(files->text), a);
		if (r)
			all[n++] = (package_statement){
				span_of(files->path), files->layer, files->gone, files->fate, r};
	}
	package_join(all, n, a, ret);
}

/* "type name version layer[ deleted by gone][ of owner]\n" */
static span listing(const layered *files, arena *a, buffer *out)
{
	package_set s;
	out->n = 0;
	join_all(files, a, &s);
	list_each(const package_found, f, &s.packages) {
		const package *p = f->package;
		buffer_format(out, "%s %.*s %.*s %u", package_types[p->type].name, SPAN_ARG(p->name),
			SPAN_ARG(p->version), f->layer);
		if (f->deleted)
			buffer_format(out, " deleted by %u", f->gone);
		if (f->owner)
			buffer_format(out, " of %.*s", SPAN_ARG(f->owner->package->name));
		buffer_add_byte(out, '\n');
	}
	list_each(const package_problem_at, p, &s.problems)
		buffer_format(out, "!%.*s %u\n", SPAN_ARG(p->path), p->layer);
	return buffer_span(out);
}

#define DPKG "var/lib/dpkg/status"
#define A1   "Package: a\nVersion: 1\n\n"
#define A2   "Package: a\nVersion: 2\n\n"
#define B1   "Package: b\nVersion: 1\n\n"

TEST(package_join_layers)
{
	static const struct {
		layered files[5];
		const char *want;
	} rows[] = {
		{{{DPKG, 0, PACKAGE_FINAL, 0, B1 A1}}, "deb a 1 0\ndeb b 1 0\n"},
		{{{DPKG, 0, PACKAGE_FINAL, 0, A1 A1}}, "deb a 1 0\n"},
		/* a newer one: only that counts, but says where its packages came from */
		{{{DPKG, 0, PACKAGE_REPLACED, 3, A1}, {DPKG, 3, PACKAGE_FINAL, 0, A1 B1}},
			"deb a 1 0\ndeb b 1 3\n"},
		{{{DPKG, 0, PACKAGE_REPLACED, 1, A1}, {DPKG, 1, PACKAGE_REPLACED, 2, A2},
			 {DPKG, 2, PACKAGE_FINAL, 0, A2 B1}},
			"deb a 2 1\ndeb b 1 2\n"},
		{{{DPKG, 0, PACKAGE_REPLACED, 1, A1 B1}, {DPKG, 1, PACKAGE_FINAL, 0, A1}},
			"deb a 1 0\n"}, /* b was removed */
		{{{DPKG, 0, PACKAGE_REPLACED, 1, A1}, {DPKG, 1, PACKAGE_FINAL, 0, ""}},
			""}, /* by nothing that is read */
		{{{DPKG, 0, PACKAGE_DELETED, 2, A1}}, "deb a 1 0 deleted by 2\n"},
		{{{DPKG, 0, PACKAGE_REPLACED, 1, A1}, {DPKG, 1, PACKAGE_DELETED, 2, A1 B1}},
			"deb a 1 0 deleted by 2\ndeb b 1 1 deleted by 2\n"},
		{{{DPKG, 0, PACKAGE_DELETED, 1, A1}, {DPKG, 2, PACKAGE_FINAL, 0, B1}},
			"deb b 1 2\n"}, /* written anew */
		{{{"lib/apk/db/installed", 0, PACKAGE_REPLACED, 1, "P:x\nV:1\n"},
			 {"usr/lib/apk/db/installed", 1, PACKAGE_FINAL, 0, "P:x\nV:1\n"}},
			"apk x 1 0\n"}, /* one file since /lib is a link */
		{{{DPKG, 0, PACKAGE_FINAL, 0, "Package: a\n\n" B1},
			 {"lib/apk/db/installed", 1, PACKAGE_FINAL, 0, "P:x\nV:1\n"}},
			"deb b 1 0\napk x 1 1\n!var/lib/dpkg/status 0\n"},
		{{{DPKG, 0, PACKAGE_REPLACED, 1, "Package: a\n\n"}, {DPKG, 1, PACKAGE_FINAL, 0, A1}},
			"deb a 1 1\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer out = {0};
		CHECK_SPAN(listing(rows[i].files, &a, &out), rows[i].want);
		arena_done(&a);
	}
}

TEST(package_join_owners)
{
	arena a = {0};
	package_set s;
	join_all(
		(layered[]){
			{DPKG, 0, PACKAGE_FINAL, 0,
				A1 B1 "Package: c\nVersion: 1\nStatus: deinstall ok config-files\n"},
			{"var/lib/dpkg/info/a.list", 0, PACKAGE_FINAL, 0, "/.\n/bin\n/bin/a\n"},
			{"var/lib/dpkg/info/b:amd64.list", 1, PACKAGE_FINAL, 0,
				"/usr/lib/python3/dist-packages/b/METADATA\n"},
			{"var/lib/dpkg/info/c.list", 1, PACKAGE_FINAL, 0, "/etc/c\n"},
			{NULL},
		},
		&a, &s);
	const package_found *a_owner = package_owner(&s, SPAN("usr/bin/a"));
	CHECK(a_owner && span_is(a_owner->package->name, "a"));
	CHECK(package_owner(&s, SPAN("bin/a")) == a_owner);
	CHECK(package_owner(&s, SPAN("lib/python3/dist-packages/b/METADATA")));
	CHECK(!package_owner(&s, SPAN("etc/c"))); /* its package is gone, its settings stayed */
	CHECK(!package_owner(&s, SPAN("usr/bin/b")));
	arena_done(&a);
}

/* A package of a language whose file the distribution has installed. Records are made by hand: its format is no concern of this test. */
TEST(package_join_language)
{
	arena a = {0};
	package_record language = {0};
	package six = {.name = SPAN("six"), .version = SPAN("1.16"), .type = PACKAGE_PYPI};
	list_push(&a, &language.packages, six);
	const package_record *status =
		package_read(SPAN(DPKG), SPAN("Package: python3-six\nVersion: 1.16.0-4\n"), &a);
	const package_record *list = package_read(SPAN("var/lib/dpkg/info/python3-six.list"),
		SPAN("/usr/lib/python3/dist-packages/six.egg-info\n"), &a);
	package_statement all[] = {
		{SPAN("usr/lib/python3/dist-packages/six.egg-info"), 1, 0, PACKAGE_FINAL, &language},
		{SPAN("usr/local/lib/python3/dist-packages/six.egg-info"), 1, 0, PACKAGE_FINAL, &language},
		{SPAN(DPKG), 0, 0, PACKAGE_FINAL, status},
		{SPAN("var/lib/dpkg/info/python3-six.list"), 0, 0, PACKAGE_FINAL, list},
	};
	package_set s;
	package_join(all, 4, &a, &s);
	CHECK_INT(s.packages.count, 3);
	CHECK(s.packages.items[1].owner == &s.packages.items[0]);
	CHECK(s.packages.items[2].owner == NULL && s.packages.items[0].owner == NULL);
	package_join(NULL, 0, &a, &s);
	CHECK(s.packages.count == 0 && !s.release && !package_owner(&s, SPAN("bin/sh")));
	arena_done(&a);
}

TEST(package_join_release)
{
	arena a = {0};
	package_set s;
	join_all(
		(layered[]){
			{"etc/debian_version", 0, PACKAGE_FINAL, 0, "12.1\n"},
			{"usr/lib/os-release", 0, PACKAGE_FINAL, 0, "ID=lib\n"},
			{"etc/os-release", 0, PACKAGE_DELETED, 1, "ID=gone\n"},
			{NULL},
		},
		&a, &s);
	CHECK(s.release && span_is(s.release->id, "lib"));
	CHECK_SPAN(s.release_path, "usr/lib/os-release");
	join_all((layered[]){{"etc/os-release", 0, PACKAGE_DELETED, 1, "ID=gone\n"}, {NULL}}, &a, &s);
	CHECK(s.release && span_is(s.release->id, "gone"));
	arena_done(&a);
}

/* --- distributions --- */

typedef struct release_row {
	const char *id, *version, *codename, *pretty;
	package_type type;
	const char *ecosystem; /* NULL: none */
	bool source;
} release_row;

static package_release release_of(const release_row *row)
{
	return (package_release){.id = span_of(row->id),
		.version = span_of(row->version),
		.codename = span_of(row->codename),
		.pretty = span_of(row->pretty)};
}

TEST(distribution_ecosystems)
{
	static const release_row rows[] = {
		{"debian", "12", "bookworm", "", PACKAGE_DEB, "Debian:12", true},
		{"debian", "", "forky", "", PACKAGE_DEB, "Debian:14", true},
		{"debian", "", "", "", PACKAGE_DEB, "Debian", true},
		{"debian", "12", "", "", PACKAGE_RPM, NULL, false},
		{"ubuntu", "22.04", "", "", PACKAGE_DEB, "Ubuntu:22.04:LTS", true},
		{"ubuntu", "23.04", "", "", PACKAGE_DEB, "Ubuntu:23.04", true},
		{"ubuntu", "22.10", "", "", PACKAGE_DEB, "Ubuntu:22.10", true},
		{"Ubuntu", "20.04", "", "", PACKAGE_DEB, "Ubuntu:20.04:LTS", true},
		{"alpine", "3.19.1", "", "", PACKAGE_APK, "Alpine:v3.19", true},
		{"alpine", "3.19", "", "", PACKAGE_APK, "Alpine:v3.19", true},
		{"alpine", "3.20_alpha20231219", "", "Alpine Linux edge", PACKAGE_APK, "Alpine:edge", true},
		{"wolfi", "20230201", "", "", PACKAGE_APK, "Wolfi", true},
		{"chainguard", "20230214", "", "", PACKAGE_APK, "Chainguard", true},
		{"almalinux", "9.3", "", "", PACKAGE_RPM, "AlmaLinux:9", false},
		{"rocky", "9.3", "", "", PACKAGE_RPM, "Rocky Linux:9", true},
		{"rhel", "9.4", "", "", PACKAGE_RPM, "Red Hat:enterprise_linux:9", false},
		{"centos", "7", "", "", PACKAGE_RPM, "Red Hat:enterprise_linux:7", false},
		{"azurelinux", "3.0", "", "", PACKAGE_RPM, "Azure Linux:3", true},
		{"mariner", "2.0", "", "", PACKAGE_RPM, "Azure Linux:2", true},
		{"photon", "5.0", "", "", PACKAGE_RPM, "Photon OS:5.0", false},
		{"mageia", "9", "", "", PACKAGE_RPM, "Mageia:9", true},
		{"openEuler", "24.03", "", "openEuler 24.03 (LTS-SP1)", PACKAGE_RPM,
			"openEuler:24.03-LTS-SP1", true},
		{"opensuse-leap", "15.5", "", "", PACKAGE_RPM, "openSUSE:Leap 15.5", true},
		{"opensuse-tumbleweed", "20240101", "", "", PACKAGE_RPM, "openSUSE:Tumbleweed", true},
		{"sles", "15.5", "", "", PACKAGE_RPM, "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
			true},
		{"amzn", "2023", "", "", PACKAGE_RPM, "Amazon Linux:2023", false},
		{"plan9", "4", "", "", PACKAGE_RPM, NULL, false},
		{"plan9", "4", "", "", PACKAGE_NPM, "npm", false},
		{"debian", "12", "", "", PACKAGE_BINARY, "binary", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		package_release r = release_of(&rows[i]);
		package p = {.name = SPAN("libc6"),
			.version = SPAN("2-1+b1"),
			.source = SPAN("glibc"),
			.source_version = SPAN("2-1"),
			.type = (uint8_t)rows[i].type};
		distribution_query q;
		bool got = distribution_query_make(&r, &p, &a, &q);
		CHECK_INT(got, rows[i].ecosystem != NULL);
		if (got) {
			CHECK_SPAN(q.ecosystems.items[0], rows[i].ecosystem);
			CHECK_SPAN(q.name, rows[i].source ? "glibc" : "libc6");
			CHECK_SPAN(q.binary, rows[i].source ? "libc6" : "");
			CHECK_SPAN(
				q.version, rows[i].source && rows[i].type != PACKAGE_RPM ? "2-1" : "2-1+b1");
		}
		arena_done(&a);
	}
}

TEST(distribution_query_details)
{
	arena a = {0};
	package_release r = {.id = SPAN("ubuntu"), .version = SPAN("18.04")};
	package p = {.name = SPAN("x"), .version = SPAN("1-1ubuntu1+esm2"), .type = PACKAGE_DEB};
	distribution_query q;
	CHECK(distribution_query_make(&r, &p, &a, &q));
	CHECK_INT(q.ecosystems.count, 2);
	CHECK_SPAN(q.ecosystems.items[1], "Ubuntu:Pro:18.04:LTS");
	CHECK_SPAN(q.name, "x");
	CHECK_SPAN(q.version, "1-1ubuntu1+esm2");
	CHECK(!distribution_query_make(NULL, &p, &a, &q));
	r = (package_release){.id = SPAN("sles"), .version = SPAN("15")};
	p.type = PACKAGE_RPM;
	CHECK(distribution_query_make(&r, &p, &a, &q));
	CHECK_SPAN(q.ecosystems.items[1], "SUSE:Linux Enterprise Server 15");
	arena_done(&a);
}

TEST(distribution_ends)
{
	static const struct {
		release_row release;
		const char *standard, *extended; /* NULL: not known; "": none */
	} rows[] = {
		{{"debian", "12", "", "", PACKAGE_DEB, NULL, false}, "2026-07-11", "2028-06-30"},
		{{"ubuntu", "20.04", "", "", PACKAGE_DEB, NULL, false}, "2025-05-29", "2030-04-23"},
		{{"ubuntu", "23.10", "", "", PACKAGE_DEB, NULL, false}, "2024-07-11", ""},
		{{"alpine", "3.19.7", "", "", PACKAGE_APK, NULL, false}, "2025-11-01", ""},
		{{"alpine", "3.1.0", "", "", PACKAGE_APK, NULL, false}, NULL, ""},
		{{"alpine", "3.20_alpha20231219", "", "", PACKAGE_APK, NULL, false}, NULL, ""},
		{{"alpine", "3.21.0_alpha20240807", "", "", PACKAGE_APK, NULL, false}, NULL, ""},
		{{"rhel", "7.9", "", "", PACKAGE_RPM, NULL, false}, "2024-06-30", "2028-06-30"},
		{{"centos", "8", "", "CentOS Linux 8", PACKAGE_RPM, NULL, false}, "2021-12-31", ""},
		{{"centos", "8", "", "CentOS Stream 8", PACKAGE_RPM, NULL, false}, "2024-05-31", ""},
		{{"amzn", "2", "", "", PACKAGE_RPM, NULL, false}, "2026-06-30", ""},
		{{"amzn", "2023", "", "", PACKAGE_RPM, NULL, false}, "2029-06-30", ""},
		{{"debian", "", "sid", "", PACKAGE_DEB, NULL, false}, NULL, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		package_release r = release_of(&rows[i].release);
		distribution_support s = {0};
		CHECK_INT(distribution_support_find(&r, &s), rows[i].standard != NULL);
		if (rows[i].standard) {
			CHECK_SPAN(span_of(s.standard), rows[i].standard);
			CHECK_SPAN(span_of(s.extended), rows[i].extended);
		}
	}
}

TEST(distribution_names)
{
	arena a = {0};
	CHECK_SPAN(distribution_name(&(package_release){.id = SPAN("x"), .pretty = SPAN("X 1")}, &a), "X 1");
	CHECK_SPAN(distribution_name(&(package_release){.id = SPAN("x"), .version = SPAN("1")}, &a), "x 1");
	CHECK_SPAN(distribution_name(&(package_release){.id = SPAN("x")}, &a), "x");
	arena_done(&a);
}

TEST_MAIN()
