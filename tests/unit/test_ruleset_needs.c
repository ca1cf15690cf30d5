/* SPDX-License-Identifier: Apache-2.0
 *
 * What is asked of the kernel for a rule: for no class of calls may less be sent than the rule can be true for. */
#include "rules.h"
#include "test.h"

#include "watch/ruleset_needs.h"

/* Masks of classes. */
static uint64_t classes(uint32_t all_of, uint32_t none_of, uint32_t bits)
{
	uint64_t ret = 0;
	for (uint32_t class = 0; class < CLASS_COUNT; class ++)
		if (!(class & ~bits) && (class & all_of) == all_of && !(class & none_of))
			ret |= (uint64_t)1 << class;
	return ret;
}

enum { OPEN_BITS = CLASS_COUNT - 1, CALL_BITS = CLASS_CONTAINER | CLASS_GOOD };

typedef struct needs_case {
	const char *condition, *type;
	bool opens;
	uint32_t all_of, none_of;           /* classes that are wanted, or sought when there are texts */
	const char *prefix, *suffix, *name; /* the first of each; NULL: none */
	bool traversal;
} needs_case;

static const needs_case cases[] = {
	{"evt.type = openat", "openat", true, 0, 0, NULL, NULL, NULL, false},
	{"evt.type = openat and container.id != host", "openat", true, CLASS_CONTAINER, 0, NULL, NULL, NULL,
		false},
	{"evt.type = openat and container.id = host", "openat", true, 0, CLASS_CONTAINER, NULL, NULL, NULL,
		false},
	{"evt.type = openat and not container.id = host", "openat", true, CLASS_CONTAINER, 0, NULL, NULL,
		NULL, false},
	{"evt.type = openat and container.id = 0123456789ab", "openat", true, CLASS_CONTAINER, 0, NULL, NULL,
		NULL, false},
	{"evt.type = openat and evt.is_open_write = true and fd.num >= 0", "openat", true,
		CLASS_WRITE | CLASS_GOOD, 0, NULL, NULL, NULL, false},
	{"evt.type = openat and evt.is_open_read = false", "openat", true, 0, CLASS_READ, NULL, NULL, NULL,
		false},
	{"evt.type = openat and fd.num = -1", "openat", true, 0, CLASS_GOOD, NULL, NULL, NULL, false},
	{"evt.type = openat and evt.rawres < 0", "openat", true, 0, CLASS_GOOD, NULL, NULL, NULL, false},
	{"evt.type = openat and evt.res = SUCCESS", "openat", true, CLASS_GOOD, 0, NULL, NULL, NULL, false},
	{"evt.type = openat and evt.arg.flags contains O_TRUNC", "openat", true, CLASS_TRUNCATE, 0, NULL,
		NULL, NULL, false},
	{"evt.type = openat and evt.is_open_exec = true", "openat", true, CLASS_CREATE, 0, NULL, NULL, NULL,
		false},
	{"evt.type = openat and fd.num >= 0 and fd.name = /etc/shadow", "openat", true, CLASS_GOOD, 0,
		"/etc/shadow", NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name = /proc/self/exe", "openat", true, CLASS_GOOD, 0,
		"/proc/self/exe", NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name startswith /etc and proc.name = cat", "openat", true,
		CLASS_GOOD, 0, "/etc", NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name endswith release_agent", "openat", true, CLASS_GOOD,
		0, NULL, "release_agent", NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.filename = wtmp", "openat", true, CLASS_GOOD, 0, NULL,
		"/wtmp", NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.directory = /dev", "openat", true, CLASS_GOOD, 0, "/dev",
		NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name glob /proc/*/environ", "openat", true, CLASS_GOOD, 0,
		NULL, "/environ", NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name pmatch (/host)", "openat", true, CLASS_GOOD, 0,
		"/host", NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and proc.name = sshd and fd.name contains x", "openat", true,
		CLASS_GOOD, 0, NULL, NULL, "sshd", false},
	{"evt.type = openat and fd.num >= 0 and fd.nameraw contains ../", "openat", true, CLASS_GOOD, 0, NULL,
		NULL, NULL, true},
	{"evt.type = openat and fd.num >= 0 and (fd.name = /a or fd.name contains b)", "openat", true,
		CLASS_GOOD, 0, NULL, NULL, NULL, false},
	{"evt.type = openat and fd.num >= 0 and not fd.name = /a", "openat", true, CLASS_GOOD, 0, NULL, NULL,
		NULL, false},
	{"evt.type = openat and fd.num >= 0 and fd.name startswith ''", "openat", true, CLASS_GOOD, 0, NULL,
		NULL, NULL, false},
	{"evt.type = connect and container.id != host and evt.rawres >= 0", "connect", false,
		CLASS_CONTAINER | CLASS_GOOD, 0, NULL, NULL, NULL, false},
	{"evt.type = connect and fd.name = x and fd.num >= 0", "connect", false, 0, 0, NULL, NULL, NULL,
		false},
	{"evt.type = connect and proc.name = nc", "connect", false, 0, 0, NULL, NULL, "nc", false},
};

static bool first_is(const sought_list *list, const char *text)
{
	return text ? list->count > 0 && span_is(list->items[0].text, text) : list->count == 0;
}

/* What is wrong, or NULL. */
static const char *check(const needs_case *c)
{
	arena a = {0};
	const watch_rule *rules = NULL;
	const char *wrong = NULL;
	sought_texts texts = {0};
	ruleset *ready = rules_ready(&a,
		arena_format(&a,
			"- rule: r\n  desc: d\n  condition: >\n    %s\n  output: o\n  priority: INFO\n",
			c->condition),
		1, &rules);
	if (!ready) {
		arena_done(&a);
		return "it is no rule";
	}
	call_asks needs = ruleset_needs(ready, span_of(c->type), PURPOSE_SEND, c->opens, &a, &texts);
	uint64_t expected = classes(c->all_of, c->none_of, c->opens ? OPEN_BITS : CALL_BITS);
	bool by_text = c->prefix || c->suffix || c->name || c->traversal;
	if ((by_text ? needs.sought : needs.wanted) != expected || (by_text ? needs.wanted : needs.sought))
		wrong = "other classes";
	else if (!first_is(&texts.prefixes, c->prefix) || !first_is(&texts.suffixes, c->suffix) ||
		 !first_is(&texts.names, c->name))
		wrong = "other texts";
	else if ((needs.traversal != 0) != c->traversal)
		wrong = "traversal";
	else if (needs.links !=
		 (c->prefix && span_starts(span_of(c->prefix), SPAN("/proc/self/")) ? expected : 0))
		wrong = "links";
	arena_done(&a);
	return wrong;
}

TEST(of_one_rule)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (check(&cases[i]))
			TEST_FAIL("%s: %s", cases[i].condition, check(&cases[i]));
}

/* Two rules: the class that one wants whatever the path is needs no text; the other class does. */
TEST(of_two_rules)
{
	arena a = {0};
	const watch_rule *rules = NULL;
	sought_texts texts = {0};
	ruleset *ready = rules_ready(&a,
		SPAN("- rule: inside\n  desc: d\n  output: o\n  priority: INFO\n"
		     "  condition: evt.type = open and fd.num >= 0 and container.id != host\n"
		     "- rule: shadow\n  desc: d\n  output: o\n  priority: INFO\n"
		     "  condition: evt.type = open and fd.num >= 0 and fd.name = /etc/shadow\n"),
		2, &rules);
	CHECK(ready);
	call_asks needs = ruleset_needs(ready, SPAN("open"), PURPOSE_SEND, true, &a, &texts);
	CHECK(needs.wanted == classes(CLASS_CONTAINER | CLASS_GOOD, 0, OPEN_BITS));
	CHECK(needs.sought == classes(CLASS_GOOD, CLASS_CONTAINER, OPEN_BITS));
	CHECK(texts.prefixes.count == 1 && texts.prefixes.items[0].classes.of[PURPOSE_SEND] == needs.sought);
	needs = ruleset_needs(ready, SPAN("openat"), PURPOSE_SEND, true, &a, &texts);
	CHECK(!needs.wanted && !needs.sought);
	arena_done(&a);
}

/* Processes are stopped only for rules that kill, and only in containers. */
TEST(of_what_is_stopped)
{
	arena a = {0};
	const watch_rule *rules = NULL;
	sought_texts texts = {0};
	ruleset *ready = rules_ready(&a,
		SPAN("- rule: all\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type = open\n"
		     "- rule: one\n  desc: d\n  output: o\n  priority: INFO\n  action: kill\n"
		     "  condition: evt.type = open and fd.num >= 0 and fd.name = /etc/shadow\n"
		     "- rule: two\n  desc: d\n  output: o\n  priority: INFO\n  action: deny\n"
		     "  condition: evt.type = execve\n"),
		3, &rules);
	CHECK(ready);
	CHECK(rules[0].action == WATCH_TELL);
	CHECK(rules[1].action == WATCH_KILL);
	CHECK(rules[2].action == WATCH_DENY);
	call_asks needs = ruleset_needs(ready, SPAN("open"), PURPOSE_STOP, true, &a, &texts);
	CHECK(!needs.wanted && needs.sought == classes(CLASS_GOOD | CLASS_CONTAINER, 0, OPEN_BITS));
	CHECK(texts.prefixes.count == 1 && texts.prefixes.items[0].classes.of[PURPOSE_STOP] == needs.sought &&
		!texts.prefixes.items[0].classes.of[PURPOSE_SEND]);
	needs = ruleset_needs(ready, SPAN("execve"), PURPOSE_STOP, false, &a, &texts);
	CHECK(!needs.wanted && !needs.sought);
	arena_done(&a);
}

TEST_MAIN()
