/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges, names, and what readers make of advisories: as records, without a database. */
#include "advisories/ecosystem.h"
#include "advisories/import.h"
#include "advisories/ranges.h"
#include "test.h"

static bool affects(const char *ecosystem, const char *rules, const char *version)
{
	return ranges_affect(ecosystem_order(span_of(ecosystem)), span_of(rules), span_of(version));
}

TEST(ranges_by_the_schema)
{
	static const struct {
		const char *ecosystem, *rules, *version;
		bool affected;
		const char *fixed;
	} rows[] = {
		{"npm", "r\ni0\nf1.2.3\n", "1.2.2", true, "1.2.3"},
		{"npm", "r\ni0\nf1.2.3\n", "1.2.3-beta", true, "1.2.3"},
		{"npm", "r\ni0\nf1.2.3\n", "1.2.3", false, ""},
		{"npm", "r\ni1.0.0\nf1.1.0\ni2.0.0\nf2.3.0\n", "1.5.0", false, ""},
		{"npm", "r\ni1.0.0\nf1.1.0\ni2.0.0\nf2.3.0\n", "2.0.0", true, "2.3.0"},
		{"npm", "r\ni1.0.0\nf1.1.0\ni2.0.0\nf2.3.0\n", "1.0.5", true, "1.1.0"},
		{"npm", "r\ni0\nl1.5.1\n", "1.5.1", true, ""},
		{"npm", "r\ni0\nl1.5.1\n", "1.5.2", false, ""},
		{"npm", "r\ni1.0.0\n", "9.0.0", true, ""},
		{"npm", "r\ni1.0.0\n", "0.9.0", false, ""},
		{"npm", "r\ni0\nx2.0.0\n", "1.9.9", true, ""},
		{"npm", "r\ni0\nx2.0.0\n", "2.0.0", false, ""},
		{"npm", "r\ni0\nf1.0.0\nr\ni2.0.0\nf2.1.0\n", "2.0.5", true, "2.1.0"},
		{"npm", "v1.0.0\nv1.0.1\n", "1.0.1", true, ""},
		{"npm", "v1.0.0\n", "1.0.2", false, ""},
		{"PyPI", "v1.0\n", "1.0.0", true, ""},
		{"Debian:12", "r\ni0\nf2.36-9+deb12u1\n", "2.36-9", true, "2.36-9+deb12u1"},
		{"Debian:12", "r\ni0\nf1:1.0-1\n", "9.0-1", true, "1:1.0-1"},
		{"Alpine:v3.19", "r\ni0\nf0\n", "0_alpha", false, ""},
		{"binary", "r\ni18.0.0\nf18.9.1\n", "18.9.0", true, "18.9.1"},
		{"nobody knows it", "r\ni0\nf2\n", "1", false, ""},
		{"nobody knows it", "r\ni0\n", "1", true, ""},
		{"nobody knows it", "v1\n", "1", true, ""},
		{"npm", "", "1.0.0", false, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		span fixed = {0};
		if (affects(rows[i].ecosystem, rows[i].rules, rows[i].version) != rows[i].affected)
			TEST_FAIL("row %zu: %s of %s", i, rows[i].version, rows[i].rules);
		bool has = ranges_fixed(ecosystem_order(span_of(rows[i].ecosystem)), span_of(rows[i].rules),
			span_of(rows[i].version), &fixed);
		CHECK(has == (*rows[i].fixed != 0));
		CHECK_SPAN(fixed, rows[i].fixed);
	}
}

TEST(ranges_are_sorted_and_empty_ones_left_out)
{
	range_event mixed[] = {
		{'f', 0, SPAN("1.10")}, {'i', 0, SPAN("2.0")}, {'i', 0, SPAN("0")}, {'f', 0, SPAN("2.1")}};
	range_event never[] = {{'f', 0, SPAN("0")}, {'i', 0, SPAN("0")}};
	range_event same[] = {{'i', 0, SPAN("1.0")}, {'f', 0, SPAN("1.0")}};
	auto_buffer rules = {0};
	ranges_add(&rules, ecosystem_order(SPAN("RubyGems")), mixed, 4);
	CHECK_SPAN(buffer_span(&rules), "r\ni0\nf1.10\ni2.0\nf2.1\n");
	rules.n = 0;
	ranges_add(&rules, ecosystem_order(SPAN("RubyGems")), same, 2);
	CHECK_SPAN(buffer_span(&rules), "");
	ranges_add(&rules, ecosystem_order(SPAN("Alpine:v3.9")), never, 2);
	CHECK(!ranges_affect(ecosystem_order(SPAN("Alpine:v3.9")), buffer_span(&rules), SPAN("1.0-r0")));
}

TEST(ecosystems_as_they_are_stored)
{
	static const struct {
		const char *ecosystem, *key;
	} rows[] = {
		{" npm ", "npm"},
		{"Debian:12", "debian:12"},
		{"Red Hat:enterprise_linux:9::baseos", "red hat:enterprise_linux:9"},
		{"Red Hat:enterprise_linux:9::appstream", "red hat:enterprise_linux:9"},
		{"Red Hat:enterprise_linux:10.1", "red hat:enterprise_linux:10"},
		{"Red Hat:enterprise_linux:9", "red hat:enterprise_linux:9"},
		{"Red Hat:rhel_eus:9.2::baseos", "red hat:rhel_eus:9.2::baseos"},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_SPAN(ecosystem_key(span_of(rows[i].ecosystem), &a), rows[i].key);
	arena_done(&a);
}

TEST(names_as_their_ecosystems_compare_them)
{
	static const struct {
		const char *ecosystem, *name, *want;
	} rows[] = {
		{"PyPI", "Zope.Interface__x", "zope-interface-x"},
		{"NuGet", "Newtonsoft.Json", "newtonsoft.json"},
		{"Packagist", "Symfony/HTTP-Kernel", "symfony/http-kernel"},
		{"crates.io", "serde_JSON", "serde-json"},
		{"Go", "github.com/Azure/x", "github.com/Azure/x"},
		{"npm", "JSONStream", "JSONStream"},
		{"Debian:12", "libX11", "libX11"},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_SPAN(
			ecosystem_name(span_of(rows[i].ecosystem), span_of(rows[i].name), &a), rows[i].want);
	CHECK_SPAN(ecosystem_version(SPAN("Go"), SPAN("go1.20.3")), "1.20.3");
	CHECK_SPAN(ecosystem_version(SPAN("Go"), SPAN("v1.2.3")), "1.2.3");
	CHECK_SPAN(ecosystem_version(SPAN("npm"), SPAN("v1.2.3")), "v1.2.3");
	arena_done(&a);
}

/* --- readers --- */

static int add_advisory(void *of, const advisory_record *r, error *e)
{
	buffer *out = of;
	(void)e;
	buffer_format(out, "%.*s|%.*s|%.*s|%.*s|%.*s%s\n", SPAN_ARG(r->id), SPAN_ARG(r->aliases),
		SPAN_ARG(r->upstream), SPAN_ARG(r->label), SPAN_ARG(r->vectors),
		r->withdrawn ? "|withdrawn" : "");
	list_each(const advisory_affected, one, &r->affected) {
		buffer_format(out, " %.*s/%.*s:", SPAN_ARG(one->ecosystem), SPAN_ARG(one->name));
		for (size_t i = 0; i < one->rules.n; i++)
			buffer_add_byte(out, one->rules.p[i] == '\n' ? ' ' : one->rules.p[i]);
		buffer_add_byte(out, '\n');
	}
	return 0;
}

static int add_exploited(void *of, const exploited_record *r, error *e)
{
	(void)e;
	buffer_format(of, "exploited %.*s %.*s %.*s %d\n", SPAN_ARG(r->cve), SPAN_ARG(r->added),
		SPAN_ARG(r->due), r->ransomware);
	return 0;
}

static int add_probability(void *of, const probability_record *r, error *e)
{
	(void)e;
	buffer_format(of, "probability %.*s %.3f %.2f\n", SPAN_ARG(r->cve), r->probability, r->percentile);
	return 0;
}

/* All records of an input, then its problems. */
static span listing(const char *input, buffer *out)
{
	arena a = {0};
	import_result result;
	record_sink sink = {add_advisory, add_exploited, add_probability, out};
	out->n = 0;
	import_read(span_of(input), &sink, &a, &result);
	list_each(const error, e, &result.problems)
		buffer_format(out, "! %u %s\n", e->line, e->text);
	arena_done(&a);
	return buffer_span(out);
}

#define CHECK_RECORDS(input, want)                       \
	do {                                             \
		auto_buffer out_ = {0};                  \
		CHECK_SPAN(listing(input, &out_), want); \
	} while (0)

#define ONE                                                                                                                    \
	"{\"id\":\"A-1\",\"aliases\":[\"CVE-1\",\"CVE-1\"],\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"a\"}," \
	"\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"fixed\":\"2.0.0\"},{\"introduced\":\"0\"}]}],\"versions\":[\"1.0.0\",\"3.0.0\"]}]}"
#define ONE_READ "A-1|CVE-1|||\n npm/a:r i0 f2.0.0 v3.0.0 \n"

TEST(import_knows_its_input)
{
	CHECK_RECORDS(ONE, ONE_READ);
	CHECK_RECORDS(ONE "\n" ONE "\n", ONE_READ ONE_READ);
	CHECK_RECORDS("[" ONE ",\n" ONE "]", ONE_READ ONE_READ);
	CHECK_RECORDS("\n " ONE "\n\n" ONE, ONE_READ ONE_READ);
	CHECK_RECORDS(
		"#model_version:v2025,score_date:2026-01-01\ncve,epss,percentile\nCVE-2024-1,0.5,0.97\n",
		"probability CVE-2024-1 0.500 0.97\n");
	CHECK_RECORDS(
		"{\"catalogVersion\":\"1\",\"vulnerabilities\":[{\"cveID\":\"CVE-2024-1\",\"dateAdded\":\"2024-01-02\","
		"\"dueDate\":\"2024-02-02\",\"knownRansomwareCampaignUse\":\"Known\"}]}",
		"exploited CVE-2024-1 2024-01-02 2024-02-02 1\n");
	CHECK_RECORDS("", "! 0 is empty\n");
	CHECK_RECORDS("some words", "! 0 is nothing that holds advisories\n");
	CHECK_RECORDS("{\"a\": 1}", "! 0 is no advisory of a kind that is known\n");
}

TEST(import_goes_on_behind_damage)
{
	CHECK_RECORDS(
		ONE "\n{\"id\":\"B\",\"affe\n" ONE "\n", ONE_READ ONE_READ "! 2 the text ends too early\n");
	CHECK_RECORDS(ONE "\n{\"id\":5}\n" ONE "\n",
		ONE_READ ONE_READ "! 2 is no advisory of a kind that is known\n");
	CHECK_RECORDS(
		"[" ONE ",{\"id\":\"B\",,},\n" ONE "]", ONE_READ ONE_READ "! 1 a string was expected here\n");
	CHECK_RECORDS("cve,epss,percentile\nCVE-2024-1,0.5,1.97\nCVE-2024-2,0.5,0.9\nCVE-2024-3,x,0.9",
		"probability CVE-2024-2 0.500 0.90\n! 2 is not like CVE,probability,percentile\n! 4 is not like CVE,probability,percentile\n");
}

TEST(osv_severities_modules_and_relations)
{
	CHECK_RECORDS(
		"{\"id\":\"ALSA-1\",\"summary\":\"Important: nodejs:18 security update\",\"related\":[\"CVE-2\",\"CVE-1\"],\"affected\":[{\"package\":"
		"{\"ecosystem\":\"AlmaLinux:8\",\"name\":\"nodejs\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},"
		"{\"fixed\":\"1:18.1-1.module_el8.7.0+1+2\"}]}]}]}",
		"ALSA-1||CVE-1 CVE-2|Important|\n AlmaLinux:8/nodejs:r i0 f1:18.1-1.module_el8.7.0+1+2 mnodejs:18 \n");
	CHECK_RECORDS(
		"{\"id\":\"ALSA-2\",\"summary\":\"Low: idm:DL1, a:1 and idm:client update\",\"affected\":[{\"package\":"
		"{\"ecosystem\":\"AlmaLinux:8\",\"name\":\"ipa\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},"
		"{\"fixed\":\"4.9-1.module_el8\"}]}]}]}",
		"ALSA-2|||Low|\n AlmaLinux:8/ipa:r i0 f4.9-1.module_el8 midm:DL1,a:1,idm:client \n");
	CHECK_RECORDS(
		"{\"id\":\"GHSA-1\",\"database_specific\":{\"severity\":\"MODERATE\"},\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/X\"}],"
		"\"related\":[\"CVE-9\"],\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"x\"},\"versions\":[\"1\"],"
		"\"ecosystem_specific\":{\"urgency\":\"unimportant\"}}]}",
		"GHSA-1|||MODERATE|CVSS:3.1/X\n Debian:12/x:v1 uunimportant \n");
	CHECK_RECORDS(
		"{\"id\":\"A-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"withdrawn\":\"2024-01-01T00:00:00Z\"}",
		"A-1||||"
		"|withdrawn\n");
	CHECK_RECORDS(
		"{\"id\":\"A-1\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"x\"},\"ranges\":[{\"type\":\"GIT\",\"events\":"
		"[{\"introduced\":\"0\"}]}]}]}",
		"A-1||||\n");
}

TEST(secdb_highest_fix_of_a_problem)
{
	CHECK_RECORDS(
		"{\"distroversion\":\"v3.19\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"busybox\",\"secfixes\":{"
		"\"1.35.0-r17\":[\"CVE-2022-1 XSA-7\",\"CVE-2022-2\"],\"1.36.0-r2\":[\"CVE-2022-1\"],\"0\":[\"CVE-2022-3\"]}}}]}",
		"ALPINE-v3.19-busybox-CVE-2022-1|XSA-7|CVE-2022-1||\n Alpine:v3.19/busybox:r i0 f1.36.0-r2 \n"
		"ALPINE-v3.19-busybox-CVE-2022-2||CVE-2022-2||\n Alpine:v3.19/busybox:r i0 f1.35.0-r17 \n");
}

TEST(node_core_ranges)
{
	CHECK_RECORDS(
		"{\"_id\":\"1\",\"cve\":[\"CVE-1\"],\"vulnerable\":\"18.x || >=6.0.0 <6.2.0 || 4.x || <= 2\",\"patched\":\"^18.9.1 || >= 2.5.1\","
		"\"severity\":\"high\"}",
		"NODE-1||CVE-1|high|\n binary/node:r i18.0.0 f18.9.1 r i6.0.0 x6.2.0 r i4.0.0 x5.0.0 r i0 f2.5.1 \n");
	CHECK_RECORDS("{\"_id\":\"1\",\"vulnerable\":\"a.b\",\"patched\":\"\"}",
		"! 0 'a.b' is no range of releases\n");
}

TEST_MAIN()
