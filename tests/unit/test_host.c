/* SPDX-License-Identifier: Apache-2.0
 * The parsers of host/: arguments, accounts, audit rules, mounts, units. */
#include "host/accounts.h"
#include "host/arguments.h"
#include "host/audit_rules.h"
#include "host/mounts.h"
#include "host/units.h"
#include "test.h"

TEST_MAIN()

/* --- arguments --- */

#define WORDS(text) ((span){(text), sizeof(text)})

static span value_of(span words, const char *name, arena *a)
{
	arguments given;
	arguments_parse(words, &arguments_dockerd, a, &given);
	const argument *one = arguments_find(&given, name);
	return one ? one->value : SPAN("absent");
}

TEST(arguments_forms)
{
	arena a = {0};
	CHECK_SPAN(value_of(WORDS("dockerd\0--icc=false"), "icc", &a), "false");
	CHECK_SPAN(value_of(WORDS("dockerd\0--log-level\0debug"), "log-level", &a), "debug");
	CHECK_SPAN(value_of(WORDS("dockerd\0-l\0debug"), "log-level", &a), "debug");
	CHECK_SPAN(value_of(WORDS("dockerd\0-ldebug"), "log-level", &a), "debug");
	CHECK_SPAN(value_of(WORDS("dockerd\0-l=debug"), "log-level", &a), "debug");
	CHECK_SPAN(value_of(WORDS("dockerd\0-DH\0tcp://x"), "host", &a), "tcp://x");
	CHECK_SPAN(value_of(WORDS("dockerd\0-DH\0tcp://x"), "debug", &a), "true");
	CHECK_SPAN(value_of(WORDS("dockerd\0--log-level=info\0--log-level=warn"), "log-level", &a), "warn");
	arena_done(&a);
}

/* A truth takes no word, so what follows is a flag or nothing; =false turns it off. */
TEST(arguments_truths)
{
	arena a = {0};
	CHECK_SPAN(value_of(WORDS("dockerd\0--no-new-privileges\0--icc"), "no-new-privileges", &a), "true");
	CHECK_SPAN(value_of(WORDS("dockerd\0--no-new-privileges=false"), "no-new-privileges", &a), "false");
	CHECK_SPAN(value_of(WORDS("dockerd\0--icc\0false\0--log-level\0warn"), "icc", &a), "true");
	CHECK_SPAN(value_of(WORDS("dockerd\0--label\0--icc=false"), "icc", &a), "absent");
	CHECK_SPAN(value_of(WORDS("dockerd\0--\0--icc=false"), "icc", &a), "absent");
	CHECK_SPAN(value_of(WORDS("dockerd\0--label=a --icc=false"), "icc", &a), "absent");
	arena_done(&a);
}

TEST(arguments_damaged)
{
	arena a = {0};
	arguments given;
	arguments_parse((span){0}, &arguments_dockerd, &a, &given);
	CHECK_INT(given.all.count, 0);
	CHECK_SPAN(value_of(WORDS("dockerd\0--log-level"), "log-level", &a), "absent");
	CHECK_SPAN(value_of((span){"dockerd\0--host=x", 16}, "host", &a), "x");
	CHECK_SPAN(value_of(WORDS("dockerd\0-"), "host", &a), "absent");
	arena_done(&a);
}

/* --- accounts --- */

TEST(accounts_of_a_group)
{
	arena a = {0};
	accounts known;
	accounts_parse(
		SPAN("root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:\nben:x:1001:998::/:\nbad line\nx:y:z:1\n"),
		SPAN("root:x:0:\ndocker:x:998:ann, root,ann\nmydocker:x:997:eve\n"), &a, &known);
	CHECK_INT(known.users.count, 3);
	const account *docker = account_find(&known.groups, SPAN("docker"));
	CHECK(docker);
	CHECK_SPAN(accounts_members(&known, docker, &a), "ann, ben");
	CHECK_SPAN(account_name(&known.users, 1000, &a), "ann");
	CHECK_SPAN(account_name(&known.users, 4242, &a), "4242");
	CHECK(!account_find(&known.groups, SPAN("dock")));
	arena_done(&a);
}

/* --- audit rules --- */

static const struct {
	const char *rules, *path;
	bool watched;
} audited[] = {
	{"-w /usr/bin/dockerd -k docker\n", "/usr/bin/dockerd", true},
	{"-w /usr/bin/dockerd -k docker\n", "/usr/bin/docker", false},
	{"-w /usr/bin/dockerd-other -k docker\n", "/usr/bin/dockerd", false},
	{"# -w /usr/bin/dockerd\n", "/usr/bin/dockerd", false},
	{"-w /etc/docker/ -p wa\n", "/etc/docker", true},
	{"-w /etc/docker -p wa\n", "/etc/docker/daemon.json", true},
	{"-w /etc/docker -p r\n", "/etc/docker/daemon.json", false},
	{"-a always,exit -F path=/etc/docker -F perm=wa\n", "/etc/docker/daemon.json", false},
	{"-a always,exit -F path=/etc/docker/daemon.json -F perm=wa\n", "/etc/docker/daemon.json", true},
	{"-a exit,always -F dir=/etc -F perm=war\n", "/etc/docker/daemon.json", true},
	{"-a never,exit -F path=/usr/bin/runc\n", "/usr/bin/runc", false},
	{"-a always,exclude -F path=/usr/bin/runc\n", "/usr/bin/runc", false},
	{"-w /usr/bin/runc -p wa\n-D\n", "/usr/bin/runc", false},
	{"-D\n-w /usr/bin/runc -p wa\n", "/usr/bin/runc", true},
	{"-w /usr/bin/runc -p wa\n-W /usr/bin/runc -p wa\n", "/usr/bin/runc", false},
	{"-w\n-F\n-a always,exit -S open\n", "/usr/bin/runc", false},
	{"-w / -p wa", "/usr/bin/runc", true},
};

TEST(audit_rules_watch)
{
	arena a = {0};
	for (size_t i = 0; i < sizeof audited / sizeof *audited; i++) {
		audit_rules rules = {0};
		audit_rules_parse(span_of(audited[i].rules), &a, &rules);
		bool watched = audit_rules_find(&rules, span_of(audited[i].path)) != NULL;
		if (watched != audited[i].watched)
			TEST_FAIL("rule %zu: %s", i, audited[i].rules);
	}
	arena_done(&a);
}

/* --- mounts --- */

#define ROOT_LINE "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"

static const struct {
	const char *mountinfo, *path;
	int own;
} partitions[] = {
	{ROOT_LINE, "/var/lib/docker", 0},
	{ROOT_LINE "30 20 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw\n", "/var/lib/docker",
		0},
	{ROOT_LINE "30 20 8:2 / /var/lib/docker rw - ext4 /dev/sdb1 rw\n", "/var/lib/docker", 1},
	{ROOT_LINE "30 20 8:2 / /var/lib/docker rw - ext4 /dev/sdb1 rw\n", "/var/lib/docker/", 1},
	{ROOT_LINE "30 20 8:2 / /var rw - ext4 /dev/sdb1 rw\n", "/var/lib/docker", 0},
	{ROOT_LINE "30 20 8:2 / /var/lib/dock rw - ext4 /dev/sdb1 rw\n", "/var/lib/docker", 0},
	{ROOT_LINE "30 20 8:2 / /srv/my\\040data rw - ext4 /dev/sdb1 rw\n", "/srv/my data", 1},
	{ROOT_LINE "30 20 8:2 / /data rw - ext4 /dev/sdb1 rw\n31 20 8:1 /x /data rw - ext4 /dev/sda1 rw\n",
		"/data", 0},
	{"", "/var/lib/docker", -1},
	{"nonsense\n\\\n", "/var/lib/docker", -1},
	{ROOT_LINE, "relative", -1},
};

TEST(mounts_own)
{
	for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++) {
		span line;
		int own = mounts_own_partition(
			span_of(partitions[i].mountinfo), span_of(partitions[i].path), &line);
		if (own != partitions[i].own)
			TEST_FAIL("row %zu gives %d", i, own);
	}
}

/* --- units --- */

TEST(unit_values_of_a_section)
{
	arena a = {0};
	unit_values streams;
	span unit = SPAN(
		"[Unit]\nListenStream=no\n[Socket]\n# ListenStream=no\nListenStream=/run/a.sock\n"
		"ListenStream =\nListenStream = /run/b.sock\nExecStart=/bin/x \\\n  --y\n[Install]\nListenStream=no\n");
	unit_read(unit, "Socket", "ListenStream", &a, &streams);
	CHECK_INT(streams.count, 1);
	CHECK_SPAN(streams.items[0], "/run/b.sock");
	unit_read(unit, "Socket", "ExecStart", &a, &streams);
	CHECK_INT(streams.count, 1);
	CHECK_SPAN(streams.items[0], "/bin/x    --y");
	unit_read(SPAN("[\n[]\n[Socket\nListenStream=x\n\\"), "Socket", "ListenStream", &a, &streams);
	arena_done(&a);
}

TEST(unit_command_lines)
{
	arena a = {0};
	bool variables;
	span words =
		unit_words(SPAN("/usr/bin/dockerd -H fd:// \"--label=a b\" '--icc=false'"), &a, &variables);
	CHECK(!variables);
	CHECK_SPAN(value_of(words, "host", &a), "fd://");
	CHECK_SPAN(value_of(words, "label", &a), "a b");
	CHECK_SPAN(value_of(words, "icc", &a), "false");
	unit_words(SPAN("/usr/bin/dockerd $DOCKER_OPTS"), &a, &variables);
	CHECK(variables);
	unit_words(SPAN("\\"), &a, &variables);
	arena_done(&a);
}
