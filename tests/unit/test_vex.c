/* SPDX-License-Identifier: Apache-2.0
 *
 * Package URLs and VEX documents. */
#include "advisories/vex.h"
#include "formats/purl.h"
#include "test.h"

TEST(purl_parts)
{
	purl p;
	CHECK(purl_read(SPAN("pkg:npm/%40babel/core@7.0.0?arch=x&os=linux#lib/a"), &p));
	CHECK_SPAN(p.type, "npm");
	CHECK_SPAN(p.namespace, "%40babel");
	CHECK_SPAN(p.name, "core");
	CHECK_SPAN(p.version, "7.0.0");
	CHECK_SPAN(p.qualifiers, "arch=x&os=linux");
	CHECK_SPAN(p.subpath, "lib/a");
	CHECK(purl_read(SPAN("pkg:golang/github.com/a/b"), &p));
	CHECK_SPAN(p.namespace, "github.com/a");
	CHECK(!purl_read(SPAN("pkg:npm"), &p) && !purl_read(SPAN("npm/a"), &p) &&
		!purl_read(SPAN("pkg:npm/"), &p));
}

TEST(purl_fit)
{
	static const struct {
		const char *pattern, *of;
		bool fits;
	} rows[] = {
		{"pkg:npm/a", "pkg:npm/a@1", true},
		{"pkg:npm/a@1", "pkg:npm/a@2", false},
		{"pkg:npm/a@1", "pkg:npm/a", false},
		{"pkg:npm/@b/a@1", "pkg:npm/%40b/a@1", true},
		{"pkg:NPM/a", "pkg:npm/a", true},
		{"pkg:deb/debian/a?arch=amd64", "pkg:deb/debian/a@1?distro=debian-12&arch=amd64", true},
		{"pkg:deb/debian/a?arch=arm64", "pkg:deb/debian/a@1?arch=amd64", false},
		{"pkg:deb/debian/a", "pkg:deb/ubuntu/a", false},
		{"pkg:deb/debian/a@1%3A2.0%2B1", "pkg:deb/debian/a@1:2.0+1", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		purl pattern, of;
		CHECK(purl_read(span_of(rows[i].pattern), &pattern) && purl_read(span_of(rows[i].of), &of));
		if (purl_fits(&pattern, &of) != rows[i].fits)
			TEST_FAIL("row %zu", i);
	}
}

static const char openvex[] =
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[\n"
	"{\"vulnerability\":{\"name\":\"CVE-2024-1\",\"aliases\":[\"GHSA-x\"]},\"products\":[{\"@id\":\"pkg:oci/app\",\"subcomponents\":"
	"[{\"@id\":\"pkg:npm/a@1\"}]}],\"status\":\"not_affected\",\"justification\":\"vulnerable_code_not_present\"},\n"
	"{\"vulnerability\":{\"name\":\"CVE-2024-2\"},\"products\":[{\"@id\":\"pkg:npm/a\"}],\"status\":\"affected\"},\n"
	"{\"vulnerability\":{\"name\":\"CVE-2024-2\"},\"products\":[{\"identifiers\":{\"purl\":\"pkg:npm/a@1\"}}],\"status\":\"fixed\"}]}";

static vex_status ask(const vex_table *t, const char *id, const char *package, const char *product)
{
	span ids[] = {span_of(id)}, products[] = {span_of(product)};
	const vex_statement *s = vex_find(t, ids, 1, span_of(package), products, product ? 1 : 0);
	return s ? s->status : VEX_UNKNOWN;
}

TEST(openvex_statements)
{
	arena a = {0};
	vex_table t = {0};
	error e;
	CHECK(vex_read("v.json", SPAN(openvex), &a, &t, &e) == 0);
	CHECK(ask(&t, "GHSA-x", "pkg:npm/a@1", "pkg:oci/app@sha256:1") == VEX_NOT_AFFECTED);
	CHECK(ask(&t, "GHSA-x", "pkg:npm/a@1", "pkg:oci/other") == VEX_UNKNOWN);
	CHECK(ask(&t, "GHSA-x", "pkg:npm/a@2", "pkg:oci/app") == VEX_UNKNOWN);
	CHECK(ask(&t, "CVE-2024-2", "pkg:npm/a@1", NULL) == VEX_FIXED); /* the later one */
	CHECK(ask(&t, "CVE-2024-2", "pkg:npm/a@2", NULL) == VEX_AFFECTED);
	CHECK(ask(&t, "CVE-2024-3", "pkg:npm/a@2", NULL) == VEX_UNKNOWN);
	CHECK_INT(t.statements.items[0].line, 2);
	arena_done(&a);
}

TEST(later_statement_under_another_name)
{
	static const char *const both[] = {"CVE-2024-1", "GHSA-x"};
	arena a = {0};
	for (int turn = 0; turn < 2; turn++) {
		vex_table t = {0};
		error e;
		for (int i = 0; i < 2; i++) {
			span document = arena_format(&a,
				"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{\"vulnerability\":{\"name\":\"%s\"},"
				"\"products\":[{\"@id\":\"pkg:npm/a\"}],\"status\":\"%s\"}]}",
				both[i ^ turn], i ? "fixed" : "affected");
			CHECK(vex_read("v.json", document, &a, &t, &e) == 0);
		}
		span ids[] = {SPAN("cve-2024-1"), SPAN("GHSA-X")};
		const vex_statement *s = vex_find(&t, ids, 2, SPAN("pkg:npm/a@1"), NULL, 0);
		CHECK(s && s->status == VEX_FIXED);
	}
	arena_done(&a);
}

TEST(csaf_statements)
{
	static const char csaf[] =
		"{\"document\":{\"csaf_version\":\"2.0\",\"category\":\"csaf_vex\"},\"product_tree\":{\"branches\":[{\"category\":\"vendor\",\"branches\":["
		"{\"category\":\"product_version\",\"product\":{\"product_id\":\"p1\",\"product_identification_helper\":{\"purl\":\"pkg:rpm/redhat/a@1\"}}},"
		"{\"category\":\"product_name\",\"product\":{\"product_id\":\"os\"}}]}],\"relationships\":[{\"category\":\"default_component_of\","
		"\"product_reference\":\"p1\",\"relates_to_product_reference\":\"os\",\"full_product_name\":{\"product_id\":\"os:p1\"}}]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2024-1\",\"product_status\":{\"known_not_affected\":[\"os:p1\"],\"fixed\":[\"nobody\"]},"
		"\"flags\":[{\"label\":\"component_not_present\",\"product_ids\":[\"os:p1\"]}]}]}";
	arena a = {0};
	vex_table t = {0};
	error e;
	CHECK(vex_read("v.json", SPAN(csaf), &a, &t, &e) == 0);
	CHECK_INT(t.statements.count, 1);
	CHECK(ask(&t, "CVE-2024-1", "pkg:rpm/redhat/a@1?arch=x86_64", NULL) == VEX_NOT_AFFECTED);
	CHECK_SPAN(t.statements.items[0].justification, "component_not_present");
	arena_done(&a);
}

TEST(cyclonedx_statements)
{
	static const char bom[] =
		"{\"bomFormat\":\"CycloneDX\",\"components\":[{\"bom-ref\":\"r1\",\"purl\":\"pkg:npm/a@1\"}],\"vulnerabilities\":["
		"{\"id\":\"CVE-2024-1\",\"references\":[{\"id\":\"GHSA-x\"}],\"analysis\":{\"state\":\"false_positive\",\"detail\":\"no\"},"
		"\"affects\":[{\"ref\":\"r1\"},{\"ref\":\"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/b@2\"}]},"
		"{\"id\":\"CVE-2024-2\",\"affects\":[{\"ref\":\"r1\"}]}]}";
	arena a = {0};
	vex_table t = {0};
	error e;
	CHECK(vex_read("v.json", SPAN(bom), &a, &t, &e) == 0);
	CHECK(ask(&t, "GHSA-x", "pkg:npm/a@1", NULL) == VEX_NOT_AFFECTED);
	CHECK(ask(&t, "CVE-2024-1", "pkg:npm/b@2", NULL) == VEX_NOT_AFFECTED);
	CHECK(ask(&t, "CVE-2024-2", "pkg:npm/a@1", NULL) ==
		VEX_UNKNOWN); /* without an analysis nothing is said */
	arena_done(&a);
}

TEST(vex_refuses_other_documents)
{
	arena a = {0};
	vex_table t = {0};
	error e;
	CHECK(vex_read("v.json", SPAN("{}"), &a, &t, &e) == -ERROR_SYNTAX);
	CHECK(vex_read("v.json", SPAN("{"), &a, &t, &e) == -ERROR_SYNTAX);
	CHECK(vex_read("v.json", SPAN("{\"bomFormat\":[\"CycloneDX\"]}"), &a, &t, &e) == -ERROR_SYNTAX);
	CHECK_INT(t.statements.count, 0);
	arena_done(&a);
}

TEST_MAIN()
