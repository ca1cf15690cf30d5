/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rule with `action: deny` comes to: clauses that say no more and no less than the rule, or a refusal. */
#include "deny_calls.h"
#include "rules.h"
#include "test.h"

#include <string.h>

typedef struct deny_case {
	const char *condition;
	const char *
		refused; /* the field; "" for the way tests are joined, "-" for a rule about other calls; NULL: it is decided */
	deny_call calls[6];
	const char *answers; /* y or n for each: denied */
} deny_case;

enum { CLASS = CLASS_CONTAINER | CLASS_GOOD };
#define WRITES DENY_OPEN, CLASS | CLASS_WRITE
#define READS  DENY_OPEN, CLASS | CLASS_READ
#define EXECS  DENY_EXEC, CLASS
#define TCP4   DENY_CONNECT, CLASS | CLASS_TCP

/* clang-format off */
static const deny_case cases[] = {
	{"evt.type in (open, openat) and container.id != host and fd.num >= 0 and fd.name = /etc/shadow", NULL,
		{{READS, "/etc/shadow"}, {WRITES, "/etc/shadow"}, {READS, "/etc/shadow-"}, {READS, "/x/etc/shadow"}}, "yynn"},
	{"evt.type = openat and evt.is_open_write = true and fd.name startswith /etc", NULL,
		{{WRITES, "/etc/x"}, {WRITES, "/etcetera"}, {READS, "/etc/x"}, {WRITES, "/opt/etc"}}, "yynn"},
	{"evt.type = openat and fd.name startswith /etc/ and fd.name endswith .conf", NULL,
		{{READS, "/etc/a.conf"}, {READS, "/etc/a"}, {READS, "/a.conf"}}, "ynn"},
	{"evt.type = openat and (fd.name startswith /etc/ or fd.name endswith .conf)", NULL,
		{{READS, "/etc/a.conf"}, {READS, "/etc/a"}, {READS, "/a.conf"}, {READS, "/a"}}, "yyyn"},
	{"evt.type = openat and fd.name startswith /etc/ and not fd.name startswith /etc/apt/ and not proc.name in (dpkg, apt)", NULL,
		{{READS, "/etc/a", "cat"}, {READS, "/etc/apt/a", "cat"}, {READS, "/etc/a", "apt"}, {READS, "/etc/a"}}, "ynny"},
	{"evt.type = openat and not (fd.name startswith /tmp/ and proc.name = cat)", NULL,
		{{READS, "/tmp/a", "cat"}, {READS, "/tmp/a", "dog"}, {READS, "/a", "cat"}}, "nyy"},
	{"evt.type = openat and fd.name pmatch (/etc/ssl, /root/)", NULL,
		{{READS, "/etc/ssl"}, {READS, "/etc/ssl/x"}, {READS, "/etc/ssl.d"}, {READS, "/root/x"}}, "yyny"},
	{"evt.type = openat and fd.name glob '/etc/*'", NULL, {{READS, "/etc/a/b"}, {READS, "/etc"}}, "yn"},
	{"evt.type = openat and fd.filename in (shadow, id_rsa)", NULL, {{READS, "/a/shadow"}, {READS, "/id_rsa"}, {READS, "/xshadow"}}, "yyn"},
	{"evt.type = openat and fd.name != /a", NULL, {{READS, "/a"}, {READS, "/b"}}, "ny"},
	{"evt.type = openat and proc.name = cat and fd.name = /a", NULL, {{READS, "/a", "cat"}, {READS, "/a", "dog"}, {READS, "/b", "cat"}}, "ynn"},
	{"(evt.type = openat and fd.name = /a) or (evt.type = execve and proc.name = evil)", NULL,
		{{READS, "/a"}, {READS, "/b", "evil"}, {EXECS, "/a", "evil"}, {EXECS, "/a", "good"}}, "ynyn"},
	{"evt.type in (execve, execveat) and proc.is_exe_upper_layer = true and not proc.exepath startswith /opt/", NULL,
		{{EXECS, "/bin/x"}, {EXECS | CLASS_UPPER, "/bin/x"}, {EXECS | CLASS_UPPER, "/opt/x"}}, "nyn"},
	{"evt.type = execve and proc.is_exe_from_memfd = true", NULL, {{EXECS, "x"}, {EXECS | CLASS_MEMORY, "x"}}, "ny"},
	{"evt.type = connect and fd.typechar = 4 and (evt.rawres >= 0 or evt.res = EINPROGRESS) and fd.sip = 10.0.0.1", NULL,
		{{TCP4, .address = "\12\0\0\1"}, {TCP4, .address = "\12\0\0\2"}, {TCP4 | CLASS_IPV6, .address = "0123456789abcdef"}}, "ynn"},
	{"evt.type = connect and not fd.snet in (10.0.0.0/8, 172.16.0.0/12) and fd.sport != 443", NULL,
		{{TCP4, .address = "\12\1\2\3", .port = 80}, {TCP4, .address = "\254\37\0\1", .port = 80},
			{TCP4, .address = "\254\40\0\1", .port = 80}, {TCP4, .address = "\1\1\1\1", .port = 443}}, "nnyn"},
	{"evt.type = connect and fd.l4proto = udp and fd.sport in (53, 5353)", NULL,
		{{TCP4, .port = 53}, {DENY_CONNECT, CLASS | CLASS_UDP, .port = 53}, {DENY_CONNECT, CLASS | CLASS_UDP, .port = 54}}, "nyn"},
	{"evt.type = openat and fd.filename in (a/shadow)", "fd.filename", {{READS, "/a/shadow"}}, "n"},
	{"evt.type = connect and not fd.net in (10.0.0.0/8)", "fd.net", {{TCP4, .address = "\12\1\2\3"}}, "n"},
	{"evt.type = connect and fd.snet in (\"::/1\")", NULL, {{TCP4, .address = "\12\1\2\3"}, {TCP4 | CLASS_IPV6, .address = "0123456789abcdef"}}, "ny"},
	{"evt.type = connect and fd.l4proto = icmp", "fd.l4proto", {{TCP4}, {DENY_CONNECT, CLASS}}, "nn"},
	{"evt.type = connect and fd.l4proto != tcp and fd.sport = 7", NULL, {{TCP4, .port = 7}, {DENY_CONNECT, CLASS, .port = 7}}, "ny"},
	{"evt.type = openat and container.id = host and fd.name = /a", "-", {{READS, "/a"}}, "n"},
	{"evt.type = openat and fd.name contains x", "fd.name", {{READS, "/x"}}, "n"},
	{"evt.type = openat and fd.name startswith /a and fd.name startswith /ab", "", {{READS, "/ab"}}, "n"},
	{"evt.type = openat and proc.cmdline = x and fd.name = /a", "proc.cmdline", {{READS, "/a"}}, "n"},
	{"evt.type = openat and fd.name = /a and fd.name glob '/?'", "fd.name", {{READS, "/a"}}, "n"},
	{"evt.type = openat and fd.directory = /etc", "fd.directory", {{READS, "/etc/a"}}, "n"},
	{"evt.type = ptrace", "-", {{READS, "/a"}}, "n"},
	{"evt.type = openat and container.id = 0123456789ab and fd.name = /a", "container.id", {{READS, "/a"}}, "n"},
};
/* clang-format on */

static const char *check(const deny_case *c, uint32_t first)
{
	arena a = {0};
	const watch_rule *rules = NULL;
	const char *wrong = NULL;
	deny_table t;
	ruleset *ready = rules_ready(&a,
		arena_format(&a,
			"- rule: r\n  desc: d\n  condition: >\n    %s\n  output: o\n  priority: INFO\n  action: deny\n",
			c->condition),
		1, &rules);
	if (!ready) {
		arena_done(&a);
		return "it is no rule";
	}
	ruleset_deny(ready, first, &a, &t);
	const deny_refusal *r = t.refused.count ? &t.refused.items[0] : NULL;
	const char *why = !r ? NULL : r->elsewhere ? "-" : r->field ? r->field : "";
	if (!why != !c->refused || (why && strcmp(why, c->refused) != 0))
		wrong = why ? "refused otherwise" : "not refused";
	for (size_t i = 0; !wrong && i < strlen(c->answers); i++)
		if (deny_decides(&t, &c->calls[i]) != (c->answers[i] == 'y'))
			wrong = i == 0   ? "first call"
				: i == 1 ? "second call"
				: i == 2 ? "third call"
					 : "a later call";
	arena_done(&a);
	return wrong;
}

TEST(of_one_rule)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (uint32_t first = 0; first <= DENY_TABLE_CLAUSES; first += DENY_TABLE_CLAUSES)
			if (check(&cases[i], first))
				TEST_FAIL("%s: %s", cases[i].condition, check(&cases[i], first));
}

/* More rules than there are clauses: those that find no room alert only, and are told. */
TEST(of_too_many_rules)
{
	arena a = {0};
	auto_buffer text = {0};
	const watch_rule *rules = NULL;
	const uint32_t many = DENY_TABLE_CLAUSES + 3;
	deny_table t;
	for (uint32_t i = 0; i < many; i++)
		buffer_format(&text,
			"- rule: r%u\n  desc: d\n  output: o\n  priority: INFO\n  action: deny\n"
			"  condition: evt.type = openat and fd.name = /file%u\n",
			i, i);
	ruleset *ready = rules_ready(&a, buffer_span(&text), many, &rules);
	CHECK(ready);
	ruleset_deny(ready, 0, &a, &t);
	CHECK_INT(t.count, DENY_TABLE_CLAUSES);
	CHECK_INT(t.refused.count, 3);
	arena_done(&a);
}

/* A rule that names more than the kernel's tables hold alerts only; the next one is decided. */
TEST(of_too_many_paths)
{
	arena a = {0};
	auto_buffer text = {0};
	const watch_rule *rules = NULL;
	deny_table t;
	buffer_add_string(&text, "- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  action: deny\n"
				 "  condition: evt.type = openat and fd.name in (/a");
	for (uint32_t i = 0; i < DENY_ENTRIES; i++)
		buffer_format(&text, ", /file%u", i);
	buffer_add_string(&text, ")\n- rule: s\n  desc: d\n  output: o\n  priority: INFO\n  action: deny\n"
				 "  condition: evt.type = openat and fd.name = /b\n");
	ruleset *ready = rules_ready(&a, buffer_span(&text), 2, &rules);
	CHECK(ready);
	ruleset_deny(ready, 0, &a, &t);
	CHECK_INT(t.count, 1);
	CHECK_INT(t.entries.count, 1);
	CHECK_INT(t.refused.count, 1);
	arena_done(&a);
}

TEST_MAIN()
