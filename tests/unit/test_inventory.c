/* SPDX-License-Identifier: Apache-2.0
 *
 * Inventories: what is remembered of layers, how urgent vulnerabilities are, bills of materials. */
#include "image/layer_pack.h"
#include "inventory/cache.h"
#include "inventory/pack.h"
#include "inventory/priority.h"
#include "inventory/sbom.h"
#include "test.h"

#include <fcntl.h>
#include <unistd.h>

/* --- packed values --- */

TEST(pack_numbers_and_spans)
{
	static const uint64_t numbers[] = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
	auto_buffer b = {0};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		pack_number(&b, numbers[i]);
	pack_span(&b, SPAN("abc"));
	unpack u = {.rest = buffer_span(&b)};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		CHECK(unpack_number(&u) == numbers[i]);
	CHECK_SPAN(unpack_span(&u), "abc");
	CHECK(!u.failed && u.rest.n == 0);
	unpack_number(&u);
	CHECK(u.failed);
}

TEST(unpack_refuses_lies)
{
	unpack longer = {.rest = SPAN("\x05"
				      "abc")};
	CHECK(unpack_span(&longer).n == 0 && longer.failed);
	unpack endless = {.rest = SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")};
	CHECK(unpack_number(&endless) == 0 && endless.failed);
	unpack many = {.rest = SPAN("\x7f"
				    "ab")};
	CHECK(unpack_count(&many) == 0 && many.failed);
}

/* --- layers --- */

static const image_reader reader = {.pack = reading_pack, .unpack = reading_unpack};

static void add_file(layer_list *l, image_file file)
{
	image_file *kept = ARENA_NEW(&l->arena, image_file);
	*kept = file;
	*l->last = kept;
	l->last = &kept->next;
}

static void add_readings(layer_list *l)
{
	package_record *packages = ARENA_NEW(&l->arena, package_record);
	secret_result *secrets = ARENA_NEW(&l->arena, secret_result);
	secret_about *about = ARENA_NEW(&l->arena, secret_about);
	package_release *release = ARENA_NEW(&l->arena, package_release);
	error e;
	*about = (secret_about){.id = "id", .title = "Title", .why = "why", .severity = SECRET_HIGH};
	*release = (package_release){.id = SPAN("debian"), .version = SPAN("12")};
	list_push(&l->arena, &packages->packages,
		(package){.name = SPAN("curl"),
			.version = SPAN("1"),
			.inner = SPAN("lib/b.jar"),
			.line = 3,
			.type = PACKAGE_NPM,
			.development = true});
	list_push(&l->arena, &packages->owners, SPAN("curl"));
	list_push(&l->arena, &packages->files, (package_file){.path = UINT64_MAX, .owner = 0});
	packages->release = release;
	error_set(&e, ERROR_DAMAGED, "half a record");
	package_problem(packages, &l->arena, &e);
	list_push(&l->arena, &secrets->found,
		(secret_found){.rule = about,
			.line = 7,
			.masked = SPAN("ab**"),
			.note = "encrypted",
			.hash = "sha256:00"});
	reading *read = ARENA_NEW(&l->arena, reading);
	*read = (reading){packages, secrets};
	add_file(l, (image_file){.path = SPAN("a/b"),
			    .size = 5,
			    .mode = 04755,
			    .index = 1,
			    .wanted = true,
			    .found = read});
	add_file(l,
		(image_file){.path = SPAN("a/bc"), .link = SPAN("b"), .type = TAR_LINK, .uid = UINT32_MAX});
	add_file(l, (image_file){.path = SPAN("a/c"), .mark = LAYER_WHITEOUT});
}

TEST(layer_is_remembered)
{
	layer_list once = {.files = 2, .size = 10, .diff_id = "sha256:11"}, again = {0};
	atomic_size_t index_bytes = 0;
	auto_buffer packed = {0}, twice = {0};
	once.last = &once.first;
	again.last = &again.first;
	add_readings(&once);
	CHECK(layer_pack(&once, &reader, &packed));
	CHECK(layer_unpack(buffer_span(&packed), &reader, &index_bytes, &again));
	CHECK(layer_pack(&again, &reader, &twice) && span_equal(buffer_span(&packed), buffer_span(&twice)));
	const image_file *first = again.first;
	const reading *read = first->found;
	CHECK_SPAN(first->next->path, "a/bc");
	CHECK_SPAN(first->next->link, "b");
	CHECK_INT(first->mode, 04755);
	CHECK_INT(first->next->next->mark, LAYER_WHITEOUT);
	CHECK_SPAN(read->packages->packages.items[0].name, "curl");
	CHECK_SPAN(read->packages->packages.items[0].inner, "lib/b.jar");
	CHECK_SPAN(read->packages->release->version, "12");
	CHECK(read->packages->files.items[0].path == UINT64_MAX &&
		read->packages->problems.items[0].code == ERROR_DAMAGED);
	CHECK(strcmp(read->secrets->found.items[0].rule->title, "Title") == 0 &&
		read->secrets->found.items[0].line == 7);
	layer_list_done(&once);
	layer_list_done(&again);
}

TEST(layer_cut_anywhere_is_refused)
{
	layer_list once = {0};
	atomic_size_t index_bytes = 0;
	auto_buffer packed = {0};
	once.last = &once.first;
	add_readings(&once);
	CHECK(layer_pack(&once, &reader, &packed));
	for (size_t n = 0; n < packed.n; n++) {
		layer_list again = {0};
		again.last = &again.first;
		if (layer_unpack((span){packed.p, n}, &reader, &index_bytes, &again))
			TEST_FAIL("the first %zu of %zu bytes were taken for all", n, packed.n);
	}
	layer_list_done(&once);
}

TEST(damaged_layers_are_not_remembered)
{
	layer_list l = {.damaged = true};
	auto_buffer packed = {0};
	l.last = &l.first;
	CHECK(!layer_pack(&l, &reader, &packed));
}

/* --- the cache --- */

static const char id[] = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

static void fill(const char *folder, const char *analyser, const char *bytes)
{
	error e;
	layer_cache *c = layer_cache_open(folder, span_of(analyser), &e);
	layer_cache_put(c, span_of(id), span_of(bytes));
	layer_cache_close(c);
}

static bool holds(const char *folder, const char *analyser, const char *bytes)
{
	error e;
	arena a = {0};
	span got;
	layer_cache *c = layer_cache_open(folder, span_of(analyser), &e);
	bool ret = c && layer_cache_get(c, span_of(id), &a, &got) && span_is(got, bytes);
	layer_cache_close(c);
	arena_done(&a);
	return ret;
}

static void clean(const char *folder)
{
	static const char *const files[] = {"layers.db", "layers.db-journal"};
	char path[96];
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void overwrite(const char *path, off_t at, const char *bytes)
{
	int fd = open(path, O_WRONLY);
	if (fd >= 0 && pwrite(fd, bytes, strlen(bytes), at) < 0)
		abort();
	close(fd);
}

TEST(cache_keeps_by_analyser)
{
	char folder[] = "/tmp/bulkhead-cache-XXXXXX";
	CHECK(mkdtemp(folder));
	fill(folder, "one", "what was found");
	CHECK(holds(folder, "one", "what was found"));
	CHECK(!holds(folder, "two", "what was found"));
	fill(folder, "one", "something else");
	CHECK(holds(folder, "one", "something else"));
	clean(folder);
}

TEST(cache_that_is_damaged_is_made_anew)
{
	char folder[] = "/tmp/bulkhead-cache-XXXXXX", path[64];
	CHECK(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/layers.db", folder);
	fill(folder, "one", "what was found");
	overwrite(path, 0, "this is no database of any kind");
	CHECK(!holds(folder, "one", "what was found"));
	fill(folder, "one", "what was found");
	CHECK(holds(folder, "one", "what was found"));
	CHECK(truncate(path, 5000) == 0);
	CHECK(!holds(folder, "one", "what was found"));
	fill(folder, "one", "what was found");
	fill(folder, "one", "what was found");
	CHECK(holds(folder, "one", "what was found"));
	clean(folder);
}

/* --- priorities --- */

static const struct priority_row {
	const char *name, *vector;
	severity_label label, expected;
	bool exploited, contained, unreachable, unprivileged;
	double probability;
} priorities[] = {
	{"nothing known", "", SEVERITY_LABEL_HIGH, SEVERITY_LABEL_HIGH, .probability = -1},
	{"exploited", "", SEVERITY_LABEL_HIGH, SEVERITY_LABEL_CRITICAL, .exploited = true, .probability = -1},
	{"exploited, contained", "", SEVERITY_LABEL_CRITICAL, SEVERITY_LABEL_CRITICAL, .exploited = true,
		.contained = true},
	{"unrated and exploited", "", SEVERITY_LABEL_UNKNOWN, SEVERITY_LABEL_HIGH, .exploited = true},
	{"probable", "", SEVERITY_LABEL_MEDIUM, SEVERITY_LABEL_HIGH, .probability = 0.4},
	{"contained", "CVSS:3.1/AV:N/AC:L", SEVERITY_LABEL_HIGH, SEVERITY_LABEL_MEDIUM, .contained = true},
	{"contained and unreachable", "CVSS:3.1/AV:N/AC:L", SEVERITY_LABEL_CRITICAL, SEVERITY_LABEL_MEDIUM,
		.contained = true, .unreachable = true},
	{"local, unreachable", "CVSS:3.1/AV:L/AC:L", SEVERITY_LABEL_HIGH, SEVERITY_LABEL_HIGH,
		.unreachable = true},
	{"local, unprivileged", "CVSS:3.1/AV:L/AC:L", SEVERITY_LABEL_HIGH, SEVERITY_LABEL_MEDIUM,
		.unprivileged = true},
	{"never below low", "CVSS:3.1/AV:N/AC:L", SEVERITY_LABEL_LOW, SEVERITY_LABEL_LOW, .contained = true,
		.unreachable = true},
};

TEST(priority_follows_the_workload)
{
	arena a = {0};
	for (size_t i = 0; i < sizeof priorities / sizeof *priorities; i++) {
		const struct priority_row *row = &priorities[i];
		advisory_match m = {.rating = {.label = row->label, .vector = span_of(row->vector)},
			.exploited = row->exploited,
			.probability = row->probability};
		exposure x = {.contained = row->contained,
			.unreachable = row->unreachable,
			.unprivileged = row->unprivileged,
			.contained_why = SPAN("c"),
			.unreachable_why = SPAN("r"),
			.unprivileged_why = SPAN("p")};
		span reason;
		severity_label got = priority_of(&m, &x, &a, &reason);
		if (got != row->expected || (reason.n > 0) != (got != row->label))
			TEST_FAIL("%s: %d, because '%.*s'", row->name, got, SPAN_ARG(reason));
	}
	arena_done(&a);
}

/* --- versions --- */

TEST(later_versions_in_the_order_of_the_type)
{
	static const struct {
		package_type type;
		const char *low, *high;
	} rows[] = {
		{PACKAGE_DEB, "1.10-1", "1:1.2-1"},
		{PACKAGE_APK, "1.2.9-r0", "1.2.10-r0"},
		{PACKAGE_RPM, "9.0-1", "1:1.0-1"},
		{PACKAGE_NPM, "1.9.0", "1.10.0"},
		{PACKAGE_PYPI, "1.0rc1", "1.0"},
		{PACKAGE_GO, "1.9.0", "1.10.0"},
		{PACKAGE_CARGO, "1.9.0", "1.10.0"},
		{PACKAGE_MAVEN, "1.0-SNAPSHOT", "1.0"},
		{PACKAGE_GEM, "1.9", "1.10"},
		{PACKAGE_COMPOSER, "1.9.0", "1.10.0"},
		{PACKAGE_NUGET, "1.9.0", "1.10.0"},
		{PACKAGE_PUB, "1.9.0", "1.10.0"},
		{PACKAGE_HEX, "1.9.0", "1.10.0"},
		{PACKAGE_HACKAGE, "1.9", "1.10"},
		{PACKAGE_CRAN, "1.9", "1.10"},
		{PACKAGE_SWIFT, "1.9.0", "1.10.0"},
		{PACKAGE_BINARY, "18.9.1", "18.10.0"},
	};
	CHECK_INT(sizeof rows / sizeof *rows, PACKAGE_TYPE_COUNT);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		package p = {.type = (uint8_t)rows[i].type};
		span low = span_of(rows[i].low), high = span_of(rows[i].high);
		CHECK_SPAN(inventory_later(&p, low, high), rows[i].high);
		CHECK_SPAN(inventory_later(&p, high, low), rows[i].high);
		CHECK_SPAN(inventory_later(&p, low, (span){0}), rows[i].low);
	}
}

/* --- bills of materials --- */

static int read_bill(const char *json, inventory *ret, sbom_problems *problems, arena *a)
{
	error e;
	text *t = ARENA_NEW(a, text);
	text_init(t, "bom.json", span_of(json), a);
	return sbom_read(t, a, ret, problems, &e);
}

TEST(sbom_cyclonedx)
{
	arena a = {0};
	inventory im;
	sbom_problems problems = {0};
	CHECK_INT(
		read_bill(
			"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":["
			"{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12\"},"
			"{\"purl\":\"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&upstream=openssl%403.0.11-1\"},"
			"{\"purl\":\"pkg:npm/%40babel/core@7.0.0\",\"components\":[{\"purl\":\"pkg:maven/org.a/b@1\"}]},"
			"{\"purl\":\"pkg:rpm/rocky/bash@5.1-6?epoch=2&upstream=bash-5.1-6.src.rpm\"},"
			"{\"purl\":\"pkg:unheard/of@1\"}, {\"name\":\"no purl\"}]}",
			&im, &problems, &a),
		0);
	CHECK_INT(im.packages.count, 4);
	CHECK_INT(problems.count, 1);
	CHECK_SPAN(im.release->id, "debian");
	CHECK_SPAN(im.packages.items[0].package->source, "openssl");
	CHECK_SPAN(im.packages.items[0].package->source_version, "3.0.11-1");
	CHECK_SPAN(im.packages.items[1].package->name, "@babel/core");
	CHECK_SPAN(im.packages.items[2].package->name, "org.a:b");
	CHECK_SPAN(im.packages.items[3].package->version, "2:5.1-6");
	CHECK_SPAN(im.packages.items[3].package->source, "");
	arena_done(&a);
}

TEST(sbom_spdx)
{
	arena a = {0};
	inventory im;
	sbom_problems problems = {0};
	CHECK_INT(
		read_bill(
			"{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"sourceInfo\":\"built package from: openssl 1.1-2\",\"externalRefs\":["
			"{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:apk/alpine/libssl@1.1-2?distro=alpine-3.19.1\"}]}]}",
			&im, &problems, &a),
		0);
	CHECK_SPAN(im.packages.items[0].package->source, "openssl");
	CHECK_SPAN(im.release->version, "3.19.1");
	arena_done(&a);
}

TEST(sbom_distributions_as_others_name_them)
{
	static const struct {
		const char *purl, *id, *version, *codename;
	} rows[] = {
		{"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "debian", "", "jessie"},
		{"pkg:deb/debian/curl@7.50.3-1?distro=debian-12", "debian", "12", ""},
		{"pkg:deb/ubuntu/curl@7.50.3-1?distro=22.04", "ubuntu", "22.04", ""},
		{"pkg:rpm/redhat/curl@7.50.3-1?distro=rhel-9.4", "rhel", "9.4", ""},
		{"pkg:rpm/redhat/curl@7.50.3-1?distro=redhat-9.4", "rhel", "9.4", ""},
		{"pkg:rpm/alma/curl@7.50.3-1?distro=alma-9.4", "almalinux", "9.4", ""},
		{"pkg:rpm/opensuse/curl@7.50.3-1?distro=opensuse-leap-15.5", "opensuse-leap", "15.5", ""},
		{"pkg:rpm/fedora/curl@7.50.3-1.fc25?distro=fedora-25", "fedora", "25", ""},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		inventory im;
		sbom_problems problems = {0};
		const char *json = arena_format(
			&a, "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"purl\":\"%s\"}]}", rows[i].purl)
					   .p;
		CHECK_INT(read_bill(json, &im, &problems, &a), 0);
		CHECK_SPAN(im.release->id, rows[i].id);
		CHECK_SPAN(im.release->version, rows[i].version);
		CHECK_SPAN(im.release->codename, rows[i].codename);
	}
	inventory im;
	sbom_problems problems = {0};
	CHECK_INT(read_bill("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"type\":\"operating-system\","
			    "\"name\":\"redhat\",\"version\":\"9.4\"}]}",
			  &im, &problems, &a),
		0);
	CHECK_SPAN(im.release->id, "rhel");
	arena_done(&a);
}

TEST(sbom_that_is_none)
{
	arena a = {0};
	inventory im;
	sbom_problems problems = {0};
	CHECK(read_bill("{}", &im, &problems, &a) < 0);
	CHECK(read_bill("{\"bomFormat\":", &im, &problems, &a) < 0);
	arena_done(&a);
}

TEST_MAIN()
