/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules that are asked together: the same answers as asking one by one, but each part once. The fields' values are this file's. */
#include "test.h"

#include "watch/ruleset.h"
#include "watch/ruleset_graph.h"
#include "watch_fields.h"

static const condition_options options = {.depth = 100};

static const graph_fields graph_words = {
	.words = &test_words, .get = test_get, .type = TEST_TYPE, .number = TEST_NUMBER};

static const condition *parsed(const char *text, arena *a)
{
	const condition *tree = NULL;
	condition_fault fault;
	error e;
	return condition_parse(span_of(text), &options, a, &tree, &fault, &e) < 0 ? NULL : tree;
}

static rule_node *added(rule_graph *g, const char *text, arena *a)
{
	rule_node *ret = NULL;
	condition_fault fault;
	const condition *tree = parsed(text, a);
	return tree && rule_graph_add(g, tree, &ret, &fault) == 0 ? ret : NULL;
}

static const char *const conditions[] = {
	"c.true = 1",
	"c.type = open and c.true = 1",
	"c.type in (open, openat) and not c.type = openat",
	"not (c.type = open and c.false = 1)",
	"c.type != open or c.text startswith Hello",
	"c.text startswith Hel or c.text startswith x or c.text = a or c.text in (b, c) or c.path endswith file",
	"(c.text = a or c.text = b) or (c.text = Hello.World or c.true = 0)",
	"(c.text = a or c.text = b) and (c.text = Hello.World or c.true = 1)",
	"c.path pmatch (/a) or c.path pmatch (/b, /c) or c.path pmatch (/opt/dir, /e)",
	"c.path contains /x or c.path contains sub or c.path contains /y",
	"c.none = 1 or not c.none = 1",
	"c.none != x",
	"not not not c.true = 1",
	"c.num = 0",
	"c.num != 0 and c.true = 1",
	"c.list in (bash) or c.list in (sshd, init)",
	"c.names = bash or c.names = zsh",
	"c.ends = 1.1.1.1 or c.ends = 10.0.0.1",
	"c.names != bash and c.ends != 1.2.3.4",
	"c.arg[a] = a and c.arg[b] = b",
	"c.arg[a] = b or c.arg[b] = a",
	"c.text = oneof (a, Hello.World) or c.text = anyof (x)",
	"toupper(c.text) = HELLO.WORLD and c.text = val(c.text)",
	"c.true = 1 and (c.true = 1 and (c.true = 1 and c.false = 0))",
	"c.true = 0 or (c.true = 0 or (c.false = 1 or c.bool = true))",
};

TEST(the_graph_answers_as_conditions_do)
{
	arena a = {0};
	rule_graph *g = rule_graph_new(&graph_words, &a);
	const char *wrong = NULL;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions && !wrong; i++) {
		const expression *x;
		condition_fault fault;
		rule_node *n = added(g, conditions[i], &a);
		if (!n ||
			expression_compile_tree(parsed(conditions[i], &a), &test_words, &a, &x, &fault) < 0) {
			wrong = conditions[i];
			break;
		}
		bool want = expression_eval(x, &(subject){.get = test_get, .absent_is_false = true}, NULL) ==
			    VERDICT_TRUE;
		rule_graph_begin(g, NULL);
		if (rule_graph_holds(g, n) != want ||
			rule_graph_holds(g, rule_graph_specialise(g, n, SPAN("open"))) != want)
			wrong = conditions[i];
	}
	arena_done(&a);
	if (wrong)
		TEST_FAIL("%s", wrong);
}

TEST(equal_parts_are_one)
{
	arena a = {0};
	rule_graph *g = rule_graph_new(&graph_words, &a);
	rule_node *one = added(g, "c.true = 1 and (c.text = a or c.path = b)", &a);
	rule_node *same = added(g, "(c.path=b or c.text=a) and c.true==1", &a);
	uint32_t nodes = rule_graph_nodes(g);
	rule_node *other = added(g, "c.true = 1 and not (c.text = a or c.path = b)", &a);
	uint32_t more = rule_graph_nodes(g) - nodes;
	rule_graph_begin(g, NULL);
	bool holds = rule_graph_holds(g, one);
	bool holds_other = rule_graph_holds(g, other);
	uint64_t asked = rule_graph_asked(g);
	rule_graph_holds(g, same);
	rule_graph_holds(g, other);
	uint64_t again = rule_graph_asked(g) - asked;
	uint32_t fields = rule_graph_fields(g);
	arena_done(&a);
	CHECK(one && one == same && one != other);
	CHECK_INT(more, 2); /* the NOT and the AND around it */
	CHECK(!holds && holds_other);
	CHECK_INT(asked, 3);
	CHECK_INT(again, 0);
	CHECK_INT(fields, 3);
}

TEST(answers_are_of_one_event)
{
	arena a = {0};
	rule_graph *g = rule_graph_new(&graph_words, &a);
	rule_node *n = added(g, "c.true = 1", &a);
	for (int i = 0; i < 3; i++) {
		rule_graph_begin(g, NULL);
		rule_graph_holds(g, n);
		rule_graph_holds(g, n);
	}
	uint64_t asked = rule_graph_asked(g);
	arena_done(&a);
	CHECK_INT(asked, 3);
}

TEST(what_a_type_settles)
{
	arena a = {0};
	rule_graph *g = rule_graph_new(&graph_words, &a);
	rule_node *n = added(g, "c.type in (open, creat) and (c.true = 1 or c.type = creat)", &a);
	rule_node *creat = rule_graph_specialise(g, n, SPAN("creat"));
	rule_node *open = rule_graph_specialise(g, n, SPAN("open"));
	rule_node *other = rule_graph_specialise(g, n, SPAN("close"));
	rule_node *test = added(g, "c.true = 1", &a);
	rule_node *idiom = rule_graph_specialise(g, added(g, "c.true = 1 and c.num = 0", &a), SPAN("open"));
	bool settled = !rule_node_never(creat) && rule_graph_holds(g, creat) && rule_graph_asked(g) == 0;
	bool never = rule_node_never(other) && rule_node_never(idiom) && !rule_node_never(n);
	arena_done(&a);
	CHECK(settled);
	CHECK(never);
	CHECK(open == test);
}

TEST(tests_of_one_field_are_merged)
{
	arena a = {0};
	rule_graph *g = rule_graph_new(&graph_words, &a);
	rule_node *n = added(g,
		"c.path startswith /a or c.text = x or c.path startswith /b or c.text in (y, z) or c.path startswith /c",
		&a);
	rule_graph_begin(g, NULL);
	rule_graph_holds(g, n);
	uint64_t apart = rule_graph_asked(g);
	rule_graph_begin(g, NULL);
	rule_graph_holds(g, rule_graph_specialise(g, n, SPAN("open")));
	uint64_t merged = rule_graph_asked(g) - apart;
	arena_done(&a);
	CHECK_INT(apart, 5);
	CHECK_INT(merged, 2);
}

/* The event that the rules below see. */
static const char *process_name = "cat";

field_state watch_field_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	const event_view *v = of;
	*ret_empty = false;
	*ret = (field_value){.type = field->type};
	if (index > 0)
		return FIELD_UNSET;
	if (field->id == FIELD_EVT_TYPE)
		ret->text = v->event->params[0].p ? v->event->params[0] : span_of(v->event->type->name);
	else if (field->id == FIELD_PROC_NAME)
		ret->text = span_of(process_name);
	else
		return FIELD_UNSET;
	return FIELD_SET;
}

static bool note(void *of, const watch_rule *rule)
{
	char *names = of;
	strncat(names, rule->name.p, 1);
	return !rule->posture; /* it turns out that it does not count */
}

static const char *matched(ruleset *r, const char *type, span named, bool first, char *names)
{
	int number = event_type_find(span_of(type), true);
	event e = {.number = 1, .code = (uint16_t)number, .type = event_type_get((uint32_t)number)};
	e.params[0] = named;
	event_view v = {.event = &e};
	names[0] = 0;
	ruleset_match(r, &v, first, note, names);
	return names;
}

static watch_rule rule_of(const char *name, watch_priority priority, bool enabled, const char *text, arena *a)
{
	return (watch_rule){.name = span_of(name),
		.priority = priority,
		.enabled = enabled,
		.condition = parsed(text, a)};
}

TEST(rules_by_type)
{
	arena a = {0};
	char n[16];
	const watch_rule rules[] = {
		rule_of("a", WATCH_ERROR, true, "evt.type = openat and proc.name = cat", &a),
		rule_of("b", WATCH_NOTICE, true, "evt.type in (openat, connect) and proc.name in (cat, nc)",
			&a),
		rule_of("c", WATCH_DEBUG, true, "evt.type = openat", &a),
		rule_of("d", WATCH_ERROR, false, "evt.type = openat", &a),
		rule_of("e", WATCH_ERROR, true, "proc.name = cat", &a),
		rule_of("f", WATCH_ERROR, true, "evt.type = swapon", &a),
		rule_of("g", WATCH_ERROR, true, "evt.type = openat and evt.num = 0", &a),
	};
	ruleset *r;
	error e;
	CHECK_INT(ruleset_new(rules, 7, WATCH_INFORMATIONAL, &a, &r, &e), 0);
	CHECK(strcmp(matched(r, "openat", (span){0}, false, n), "abe") == 0);
	CHECK(strcmp(matched(r, "openat", (span){0}, true, n), "a") == 0);
	CHECK(strcmp(matched(r, "connect", (span){0}, false, n), "be") == 0);
	CHECK(strcmp(matched(r, "close", (span){0}, false, n), "e") == 0);
	CHECK(strcmp(matched(r, "syscall", SPAN("swapon"), false, n), "ef") == 0);
	CHECK(strcmp(matched(r, "syscall", SPAN("no such call"), false, n), "") == 0);
	process_name = "nc";
	CHECK(strcmp(matched(r, "connect", (span){0}, false, n), "b") == 0);
	CHECK(strcmp(matched(r, "openat", (span){0}, false, n), "b") == 0);
	process_name = "cat";
	CHECK_INT(event_set_count(ruleset_events(r)), event_code_count());
	arena_done(&a);
}

/* What several rules look for in one value is looked for at once: the same rules are true as when each is alone. */
TEST(texts_of_many_rules)
{
	static const char *const conditions[] = {"proc.name contains ab", "proc.name contains B",
		"proc.name icontains b", "proc.name icontains 'AB'", "proc.name contains ''",
		"proc.name contains anyof (ba, aab)", "proc.name contains allof (a, b)",
		"proc.name contains oneof (aa, b)", "proc.name icontains anyof (\"/\", Ba)",
		"proc.name contains aa or proc.name contains bb or proc.name contains /",
		"not proc.name contains a", "proc.name icontains aa or proc.name icontains bb",
		"toupper(proc.name) contains BA", "proc.pname contains a", "proc.name contains c",
		"proc.name contains d", "proc.name icontains c", "proc.name icontains e",
		"proc.name icontains f", "proc.name icontains g"};
	enum { COUNT = sizeof conditions / sizeof *conditions };
	arena a = {0};
	error e;
	watch_rule rules[COUNT];
	ruleset *all, *one[COUNT];
	char names[COUNT][2], n[COUNT + 1], text[9] = "";
	const char *before = process_name;
	for (int i = 0; i < COUNT; i++) {
		names[i][0] = (char)('a' + i);
		names[i][1] = 0;
		rules[i] = rule_of(names[i], WATCH_ERROR, true,
			arena_format(&a, "evt.type = openat and (%s)", conditions[i]).p, &a);
		CHECK_INT(ruleset_new(&rules[i], 1, WATCH_DEBUG, &a, &one[i], &e), 0);
	}
	CHECK_INT(ruleset_new(rules, COUNT, WATCH_DEBUG, &a, &all, &e), 0);
	process_name = text;
	for (uint32_t number = 0; number < 5 * 5 * 5 * 5 * 5; number++) {
		char wanted[COUNT + 1] = "";
		uint32_t rest = number;
		for (int i = 0; i < 5; i++, rest /= 5)
			text[i] = "abAB/"[rest % 5];
		text[number % 6] = 0;
		for (int i = 0; i < COUNT; i++)
			strcat(wanted, matched(one[i], "openat", (span){0}, false, n));
		CHECK(strcmp(matched(all, "openat", (span){0}, false, n), wanted) == 0);
	}
	process_name = before;
	arena_done(&a);
}

/* One that may become urgent enough is asked; if it does not count, the next is the first. */
TEST(rules_that_may_be_raised)
{
	arena a = {0};
	char n[16];
	watch_rule rules[] = {
		rule_of("a", WATCH_NOTICE, true, "evt.type = openat", &a),
		rule_of("b", WATCH_NOTICE, true, "evt.type = openat", &a),
		rule_of("c", WATCH_INFORMATIONAL, true, "evt.type = openat", &a),
		rule_of("d", WATCH_WARNING, true, "evt.type = openat", &a),
		rule_of("e", WATCH_WARNING, true, "evt.type = openat", &a),
	};
	ruleset *r;
	error e;
	rules[1].posture = rules[2].posture = true;
	CHECK_INT(ruleset_new(rules, 5, WATCH_WARNING, &a, &r, &e), 0);
	CHECK(strcmp(matched(r, "openat", (span){0}, false, n), "bde") == 0);
	CHECK(strcmp(matched(r, "openat", (span){0}, true, n), "bd") == 0);
	arena_done(&a);
}

TEST(events_that_are_asked_for)
{
	arena a = {0};
	const watch_rule rules[] = {rule_of("a", WATCH_ERROR, true, "evt.type in (openat, setuid)", &a)};
	const watch_rule bad[] = {
		rule_of("a", WATCH_ERROR, true, "evt.type = openat and proc.nobody = x", &a)};
	ruleset *r;
	error e;
	CHECK_INT(ruleset_new(rules, 1, WATCH_DEBUG, &a, &r, &e), 0);
	CHECK_INT(event_set_count(ruleset_events(r)), 3); /* setuid and setuid32 */
	CHECK(ruleset_new(bad, 1, WATCH_DEBUG, &a, &r, &e) < 0);
	CHECK(strstr(e.text, "rule a: filter_check called with nonexistent field proc.nobody"));
	arena_done(&a);
}

/* Fields by names as people write them. */
TEST(fields_with_arguments)
{
	static const struct {
		const char *name, *argument; /* NULL: none */
		int id;                      /* < 0: there is none */
		const char *why;
	} fields[] = {
		{"proc.name", NULL, FIELD_PROC_NAME, NULL},
		{"proc.name", "x", -1, NULL},
		{"proc.nam", NULL, -1, NULL},
		{"proc.name.x", NULL, -1, NULL},
		{"evt.arg.flags", NULL, FIELD_EVT_ARG, NULL},
		{"evt.arg", "0", FIELD_EVT_ARG, NULL},
		{"evt.arg", "key", -1, "key is not a valid number"},
		{"evt.arg", NULL, -1, "filter syntax error: evt.arg"},
		{"evt.arg.nosuchparameter", NULL, -1, "unknown event argument nosuchparameter"},
		{"evt.rawarg.res", NULL, FIELD_EVT_RAWARG, NULL},
		{"evt.rawarg", "0", -1, "evt.arg fields must be expressed explicitly"},
		{"evt.abspath", NULL, FIELD_EVT_ABSPATH, NULL},
		{"evt.abspath.src", NULL, FIELD_EVT_ABSPATH, NULL},
		{"evt.abspath.up", NULL, -1, NULL},
		{"evt.type.is.open", NULL, FIELD_EVT_TYPE_IS, NULL},
		{"evt.type.is.nosuch", NULL, -1, NULL},
		{"proc.aname", NULL, FIELD_PROC_ANAME, NULL},
		{"proc.aname", "2", FIELD_PROC_ANAME, NULL},
		{"proc.aname", "x", -1, "x is not a valid number"},
		{"proc.env", "HOME", FIELD_PROC_ENV, NULL},
		{"container.label", "a.b/c", FIELD_CONTAINER_LABEL, NULL},
		{"container.label.a", NULL, FIELD_CONTAINER_LABEL, NULL},
		{"container.label", NULL, -1, "field 'container.label' requires an argument"},
		{"container.mount.dest", "/etc*", FIELD_CONTAINER_MOUNT_DEST, NULL},
		{"container.mount", "0", FIELD_CONTAINER_MOUNT, NULL},
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		arena a = {0};
		span why = {0};
		const field_row *row = watch_field_find(
			NULL, span_of(fields[i].name), span_of(fields[i].argument), &a, &why);
		bool same = (row ? row->id : -1) == fields[i].id &&
			    (fields[i].why ? span_is(why, fields[i].why) : why.p == NULL);
		arena_done(&a);
		if (!same)
			TEST_FAIL("%s[%s]", fields[i].name, fields[i].argument ? fields[i].argument : "");
	}
}

TEST(rows_of_fields)
{
	arena a = {0};
	const field_row *any = watch_field(SPAN("proc.aname"), (span){0}, &a);
	const field_row *second = watch_field(SPAN("proc.aname"), SPAN("2"), &a);
	const field_row *flags = watch_field(SPAN("evt.rawarg.flags"), (span){0}, &a);
	bool good = any->some && !second->some && second->indexed && second->number == 2 &&
		    flags->type == VALUE_UNSIGNED && flags->bits == 32;
	uint32_t count = 0;
	for (const field_row *row; (row = watch_field_at(count)); count++)
		good &= row->id == (int)count && row->meaning[0] && row->cost > 0;
	arena_done(&a);
	CHECK(good);
	CHECK_INT(count, FIELD_COUNT);
}

TEST_MAIN()
