/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies: which paths a glob means, which comments and exceptions cover which findings. */
#include "policy/policy.h"
#include "test.h"

TEST_MAIN()

TEST(globs)
{
	static const struct {
		const char *glob, *path;
		bool want;
	} rows[] = {{"*.yaml", "a/b.yaml", true}, {"a/*.yaml", "a/b.yaml", true},
		{"a/*.yaml", "a/c/b.yaml", false}, {"a/**/*.yaml", "a/c/d/b.yaml", true},
		{"a/**", "a/c/d", true}, {"a", "a/c/d", true}, {"vendor/", "x/vendor/y", true},
		{"b", "a/bc", false}, {"./a", "a/x", true}, {"a/?.txt", "a/b.txt", true},
		{"**/test", "x/y/test/z", true}, {"", "a", false}, {"*", "a/b", true}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (policy_glob(span_of(rows[i].glob), span_of(rows[i].path)) != rows[i].want)
			TEST_FAIL("%s against %s", rows[i].glob, rows[i].path);
}

static const rule root = {.id = "user/root", .aliases = "hadolint:DL3002 trivy:DS-0002", .references = ""};

/* Whether a finding on a line of a text is suppressed by its comments. */
static bool suppressed(const char *bytes, uint32_t line)
{
	arena a = {0};
	text t;
	text_init(&t, "Dockerfile", span_of(bytes), &a);
	uint32_t start = text_line_start(&t, line);
	finding_list findings = {0};
	list_push(&a, &findings, (finding){.rule = &root, .at = {&t, start, start + 1}});
	policy_comments(&findings, &a);
	bool ret = findings.items[0].suppressed != NULL;
	arena_done(&a);
	return ret;
}

TEST(comments)
{
	static const struct {
		const char *text;
		uint32_t line;
		bool want;
	} rows[] = {
		{"FROM a\nUSER root # bulkhead: ignore user/root -- why\n", 2, true},
		{"FROM a\n# bulkhead: ignore user/root\nUSER root\n", 3, true},
		{"FROM a\n# bulkhead: ignore user/root\nUSER root\nUSER root\n", 4, false},
		{"FROM a\n# bulkhead: ignore user/other\nUSER root\n", 3, false},
		{"FROM a\n# bulkhead: ignore user/*, image/x -- why\nUSER root\n", 3, true},
		{"FROM a\n# bulkhead: ignore DL3002\nUSER root\n", 3, true},
		{"FROM a\n# bulkhead: ignore\nUSER root\n", 3, true},
		{"# bulkhead: ignore-file user/root -- why\nFROM a\n\nUSER root\n", 4, true},
		{"FROM a\n# hadolint ignore=DL3001,DL3002\nUSER root\n", 3, true},
		{"FROM a\n# hadolint ignore=DL3001\nUSER root\n", 3, false},
		{"FROM a\n# hadolint global ignore=DL3002\n\n\nUSER root\n", 5, true},
		{"FROM a\n#trivy:ignore:DS-0002\nUSER root\n", 3, true},
		{"FROM a\nLABEL x=\"bulkhead: ignore user/root\"\nUSER root\n", 3, false},
		{"a:\n  # bulkhead: ignore user/root\n  b:\n    c: 1\n    d: 2\n  e: 1\n", 5, true},
		{"a:\n  # bulkhead: ignore user/root\n  b:\n    c: 1\n    d: 2\n  e: 1\n", 6, false},
		{"FROM a\n# bulkhead: ignore user/root\nRUN a \\\n  b\nUSER root\n", 4, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (suppressed(rows[i].text, rows[i].line) != rows[i].want)
			TEST_FAIL("row %zu: %s", i, rows[i].text);
}

TEST(exceptions_expire_and_are_missed_when_unused)
{
	arena a = {0};
	text t;
	text_init(&t, "app/Dockerfile", SPAN("FROM a\n"), &a);
	policy p = {0};
	list_push(&a, &p.exceptions,
		(exception){.rule = SPAN("user/root"),
			.path = SPAN("app/**"),
			.reason = SPAN("r"),
			.expires = SPAN("2030-01-01")});
	list_push(&a, &p.exceptions,
		(exception){.rule = SPAN("user/root"), .reason = SPAN("r"), .expires = SPAN("2020-01-01")});
	list_push(&a, &p.exceptions, (exception){.rule = SPAN("image/*"), .reason = SPAN("r")});
	finding_list findings = {0};
	list_push(&a, &findings, (finding){.rule = &root, .at = {&t, 0, 4}});
	policy_suppress(&p, &findings, "2026-06-01", &a);
	bool covered =
		findings.items[0].suppressed && span_is(findings.items[0].suppressed->expires, "2030-01-01");
	policy_review(&p, &findings, "2026-06-01", &a);
	bool reviewed = findings.count == 3 &&
			strcmp(findings.items[1].rule->id, "policy/expired-exception") == 0 &&
			strcmp(findings.items[2].rule->id, "policy/unused-exception") == 0;
	arena_done(&a);
	CHECK(covered);
	CHECK(reviewed);
}
