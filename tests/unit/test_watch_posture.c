/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes alerts of a container weigh more, by records of engines and bundles. */
#include "base/buffer.h"
#include "base/limits.h"
#include "commands/watch_container_posture.h"
#include "formats/json.h"
#include "sources/inspect.h"
#include "sources/oci_spec.h"
#include "test.h"
#include "watch/container_event.h"

static const node *tree(const char *json, arena *a)
{
	text *t = ARENA_NEW(a, text);
	node *root = NULL;
	node_problems problems = {0};
	error e;
	text_init(t, "test", span_of(json), a);
	return json_read(t, a, &root, &problems, &e) < 0 ? NULL : root;
}

/* What is said, joined by commas. */
static span weighed(const char *json, bool bundle, arena *a)
{
	posture p = {0};
	evidence v;
	watch_container c = {0};
	auto_buffer out = {0};
	evidence_start(&v, "", a);
	if (bundle)
		oci_spec_posture(tree(json, a), &v, &p, a);
	else
		inspect_posture(ENGINE_DOCKER, tree(json, a), NULL, &v, &p, a);
	evidence_end(&v);
	container_weigh(container_weights_new(a), &p, a, &c);
	for (uint32_t i = 0; i < c.worse.count; i++)
		buffer_format(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(c.worse.items[i]));
	return arena_copy(a, buffer_span(&out));
}

TEST(every_row_is_a_condition)
{
	arena a = {0};
	uint32_t ready, all = container_weights_count(container_weights_new(&a), &ready);
	CHECK(all >= 7);
	CHECK_INT(ready, all);
	arena_done(&a);
}

TEST(engines)
{
	static const struct {
		const char *inspect, *said;
	} rows[] = {
		{"{}", ""},
		{"[]", ""},
		{"{\"HostConfig\":{\"PidMode\":\"\",\"NetworkMode\":\"default\"}}", ""},
		{"{\"HostConfig\":{\"Privileged\":true}}", "privileged"},
		{"{\"HostConfig\":{\"Privileged\":true,\"PidMode\":\"host\",\"NetworkMode\":\"host\",\"CapAdd\":[\"SYS_ADMIN\"],"
		 "\"SecurityOpt\":[\"seccomp=unconfined\"]}}",
			"privileged, host processes, host network"},
		{"{\"HostConfig\":{\"PidMode\":\"container:other\",\"NetworkMode\":\"container:other\"}}",
			""},
		{"{\"HostConfig\":{\"CapAdd\":[\"CAP_BPF\",\"NET_ADMIN\",\"sys_module\"]}}",
			"capability BPF, capability SYS_MODULE"},
		{"{\"HostConfig\":{\"CapAdd\":[\"ALL\"]}}", "capability ALL"},
		{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp=unconfined\"]}}", "no seccomp"},
		{"{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/run/docker.sock\",\"Destination\":\"/s\",\"RW\":true},"
		 "{\"Type\":\"bind\",\"Source\":\"/\",\"Destination\":\"/h\",\"RW\":false},"
		 "{\"Type\":\"bind\",\"Source\":\"/srv\",\"Destination\":\"/srv\",\"RW\":true}]}",
			"engine socket /run/docker.sock, host root directory (read-only)"},
		{"{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/var/run\",\"Destination\":\"/r\",\"RW\":false}]}",
			"engine socket /var/run (read-only)"},
		{"{\"Mounts\":[{\"Type\":\"volume\",\"Name\":\"/\",\"Source\":\"/v\",\"Destination\":\"/r\",\"RW\":true}]}",
			""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		span said = weighed(rows[i].inspect, false, &a);
		if (!span_is(said, rows[i].said))
			printf("# %s: %.*s\n", rows[i].inspect, SPAN_ARG(said));
		CHECK(span_is(said, rows[i].said));
		arena_done(&a);
	}
}

#define NAMESPACES                                                                                           \
	"\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},{\"type\":\"mount\"},{\"type\":\"ipc\"}," \
	"{\"type\":\"uts\"}]"
#define FILTER "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"}"

TEST(bundles)
{
	arena a = {0};
	CHECK_SPAN(weighed("{\"linux\":{" NAMESPACES "," FILTER "}}", true, &a), "");
	CHECK_SPAN(weighed("{\"linux\":{" NAMESPACES "}}", true, &a), "no seccomp");
	CHECK_SPAN(weighed("{\"linux\":{\"namespaces\":[{\"type\":\"network\"}]," FILTER "}}", true, &a),
		"host processes");
	CHECK_SPAN(
		weighed("{\"mounts\":[{\"type\":\"bind\",\"source\":\"/\",\"destination\":\"/h\",\"options\":"
			"[\"rbind\",\"ro\"]}],\"linux\":{" NAMESPACES "," FILTER "}}",
			true, &a),
		"host root directory (read-only)");
	CHECK_SPAN(
		weighed("{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_SYS_PTRACE\"]}},"
			"\"linux\":{" NAMESPACES "," FILTER "}}",
			true, &a),
		"capability SYS_PTRACE");
	CHECK_SPAN(
		weighed("{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_SYS_ADMIN\",\"CAP_SYS_MODULE\",\"CAP_SYS_RAWIO\","
			"\"CAP_SYS_PTRACE\",\"CAP_SYS_BOOT\",\"CAP_NET_ADMIN\",\"CAP_DAC_READ_SEARCH\",\"CAP_MKNOD\"]}},"
			"\"mounts\":[{\"type\":\"sysfs\",\"source\":\"sysfs\",\"destination\":\"/sys\",\"options\":[\"rw\"]}],"
			"\"linux\":{" NAMESPACES
			",\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"}]}}}",
			true, &a),
		"privileged");
	arena_done(&a);
}

static span told(const char *json, arena *a)
{
	auto_buffer out = {0};
	event e = {.code = 272, .type = event_type_get(272), .count = 1, .params = {span_of(json)}};
	told_containers *t = told_containers_new(container_weigh_told, container_weights_new(a));
	container_lookup lookup = told_containers_lookup(t);
	bool learned = told_containers_learn(t, &e);
	const watch_container *c = lookup.find(lookup.of, SPAN("0123456789ab"));
	for (uint32_t i = 0; learned && c && i < c->worse.count; i++)
		buffer_format(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(c->worse.items[i]));
	span ret = arena_copy(a, learned ? buffer_span(&out) : SPAN("not learned"));
	told_containers_free(t);
	return ret;
}

#define TOLD(rest) "{\"container\":{\"id\":\"0123456789ab\"" rest "}}"

/* Recorders that know no posture tell parts of one; what ours has written down stands. */
TEST(captures)
{
	arena a = {0};
	CHECK_SPAN(told(TOLD(""), &a), "");
	CHECK_SPAN(told(TOLD(",\"privileged\":true,\"host_pid\":true"), &a), "privileged, host processes");
	CHECK_SPAN(told(TOLD(",\"privileged\":false,\"host_network\":true"), &a), "host network");
	CHECK_SPAN(
		told(TOLD(",\"Mounts\":[{\"Source\":\"/run/docker.sock\",\"Destination\":\"/s\",\"RW\":false},"
			  "{\"Source\":\"/\",\"Destination\":\"/h\",\"RW\":true}]"),
			&a),
		"engine socket /run/docker.sock (read-only), host root directory");
	CHECK_SPAN(told(TOLD(",\"privileged\":true,\"bulkhead\":{\"worse\":[\"no seccomp\"]}"), &a),
		"no seccomp");
	CHECK_SPAN(told(TOLD(",\"privileged\":true,\"bulkhead\":{\"worse\":[]}"), &a), "");
	arena_done(&a);
}

/* A container may have any number of mounts. */
TEST(no_more_than_fit)
{
	arena a = {0};
	auto_buffer json = {0};
	buffer_add_string(&json, "{\"Mounts\":[");
	for (int i = 0; i < 100; i++)
		buffer_format(&json,
			"%s{\"Type\":\"bind\",\"Source\":\"/%d/docker.sock\",\"Destination\":\"/%d\",\"RW\":true}",
			i ? "," : "", i, i);
	buffer_add_string(&json, "]}");
	span said = weighed(arena_string(&a, buffer_span(&json)), false, &a);
	uint32_t count = 0;
	for (span part; span_cut(&said, ',', &part);)
		count++;
	CHECK_INT(count, LIMIT_WATCH_WORSE);
	arena_done(&a);
}

TEST_MAIN()
