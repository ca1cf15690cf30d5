/* SPDX-License-Identifier: Apache-2.0
 *
 * What counts as drift, and which way it goes. */
#include "posture/drift.h"
#include "test.h"

static const origin nowhere;

static running pair(void)
{
	return (running){.known = {true, false, true}};
}

static drift_list compare(const running *r, arena *a)
{
	drift_list ret = {0};
	drift_find(r, CONTROL_COUNT, a, &ret);
	return ret;
}

static void set_number(running *r, running_layer layer, fact_id id, int64_t n)
{
	posture_set_number(&r->layers[layer], id, KNOWN_DECLARED, n, nowhere);
}

static void set_text(running *r, running_layer layer, fact_id id, const char *words)
{
	posture_set_text(&r->layers[layer], id, KNOWN_DECLARED, span_of(words), nowhere);
}

static item *add(running *r, running_layer layer, fact_id id, const char *key, arena *a)
{
	item *i = posture_add(&r->layers[layer], id, nowhere, a);
	item_set_text(i, fact_rows[id].key, span_of(key));
	return i;
}

static const struct {
	fact_id fact;
	int64_t asked, holds;
	int rows; /* 0: no drift; 1: stricter; 2: weaker */
} number_rows[] = {
	{FACT_memory_limit, 100, 100, 0},
	{FACT_memory_limit, 100, 200, 2},
	{FACT_memory_limit, 200, 100, 1},
	{FACT_memory_limit, 100, 0, 2},
	{FACT_memory_limit, 0, 100, 0}, /* that of a slice above */
	{FACT_memory_swap, -1, 0, 0},
	{FACT_pids_limit, -1, 0, 0},
	{FACT_pids_limit, 50, -1, 2},
	{FACT_uid, 1000, 0, 2},
	{FACT_uid, 0, 1000, 1},
	{FACT_oom_score, 500, 500, 0},
};

TEST(drift_numbers)
{
	for (size_t i = 0; i < sizeof number_rows / sizeof *number_rows; i++) {
		arena a = {0};
		running r = pair();
		set_number(&r, RUNNING_DECLARED, number_rows[i].fact, number_rows[i].asked);
		set_number(&r, RUNNING_ENFORCED, number_rows[i].fact, number_rows[i].holds);
		drift_list found = compare(&r, &a);
		int got = found.count == 0 ? 0 : found.items[0].weaker ? 2 : 1;
		arena_done(&a);
		if (got != number_rows[i].rows || found.count > 1)
			TEST_FAIL("row %zu gives %d", i, got);
	}
}

static const struct {
	fact_id fact;
	const char *asked, *holds;
	int rows;
} text_rows[] = {
	{FACT_seccomp, "default", "filter", 0},
	{FACT_seccomp, "default", "unconfined", 2},
	{FACT_seccomp, "unconfined", "filter", 1},
	{FACT_network_mode, "bridge", "private", 0},
	{FACT_network_mode, "web_default", "host", 2},
	{FACT_network_mode, "host", "private", 1},
	{FACT_network_mode, "container:abc", "container:abcdef", 0},
	{FACT_pid_namespace, "private", "host", 2},
	{FACT_apparmor, "default", "docker-default (enforce)", 0},
	{FACT_apparmor, "default", "unconfined", 2},
	{FACT_restart, "always", "no", 1},
};

TEST(drift_texts)
{
	for (size_t i = 0; i < sizeof text_rows / sizeof *text_rows; i++) {
		arena a = {0};
		running r = pair();
		set_text(&r, RUNNING_DECLARED, text_rows[i].fact, text_rows[i].asked);
		set_text(&r, RUNNING_ENFORCED, text_rows[i].fact, text_rows[i].holds);
		drift_list found = compare(&r, &a);
		int got = found.count == 0 ? 0 : found.items[0].weaker ? 2 : 1;
		arena_done(&a);
		if (got != text_rows[i].rows || found.count > 1)
			TEST_FAIL("row %zu gives %d", i, got);
	}
}

TEST(drift_capabilities)
{
	arena a = {0};
	running r = pair();
	add(&r, RUNNING_DECLARED, FACT_caps_bounding, "CHOWN", &a);
	add(&r, RUNNING_DECLARED, FACT_caps_bounding, "NET_ADMIN", &a);
	add(&r, RUNNING_ENFORCED, FACT_caps_bounding, "CHOWN", &a);
	add(&r, RUNNING_ENFORCED, FACT_caps_bounding, "SYS_ADMIN", &a);
	drift_list found = compare(&r, &a);
	CHECK_INT(found.count, 2);
	CHECK_SPAN(found.items[0].what, "capabilities.bounding NET_ADMIN");
	CHECK(!found.items[0].weaker);
	CHECK_SPAN(found.items[1].what, "capabilities.bounding SYS_ADMIN");
	CHECK_SPAN(found.items[1].asked, "nothing");
	CHECK(found.items[1].weaker);
	arena_done(&a);
}

TEST(drift_mounts)
{
	arena a = {0};
	running r = pair();
	item *asked = add(&r, RUNNING_DECLARED, FACT_mounts, "/data", &a),
	     *holds = add(&r, RUNNING_ENFORCED, FACT_mounts, "/data", &a);
	item_set_truth(asked, MEMBER_mount_writable, false);
	item_set_truth(holds, MEMBER_mount_writable, true);
	item_set_text(asked, MEMBER_mount_propagation, SPAN("rprivate"));
	item_set_text(holds, MEMBER_mount_propagation, SPAN("slave"));
	drift_list found = compare(&r, &a);
	CHECK_INT(found.count, 1);
	CHECK_SPAN(found.items[0].holds, "writable true");
	CHECK(found.items[0].weaker);
	arena_done(&a);
}

/* A value may be a password: that it differs is said, what it is is not. */
TEST(drift_environment_is_not_shown)
{
	arena a = {0};
	running r = pair();
	item *asked = add(&r, RUNNING_DECLARED, FACT_env, "TOKEN", &a),
	     *holds = add(&r, RUNNING_ENFORCED, FACT_env, "TOKEN", &a);
	item_set_text(asked, MEMBER_env_value, SPAN("hunter2"));
	item_set_text(holds, MEMBER_env_value, SPAN("hunter3"));
	add(&r, RUNNING_ENFORCED, FACT_env, "PATH", &a); /* of the image: nobody asked for it */
	drift_list found = compare(&r, &a);
	CHECK_INT(found.count, 1);
	CHECK(!span_contains(found.items[0].asked, "hunter") &&
		!span_contains(found.items[0].holds, "hunter"));
	arena_done(&a);
}

/* What nobody asked for, and is stricter than the default: the limit of a slice above it. */
TEST(drift_stricter_than_a_default)
{
	arena a = {0};
	running r = pair();
	posture_set_number(&r.layers[RUNNING_DECLARED], FACT_pids_limit, KNOWN_DEFAULT, 0, nowhere);
	set_number(&r, RUNNING_ENFORCED, FACT_pids_limit, 4096);
	posture_set_truth(&r.layers[RUNNING_DECLARED], FACT_privileged, KNOWN_DEFAULT, false, nowhere);
	posture_set_truth(&r.layers[RUNNING_ENFORCED], FACT_privileged, KNOWN_ENFORCED, true, nowhere);
	drift_list found = compare(&r, &a);
	CHECK_INT(found.count, 1);
	CHECK_INT(found.items[0].fact, FACT_privileged);
	arena_done(&a);
}

/* Three layers: each change is told where it happened. */
TEST(drift_between_neighbours)
{
	arena a = {0};
	running r = {.known = {true, true, true}};
	posture_set_truth(&r.layers[RUNNING_DECLARED], FACT_read_only, KNOWN_DECLARED, false, nowhere);
	posture_set_truth(&r.layers[RUNNING_CONFIGURED], FACT_read_only, KNOWN_CONFIGURED, true, nowhere);
	posture_set_truth(&r.layers[RUNNING_ENFORCED], FACT_read_only, KNOWN_ENFORCED, true, nowhere);
	set_text(&r, RUNNING_DECLARED, FACT_pid_namespace, "private");
	set_text(&r, RUNNING_ENFORCED, FACT_pid_namespace, "host");
	drift_list found = compare(&r, &a);
	CHECK_INT(found.count, 2);
	CHECK(found.items[0].from == RUNNING_DECLARED && found.items[0].to == RUNNING_CONFIGURED);
	CHECK(found.items[1].from == RUNNING_DECLARED && found.items[1].to == RUNNING_ENFORCED);
	arena_done(&a);
}

TEST(running_keeps_the_names_of_the_engine)
{
	arena a = {0};
	running r = pair();
	posture holds;
	set_text(&r, RUNNING_DECLARED, FACT_network_mode, "web_default");
	posture_set_text(
		&r.layers[RUNNING_ENFORCED], FACT_network_mode, KNOWN_ENFORCED, SPAN("private"), nowhere);
	set_text(&r, RUNNING_DECLARED, FACT_seccomp, "unconfined");
	posture_set_text(&r.layers[RUNNING_ENFORCED], FACT_seccomp, KNOWN_ENFORCED, SPAN("filter"), nowhere);
	item *asked = add(&r, RUNNING_DECLARED, FACT_mounts, "/data", &a),
	     *real = add(&r, RUNNING_ENFORCED, FACT_mounts, "/data", &a);
	item_set_text(asked, MEMBER_mount_type, SPAN("volume"));
	item_set_text(asked, MEMBER_mount_source, SPAN("db"));
	item_set_text(real, MEMBER_mount_type, SPAN("bind"));
	item_set_text(real, MEMBER_mount_source, SPAN("/var/lib/docker/volumes/db/_data"));
	r.layers[RUNNING_ENFORCED].mounts.known = KNOWN_ENFORCED;
	running_effective(&r, &holds, &a);
	CHECK_SPAN(holds.network_mode.value.text, "web_default");
	CHECK_SPAN(holds.seccomp.value.text, "filter");
	const item *mount = posture_items(&holds, FACT_mounts)->all.items[0];
	CHECK_SPAN(item_text(mount, MEMBER_mount_type), "volume");
	CHECK_SPAN(item_text(mount, MEMBER_mount_source), "db");
	arena_done(&a);
}

/* --- against a file --- */

static int rows_of(running *r)
{
	arena a = {0};
	int ret = (int)compare(r, &a).count;
	arena_done(&a);
	return ret;
}

TEST(drift_images_of_a_file)
{
	static const struct {
		const char *asked, *holds;
		int rows;
	} rows[] = {{"app:1", "app:1", 0}, {"app:1", "app:2", 1}, {"app", "app:latest", 0},
		{"app:latest", "app", 0}, {"app:1", "docker.io/library/app:1", 0},
		{"app:1", "localhost/app:1", 0}, {"app:1", "wrapp:1", 1},
		{"quay.io/app:1", "docker.io/app:1", 1}, {"app@sha256:aa", "app@sha256:bb", 1},
		{"app", "app@sha256:aa", 1}, {"app:1", "sha256:aa", 0},
		{"registry.example:5000/app", "app:latest", 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		running r = pair();
		r.by_file = true;
		set_text(&r, RUNNING_DECLARED, FACT_image, rows[i].asked);
		set_text(&r, RUNNING_ENFORCED, FACT_image, rows[i].holds);
		int found = rows_of(&r);
		if (found != rows[i].rows)
			TEST_FAIL("row %zu: %d", i, found);
		r.by_file = false; /* an engine that says it in two ways is its own business */
		CHECK_INT(rows_of(&r), 0);
	}
}

static void add_port(running *r, running_layer layer, const char *ip, int host, int container, arena *a)
{
	item *x = posture_add(&r->layers[layer], FACT_ports, nowhere, a);
	item_set_number(x, MEMBER_port_container_port, container);
	item_set_text(x, MEMBER_port_protocol, SPAN("tcp"));
	item_set_truth(x, MEMBER_port_published, host >= 0);
	if (host >= 0)
		item_set_number(x, MEMBER_port_host_port, host);
	if (*ip)
		item_set_text(x, MEMBER_port_host_ip, span_of(ip));
}

TEST(drift_ports_of_a_file)
{
	static const struct {
		const char *asked_ip;
		int asked;
		const char *holds_ip;
		int holds, rows; /* -1: exposed, not published */
	} rows[] = {{"", 80, "", 80, 0}, {"", 80, "0.0.0.0", 80, 0}, {"127.0.0.1", 80, "0.0.0.0", 80, 2},
		{"127.0.0.1", 80, "127.0.0.1", 81, 2}, {"", 0, "", 32768, 0}, {"", 80, "", 0, 2},
		{"", -1, "", -1, 0}, {"", -1, "", 80, 1}, {"", 80, "", -1, 1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		running r = pair();
		r.by_file = true;
		add_port(&r, RUNNING_DECLARED, rows[i].asked_ip, rows[i].asked, 8080, &a);
		add_port(&r, RUNNING_ENFORCED, rows[i].holds_ip, rows[i].holds, 8080, &a);
		int found = rows_of(&r);
		arena_done(&a);
		if (found != rows[i].rows)
			TEST_FAIL("row %zu: %d", i, found);
	}
}

/* Volumes that the image asks for, file systems in memory of Podman: not of a file, but no right either. A folder of the host is one. */
TEST(drift_mounts_of_a_file)
{
	static const struct {
		const char *type, *source;
		int rows;
	} rows[] = {{"volume", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0},
		{"volume", "data", 1}, {"tmpfs", "", 0}, {"bind", "/etc", 1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		running r = pair();
		r.by_file = true;
		posture_set_list(&r.layers[RUNNING_DECLARED], FACT_mounts, KNOWN_DEFAULT, nowhere, &a);
		item *x = add(&r, RUNNING_ENFORCED, FACT_mounts, "/x", &a);
		item_set_text(x, MEMBER_mount_type, span_of(rows[i].type));
		item_set_text(x, MEMBER_mount_source, span_of(rows[i].source));
		int found = rows_of(&r);
		arena_done(&a);
		if (found != rows[i].rows)
			TEST_FAIL("row %zu: %d", i, found);
	}
}

/* A folder of the host brings along what is mounted below it; a mount beside it is one of its own. */
TEST(drift_mounts_below_a_folder)
{
	static const struct {
		const char *target;
		int rows;
	} rows[] = {{"/host/sub", 0}, {"/host/a/b", 0}, {"/hostile", 1}, {"/other/host", 1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		running r = pair();
		item_set_text(
			add(&r, RUNNING_DECLARED, FACT_mounts, "/host", &a), MEMBER_mount_type, SPAN("bind"));
		add(&r, RUNNING_ENFORCED, FACT_mounts, "/host", &a);
		add(&r, RUNNING_ENFORCED, FACT_mounts, rows[i].target, &a);
		int found = rows_of(&r);
		arena_done(&a);
		if (found != rows[i].rows)
			TEST_FAIL("%s: %d", rows[i].target, found);
	}
}

/* Memory is counted in pages. */
TEST(drift_rounded_sizes)
{
	running r = pair();
	set_number(&r, RUNNING_DECLARED, FACT_memory_limit, 10000001);
	set_number(&r, RUNNING_ENFORCED, FACT_memory_limit, 9998336);
	CHECK_INT(rows_of(&r), 0);
	set_number(&r, RUNNING_ENFORCED, FACT_memory_limit, 10002432);
	CHECK_INT(rows_of(&r), 0);
	set_number(&r, RUNNING_ENFORCED, FACT_memory_limit, 10006528);
	CHECK_INT(rows_of(&r), 1);
}

/* A daemon may be set to do more for everybody than engines usually do; nobody asked for less. */
TEST(drift_defaults_of_an_engine)
{
	running r = pair();
	posture_set_truth(&r.layers[RUNNING_DECLARED], FACT_no_new_privileges, KNOWN_DEFAULT, false, nowhere);
	posture_set_truth(&r.layers[RUNNING_ENFORCED], FACT_no_new_privileges, KNOWN_ENFORCED, true, nowhere);
	CHECK_INT(rows_of(&r), 0);
	r.layers[RUNNING_DECLARED].no_new_privileges.known = KNOWN_DECLARED;
	CHECK_INT(rows_of(&r), 1);
}

TEST_MAIN()
