/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files: what rules become when lists, macros, exceptions and changes are in them, and where faults are. What is said of files is
 * for tests/cases/watch/ and tests/system/rule_files.py. */
#include "expression/condition.h"
#include "test.h"
#include "watch/rule_file.h"

TEST_MAIN()

/* --- words: fields are all that begin with "f." or "evt."; conditions may use those --- */

static bool known(const void *of, span name, span argument, arena *a)
{
	(void)of;
	(void)a;
	return (span_starts(name, SPAN("f.")) || span_starts(name, SPAN("evt."))) &&
	       !span_is(argument, "bad");
}

static const condition *unknown_in(const condition *c)
{
	if (!c)
		return NULL;
	if (c->kind == CONDITION_FIELD)
		return known(NULL, c->text, c->index, NULL) ? NULL : c;
	const condition *ret = unknown_in(c->left);
	ret = ret ? ret : unknown_in(c->right);
	for (uint32_t i = 0; !ret && i < c->parts.count; i++)
		ret = unknown_in(c->parts.items[i]);
	return ret;
}

static bool compiles(const void *of, const condition *c, arena *a, condition_fault *fault)
{
	const condition *bad = unknown_in(c);
	(void)of;
	if (bad) {
		fault->text = arena_format(a, "nonexistent field %.*s", SPAN_ARG(bad->text));
		fault->place = bad->place;
	}
	return !bad;
}

static bool source(const void *of, span name)
{
	(void)of;
	return span_is(name, "syscall");
}

static const rule_words words = {.condition = compiles, .field = known, .source = source};

typedef struct loaded {
	arena arena;
	rule_set *set;
	rule_file_result last;
	const watch_rule *rules;
	uint32_t count;
} loaded;

static void load_done(loaded *l)
{
	arena_done(&l->arena);
}
#define auto_loaded __attribute__((cleanup(load_done))) loaded

static void load(loaded *l, const char *text)
{
	if (!l->set)
		l->set = rule_set_new(&words, &l->arena);
	rule_set_read_text(l->set, SPAN("rules.yaml"), span_of(text), &l->last);
}

static void finish(loaded *l)
{
	rule_set_finish(l->set, &l->rules, &l->count);
}

#define RULE(name, condition) \
	"- rule: " name "\n  desc: d\n  output: o\n  priority: info\n  condition: " condition "\n"

/* --- lists --- */

static const struct {
	const char *condition, *want;
} list_rows[] = {
	{"f.a in (three)", "f.a in ( x, \"y z\", 'q r' )"},
	{"f.a in (three,b)", "f.a in ( x, \"y z\", 'q r' ,b)"},
	{"f.a in ( three , b)", "f.a in ( x, \"y z\", 'q r' , b)"},
	{"f.a=one", "f.a= 1 "},
	{"f.a in (threex, xthree, three.x)", "f.a in (threex, xthree, three.x)"},
	{"f.a in (one, one)", "f.a in ( 1 , 1 )"},
	{"f.a in (none)", "f.a in (  )"},
	{"f.a in (b, none)", "f.a in (b  )"},
	{"f.a in (none, b)", "f.a in (   b)"},
	{"f.a in (b, none, c)", "f.a in (b  , c)"},
	/* items that are names of later lists are written out, of earlier ones they stay unless they were there before */
	{"f.a in (nested)", "f.a in ( 1, two )"},
	{"f.a in (first)", "f.a in ( \"last item\" )"},
	{"f.a\t=\none", "f.a\t= 1 "},
};

TEST(lists_are_text)
{
	for (size_t i = 0; i < sizeof list_rows / sizeof *list_rows; i++) {
		auto_loaded l = {0};
		auto_buffer text = {0};
		buffer_add_string(&text,
			"- {list: three, items: [x, y z, \"'q r'\"]}\n- {list: one, items: [1]}\n"
			"- {list: none, items: []}\n- {list: nested, items: [one, two]}\n"
			"- {list: first, items: [later]}\n- {list: later, items: [last item]}\n"
			"- rule: r\n  desc: d\n  output: o\n  priority: info\n  condition: |-\n    ");
		for (const char *c = list_rows[i].condition; *c; c++) {
			buffer_add_byte(&text, *c);
			if (*c == '\n')
				buffer_add_string(&text, "    ");
		}
		buffer_add_string(&text, "\n");
		load(&l, arena_string(&l.arena, buffer_span(&text)));
		finish(&l);
		if (l.count != 1)
			TEST_FAIL("'%s': %.*s", list_rows[i].condition,
				SPAN_ARG(l.last.problems.items[0].message));
		span want = span_of(list_rows[i].want);
		if (!span_equal(l.rules[0].text, want))
			TEST_FAIL("'%s' is '%.*s', not '%.*s'", list_rows[i].condition,
				SPAN_ARG(l.rules[0].text), SPAN_ARG(want));
	}
}

TEST(lists_in_lists_go_by_order)
{
	auto_loaded l = {0};
	load(&l, "- {list: a, items: [b]}\n- {list: b, items: [x]}\n- {list: c, items: [b, d]}\n"
		 "- {list: b, items: [y], append: true}\n" RULE("r", "f.a in (c)") RULE("s", "f.a in (a)"));
	finish(&l);
	CHECK_INT(l.count, 2);
	CHECK_SPAN(l.rules[0].text, "f.a in ( x, y, d )");
	/* b was no list when a was made, but its name is one by the time the condition is read */
	CHECK_SPAN(l.rules[1].text, "f.a in ( x, y )");
}

/* --- macros --- */

static const char *printed(loaded *l, const condition *c)
{
	auto_buffer out = {0};
	condition_print(c, false, &out);
	return arena_string(&l->arena, buffer_span(&out));
}

TEST(macros_are_trees)
{
	auto_loaded l = {0};
	load(&l, "- {macro: a, condition: f.a = 1 or f.b = 2}\n- {macro: b, condition: not a}\n" RULE(
			 "r", "b and f.c = 3 and later") "- {macro: later, condition: b}\n");
	finish(&l);
	CHECK(l.last.read);
	CHECK_INT(l.count, 1);
	CHECK_SPAN(span_of(printed(&l, l.rules[0].condition)),
		"(not (f.a = 1 or f.b = 2) and f.c = 3 and not (f.a = 1 or f.b = 2))");
	CHECK_SPAN(l.rules[0].text, "b and f.c = 3 and later");
}

TEST(macros_see_what_is_before_their_last_change)
{
	auto_loaded l = {0};
	load(&l, "- {macro: a, condition: f.a = 1}\n- {macro: b, condition: f.b = 1}\n"
		 "- {macro: a, condition: and b, override: {condition: append}}\n" RULE("r", "a"));
	finish(&l);
	CHECK(l.last.read);
	CHECK_SPAN(span_of(printed(&l, l.rules[0].condition)), "(f.a = 1 and f.b = 1)");
	/* itself, too: then it goes in circles */
	load(&l, "- {macro: a, condition: a or f.a = 2}\n");
	CHECK(!l.last.read);
	CHECK_SPAN(l.last.problems.items[0].message, "reference loop in macro 'a'");
}

TEST(macros_that_grow_without_end)
{
	auto_loaded l = {0};
	auto_buffer text = {0};
	buffer_add_string(&text, "- {macro: m0, condition: f.a = 1}\n");
	for (int i = 1; i < 40; i++)
		buffer_format(&text, "- {macro: m%d, condition: m%d and m%d}\n", i, i - 1, i - 1);
	load(&l, arena_string(&l.arena, buffer_span(&text)));
	CHECK(!l.last.read);
	CHECK_INT(l.last.problems.count, 1);
	CHECK_SPAN(span_of(l.last.problems.items[0].code), "LOAD_ERR_VALIDATE");
	/* and those that are only known later */
	auto_loaded m = {0};
	text.n = 0;
	for (int i = 0; i < 40; i++)
		buffer_format(&text, "- {macro: m%d, condition: f.a = 1}\n", i);
	for (int i = 0; i < 39; i++)
		buffer_format(&text, "- {macro: m%d, condition: m%d and m%d}\n", i, i + 1, i + 1);
	load(&m, arena_string(&m.arena, buffer_span(&text)));
	CHECK(!m.last.read);
}

TEST(lists_that_grow_without_end)
{
	auto_loaded l = {0};
	auto_buffer text = {0};
	for (int i = 0; i < 60; i++)
		buffer_format(&text, "- {list: l%d, items: [l%d, l%d]}\n", i, i + 1, i + 1);
	buffer_add_string(&text, RULE("r", "f.a in (l0)"));
	load(&l, arena_string(&l.arena, buffer_span(&text)));
	CHECK(!l.last.read);
	CHECK_SPAN(l.last.problems.items[0].message,
		"lists stand for more text than the conditions of a set of rules may have");
}

/* --- rules --- */

TEST(rules_are_changed)
{
	auto_loaded l = {0};
	load(&l, RULE("a", "f.a = 1") RULE("b", "f.b = 1\n  tags: [z, y, z]"));
	load(&l,
		"- rule: a\n  condition: and f.c = 1\n  output: p\n  tags: [t]\n"
		"  override: {condition: append, output: append, tags: append}\n"
		"- rule: b\n  priority: CRITICAL\n  enabled: false\n  capture: true\n  capture_duration: 7\n"
		"  override: {priority: replace, enabled: replace, capture: replace, capture_duration: replace}\n");
	finish(&l);
	CHECK(l.last.read);
	CHECK_INT(l.count, 2);
	CHECK_SPAN(l.rules[0].text, "f.a = 1 and f.c = 1");
	CHECK_SPAN(l.rules[0].output, "o p");
	CHECK_INT(l.rules[0].tags.count, 1);
	CHECK_INT(l.rules[1].tags.count, 2);
	CHECK_SPAN(l.rules[1].tags.items[0], "y");
	CHECK_INT(l.rules[1].priority, WATCH_CRITICAL);
	CHECK(!l.rules[1].enabled && l.rules[0].enabled && l.rules[1].capture);
	CHECK_INT(l.rules[1].capture_ms, 7);
	CHECK_INT(l.rules[1].line, 6);
	CHECK_SPAN(l.rules[1].source, "syscall");
}

/* Ours: nobody else knows the key. */
TEST(rules_that_know_the_posture)
{
	auto_loaded l = {0};
	load(&l, RULE("a", "f.a = 1\n  posture: true") RULE("b", "f.b = 1")
			 RULE("c", "f.c = 1\n  posture: yes"));
	for (uint32_t i = 0; i < l.last.problems.count; i++)
		CHECK(!span_contains(l.last.problems.items[i].message, "posture"));
	load(&l, "- rule: b\n  posture: true\n  override: {posture: replace}\n"
		 "- rule: c\n  posture: false\n  override: {posture: replace}\n");
	finish(&l);
	CHECK(l.last.read);
	CHECK_INT(l.count, 3);
	CHECK(l.rules[0].posture && l.rules[1].posture && !l.rules[2].posture);
	load(&l, RULE("d", "f.a = 1\n  posture: privileged"));
	CHECK(!l.last.read);
	CHECK_INT(watch_priority_raise(WATCH_DEBUG), WATCH_INFORMATIONAL);
	CHECK_INT(watch_priority_raise(WATCH_ERROR), WATCH_CRITICAL);
	CHECK_INT(watch_priority_raise(WATCH_CRITICAL), WATCH_CRITICAL);
	CHECK_INT(watch_priority_raise(WATCH_EMERGENCY), WATCH_EMERGENCY);
}

TEST(rules_keep_their_place_when_defined_anew)
{
	auto_loaded l = {0};
	load(&l, RULE("a", "f.a = 1") RULE("b", "f.b = 1") RULE("a", "f.c = 1"));
	finish(&l);
	CHECK_INT(l.count, 2);
	CHECK_SPAN(l.rules[0].name, "a");
	CHECK_SPAN(l.rules[0].text, "f.c = 1");
	CHECK_INT(rule_set_counts(l.set).rules, 2);
}

TEST(rules_with_errors_are_left_out)
{
	auto_loaded l = {0};
	load(&l, RULE("a", "f.a = 1") RULE("b", "x.b = 1") RULE("c", "undefined") RULE("d", "f.a =")
			 RULE("e", "f.a = 1\n  source: other") RULE("f", "f.a = 2"));
	CHECK(!l.last.read);
	uint32_t errors = 0;
	for (uint32_t i = 0; i < l.last.problems.count; i++)
		errors += !l.last.problems.items[i].warning;
	CHECK_INT(errors, 1); /* the first */
	finish(&l);
	CHECK_INT(l.count, 2);
	CHECK_SPAN(l.rules[0].name, "a");
	CHECK_SPAN(l.rules[1].name, "f");
}

TEST(exceptions_join_the_condition)
{
	auto_loaded l = {0};
	load(&l,
		RULE("r",
			"f.a = 1 or f.b = 2\n  exceptions:\n"
			"    - {name: a, fields: f.c, values: [x, y z]}\n"
			"    - {name: b, fields: [f.d, f.e], values: [[1, 2 3], [4, 5]]}\n"
			"    - {name: c, fields: [f.d, f.e], comps: [in, '='], values: [[[1, 2], 3], [l, 4]]}\n"
			"    - {name: d, fields: f.f, comps: pmatch}"));
	finish(&l);
	CHECK(l.last.read);
	CHECK_SPAN(l.rules[0].text,
		"(f.a = 1 or f.b = 2) and not (f.c in (x, \"y z\")) and not (( f.d = 1 and  f.e = \"2 3\") or "
		"( f.d = 4 and  f.e = 5)) and not (( f.d in (1, 2) and  f.e = 3) or ( f.d in (l) and  f.e = 4))");
}

/* --- selection --- */

static const struct {
	bool by_tag;
	const char *pattern, *left; /* of those that are on when it is switched off */
} selections[] = {
	{false, "*", ""},
	{false, "Open", "Close Open*Shut (x)"},
	{false, "Open*", "Close (x)"},
	{false, "*e*", "(x)"},
	{false, "Open*Shut", "Open Close (x)"},
	{false, "pen", "Open Close Open*Shut (x)"},
	{false, "(?)", "Open Close Open*Shut (x)"},
	{false, "**(*x)", "Open Close Open*Shut"},
	{true, "one", "Close (x)"},
	{true, "on", "Open Close Open*Shut (x)"},
	{true, "*", "Open Close Open*Shut (x)"},
};

TEST(selection)
{
	for (size_t i = 0; i < sizeof selections / sizeof *selections; i++) {
		auto_loaded l = {0};
		auto_buffer left = {0};
		load(&l, RULE("Open", "f.a = 1\n  tags: [one, two]") RULE("Close", "f.a = 1")
				 RULE("Open*Shut", "f.a = 1\n  tags: [one]") RULE("(x)", "f.a = 1"));
		rule_set_select(l.set, false, selections[i].by_tag, span_of(selections[i].pattern));
		finish(&l);
		for (uint32_t k = 0; k < l.count; k++)
			if (l.rules[k].enabled)
				buffer_format(&left, "%s%.*s", left.n ? " " : "", SPAN_ARG(l.rules[k].name));
		if (!span_is(buffer_span(&left), selections[i].left))
			TEST_FAIL("without %s: '%.*s'", selections[i].pattern, SPAN_ARG(buffer_span(&left)));
	}
}

TEST(selections_go_in_their_order)
{
	auto_loaded l = {0};
	load(&l, RULE("a", "f.a = 1\n  tags: [t]") RULE("b", "f.a = 1\n  enabled: false"));
	rule_set_select(l.set, false, false, SPAN("*"));
	rule_set_select(l.set, true, true, SPAN("t"));
	finish(&l);
	CHECK(l.rules[0].enabled && !l.rules[1].enabled);
}

/* --- outputs --- */

static const struct {
	const char *output;
	bool good;
} outputs[] = {
	{"plain", true},
	{"%f.a", true},
	{"(%f.a.)%f.b,%f.c[x]: %f.d[", true},
	{"%10f.a %tolower(f.a) %toupper(b64(f.a))", true},
	{"%tolower(f.a", false},
	{"%tolower(f.a]", false},
	{"%10", false},
	{"%", false},
	{"100 % sure", false},
	{"%g.a", false},
	{"%f.a[bad]", true}, /* f.a, then text */
	{"%.", false},
};

TEST(output_rows)
{
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		auto_loaded l = {0};
		span text = arena_format(&l.arena,
			"- rule: r\n  desc: d\n  condition: f.a = 1\n  priority: info\n  output: '%s'\n",
			outputs[i].output);
		load(&l, text.p);
		if (l.last.read != outputs[i].good)
			TEST_FAIL("'%s'", outputs[i].output);
		if (!outputs[i].good)
			CHECK_SPAN(span_of(l.last.problems.items[0].code), "LOAD_ERR_COMPILE_OUTPUT");
	}
}

/* --- places --- */

TEST(places_in_conditions_add_up)
{
	auto_loaded l = {0};
	load(&l, "# a comment\n- rule: r\n  desc: d\n  output: o\n  priority: info\n"
		 "  condition: f.a = 1 and x.y = 2\n");
	CHECK_INT(l.last.problems.count, 1);
	const rule_problem *p = &l.last.problems.items[0];
	CHECK_INT(p->places.count, 4);
	const rule_place *in = &p->places.items[2], *at = &p->places.items[3];
	CHECK_SPAN(span_of(in->kind), "rule condition");
	CHECK_INT(in->line, 5);
	CHECK_INT(in->column, 13);
	CHECK_SPAN(span_of(at->kind), "condition expression");
	CHECK_SPAN(at->file, "\"f.a = 1 and x.y = 2\"");
	CHECK_INT(at->line, 6);
	CHECK_INT(at->column, 13 + 13);
	CHECK_INT(at->offset, in->offset + 12);
	CHECK_SPAN(p->snippet, "f.a = 1 and x.y = 2\n                  ^\n");
}

TEST(excerpts_are_cut)
{
	auto_loaded l = {0};
	auto_buffer text = {0};
	buffer_add_string(&text, "- {rule: r, desc: ");
	buffer_repeat(&text, 'a', 200);
	buffer_add_string(&text, ", output: o, priority: high, condition: ");
	buffer_repeat(&text, 'b', 200);
	buffer_add_string(&text, "}\n");
	load(&l, arena_string(&l.arena, buffer_span(&text)));
	CHECK_INT(l.last.problems.count, 1);
	span lines = l.last.problems.items[0].snippet, line, caret;
	CHECK(span_cut(&lines, '\n', &line) && span_cut(&lines, '\n', &caret));
	CHECK_INT(line.n, 161);
	CHECK(span_starts(line, SPAN("...aaa")) && span_ends(line, SPAN("bbb...")));
	CHECK_INT(caret.n, 81);
	CHECK(span_starts(span_from(line, 80), SPAN("high")));
}

TEST(priorities)
{
	CHECK_INT(watch_priority_find(SPAN("eMERGENCY")), WATCH_EMERGENCY);
	CHECK_INT(watch_priority_find(SPAN("info")), WATCH_INFORMATIONAL);
	CHECK_INT(watch_priority_find(SPAN("Informational")), WATCH_INFORMATIONAL);
	CHECK_INT(watch_priority_find(SPAN("debu")), -1);
	CHECK_INT(watch_priority_find((span){0}), -1);
}

TEST(warnings_are_bounded)
{
	auto_loaded l = {0};
	auto_buffer text = {0};
	for (int i = 0; i < 1500; i++)
		buffer_format(&text, "- {macro: m%d, condition: f.a = 1}\n", i);
	buffer_add_string(&text, "- {macro: a}\n");
	load(&l, arena_string(&l.arena, buffer_span(&text)));
	CHECK_INT(l.last.problems.count, 1); /* an error: nobody is asked what is unused */
	auto_loaded m = {0};
	text.n -= strlen("- {macro: a}\n");
	load(&m, arena_string(&m.arena, buffer_span(&text)));
	CHECK(m.last.read);
	CHECK_INT(m.last.problems.count, 1000);
}
