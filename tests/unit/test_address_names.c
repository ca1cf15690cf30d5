/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of addresses: which are asked for when, what is kept, which rules ask for them and what they then see. */
#include "rules.h"
#include "test.h"
#include "watch_machine.h"

#include "base/limits.h"
#include "watch/address_names.h"
#include "watch/ruleset_names.h"

TEST_MAIN()

enum { SECOND = 1000, MINUTE = 60 * SECOND };

/* 10.0.0.n */
#define FOUR(n)                                                 \
	{                                                       \
		[10] = 0xff, [11] = 0xff, [12] = 10, [15] = (n) \
	}
#define ASKED(n) SPAN("\x0a\0\0" n)

static const uint8_t one[][ADDRESS_BYTES] = {FOUR(1)}, two[][ADDRESS_BYTES] = {FOUR(2), {[15] = 1}};

static void answer(
	address_names *n, const char *name, uint32_t count, const uint8_t (*a)[ADDRESS_BYTES], int64_t now)
{
	address_names_answer(n, span_of(name), count ? NAMES_FOUND : NAMES_NONE, a, count, now);
}

/* The names of an address, in a row. */
static span names_of(address_names *n, span address, arena *a)
{
	span ret = SPAN(""), name;
	for (uint32_t i = 0; address_names_get(n, address, i, &name); i++)
		ret = arena_format(a, "%.*s%.*s ", SPAN_ARG(ret), SPAN_ARG(name));
	return ret;
}

TEST(names_and_addresses)
{
	arena a = {0};
	address_names *n = address_names_new();
	span names[] = {SPAN("a"), SPAN("b"), SPAN("a"), SPAN("B")}, name;
	address_names_want(n, names, 4);
	CHECK_INT(address_names_count(n).wanted, 3);
	CHECK(!address_names_complete(n));
	answer(n, "b", 2, two, 0);
	answer(n, "a", 2, two, 0);
	answer(n, "other", 1, one, 0);
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "a b ");
	CHECK_SPAN(names_of(n, SPAN("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2"), &a), "a b ");
	CHECK_SPAN(names_of(n, SPAN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), &a), "a b ");
	CHECK_SPAN(names_of(n, ASKED("\1"), &a), "");
	CHECK(!address_names_get(n, SPAN("x"), 0, &name) && !address_names_get(n, (span){0}, 0, &name));
	CHECK(!address_names_complete(n));
	answer(n, "B", 0, NULL, 0);
	CHECK(address_names_complete(n));
	CHECK_INT(address_names_count(n).known, 2);
	/* Other rules: what is known stays, what is no longer asked for goes. */
	address_names_want(n, (span[]){SPAN("c"), SPAN("b")}, 2);
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "b ");
	CHECK(!address_names_complete(n));
	address_names_free(n);
	address_names_free(NULL);
	arena_done(&a);
}

TEST(when_names_are_asked_for)
{
	static const struct {
		names_outcome outcome;
		uint32_t count;
		const uint8_t (*addresses)[ADDRESS_BYTES];
		int64_t pause; /* seconds until it is asked for again */
	} steps[] = {
		{NAMES_FOUND, 1, one, 10},
		{NAMES_FOUND, 1, one, 20},
		{NAMES_FOUND, 1, one, 40},
		{NAMES_FOUND, 2, two, 10},
		{NAMES_FOUND, 2, two, 20},
		{NAMES_SILENT, 0, NULL, 10},
		{NAMES_SILENT, 0, NULL, 20},
		{NAMES_SILENT, 0, NULL, 40},
		{NAMES_SILENT, 0, NULL, 80},
		{NAMES_SILENT, 0, NULL, 160},
		{NAMES_SILENT, 0, NULL, 320},
		{NAMES_SILENT, 0, NULL, 320},
		{NAMES_FOUND, 1, one, 10},
	};
	address_names *n = address_names_new();
	span name;
	int64_t now = 5;
	address_names_want(n, (span[]){SPAN("x")}, 1);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		CHECK(address_names_due(n, now, &name) && span_is(name, "x"));
		CHECK(!address_names_due(n, now + 1000 * MINUTE, &name)); /* until it is answered */
		address_names_answer(n, name, steps[i].outcome, steps[i].addresses, steps[i].count, now);
		now += steps[i].pause * SECOND;
		CHECK(!address_names_due(n, now - 1, &name));
	}
	CHECK(address_names_due(n, now, &name) && !address_names_due(n, now, &name));
	address_names_reopen(n);
	CHECK(address_names_due(n, now, &name));
	/* A question that is open stays so when rules are read anew. */
	address_names_want(n, (span[]){SPAN("x"), SPAN("y")}, 2);
	CHECK(address_names_due(n, now, &name) && span_is(name, "y"));
	CHECK(!address_names_due(n, now, &name));
	address_names_free(n);
}

TEST(addresses_that_are_no_longer_given)
{
	arena a = {0};
	address_names *n = address_names_new();
	address_names_want(n, (span[]){SPAN("x")}, 1);
	answer(n, "x", 1, one, 0);
	answer(n, "x", 2, two, 9 * MINUTE);
	CHECK_SPAN(names_of(n, ASKED("\1"), &a), "x ");
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "x ");
	/* Nobody could say: nothing changes, however long. */
	address_names_answer(n, SPAN("x"), NAMES_SILENT, NULL, 0, 1000 * MINUTE);
	CHECK_SPAN(names_of(n, ASKED("\1"), &a), "x ");
	CHECK_INT(address_names_count(n).silent, 1);
	answer(n, "x", 2, two, 1001 * MINUTE);
	CHECK_SPAN(names_of(n, ASKED("\1"), &a), "");
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "x ");
	answer(n, "x", 0, NULL, 1010 * MINUTE);
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "x ");
	answer(n, "x", 0, NULL, 1011 * MINUTE);
	CHECK_SPAN(names_of(n, ASKED("\2"), &a), "");
	CHECK_INT(address_names_count(n).known, 0);
	address_names_free(n);
	arena_done(&a);
}

TEST(more_than_there_is_room_for)
{
	arena a = {0};
	address_names *n = address_names_new();
	span *names = ARENA_ARRAY(&a, span, LIMIT_RESOLVE_NAMES + 9);
	for (uint32_t i = 0; i < LIMIT_RESOLVE_NAMES + 9; i++)
		names[i] = arena_format(&a, "n%u", i);
	address_names_want(n, names, LIMIT_RESOLVE_NAMES + 9);
	CHECK_INT(address_names_count(n).wanted, LIMIT_RESOLVE_NAMES);
	/* Of one name, the addresses that were given last. */
	for (int i = 0; i < 2 * LIMIT_RESOLVE_ADDRESSES; i++) {
		uint8_t next[1][ADDRESS_BYTES] = {FOUR((uint8_t)i)};
		answer(n, "n7", 1, next, 1 + i);
	}
	CHECK_SPAN(names_of(n, ASKED("\0"), &a), "");
	CHECK_SPAN(names_of(n, ASKED("\x3f"), &a), "");
	CHECK_SPAN(names_of(n, ASKED("\x40"), &a), "n7 ");
	CHECK_SPAN(names_of(n, ASKED("\x7f"), &a), "n7 ");
	address_names_free(n);
	arena_done(&a);
}

/* --- rules --- */

#define RULE(name, condition)                                                          \
	"- rule: " name "\n  desc: x\n  condition: evt.type = connect and (" condition \
	")\n  output: x\n  priority: INFO\n"

TEST(names_in_rules)
{
	arena a = {0};
	const watch_rule *rules;
	names_asked asked;
	ruleset *r = rules_ready(&a,
		SPAN(RULE("1", "fd.sip.name = one.test") RULE(
			"2", "fd.cip.name in (two.test, one.test, Two.Test.)") RULE("3",
			"not fd.lip.name != three.test") RULE("4", "fd.rip.name startswith four") RULE("5",
			"fd.name = five.test") RULE("6", "fd.sip.name in ('a b', '', .dot, -d_1.x)")
				RULE("7", "tolower(fd.sip.name) = seven.test")),
		7, &rules);
	CHECK(r);
	ruleset_names(r, &a, &asked);
	span all = SPAN("");
	list_each(const span, name, &asked.names)
		all = arena_format(&a, "%.*s%.*s ", SPAN_ARG(all), SPAN_ARG(*name));
	CHECK_SPAN(all, "one.test two.test Two.Test. three.test -d_1.x seven.test ");
	CHECK_INT(asked.rules, 6);
	CHECK_INT(asked.beyond, 0);
	arena_done(&a);
}

static bool on_rule(void *of, const watch_rule *rule)
{
	char **at = of;
	*(*at)++ = rule->name.p[0];
	return true;
}

TEST(what_rules_see)
{
	static const struct {
		int answers; /* 0: nobody asks; 1: nothing was answered yet; 2: one.test has no address; 3: it has that of the server; 4: two names have */
		const char *found;
	} cases[] = {{0, "7"}, {1, "7"}, {2, "357"}, {3, "1247"}, {4, "1247"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		machine m;
		machine_init(&m);
		const watch_rule *rules;
		char found[16] = "", *at = found;
		ruleset *r = rules_ready(&m.a,
			SPAN(RULE("1", "fd.sip.name = one.test") RULE(
				"2", "fd.sip.name in (one.test, x.test)") RULE("3", "fd.sip.name != one.test")
					RULE("4", "fd.sip.name exists") RULE(
						"5", "fd.cip.name != one.test and not fd.sip.name exists")
						RULE("6", "fd.cip.name = one.test or fd.sip.name = six.test")
							RULE("7", "not fd.sip.name = six.test")),
			7, &rules);
		address_names *n = address_names_new();
		CHECK(r);
		address_names_want(n, (span[]){SPAN("two.test"), SPAN("one.test")}, 2);
		static const uint8_t server[][ADDRESS_BYTES] = {
			{[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 2}};
		if (cases[i].answers > 1) {
			answer(n, "one.test", cases[i].answers > 2, server, 0);
			answer(n, "two.test", cases[i].answers > 3, server, 0);
		}
		m.s.names = cases[i].answers ? n : NULL;
		made_begin(&m.m, 19, 100);
		made_number(&m.m, 0, 3);
		made_number(&m.m, 1, 2);
		made_number(&m.m, 2, 1);
		made_number(&m.m, 3, 0);
		RUN();
		made_begin(&m.m, 23, 100);
		made_number(&m.m, 0, 0);
		made_bytes(&m.m, 1, SPAN("\2\x7f\0\0\1\xe8\3\x7f\0\0\2\x50\0"));
		made_number(&m.m, 2, 3);
		BEFORE();
		event_view v = {.event = &m.m.e, .state = &m.s, .scratch = &m.a};
		ruleset_match(r, &v, false, on_rule, &at);
		CHECK_SPAN(span_of(found), cases[i].found);
		address_names_free(n);
		machine_done(&m);
	}
}
