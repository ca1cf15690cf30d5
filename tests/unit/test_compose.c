/* SPDX-License-Identifier: Apache-2.0
 *
 * Compose: what files say, alone and over one another, becomes facts with places, and what is wanted becomes edits that say it. */
#include "facts.h"

#include "base/edit.h"
#include "sources/compose.h"

typedef struct project {
	arena arena;
	memory_loader files;
	bundle bundle;
} project;

/* Reads the first of the files as `docker compose` would find it. */
static void project_read(project *p, const memory_file *files)
{
	error e;
	arena_done(&p->arena); /* a test may read several times */
	*p = (project){.files = {.loader = {.load = memory_load}, .files = files}};
	p->bundle.arena = &p->arena;
	compose_source.read(
		memory_load(&p->files.loader, files[0].path, &p->arena, &e), &p->files.loader, &p->bundle);
	compose_link(&p->bundle, &p->files.loader);
	bundle_overlay(&p->bundle);
}

static void project_done(project *p)
{
	arena_done(&p->arena);
}

#define auto_project __attribute__((cleanup(project_done))) project

static void words_read(project *p, const char *words)
{
	memory_file *files = calloc(2, sizeof *files);
	files[0] = (memory_file){"compose.yaml", words};
	project_read(p, files);
	free(files);
	p->files.files = NULL;
}

static const posture *service(const project *p, const char *name)
{
	for (uint32_t i = 0; i < p->bundle.workloads.count; i++)
		if (strcmp(p->bundle.workloads.items[i]->name, name) == 0)
			return p->bundle.workloads.items[i]->effective;
	return NULL;
}

TEST(compose_defaults)
{
	auto_project p = {0};
	words_read(&p, "services:\n  web:\n    image: nginx\n");
	CHECK_INT(p.bundle.workloads.count, 1);
	const posture *w = service(&p, "web");
	CHECK_FACTS(&p.arena, w, {FACT_user, "?@2"}, {FACT_uid, "?@2"}, {FACT_read_only, "~false@2"},
		{FACT_caps_drop, "~0 items@2"}, {FACT_no_new_privileges, "~false@2"},
		{FACT_seccomp, "~default@2"}, {FACT_privileged, "~false@2"},
		{FACT_pid_namespace, "~private@2"}, {FACT_user_namespace, "~host@2"},
		{FACT_network_mode, "~private@2"}, {FACT_networks, "~1 items@2"}, {FACT_memory_limit, "~0@2"},
		{FACT_restart, "~no@2"}, {FACT_health, "~none@2"}, {FACT_image_repository, "library/nginx@3"},
		{FACT_image_tag, "?@3"}, {FACT_image_built, "?@2"}, {FACT_ports, "~0 items@2"});
}

static const char full[] = "services:\n"
			   "  web:\n"
			   "    image: ghcr.io/a/b:1\n"
			   "    build: {context: app, args: [A=b]}\n"
			   "    user: '1000:0'\n"
			   "    read_only: true\n"
			   "    privileged: true\n"
			   "    pid: host\n"
			   "    ipc: shareable\n"
			   "    uts: host\n" /* 10 */
			   "    cgroup: host\n"
			   "    userns_mode: host\n"
			   "    network_mode: service:db\n"
			   "    cap_add: [CAP_net_admin]\n"
			   "    cap_drop:\n"
			   "      - all\n"
			   "    security_opt: ['no-new-privileges:true', apparmor=x, 'label:type:spc_t', "
			   "systempaths=unconfined]\n"
			   "    mem_limit: 512m\n"
			   "    cpu_quota: 50000\n"
			   "    pids_limit: 100\n" /* 20 */
			   "    restart: on-failure:5\n"
			   "    healthcheck: {test: [CMD, curl, localhost]}\n"
			   "    entrypoint: /run.sh\n"
			   "    command: [a, b]\n"
			   "    pull_policy: if_not_present\n"
			   "    oom_kill_disable: yes\n"
			   "    cgroup_parent: x\n"
			   "    deploy: {resources: {limits: {cpus: '0.5'}}}\n"
			   "    sysctls: {net.core.somaxconn: 1}\n"
			   "    ulimits: {nofile: {soft: 1, hard: 2}}\n" /* 30 */
			   "    devices: ['/dev/kvm:/dev/kvm:r']\n"
			   "    labels: [a=b]\n"
			   "    group_add: [docker]\n"
			   "    secrets: [token]\n"
			   "    environment: {A: b, C: , E: '${NOT_SET}'}\n"
			   "    env_file: ./web.env\n"
			   "secrets: {token: {file: token.txt}}\n";

TEST(compose_declared)
{
	auto_project p = {0};
	words_read(&p, full);
	CHECK_INT(p.bundle.problems.count, 0);
	const posture *w = service(&p, "web");
	CHECK_FACTS(&p.arena, w, {FACT_user, "1000@5"}, {FACT_uid, "1000@5"}, {FACT_gid, "0@5"},
		{FACT_read_only, "true@6"}, {FACT_privileged, "true@7"}, {FACT_pid_namespace, "host@8"},
		{FACT_ipc_namespace, "shareable@9"}, {FACT_uts_namespace, "host@10"},
		{FACT_cgroup_namespace, "host@11"}, {FACT_user_namespace, "host@12"},
		{FACT_network_mode, "service:db@13"}, {FACT_networks, "~0 items@2"},
		{FACT_no_new_privileges, "true@17"}, {FACT_apparmor, "x@17"}, {FACT_selinux_type, "spc_t@17"},
		{FACT_unmasked, "true@17"}, {FACT_memory_limit, "536870912@18"}, {FACT_cpu_limit, "500@28"},
		{FACT_pids_limit, "100@20"}, {FACT_restart, "on-failure@21"}, {FACT_restart_retries, "5@21"},
		{FACT_health, "curl localhost@22"}, {FACT_command, "/run.sh a b@23"},
		{FACT_pull_policy, "missing@25"}, {FACT_oom_kill_disabled, "true@26"},
		{FACT_cgroup_parent, "x@27"}, {FACT_image_built, "true@4"}, {FACT_image_tag, "1@3"},
		{FACT_caps_drop, "1 items@15"});
	CHECK_ITEMS(&p.arena, w, FACT_caps_add, "NET_ADMIN|CAP_net_admin");
	CHECK_ITEMS(&p.arena, w, FACT_sysctls, "net.core.somaxconn|1");
	CHECK_ITEMS(&p.arena, w, FACT_ulimits, "nofile|1|2");
	CHECK_ITEMS(&p.arena, w, FACT_devices, "/dev/kvm|r");
	CHECK_ITEMS(&p.arena, w, FACT_labels, "a|b");
	CHECK_ITEMS(&p.arena, w, FACT_groups, "docker");
	CHECK_ITEMS(&p.arena, w, FACT_secrets, "token|file|/run/secrets/token");
	CHECK_ITEMS(&p.arena, w, FACT_args, "A|b|literal");
	CHECK_ITEMS(&p.arena, w, FACT_env, "A|b|literal", "C|-|host", "E|-|host", "-|-|file|web.env");
}

TEST(compose_ports)
{
	auto_project p = {0};
	words_read(&p, "services:\n"
		       "  web:\n"
		       "    ports:\n"
		       "    - 8080:80\n"
		       "    - '127.0.0.1:8443:443/udp'\n"
		       "    - \"[::1]:1:2\"\n"
		       "    - '80'\n"
		       "    - 3000-3005:4000-4005\n"
		       "    - {target: 9, published: '127.0.0.1:90', protocol: tcp}\n"
		       "    - {target: 9, published: 90, host_ip: '::1'}\n"
		       "    - '${PORT}:80'\n"
		       "    - '${PORT:-81}:80'\n"
		       "    expose: [1234]\n");
	CHECK_INT(p.bundle.problems.count, 0);
	CHECK_ITEMS(&p.arena, service(&p, "web"), FACT_ports, "80|8080|-|true|tcp",
		"443|8443|127.0.0.1|true|udp", "2|1|::1|true|tcp", "80|0|-|true|tcp", "4000|3000|-|true|tcp",
		"9|90|127.0.0.1|true|tcp", "9|90|::1|true|tcp", "80|-|-|true|tcp", "80|81|-|true|tcp",
		"1234|-|-|false|tcp");
	words_read(&p, "services:\n  web:\n    ports: [http]\n");
	CHECK_INT(p.bundle.problems.count, 1);
}

TEST(compose_mounts)
{
	auto_project p = {0};
	words_read(&p,
		"services:\n"
		"  web:\n"
		"    volumes:\n"
		"    - ./src:/src:ro,z\n"
		"    - /etc/:/host/etc:rslave\n"
		"    - data:/data\n"
		"    - /anonymous\n"
		"    - ~/x:/x\n"
		"    - $HOME/y:/y\n"
		"    - ${Z:-/var/run/docker.sock}:/z\n"
		"    - disguised:/d\n"
		"    - {type: bind, source: ./l, target: /l, read_only: true, bind: {propagation: shared}}\n"
		"    - {type: tmpfs, target: /t, tmpfs: {size: 64m}}\n"
		"    tmpfs: ['/run:size=1k,exec', /tmp]\n"
		"  other:\n"
		"    volumes: [data:/elsewhere]\n"
		"volumes:\n"
		"  data:\n"
		"  disguised: {driver_opts: {type: none, o: bind, device: /srv}}\n");
	CHECK_ITEMS(&p.arena, service(&p, "web"), FACT_mounts, "bind|src|/src|false",
		"bind|/etc|/host/etc|true|rslave", "volume|data|/data|true|-|-|-|-|other",
		"volume|-|/anonymous|true", "bind|~/x|/x|true", "bind|$HOME/y|/y|true",
		"bind|/var/run/docker.sock|/z|true", "bind|/srv|/d|true", "bind|l|/l|false|shared",
		"tmpfs|-|/t|true|-|67108864|-|true", "tmpfs|-|/run|true|-|1024|-|false",
		"tmpfs|-|/tmp|true|-|-|-|true");
	CHECK_ITEMS(&p.arena, service(&p, "other"), FACT_mounts, "volume|data|/elsewhere|true|-|-|-|-|web");
}

TEST(compose_networks)
{
	auto_project p = {0};
	words_read(&p, "services:\n"
		       "  a: {networks: [in, out]}\n"
		       "  b: {networks: {in: {aliases: [x]}}}\n"
		       "  c: {}\n"
		       "networks:\n"
		       "  in: {internal: true, driver: overlay}\n"
		       "  out: {external: true}\n");
	CHECK_ITEMS(&p.arena, service(&p, "a"), FACT_networks, "in|true|overlay", "out");
	CHECK_ITEMS(&p.arena, service(&p, "b"), FACT_networks, "in|true|overlay");
	CHECK_ITEMS(&p.arena, service(&p, "c"), FACT_networks, "default|false|bridge");
}

TEST(compose_interpolation)
{
	static const struct {
		const char *written, *want;
	} cases[] = {
		{"a:$SET", "a:one@3"},
		{"a:${SET}", "a:one@3"},
		{"a:${EMPTY:-two}", "a:two@3"},
		{"a:${EMPTY-two}", "a:@3"},
		{"a:${UNSET-two}", "a:two@3"},
		{"a:${UNSET:-${SET}-x}", "a:one-x@3"},
		{"a:${SET:+three}", "a:three@3"},
		{"a:${UNSET:+three}", "a:@3"},
		{"a:${UNSET:?no}", "?@3"},
		{"a:$UNSET", "?@3"},
		{"a:${SET:-}${UNSET:-b}", "a:oneb@3"},
		{"a:1", "a:1@3"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char words[200];
		auto_project p = {0};
		snprintf(words, sizeof words, "services:\n  web:\n    image: '%s'\n", cases[i].written);
		const memory_file files[] = {{"d/compose.yaml", words},
			{"d/.env", "# x\nSET=one\nexport EMPTY=\"\"\n"}, {NULL, NULL}};
		project_read(&p, files);
		CHECK_FACTS(&p.arena, service(&p, "web"), {FACT_image, cases[i].want});
	}
}

/* Values of .env are not in the file; those with $$ are. */
TEST(compose_interpolated_environment)
{
	auto_project p = {0};
	const memory_file files[] = {
		{"compose.yaml",
			"services:\n  web:\n    environment: ['A=${SET}', 'B=${NO:-x}', 'C=p$$w', D]\n"},
		{".env", "SET=one\n"}, {NULL, NULL}};
	project_read(&p, files);
	CHECK_ITEMS(&p.arena, service(&p, "web"), FACT_env, "A|-|file|.env", "B|x|literal", "C|p$w|literal",
		"D|-|host");
}

TEST(compose_overlay)
{
	auto_project p = {0};
	const memory_file files[] = {{"compose.yaml", "services:\n"
						      "  web:\n"
						      "    image: a:1\n"
						      "    privileged: true\n"
						      "    ports: ['1:1']\n"
						      "    cap_drop: [ALL]\n"
						      "    environment: {A: b, C: d}\n"
						      "    volumes: ['./x:/data', 'vol:/v']\n"
						      "    command: [a]\n"},
		{"compose.override.yaml", "services:\n"
					  "  web:\n"
					  "    image: a:2\n"
					  "    privileged: !reset false\n"
					  "    ports: !override ['2:2']\n"
					  "    environment: [A=z]\n"
					  "    volumes: ['/etc:/data']\n"
					  "    command: [b]\n"
					  "  more: {image: x}\n"},
		{NULL, NULL}};
	project_read(&p, files);
	CHECK_INT(p.bundle.documents.count, 1);
	const posture *w = service(&p, "web");
	CHECK_FACTS(
		&p.arena, w, {FACT_image_tag, "2@3"}, {FACT_privileged, "~false@2"}, {FACT_command, "b@8"});
	CHECK(w->image.origin.text != w->caps_drop.origin.text);
	CHECK_ITEMS(&p.arena, w, FACT_ports, "2|2|-|true|tcp");
	CHECK_ITEMS(&p.arena, w, FACT_env, "A|z|literal", "C|d|literal");
	CHECK_ITEMS(&p.arena, w, FACT_mounts, "volume|vol|/v|true", "bind|/etc|/data|true");
	CHECK(service(&p, "more"));
	const memory_file alone[] = {files[1], files[0], files[2]};
	project_read(&p, alone);
	CHECK_INT(p.bundle.workloads.count, 0);
	CHECK_INT(p.bundle.skipped.count, 1);
}

TEST(compose_extends_and_includes)
{
	auto_project p = {0};
	const memory_file files[] = {
		{"compose.yaml", "include: [sub/inc.yaml]\n"
				 "services:\n"
				 "  web: {extends: {file: sub/base.yaml, service: base}, image: own}\n"
				 "  two: {extends: web, cap_drop: [ALL]}\n"
				 "  ring: {extends: ring}\n"},
		{"sub/base.yaml", "services:\n  base: {image: b, read_only: true, extends: root}\n  root: "
				  "{pid: host}\n"},
		{"sub/inc.yaml",
			"include: [../compose.yaml]\nservices:\n  db: {volumes: ['./data:/d'], build: .}\n"},
		{"sub/Dockerfile", "FROM alpine\nUSER 7\n"}, {NULL, NULL}};
	project_read(&p, files);
	CHECK_FACTS(&p.arena, service(&p, "web"), {FACT_image, "own@3"}, {FACT_read_only, "true@2"},
		{FACT_pid_namespace, "host@3"});
	CHECK_FACTS(&p.arena, service(&p, "two"), {FACT_image, "own@3"}, {FACT_caps_drop, "1 items@4"});
	CHECK(service(&p, "ring") && service(&p, "db"));
	CHECK_SPAN(span_of(p.bundle.workloads.items[0]->build_file), "sub/Dockerfile");
}

TEST(compose_shapes)
{
	static const struct {
		const char *words;
		unsigned workloads, problems, skipped;
	} cases[] = {
		{"web:\n  image: nginx\ndb:\n  build: .\nx-a: {image: b}\n", 2, 0, 0},
		{"{\"services\": {\"web\": {\"image\": \"a\\nb\"}}}", 1, 0, 0},
		{"x-base: &b {image: a}\nservices:\n  web: {<<: *b}\n  db: *b\n", 2, 0, 0},
		{"services:\n  web: {image: a, profiles: [debug]}\n---\nservices:\n  web: {user: a}\n  db: "
		 "{}\n",
			2, 0, 0},
		{"services: 7\n", 0, 1, 0},
		{"services:\n  web: nginx\n", 0, 0, 1},
		{"- a\n", 0, 1, 0},
		{"services:\n  {{ range . }}\n  web: {}\n", 0, 0, 1},
		{"", 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_project p = {0};
		words_read(&p, cases[i].words);
		if (p.bundle.workloads.count != cases[i].workloads ||
			p.bundle.problems.count != cases[i].problems ||
			p.bundle.skipped.count != cases[i].skipped)
			TEST_FAIL("case %zu: %u workloads, %u problems, %u skipped", i,
				p.bundle.workloads.count, p.bundle.problems.count, p.bundle.skipped.count);
	}
}

TEST(compose_seccomp_profile)
{
	auto_project p = {0};
	const memory_file files[] = {{"compose.yaml", "services:\n  web: {security_opt: [seccomp=p.json]}\n"},
		{"p.json", "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\"syscalls\": [{\"names\": [\"open\", "
			   "\"opne\"]}]}"},
		{NULL, NULL}};
	project_read(&p, files);
	CHECK_FACTS(&p.arena, service(&p, "web"), {FACT_seccomp, "p.json@2"},
		{FACT_seccomp_default_allows, "true@1"}, {FACT_seccomp_unknown, "opne@2"});
}

/* --- the writer --- */

static const char before[] = "services:\n"
			     "  web:\n"
			     "    image: nginx:1 # why\n"
			     "    privileged: true\n"
			     "    pid: host\n"
			     "    ports:\n"
			     "      - \"8080:80\"\n"
			     "      - target: 90\n"
			     "        published: 91\n"
			     "    security_opt:\n"
			     "      - seccomp:unconfined\n"
			     "    environment:\n"
			     "      PASSWORD: x\n"
			     "      B: c\n"
			     "    volumes:\n"
			     "      - /etc:/e:z\n"
			     "      - /run:/r\n"
			     "    networks: [back]\n"
			     "networks:\n"
			     "  back:\n"
			     "    driver: bridge\n";

/* Asks for wants of the first service, applies the edits to the file, reads again into *after. The text, or NULL and why. */
static const char *rewritten(project *p, const want *wants, size_t count, project *after)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	const workload *w = p->bundle.workloads.items[0];
	if (compose_source.write(w, wants, count, &p->arena, &edits, &e) < 0 ||
		edits_apply(w->document->text, &edits, &out, &e) < 0) {
		printf("# %s\n", e.text);
		return NULL;
	}
	const char *ret = arena_copy(&p->arena, buffer_span(&out)).p;
	words_read(after, ret);
	return ret;
}

static item *item_at(const project *p, fact_id id, uint32_t index)
{
	return posture_items(&p->bundle.workloads.items[0]->posture, id)->all.items[index];
}

TEST(compose_write_all_at_once)
{
	auto_project p = {0}, after = {0};
	words_read(&p, before);
	const want wants[] = {WANT(read_only, SET, "true"), WANT(privileged, SET, "false"),
		WANT(pid_namespace, SET, "private"), WANT(no_new_privileges, SET, "true"),
		WANT(seccomp, SET, "default"), WANT(uid, SET, "65532"), WANT(caps_drop, ADD, "ALL"),
		WANT(memory_limit, SET, "512m"), WANT(cpu_limit, SET, "1"), WANT(pids_limit, SET, "256"),
		WANT(mounts, ADD, "tmpfs:/tmp"), WANT_AWAY(env, item_at(&p, FACT_env, 0)),
		WANT_MEMBER(ports, port_host_ip, "127.0.0.1", item_at(&p, FACT_ports, 0)),
		WANT_MEMBER(ports, port_host_ip, "127.0.0.1", item_at(&p, FACT_ports, 1)),
		WANT_MEMBER(mounts, mount_writable, "false", item_at(&p, FACT_mounts, 0)),
		WANT_AWAY(mounts, item_at(&p, FACT_mounts, 1)),
		WANT_MEMBER(networks, network_internal, "true", item_at(&p, FACT_networks, 0))};
	const char *out = rewritten(&p, wants, sizeof wants / sizeof *wants, &after);
	CHECK(out);
	CHECK_SPAN(span_of(out), "services:\n"
				 "  web:\n"
				 "    image: nginx:1 # why\n"
				 "    ports:\n"
				 "      - \"127.0.0.1:8080:80\"\n"
				 "      - target: 90\n"
				 "        published: 91\n"
				 "        host_ip: 127.0.0.1\n"
				 "    security_opt:\n"
				 "      - no-new-privileges:true\n"
				 "    environment:\n"
				 "      B: c\n"
				 "    volumes:\n"
				 "      - /etc:/e:ro,z\n"
				 "    networks: [back]\n"
				 "    read_only: true\n"
				 "    user: \"65532:65532\"\n"
				 "    cap_drop:\n"
				 "      - ALL\n"
				 "    mem_limit: 512m\n"
				 "    cpus: \"1.0\"\n"
				 "    pids_limit: 256\n"
				 "    tmpfs:\n"
				 "      - /tmp:size=64m\n"
				 "networks:\n"
				 "  back:\n"
				 "    driver: bridge\n"
				 "    internal: true\n");
}

TEST(compose_write_holds)
{
	static const struct {
		fact_id fact;
		const char *value, *holds;
	} cases[] = {
		{FACT_read_only, "true", "true"},
		{FACT_no_new_privileges, "true", "true"},
		{FACT_no_new_privileges, "false", "~false"},
		{FACT_seccomp, "default", "~default"},
		{FACT_seccomp, "a.json", "a.json"},
		{FACT_apparmor, "x", "x"},
		{FACT_apparmor, "default", "~default"},
		{FACT_unmasked, "false", "~false"},
		{FACT_privileged, "false", "~false"},
		{FACT_pid_namespace, "private", "~private"},
		{FACT_network_mode, "host", "host"},
		{FACT_uid, "7", "7"},
		{FACT_user, "7:8", "7"},
		{FACT_memory_limit, "1g", "1073741824"},
		{FACT_cpu_limit, "0.25", "250"},
		{FACT_pids_limit, "9", "9"},
		{FACT_restart, "on-failure:5", "on-failure"},
		{FACT_image, "a/b:2", "a/b:2"},
		{FACT_oom_kill_disabled, "false", "~false"},
		{FACT_pull_policy, "always", "always"},
		{FACT_cgroup_namespace, "private", "~private"},
	};
	static const char *const texts[] = {
		before, full, "services: {web: {image: a, deploy: {resources: {limits: {cpus: 2}}}}}\n"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases * 3; i++) {
		auto_project p = {0}, after = {0};
		words_read(&p, texts[i % 3]);
		want w = {.fact = cases[i / 3].fact, .member = -1, .value = span_of(cases[i / 3].value)};
		CHECK(rewritten(&p, &w, 1, &after));
		span got = fact_words(
			&after.arena, &after.bundle.workloads.items[0]->posture.all[w.fact], w.fact);
		got = span_sub(got, 0, span_find_last(got, '@'));
		if (!span_is(got, cases[i / 3].holds))
			TEST_FAIL("%s of text %zu is %.*s, not %s", fact_rows[w.fact].field, i % 3,
				SPAN_ARG(got), cases[i / 3].holds);
		CHECK_INT(after.bundle.problems.count, 0);
		CHECK_INT(after.bundle.workloads.count, p.bundle.workloads.count);
	}
}

/* What two files say is edited where it is said. */
TEST(compose_write_the_right_file)
{
	auto_project p = {0};
	error e;
	edit_list edits = {0};
	const memory_file files[] = {{"compose.yaml", "services:\n  web:\n    image: a\n    pid: host\n"},
		{"compose.override.yaml", "services:\n  web:\n    read_only: false\n"}, {NULL, NULL}};
	const want wants[] = {WANT(read_only, SET, "true"), WANT(pid_namespace, SET, "private")};
	project_read(&p, files);
	CHECK(compose_source.write(p.bundle.workloads.items[0], wants, 2, &p.arena, &edits, &e) == 0);
	CHECK_INT(edits.count, 2);
	CHECK_SPAN(span_of(edits.items[0].source->path), "compose.yaml");
	CHECK_SPAN(span_of(edits.items[1].source->path), "compose.override.yaml");
}

TEST(compose_write_refuses)
{
	static const struct {
		fact_id fact;
		want_op op;
		const char *value;
	} cases[] = {
		{FACT_health, WANT_SET, "x"},
		{FACT_memory_limit, WANT_SET, "much"},
		{FACT_env, WANT_REMOVE, "ABSENT"},
		{FACT_service_account, WANT_SET, "x"},
		{FACT_ports, WANT_ADD, "80"},
	};
	static const char shared[] = "x-b: &b {pid: host}\nservices:\n  web:\n    <<: *b\n";
	auto_project p = {0};
	error e;
	edit_list edits = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		words_read(&p, before);
		want w = {.fact = cases[i].fact,
			.op = cases[i].op,
			.member = -1,
			.value = span_of(cases[i].value)};
		CHECK(compose_source.write(p.bundle.workloads.items[0], &w, 1, &p.arena, &edits, &e) < 0);
		arena_done(&p.arena);
	}
	words_read(&p, shared);
	want w = WANT(pid_namespace, SET, "private");
	CHECK(compose_source.write(p.bundle.workloads.items[0], &w, 1, &p.arena, &edits, &e) < 0);
	CHECK_INT(edits.count, 0);
}

TEST_MAIN()
