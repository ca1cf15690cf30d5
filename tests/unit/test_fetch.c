/* SPDX-License-Identifier: Apache-2.0
 *
 * References, platforms, challenges, messages to the helper, and credential files. */
#include "fetch/challenge.h"
#include "fetch/credentials.h"
#include "fetch/message.h"
#include "formats/platform.h"
#include "formats/reference.h"
#include "test.h"

TEST(references_are_split)
{
	static const struct {
		const char *text, *whole;
	} rows[] = {
		{"alpine", "docker.io/library/alpine:latest"},
		{"alpine:3.19", "docker.io/library/alpine:3.19"},
		{"docker.io/alpine", "docker.io/library/alpine:latest"},
		{"index.docker.io/team/app:1", "docker.io/team/app:1"},
		{"team/app", "docker.io/team/app:latest"},
		{"localhost/app", "localhost/app:latest"},
		{"localhost:5000/a/b__c/d-e--f:x_Y.z", "localhost:5000/a/b__c/d-e--f:x_Y.z"},
		{"[::1]:5000/app:1", "[::1]:5000/app:1"},
		{"ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			"ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
		{"a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			"docker.io/library/a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		reference r;
		error e;
		if (reference_parse(span_of(rows[i].text), &a, &r, &e) < 0)
			TEST_FAIL("%s: %s", rows[i].text, e.text);
		CHECK_SPAN(reference_text(&r, &a), rows[i].whole);
		arena_done(&a);
	}
}

TEST(wrong_references_are_refused)
{
	static const char *const rows[] = {"", ":", "@", "/", "UPPER", "a//b", "a/", "/a", "a:", "a:.x",
		"a:b c", "a b", "a@sha256:12", "a@md5:0123456789abcdef0123456789abcdef", "-a", "a-", "a___b",
		"a..b", "a._b", "x.y:0/a", "x.y:99999/a", "x.y:p/a", ".x/a", "x-./a", "http://a.b/c",
		"a.b/\n", "[::1/a", "\xff.x/a"};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		reference r;
		error e;
		if (reference_parse(span_of(rows[i]), &a, &r, &e) != -ERROR_SYNTAX)
			TEST_FAIL("'%s' was taken", rows[i]);
		arena_done(&a);
	}
}

static unsigned fits(const char *want, const char *have)
{
	platform w = platform_parse(span_of(want)), h = platform_parse(span_of(have));
	return platform_fits(&w, &h);
}

TEST(platforms)
{
	CHECK(fits("linux/amd64", "linux/amd64") > 0);
	CHECK_INT(fits("linux/amd64", "linux/arm64"), 0);
	CHECK_INT(fits("linux/amd64", "windows/amd64"), 0);
	CHECK(fits("linux/amd64", "linux/amd64") > fits("linux/amd64/v3", "linux/amd64/v2"));
	CHECK_INT(fits("linux/amd64", "linux/amd64/v3"), 0);
	CHECK(fits("linux/amd64/v3", "linux/amd64") > 0);
	CHECK(fits("linux/arm", "linux/arm/v7") > fits("linux/arm", "linux/arm/v6"));
	CHECK(fits("linux/arm/v7", "linux/arm/v6") > fits("linux/arm/v7", "linux/arm/v5"));
	CHECK_INT(fits("linux/arm/v6", "linux/arm/v7"), 0);
	CHECK(fits("linux/arm64", "linux/arm64/v8") > 0 && fits("linux/arm64/v8", "linux/arm64") > 0);
}

TEST(challenges)
{
	arena a = {0};
	challenge c = challenge_parse(
		SPAN("Bearer realm=\"https://auth.example/token\",service=\"reg, \\\"x\\\"\",scope=\"repository:a/b:pull,push\""),
		&a);
	CHECK_INT(c.kind, CHALLENGE_BEARER);
	CHECK_SPAN(c.realm, "https://auth.example/token");
	CHECK_SPAN(c.service, "reg, \"x\"");
	CHECK_SPAN(c.scope, "repository:a/b:pull,push");
	CHECK_INT(challenge_parse(SPAN("Basic realm=x"), &a).kind, CHALLENGE_BASIC);
	c = challenge_parse(SPAN("Basic realm=\"one\", Bearer realm=two, Negotiate"), &a);
	CHECK_INT(c.kind, CHALLENGE_BEARER);
	CHECK_SPAN(c.realm, "two");
	CHECK_INT(challenge_parse(SPAN("Negotiate"), &a).kind, CHALLENGE_NONE);
	CHECK_INT(challenge_parse(SPAN("bearer realm=\"open"), &a).kind, CHALLENGE_BEARER);
	arena_done(&a);
}

TEST(messages_go_round)
{
	arena a = {0};
	auto_buffer out = {0};
	message m;
	error e;
	size_t used;
	message_add(&out, "url", SPAN("https://a/b\nheader x: y"));
	message_add_number(&out, "limit", 7);
	message_end(&out, SPAN("\n\nbody"));
	for (size_t n = 0; n < out.n; n++)
		CHECK_INT(message_parse(span_sub(buffer_span(&out), 0, n), &a, &m, &used, &e), 0);
	buffer_add_string(&out, "next");
	CHECK_INT(message_parse(buffer_span(&out), &a, &m, &used, &e), 1);
	CHECK_INT(used, out.n - 4);
	CHECK_SPAN(message_get(&m, "url"), "https://a/b header x: y");
	CHECK_INT(message_number(&m, "limit"), 7);
	CHECK_SPAN(m.body, "\n\nbody");
	CHECK(!message_get(&m, "header").p);
	arena_done(&a);
}

TEST(wrong_messages_are_refused)
{
	arena a = {0};
	message m;
	error e;
	size_t used;
	CHECK_INT(message_parse(SPAN("nokey\n\n"), &a, &m, &used, &e), -ERROR_SYNTAX);
	CHECK_INT(message_parse(SPAN("a \x01\n\n"), &a, &m, &used, &e), -ERROR_SYNTAX);
	CHECK_INT(message_parse(SPAN("bytes 99999999999\n\n"), &a, &m, &used, &e), -ERROR_LIMIT);
	arena_done(&a);
}

typedef struct credentials_row {
	const char *file, *registry, *repository;
	int got; /* as credentials_read() says; 2: user is the program */
	const char *user, *secret;
} credentials_row;

/* YTpi is a:b, Yzpk is c:d */
static const credentials_row credentials_rows[] = {
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\"}}}", "r.x", "p/q", 1, "a", "b"},
	{"{\"auths\":{\"https://r.x/v2/\":{\"auth\":\"YTpi\"}}}", "r.x", "p/q", 1, "a", "b"},
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\"}}}", "r.x:5000", "p/q", 0, "", ""},
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\"}}}", "evil-r.x", "p/q", 0, "", ""},
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\"},\"r.x/p\":{\"auth\":\"Yzpk\"}}}", "r.x", "p/q", 1, "c",
		"d"},
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\"},\"r.x/p\":{\"auth\":\"Yzpk\"}}}", "r.x", "pp/q", 1, "a",
		"b"},
	{"{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"YTpi\"}}}", "registry-1.docker.io",
		"library/x", 1, "a", "b"},
	{"{\"auths\":{\"docker.io/team\":{\"auth\":\"YTpi\"}}}", "docker.io", "team/x", 1, "a", "b"},
	{"{\"auths\":{\"r.x\":{\"username\":\"u\",\"password\":\"p\"}}}", "r.x", "q", 1, "u", "p"},
	{"{\"auths\":{\"r.x\":{\"auth\":\"YTpi\",\"identitytoken\":\"t\"}}}", "r.x", "q", 1, "a", "t"},
	{"{\"auths\":{\"r.x\":{}},\"credsStore\":\"pass\"}", "r.x", "q", 2, "pass", ""},
	{"{\"auths\":{},\"credHelpers\":{\"r.x\":\"one\"},\"credsStore\":\"two\"}", "r.x", "q", 2, "one", ""},
	{"{\"auths\":{\"r.x\":{}}}", "r.x", "q", 0, "", ""},
	{"{}", "r.x", "q", 0, "", ""},
	{"{\"auths\":{\"r.x\":{\"auth\":\"!\"}}}", "r.x", "q", -ERROR_SYNTAX, "", ""},
	{"{\"auths\":", "r.x", "q", -ERROR_SYNTAX, "", ""},
};

TEST(credential_files)
{
	for (size_t i = 0; i < sizeof credentials_rows / sizeof *credentials_rows; i++) {
		const credentials_row *row = &credentials_rows[i];
		arena a = {0};
		credential c = {0};
		span program = {0};
		error e;
		int got = credentials_read("f", span_of(row->file), span_of(row->registry),
			span_of(row->repository), &a, &c, &program, &e);
		if (got != row->got)
			TEST_FAIL("%s: %d, not %d", row->file, got, row->got);
		CHECK_SPAN(got == 2 ? program : c.user, row->user);
		CHECK_SPAN(c.secret, row->secret);
		arena_done(&a);
	}
}

TEST(credential_programs)
{
	arena a = {0};
	credential c = {0};
	error e;
	CHECK_INT(credentials_program_read(SPAN("{\"Username\":\"u\",\"Secret\":\"s\"}"), &a, &c, &e), 1);
	CHECK(span_is(c.user, "u") && span_is(c.secret, "s") && !c.token);
	CHECK_INT(
		credentials_program_read(SPAN("{\"Username\":\"<token>\",\"Secret\":\"s\"}"), &a, &c, &e), 1);
	CHECK(c.token);
	CHECK_INT(credentials_program_read(SPAN("{}"), &a, &c, &e), 0);
	CHECK_INT(credentials_program_read(SPAN("hunter2"), &a, &c, &e), -ERROR_SYNTAX);
	CHECK(!span_contains(span_of(e.text), "hunter2"));
	arena_done(&a);
}

TEST(base64)
{
	static const struct {
		const char *text, *bytes;
	} rows[] = {
		{"", ""}, {"YQ==", "a"}, {"YQ", "a"}, {"YWI=", "ab"}, {"YWJj", "abc"}, {"YWJjZA==", "abcd"}};
	arena a = {0};
	span got = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK(credentials_decode(span_of(rows[i].text), &a, &got));
		CHECK_SPAN(got, rows[i].bytes);
	}
	CHECK(!credentials_decode(SPAN("Y"), &a, &got));
	CHECK(!credentials_decode(SPAN("Y\n=="), &a, &got));
	arena_done(&a);
}

TEST_MAIN()
