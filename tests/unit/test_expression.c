/* SPDX-License-Identifier: Apache-2.0
 *
 * The condition language over a small vocabulary: verdicts, deciding fields, errors with their column. */
#include "expression/expression.h"
#include "test.h"

TEST_MAIN()

static int unit_kib(span s, int64_t *ret)
{
	if (!s.n || s.p[s.n - 1] != 'k' || !span_int(span_sub(s, 0, s.n - 1), ret))
		return -1;
	*ret *= 1024;
	return 0;
}

static const field_row fields[] = {
	{.name = "name", .type = VALUE_TEXT, .id = 0},
	{.name = "uid", .type = VALUE_NUMBER, .id = 1},
	{.name = "gid", .type = VALUE_NUMBER, .id = 2},
	{.name = "on", .type = VALUE_TRUTH, .id = 3},
	{.name = "memory", .type = VALUE_NUMBER, .unit = unit_kib, .id = 4},
	{.name = "caps", .type = VALUE_TEXT, .list = true, .id = 5},
	{.name = "none", .type = VALUE_TEXT, .list = true, .id = 6},
	{.name = "lost", .type = VALUE_TEXT, .list = true, .id = 7},
	{.name = "path", .type = VALUE_TEXT, .id = 8},
	{.name = "unset", .type = VALUE_TEXT, .id = 9},
	{.name = "caps.first", .type = VALUE_TEXT, .id = 10},
};

static const field_row *find_field(const void *of, span name)
{
	(void)of;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (span_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static const char *find_macro(const void *of, span name)
{
	(void)of;
	if (span_is(name, "is_root"))
		return "uid = 0 and name = root";
	return span_is(name, "endless") ? "endless or on" : span_is(name, "broken") ? "uid =" : NULL;
}

static const char *find_list(const void *of, span name)
{
	(void)of;
	if (span_is(name, "bad_list"))
		return "a, (";
	if (span_is(name, "loop"))
		return "loop, x";
	return span_is(name, "net") ? "NET_RAW, NET_ADMIN" : span_is(name, "more") ? "net, CHOWN" : NULL;
}

static const vocabulary words = {.field = find_field, .macro = find_macro, .list = find_list};

static field_state get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	static const char *const caps[] = {"NET_RAW", "KILL"};
	(void)of;
	ret->type = field->type;
	switch (field->id) {
	case 0:
		ret->text = SPAN("root");
		return FIELD_SET;
	case 1:
		ret->number = 0;
		return FIELD_SET;
	case 2:
		return FIELD_UNSET;
	case 3:
		ret->truth = true;
		return FIELD_DEFAULT;
	case 4:
		ret->number = 2048;
		return FIELD_SET;
	case 5:
		if (index < 2)
			ret->text = span_of(caps[index]);
		return index < 2 ? FIELD_SET : FIELD_UNSET;
	case 6:
		*ret_empty = true;
		return FIELD_UNSET;
	case 8:
		ret->text = SPAN("/var/run/docker.sock");
		return FIELD_SET;
	default:
		return FIELD_UNSET;
	}
}

static const struct {
	const char *condition;
	verdict want;
} rows[] = {
	{"uid = 0", VERDICT_TRUE},
	{"uid == 0", VERDICT_TRUE},
	{"uid != 0", VERDICT_FALSE},
	{"uid < 1 and uid >= 0", VERDICT_TRUE},
	{"on", VERDICT_TRUE},
	{"not on", VERDICT_FALSE},
	{"on = false", VERDICT_FALSE},
	{"on exists", VERDICT_FALSE},
	{"uid exists", VERDICT_TRUE},
	{"known(on)", VERDICT_TRUE},
	{"known(gid)", VERDICT_FALSE},
	{"not known(lost)", VERDICT_TRUE},
	{"known(none)", VERDICT_TRUE},
	{"gid = 0", VERDICT_UNKNOWN},
	{"not gid = 0", VERDICT_UNKNOWN},
	{"gid = 0 or uid = 0", VERDICT_TRUE},
	{"gid = 0 and uid = 1", VERDICT_FALSE},
	{"gid = 0 and uid = 0", VERDICT_UNKNOWN},
	{"gid exists", VERDICT_FALSE},
	{"memory = 2k", VERDICT_TRUE},
	{"memory > 1k", VERDICT_TRUE},
	{"uid = val(memory)", VERDICT_FALSE},
	{"uid = val(gid)", VERDICT_UNKNOWN},
	{"caps intersects (more)", VERDICT_TRUE},
	{"caps in (net)", VERDICT_FALSE},
	{"caps in (net, KILL)", VERDICT_TRUE},
	{"caps = KILL", VERDICT_TRUE},
	{"caps != KILL", VERDICT_FALSE},
	{"caps != SYS_ADMIN", VERDICT_TRUE},
	{"len(caps) = 2", VERDICT_TRUE},
	{"none intersects (x)", VERDICT_FALSE},
	{"none exists", VERDICT_FALSE},
	{"not none intersects (ALL)", VERDICT_TRUE},
	{"lost intersects (x)", VERDICT_UNKNOWN},
	{"lost exists", VERDICT_FALSE},
	{"len(none) = 0", VERDICT_TRUE},
	{"name contains oo", VERDICT_TRUE},
	{"name icontains OO", VERDICT_TRUE},
	{"name startswith ro", VERDICT_TRUE},
	{"name endswith ot", VERDICT_TRUE},
	{"name glob r*t", VERDICT_TRUE},
	{"name glob r?t", VERDICT_FALSE},
	{"name iglob R[o]*", VERDICT_TRUE},
	{"name regex '^r.+t$'", VERDICT_TRUE},
	{"name regex ^x", VERDICT_FALSE},
	{"toupper(name) = ROOT", VERDICT_TRUE},
	{"basename(path) = docker.sock", VERDICT_TRUE},
	{"path pmatch (/var/run, /x)", VERDICT_TRUE},
	{"path pmatch (/var/ru)", VERDICT_FALSE},
	{"path pmatch (/)", VERDICT_TRUE},
	{"name = \"root\"", VERDICT_TRUE},
	{"name in ('root', other)", VERDICT_TRUE},
	{"is_root and on", VERDICT_TRUE},
	{"not (is_root)", VERDICT_FALSE},
	{"not not uid = 0", VERDICT_TRUE},
	{"uid = 1 or uid = 0 and on", VERDICT_TRUE},
	{"unset = x", VERDICT_UNKNOWN},
	{"caps intersects more", VERDICT_TRUE},
	{"name istartswith RO and name iendswith OT", VERDICT_TRUE},
	{"name = oneof (root, admin)", VERDICT_TRUE},
	{"name = oneof (root, root)", VERDICT_FALSE},
	{"name = anyof (root, root)", VERDICT_TRUE},
	{"name contains allof (ro, ot)", VERDICT_TRUE},
	{"name contains allof (ro, x)", VERDICT_FALSE},
	{"name contains allof ()", VERDICT_FALSE},
	{"name != anyof (root, admin)", VERDICT_TRUE},
	{"name != allof (root, admin)", VERDICT_FALSE},
	{"name != oneof (a, b)", VERDICT_FALSE},
	{"name = anyof more", VERDICT_FALSE},
	{"unset = oneof (a)", VERDICT_UNKNOWN},
	{"name regex 'r\\w+t'", VERDICT_TRUE},
	{"name regex 'r\\x6f+t'", VERDICT_TRUE},
	{"(on)and(uid=0)", VERDICT_TRUE},
	{"known(unset) or on", VERDICT_TRUE},
};

TEST(verdicts)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		error e;
		const expression *x;
		if (expression_compile(span_of(rows[i].condition), &words, &a, &x, &e) < 0)
			TEST_FAIL("%s: %s", rows[i].condition, e.text);
		verdict got = expression_eval(x, &(subject){.get = get}, NULL);
		arena_done(&a);
		if (got != rows[i].want)
			TEST_FAIL("%s is %d, not %d", rows[i].condition, got, rows[i].want);
	}
}

TEST(absent_fields_are_false_where_the_caller_wants_so)
{
	arena a = {0};
	error e;
	const expression *x;
	CHECK(expression_compile(SPAN("not gid = 0"), &words, &a, &x, &e) == 0);
	verdict got = expression_eval(x, &(subject){.get = get, .absent_is_false = true}, NULL);
	arena_done(&a);
	CHECK_INT(got, VERDICT_TRUE);
}

static const struct {
	const char *condition;
	uint32_t column;
	const char *says;
} faults[] = {
	{"uid = 0 and", 12, "expected blank or '(' after 'and'"},
	{"uid = 0 and ", 13, "expected a '(' token, a field check, or an identifier"},
	{"nope = 1", 1, "no field or macro 'nope'"},
	{"uid = x", 7, "is a number"},
	{"name = \"x", 8, "expected a string value"},
	{"(uid = 0", 9, "expected a ')' token"},
	{"uid = 0 )", 9, "unexpected token after '0'"},
	{"on = maybe", 6, "true or false"},
	{"uid contains 0", 5, "does not fit"},
	{"name", 1, "no truth"},
	{"endless", 1, "contains itself"},
	{"caps in (loop)", 10, "contains itself"},
	{"broken", 1, "in macro broken"},
	{"name regex '('", 12, "no regular expression"},
	{"name in (a b)", 12, "expected a ')' token"},
	{"", 1, "expected a '(' token"},
	{"uid = val(name)", 11, "cannot be compared"},
	{"name = val(nope)", 12, "no field 'nope'"},
	{"name = tolower(path)", 8, "cannot stand on the right side"},
	{"b64(name) = x", 1, "tolower, toupper, basename, len and known"},
	{"tolower(basename(path)) = x", 1, "tolower, toupper, basename, len and known"},
	{"len(nope) = 1", 5, "no field 'nope'"},
	{"name[0] = x", 5, "unexpected token after 'name'"},
	{"caps.first[0] = x", 1, "takes no argument"},
	{"name bcontains 41", 6, "does not fit"},
	{"name in (bad_list)", 10, "in list bad_list"},
	{"uid = oneof (0, x)", 17, "is a number"},
};

TEST(errors_have_a_column)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		arena a = {0};
		error e = {0};
		const expression *x;
		int status = expression_compile(span_of(faults[i].condition), &words, &a, &x, &e);
		arena_done(&a);
		if (status >= 0)
			TEST_FAIL("%s compiles", faults[i].condition);
		if (e.column != faults[i].column || !span_contains(span_of(e.text), faults[i].says))
			TEST_FAIL("%s: column %u: %s", faults[i].condition, e.column, e.text);
	}
}

TEST(the_fields_that_decided)
{
	arena a = {0};
	error e;
	const expression *x;
	decided by = {0};
	CHECK(expression_compile(
		      SPAN("gid = 0 or name = x or caps = KILL and uid = 0"), &words, &a, &x, &e) == 0);
	verdict got = expression_eval(x, &(subject){.get = get}, &by);
	arena_done(&a);
	CHECK_INT(got, VERDICT_TRUE);
	CHECK_INT(by.count, 2);
	CHECK(strcmp(by.by[0].field->name, "caps") == 0 && by.by[0].index == 1);
	CHECK(strcmp(by.by[1].field->name, "uid") == 0);
}

TEST(deep_nesting_is_an_error)
{
	char deep[4096];
	memset(deep, '(', sizeof deep);
	arena a = {0};
	error e;
	const expression *x;
	int status = expression_compile((span){deep, sizeof deep}, &words, &a, &x, &e);
	arena_done(&a);
	CHECK(status < 0);
	CHECK(span_contains(span_of(e.text), "exceeded max depth"));
}

TEST(the_excerpt_has_a_caret)
{
	arena a = {0};
	error e = {.line = 1, .column = 5};
	span got = expression_excerpt(SPAN("uid = x"), &e, &a);
	bool same = span_is(got, "uid = x\n    ^");
	arena_done(&a);
	CHECK(same);
}
