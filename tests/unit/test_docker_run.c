/* SPDX-License-Identifier: Apache-2.0
 *
 * docker run: finding commands in files, taking them apart, facts with places, edits that say what is wanted. */
#include "facts.h"

#include "base/edit.h"
#include "sources/sources.h"

typedef struct commands {
	arena arena;
	text text;
	bundle bundle;
} commands;

static void commands_read(commands *c, const char *path, const char *words)
{
	arena_done(&c->arena); /* a test may read several times */
	*c = (commands){0};
	c->bundle.arena = &c->arena;
	text_init(&c->text, path, span_of(words), &c->arena);
	docker_run_source.read(&c->text, NULL, &c->bundle);
	bundle_overlay(&c->bundle);
}

static void commands_done(commands *c)
{
	arena_done(&c->arena);
}

#define auto_commands __attribute__((cleanup(commands_done))) commands

static const posture *line_read(commands *c, const char *words)
{
	commands_read(c, "<command line>", words);
	return c->bundle.workloads.count ? &c->bundle.workloads.items[0]->posture : NULL;
}

TEST(docker_run_defaults)
{
	auto_commands c = {0};
	const posture *p = line_read(&c, "docker run nginx");
	CHECK(p);
	CHECK_FACTS(&c.arena, p, {FACT_user, "?@1"}, {FACT_read_only, "~false@1"},
		{FACT_caps_drop, "~0 items@1"}, {FACT_no_new_privileges, "~false@1"},
		{FACT_seccomp, "~default@1"}, {FACT_memory_limit, "~0@1"}, {FACT_network_mode, "~private@1"},
		{FACT_health, "~none@1"}, {FACT_image_repository, "library/nginx@1"}, {FACT_image_tag, "?@1"},
		{FACT_networks, "~0 items@1"});
	CHECK_SPAN(span_of(c.bundle.workloads.items[0]->name), "nginx");
	const origin *at = &p->read_only.origin;
	CHECK_SPAN(span_sub(c.text.bytes, at->start, at->end - at->start), "docker run");
}

TEST(docker_run_declared)
{
	auto_commands c = {0};
	const posture *p = line_read(&c, "sudo -E docker --log-level debug container run -itd -P --name=web "
					 "-u 1000:0 --read-only --privileged --pid host "
					 "--ipc=shareable --uts host --cgroupns host --userns=host --network "
					 "host --cap-add=NET_ADMIN --cap-drop all "
					 "--security-opt no-new-privileges --security-opt=seccomp=unconfined "
					 "--security-opt label=disable -m1g "
					 "--memory-swap -1 --cpus .5 --pids-limit 9 --restart on-failure:3 "
					 "--oom-kill-disable --cgroup-parent x "
					 "--health-cmd 'curl -f x' --pull always --sysctl a.b=1 --ulimit "
					 "nofile=1:2 -l a=b --group-add 7 --device /dev/kvm "
					 "ghcr.io/a/b:2@sha256:c sh -c 'echo x'");
	CHECK(p);
	CHECK_SPAN(span_of(c.bundle.workloads.items[0]->name), "web");
	CHECK_FACTS(&c.arena, p, {FACT_user, "1000@1"}, {FACT_gid, "0@1"}, {FACT_read_only, "true@1"},
		{FACT_privileged, "true@1"}, {FACT_pid_namespace, "host@1"},
		{FACT_ipc_namespace, "shareable@1"}, {FACT_uts_namespace, "host@1"},
		{FACT_cgroup_namespace, "host@1"}, {FACT_user_namespace, "host@1"},
		{FACT_network_mode, "host@1"}, {FACT_no_new_privileges, "true@1"},
		{FACT_seccomp, "unconfined@1"}, {FACT_selinux_disabled, "true@1"},
		{FACT_memory_limit, "1073741824@1"}, {FACT_memory_swap, "-1@1"}, {FACT_cpu_limit, "500@1"},
		{FACT_pids_limit, "9@1"}, {FACT_restart, "on-failure@1"}, {FACT_restart_retries, "3@1"},
		{FACT_oom_kill_disabled, "true@1"}, {FACT_cgroup_parent, "x@1"}, {FACT_health, "curl -f x@1"},
		{FACT_pull_policy, "always@1"}, {FACT_image_tag, "2@1"}, {FACT_image_digest, "sha256:c@1"},
		{FACT_command, "sh -c echo x@1"});
	CHECK_ITEMS(&c.arena, p, FACT_ports, "-|0|-|true");
	CHECK_ITEMS(&c.arena, p, FACT_caps_drop, "ALL|all");
	CHECK_ITEMS(&c.arena, p, FACT_sysctls, "a.b|1");
	CHECK_ITEMS(&c.arena, p, FACT_ulimits, "nofile|1|2");
	CHECK_ITEMS(&c.arena, p, FACT_devices, "/dev/kvm|rwm");
	CHECK_ITEMS(&c.arena, p, FACT_groups, "7");
}

TEST(docker_run_lists)
{
	auto_commands c = {0};
	const posture *p = line_read(&c, "podman run -p8080:80 -p 127.0.0.1:1:2/udp --publish \"$PORT:3\" "
					 "--expose 4 -v/a:/b -v $(pwd):/src:ro -v \"$PWD/x:/y\" "
					 "-v data:/d -v $X:/z --mount type=bind,src=/etc,dst=/e,readonly "
					 "--mount type=tmpfs,target=/t,tmpfs-size=1m "
					 "--tmpfs /run:size=64m,exec -eA=b -e C --env D=$E --env-file f "
					 "--net back --secret tok,target=/s x");
	CHECK(p);
	CHECK_ITEMS(&c.arena, p, FACT_ports, "80|8080|-|true|tcp", "2|1|127.0.0.1|true|udp", "3|-|-|true|tcp",
		"4|-|-|false|tcp");
	CHECK_ITEMS(&c.arena, p, FACT_mounts, "bind|/a|/b|true", "bind|$(pwd)|/src|false",
		"bind|$PWD/x|/y|true", "volume|data|/d|true", "-|$X|/z|true", "bind|/etc|/e|false",
		"tmpfs|-|/t|true|-|1048576|-|true", "tmpfs|-|/run|true|-|67108864|-|false");
	CHECK_ITEMS(&c.arena, p, FACT_env, "A|b|literal", "C|-|host", "D|-|host", "-|-|file|f");
	CHECK_ITEMS(&c.arena, p, FACT_networks, "back");
	CHECK_ITEMS(&c.arena, p, FACT_secrets, "tok|external|/s");
}

/* What hides in a variable may be anything, so no default is certain. */
TEST(docker_run_opaque)
{
	auto_commands c = {0};
	const posture *p = line_read(&c, "docker run $OPTS --pid host \"$IMAGE\" sh");
	CHECK(p);
	CHECK_FACTS(&c.arena, p, {FACT_read_only, "?@1"}, {FACT_pid_namespace, "host@1"}, {FACT_image, "?@1"},
		{FACT_command, "sh@1"});
	p = line_read(&c, "docker run --rm $IMAGE --flag");
	CHECK(p);
	CHECK_FACTS(&c.arena, p, {FACT_read_only, "~false@1"}, {FACT_command, "--flag@1"});
}

/* How many commands there are in files of all kinds, and where the first one starts. */
TEST(docker_run_found)
{
	static const struct {
		const char *path, *words;
		unsigned count, line;
		const char *name;
	} cases[] = {
		{"a.sh",
			"#!/bin/sh\n# docker run no\nset -e\nif true; then docker run \\\n  -d one; "
			"fi\nx=$(podman create two)\n",
			2, 4, "one"},
		{"a.sh",
			"docker compose run web\ndocker service create x\ndocker volume create y\ndocker "
			"build .\necho docker run z\n",
			0, 0, NULL},
		{"a.sh", "docker run a\nsudo docker run a\n", 2, 1, "a:1"},
		{"a.sh", "sh -c 'docker run inner'\nenv A=b time docker run b\n", 2, 1, "inner"},
		{"a.sh", "docker run --rm\n", 0, 0, NULL},
		{"Makefile",
			"up: dep\n\t@docker run -v $(CURDIR):/x \\\n\t  img\n\nrun:\n\t-podman run two\n", 2,
			2, "img"},
		{"README.md",
			"docker run text\n\n```sh\ndocker run one\n```\n\n```yaml\ndocker run no\n```\n\n"
			"```console\n$ docker run \\\n>   two\noutput docker run\n```\n\n    $ docker run "
			"three\n",
			3, 4, "one"},
		{".gitlab-ci.yml",
			"job:\n  name: docker run no\n  script:\n    - docker run one\n    - |\n      docker "
			"run two\n    - >\n"
			"      docker run\n      three\n    - \"docker run four\"\n",
			4, 4, "one"},
		{"ci.yaml",
			"jobs:\n  a:\n    steps:\n    - run: |\n        docker run -d \\\n          "
			"--privileged \\\n          img\n",
			1, 5, "img"},
		{"Jenkinsfile",
			"stage('docker run no') { sh 'docker run one'\n sh(script: \"\"\"\n docker run "
			"two\n\"\"\") }\n",
			2, 1, "one"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_commands c = {0};
		commands_read(&c, cases[i].path, cases[i].words);
		if (c.bundle.workloads.count != cases[i].count)
			TEST_FAIL("case %zu: %u commands", i, c.bundle.workloads.count);
		CHECK_INT(c.bundle.documents.count, cases[i].count > 0);
		if (!cases[i].count)
			continue;
		const workload *w = c.bundle.workloads.items[0];
		CHECK_INT(text_place(&c.text, w->origin.start).line, cases[i].line);
		CHECK_SPAN(span_of(w->name), cases[i].name);
	}
}

/* --- the writer --- */

/* The first command with the wants, or why not. */
static const char *rewritten(commands *c, const want *wants, size_t count)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	if (docker_run_source.write(c->bundle.workloads.items[0], wants, count, &c->arena, &edits, &e) < 0 ||
		edits_apply(&c->text, &edits, &out, &e) < 0)
		return arena_format(&c->arena, "refused: %s", e.text).p;
	return arena_copy(&c->arena, buffer_span(&out)).p;
}

TEST(docker_run_write)
{
	static const struct {
		const char *before;
		want want;
		const char *after;
	} cases[] = {
		{"docker run -it a", WANT(read_only, SET, "true"), "docker run --read-only -it a"},
		{"docker run --read-only=false a", WANT(read_only, SET, "true"), "docker run --read-only a"},
		{"docker run --read-only a", WANT(read_only, SET, "true"), "docker run --read-only a"},
		{"docker run -d \\\n  --privileged \\\n  a", WANT(privileged, SET, "false"),
			"docker run -d \\\n  a"},
		{"docker run --pid host --pid=host a", WANT(pid_namespace, SET, "private"), "docker run a"},
		{"docker run a", WANT(caps_drop, ADD, "ALL"), "docker run --cap-drop ALL a"},
		{"docker run --cap-drop=all a", WANT(caps_drop, ADD, "ALL"), "docker run --cap-drop=all a"},
		{"docker run a", WANT(no_new_privileges, SET, "true"),
			"docker run --security-opt no-new-privileges a"},
		{"docker run --security-opt=no-new-privileges:false a", WANT(no_new_privileges, SET, "true"),
			"docker run --security-opt=no-new-privileges a"},
		{"docker run --security-opt seccomp=unconfined a", WANT(seccomp, SET, "default"),
			"docker run a"},
		{"docker run a", WANT(memory_limit, SET, "512m"), "docker run --memory 512m a"},
		{"docker run -m1g a", WANT(memory_limit, SET, "512m"), "docker run -m512m a"},
		{"docker run --memory '0' a", WANT(memory_limit, SET, "512m"),
			"docker run --memory '512m' a"},
		{"docker run a", WANT(cpu_limit, SET, "1"), "docker run --cpus 1.0 a"},
		{"docker run --pids-limit=-1 a", WANT(pids_limit, SET, "256"),
			"docker run --pids-limit=256 a"},
		{"docker run a", WANT(uid, SET, "65532"), "docker run --user 65532:65532 a"},
		{"docker run -u root a", WANT(uid, SET, "65532"), "docker run -u 65532:65532 a"},
		{"docker run -v /r:/r a", WANT(mounts, ADD, "tmpfs:/tmp"),
			"docker run --tmpfs /tmp:size=64m -v /r:/r a"},
		{"docker run a:1", WANT(image, SET, "b:2"), "docker run b:2"},
		{"docker run --network host a", WANT(network_mode, SET, "private"), "docker run a"},
		{"docker run -e A=b -e C=d a", WANT(env, REMOVE, "C"), "docker run -e A=b a"},
		{"docker run -ite A=b a", WANT(env, REMOVE, "A"),
			"refused: the option shares its word with others"},
		{"docker run a", WANT(health, SET, "x"),
			"refused: this command line cannot be told health.check = x"},
		{"docker run a", WANT(image, SET, "b; rm"),
			"refused: this command line cannot be told image.reference = b; rm"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_commands c = {0};
		CHECK(line_read(&c, cases[i].before));
		const char *out = rewritten(&c, &cases[i].want, 1);
		if (strcmp(out, cases[i].after) != 0)
			TEST_FAIL("case %zu: '%s'", i, out);
	}
}

TEST(docker_run_write_items)
{
	static const struct {
		const char *before;
		fact_id fact;
		int member;
		const char *value, *after;
	} cases[] = {
		{"docker run -p 8080:80 a", FACT_ports, MEMBER_port_host_ip, "127.0.0.1",
			"docker run -p 127.0.0.1:8080:80 a"},
		{"docker run -p0.0.0.0:8080:80/udp a", FACT_ports, MEMBER_port_host_ip, "127.0.0.1",
			"docker run -p127.0.0.1:8080:80/udp a"},
		{"docker run --publish=80 a", FACT_ports, MEMBER_port_host_ip, "127.0.0.1",
			"docker run --publish=127.0.0.1::80 a"},
		{"docker run -p \"$P:80\" a", FACT_ports, MEMBER_port_host_ip, "127.0.0.1",
			"docker run -p \"127.0.0.1:$P:80\" a"},
		{"docker run -v /etc:/e a", FACT_mounts, MEMBER_mount_writable, "false",
			"docker run -v /etc:/e:ro a"},
		{"docker run -v /etc:/e:rw,z a", FACT_mounts, MEMBER_mount_writable, "false",
			"docker run -v /etc:/e:ro,z a"},
		{"docker run --mount type=bind,src=/etc,dst=/e a", FACT_mounts, MEMBER_mount_writable,
			"false", "docker run --mount type=bind,src=/etc,dst=/e,readonly a"},
		{"docker run -d -v /etc:/e a", FACT_mounts, -1, NULL, "docker run -d a"},
		{"docker run --cap-add SYS_ADMIN a", FACT_caps_add, -1, NULL, "docker run a"},
		{"docker run --cap-add SYS_ADMIN,CHOWN a", FACT_caps_add, -1, NULL,
			"refused: this command line cannot be told capabilities.add = "},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_commands c = {0};
		const posture *p = line_read(&c, cases[i].before);
		CHECK(p);
		const want w = {.fact = cases[i].fact,
			.op = cases[i].value ? WANT_SET : WANT_REMOVE,
			.member = cases[i].member,
			.value = span_of(cases[i].value),
			.item = posture_items(p, cases[i].fact)->all.items[0]};
		const char *out = rewritten(&c, &w, 1);
		if (strcmp(out, cases[i].after) != 0)
			TEST_FAIL("case %zu: '%s'", i, out);
	}
}

/* All at once, in a file where more stands around the command. */
TEST(docker_run_write_in_place)
{
	auto_commands c = {0};
	commands_read(&c, "ci.yml",
		"a:\n  script:\n    - |\n      set -e\n      sudo docker run -d \\\n        nginx # why\n");
	const want wants[] = {WANT(read_only, SET, "true"), WANT(caps_drop, ADD, "ALL"), WANT(uid, SET, "1"),
		WANT(gid, SET, "2")};
	CHECK_SPAN(span_of(rewritten(&c, wants, 4)),
		"a:\n  script:\n    - |\n      set -e\n"
		"      sudo docker run --read-only --cap-drop ALL --user 1:2 -d \\\n        nginx # why\n");
}

TEST_MAIN()
