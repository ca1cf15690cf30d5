/* SPDX-License-Identifier: Apache-2.0
 *
 * Java archives made by hand: what they are called, archives in archives, damage and bombs. */
#include "base/limits.h"
#include "packages/package.h"
#include "test.h"
#include "zip_make.h"

/* "name version inner\n" for each package, "!code text" for each problem. */
static span listing(const char *path, span bytes, arena *a, buffer *out)
{
	out->n = 0;
	const package_record *r = package_read(span_of(path), bytes, a);
	if (!r)
		return SPAN("nothing");
	list_each(const package, p, &r->packages)
		buffer_format(
			out, "%.*s %.*s %.*s\n", SPAN_ARG(p->name), SPAN_ARG(p->version), SPAN_ARG(p->inner));
	list_each(const error, e, &r->problems)
		buffer_format(out, "!%d %s\n", e->code, e->text);
	return buffer_span(out);
}

static const char pom_path[] = "META-INF/maven/g/a/pom.properties";
static const char manifest_path[] = "META-INF/MANIFEST.MF";

typedef struct name_row { /* NULL: there is no such entry */
	const char *file, *manifest, *properties, *want;
} name_row;

static const name_row names[] = {
	{"x.jar", NULL, NULL, "nothing"},
	{"x.jar", NULL, "version=1.0\r\ngroupId = g\r\nartifactId=x\r\n", "g:x 1.0 \n"},
	{"x.jar", NULL, "groupId=g\nartifactId=x\nversion=${revision}\n", "nothing"},
	{"x.jar", NULL, "groupId=g\nartifactId=x\n", "nothing"},
	/* what was merged in does not hide what the archive is itself */
	{"own-2.0.jar", NULL, "groupId=g\nartifactId=shaded\nversion=1.0\n", "g:shaded 1.0 \nown 2.0 \n"},
	{"other.jar", "Implementation-Version: 1.0\nImplementation-Title: other\n",
		"groupId=g\nartifactId=same\nversion=1.0\n", "g:same 1.0 \n"},
	/* file names */
	{"guava-31.1-jre.jar", NULL, NULL, "com.google.guava:guava 31.1-jre \n"},
	{"log4j-1.2-api-2.17.0.jar", NULL, NULL, "org.apache.logging.log4j:log4j-1.2-api 2.17.0 \n"},
	{"commons-lang3-3.12.0.jar", NULL, NULL, "org.apache.commons:commons-lang3 3.12.0 \n"},
	{"commons-io-2.4.jar", NULL, NULL, "commons-io:commons-io 2.4 \n"},
	{"spring-core-5.3.9.RELEASE.jar", NULL, NULL, "org.springframework:spring-core 5.3.9.RELEASE \n"},
	{"netty-tcnative-2.0.46.Final-linux-x86_64.jar", NULL, NULL,
		"io.netty:netty-tcnative 2.0.46.Final \n"},
	{"x-1.0-beta-2-SNAPSHOT.jar", NULL, NULL, "x 1.0-beta-2-SNAPSHOT \n"},
	{"x-1.0-M3.jar", NULL, NULL, "x 1.0-M3 \n"},
	{"x-1.0-sources.jar", NULL, NULL, "x 1.0 \n"},
	{"1.0.jar", NULL, NULL, "nothing"},
	{"-.jar", NULL, NULL, "nothing"},
	{"--1.jar", NULL, NULL, "- 1 \n"},
	/* manifests */
	{"core.jar",
		"Bundle-SymbolicName: org.apache.logging.log4j.core\r\nImplementation-Version: 2.17.0\r\n",
		NULL, "org.apache.logging.log4j:core 2.17.0 \n"},
	{"log4j-core-2.17.0.jar", "Bundle-SymbolicName: org.apache.logging.log4j.core\r\n", NULL,
		"org.apache.logging.log4j:log4j-core 2.17.0 \n"},
	{"x-y-1.jar", "Bundle-SymbolicName: com.example.x-y;singleton:=true\n", NULL, "com.example:x-y 1 \n"},
	{"x-y-1.jar", "Bundle-SymbolicName: x-y\n", NULL, "x-y 1 \n"},
	{"x-y-1.jar", "Bundle-SymbolicName: com.example.\n z\n", NULL, "x-y 1 \n"},
	{"x-y-1.jar", "Implementation-Vendor-Id: com.example\n", NULL, "com.example:x-y 1 \n"},
	{"x-y-1.jar", "Implementation-Vendor-Id: Example Corp.\n", NULL, "x-y 1 \n"},
	{"x.jar", "Implementation-Title: An Example\nImplementation-Version: 1.5\n", NULL, "x 1.5 \n"},
	{"x.jar", "Implementation-Title: exam\n ple\nImplementation-Version: 1.\n 5\n", NULL,
		"example 1.5 \n"},
	{"x.jar", "Name: a/b\n\nImplementation-Version: 1.5\n", NULL, "nothing"},
	{"x.jar", "Implementation-Version: 1 5\n", NULL, "nothing"},
	{"git.hpi", "Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 4.11 (private)\n",
		NULL, "org.jenkins-ci.plugins:git 4.11 \n"},
};

TEST(java_names)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (int deflated = 0; deflated < 2; deflated++) {
			const name_row *r = &names[i];
			arena a = {0};
			auto_buffer out = {0};
			auto_zip z = {0};
			if (r->manifest)
				zip_add(&z, manifest_path, span_of(r->manifest), deflated);
			if (r->properties)
				zip_add(&z, pom_path, span_of(r->properties), deflated);
			span got = listing(r->file, zip_end(&z), &a, &out);
			if (!span_is(got, r->want))
				printf("# row %zu, %s: %.*s\n", i, r->file, SPAN_ARG(got));
			CHECK_SPAN(got, r->want);
			arena_done(&a);
		}
}

TEST(java_inside)
{
	for (int deflated = 0; deflated < 2; deflated++) {
		arena a = {0};
		auto_buffer out = {0};
		auto_zip b = {0}, war = {0}, app = {0};
		zip_add(&b, pom_path, SPAN("groupId=g\nartifactId=b\nversion=1\n"), deflated);
		span inner = zip_end(&b);
		zip_add(&war, "WEB-INF/lib/b.jar", inner, deflated);
		zip_add(&war, "WEB-INF/lib/c-2.jar",
			SPAN("PK\5\6"
			     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
			false);
		zip_add(&app, "a.war", zip_end(&war), deflated);
		zip_add(&app, "copy.jar", inner, deflated); /* the same once more */
		zip_add(&app, "text.jar", SPAN("no archive"), deflated);
		zip_add(&app, "folder.jar/", (span){0}, false);
		zip_add(&app, "cut.jar", span_sub(inner, 0, inner.n - 3), deflated);
		CHECK_SPAN(listing("srv/app-3.ear", zip_end(&app), &a, &out),
			"g:b 1 a.war!/WEB-INF/lib/b.jar\nc 2 a.war!/WEB-INF/lib/c-2.jar\napp 3 \n"
			"!2 cut.jar: zip: has no directory at its end\n");
		arena_done(&a);
	}
}

TEST(java_depth)
{
	arena a = {0};
	auto_buffer out = {0}, now = {0};
	for (int depth = 0; depth < LIMIT_JAVA_DEPTH + 20; depth++) {
		auto_zip z = {0};
		if (depth)
			zip_add(&z, "x.jar", buffer_span(&now), true);
		else
			zip_add(&z, pom_path, SPAN("groupId=g\nartifactId=b\nversion=1\n"), true);
		now.n = 0;
		buffer_add(&now, zip_end(&z));
		span got = listing("a.jar", buffer_span(&now), &a, &out);
		CHECK(depth <= LIMIT_JAVA_DEPTH ? span_starts(got, SPAN("g:b 1 "))
						: span_starts(got, SPAN("!3 ")));
	}
	arena_done(&a);
}

/* Archives of nothing but zeros, which grow a thousandfold, one in another and beside one another. */
TEST(java_bomb)
{
	arena a = {0};
	auto_buffer out = {0}, zeros = {0};
	auto_zip inner = {0}, outer = {0};
	buffer_repeat(&zeros, 0, 96 << 20);
	zip_add(&inner, "x.jar", buffer_span(&zeros), true);
	span one = zip_end(&inner);
	for (char name[] = "a.jar"; name[0] < 'i'; name[0]++)
		zip_add(&outer, name, one, true);
	span got = listing("a.jar", zip_end(&outer), &a, &out);
	CHECK(span_contains(got, "!3 ") && span_contains(got, "of archives inside"));
	CHECK(a.bytes < 1 << 20);
	arena_done(&a);
}

TEST(java_cuts)
{
	auto_zip b = {0}, z = {0};
	zip_add(&b, pom_path, SPAN("groupId=g\nartifactId=b\nversion=1\n"), true);
	zip_add(&z, "b.jar", zip_end(&b), true);
	zip_add(&z, manifest_path, SPAN("Implementation-Version: 1\n"), true);
	span whole = zip_end(&z);
	for (size_t n = 0; n < whole.n; n++) {
		arena a = {0};
		auto_buffer out = {0};
		char *copy = malloc(n + 1);
		memcpy(copy, whole.p, n);
		span got = listing("a.jar", (span){copy, n}, &a, &out);
		bool good = n < 4 ? span_is(got, "nothing") : span_starts(got, SPAN("!"));
		free(copy);
		arena_done(&a);
		CHECK(good);
	}
	for (size_t i = 0; i < whole.n; i++) { /* one byte that is another */
		arena a = {0};
		auto_buffer out = {0};
		b.body.n = 0;
		buffer_add(&b.body, whole);
		b.body.p[i] ^= 0x55;
		listing("a.jar", buffer_span(&b.body), &a, &out);
		CHECK(a.bytes < 1 << 20);
		arena_done(&a);
	}
}

TEST_MAIN()
