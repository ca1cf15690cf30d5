/* SPDX-License-Identifier: Apache-2.0
 *
 * What engines say of a container: every spelling by a table of answers, made by hand, and the facts of answers that real engines gave. */
#include "sources/inspect.h"

#include "base/files.h"
#include "formats/json.h"
#include "said.h"

#include <stdlib.h>

/* --- helpers --- */

typedef struct reading {
	arena arena;
	evidence evidence;
	posture posture;
	const engine_defaults *defaults; /* NULL: the usual ones */
	bool read;
} reading;

static void answer_read(reading *r, engine_kind kind, span json)
{
	text *t = ARENA_NEW(&r->arena, text);
	node *root;
	node_problems problems = {0};
	error e;
	text_init(t, "answer", json, &r->arena);
	r->read = json_read(t, &r->arena, &root, &problems, &e) >= 0;
	if (!r->read)
		return;
	evidence_start(&r->evidence, "web", &r->arena);
	inspect_posture(kind, node_is_list(root) ? root->items[0] : root, r->defaults, &r->evidence,
		&r->posture, &r->arena);
	evidence_end(&r->evidence);
}

#define DOCKER_14                                                                                                \
	"CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD " \
	"AUDIT_WRITE SETFCAP"

/* --- what the engine does where nobody says otherwise --- */

TEST(inspect_defaults_of_the_engine)
{
	static const char silent[] =
		"{\"HostConfig\": {\"UsernsMode\": \"\", \"CgroupnsMode\": \"private\", \"SecurityOpt\": null}}";
	static const char said[] =
		"{\"HostConfig\": {\"UsernsMode\": \"host\", \"CgroupnsMode\": \"host\", \"SecurityOpt\": "
		"[\"no-new-privileges:false\", \"seccomp=builtin\"]}}";
	engine_defaults own = {.known = true,
		.no_new_privileges = true,
		.user_namespace = true,
		.cgroup_namespace = true,
		.seccomp = SPAN("custom")};
	reading one = {.defaults = &own}, other = {.defaults = &own};
	answer_read(&one, ENGINE_DOCKER, span_of(silent));
	answer_read(&other, ENGINE_DOCKER, span_of(said));
	const posture *p = &one.posture, *q = &other.posture;
	CHECK(p->no_new_privileges.value.truth && p->no_new_privileges.known == KNOWN_DEFAULT);
	CHECK(span_is(p->user_namespace.value.text, "private") && p->user_namespace.known == KNOWN_DEFAULT);
	CHECK(span_is(p->seccomp.value.text, "custom") && p->seccomp.known == KNOWN_DEFAULT);
	CHECK(p->cgroup_namespace.known == KNOWN_DEFAULT);
	CHECK(p->sys_writable.known == KNOWN_UNSET);
	CHECK(!q->no_new_privileges.value.truth && q->no_new_privileges.known == KNOWN_DECLARED);
	CHECK(span_is(q->user_namespace.value.text, "host") && q->user_namespace.known == KNOWN_DECLARED);
	CHECK(span_is(q->seccomp.value.text, "default") && q->seccomp.known == KNOWN_DECLARED);
	CHECK(q->cgroup_namespace.known == KNOWN_DECLARED);
	arena_done(&one.arena);
	arena_done(&other.arena);
}

/* --- single facts --- */

typedef struct spelling {
	const char *json;
	fact_id fact;
	const char *want;
} spelling;

/* clang-format off: a table */
static const spelling docker_rows[] = {
	/* the user */
	{"{}", FACT_user, "~root"},
	{"{}", FACT_uid, "~0"},
	{"{\"Config\":{\"User\":\"root\"}}", FACT_uid, "0"},
	{"{\"Config\":{\"User\":\"0:0\"}}", FACT_uid, "0"},
	{"{\"Config\":{\"User\":\"root:staff\"}}", FACT_uid, "0"},
	{"{\"Config\":{\"User\":\"1000:1000\"}}", FACT_gid, "1000"},
	{"{\"Config\":{\"User\":\"app\"}}", FACT_uid, "?"},
	{"{\"HostConfig\":{\"GroupAdd\":[\"20\",\"audio\"]}}", FACT_groups, "20, audio"},
	{"{}", FACT_groups, "~"},
	/* security options */
	{"{}", FACT_no_new_privileges, "~false"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges\"]}}", FACT_no_new_privileges, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges:true\"]}}", FACT_no_new_privileges, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges=true\"]}}", FACT_no_new_privileges, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges:false\"]}}", FACT_no_new_privileges, "false"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges=0\"]}}", FACT_no_new_privileges, "false"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"no-new-privilegesx\"]}}", FACT_no_new_privileges, "~false"},
	{"{}", FACT_seccomp, "~default"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp=unconfined\"]}}", FACT_seccomp, "unconfined"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp:unconfined\"]}}", FACT_seccomp, "unconfined"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp=builtin\"]}}", FACT_seccomp, "default"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ALLOW\\\"}\"]}}",
		FACT_seccomp, "custom"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ALLOW\\\"}\"]}}",
		FACT_seccomp_default_allows, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ERRNO\\\"}\"]}}",
		FACT_seccomp_default_allows, "false"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\"]}}", FACT_seccomp_default_allows, "?"},
	{"{\"HostConfig\":{\"Privileged\":true}}", FACT_seccomp, "unconfined"},
	{"{\"HostConfig\":{\"Privileged\":true,\"SecurityOpt\":[\"seccomp={}\"]}}", FACT_seccomp, "custom"},
	{"{\"AppArmorProfile\":\"\"}", FACT_apparmor, "?"},
	{"{\"AppArmorProfile\":\"docker-default\"}", FACT_apparmor, "~docker-default"},
	{"{\"AppArmorProfile\":\"unconfined\",\"HostConfig\":{\"SecurityOpt\":[\"apparmor=unconfined\"]}}",
		FACT_apparmor, "unconfined"},
	{"{\"ProcessLabel\":\"system_u:system_r:container_t:s0:c1,c2\"}", FACT_selinux_type, "container_t"},
	{"{\"ProcessLabel\":\"system_u:system_r:container_t:s0:c1,c2\"}", FACT_selinux_user, "system_u"},
	{"{}", FACT_selinux_type, "?"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"label=disable\"]}}", FACT_selinux_disabled, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"label:type:spc_t\"]}}", FACT_selinux_type, "spc_t"},
	{"{\"HostConfig\":{\"MaskedPaths\":[],\"ReadonlyPaths\":[]}}", FACT_unmasked, "true"},
	{"{\"HostConfig\":{\"MaskedPaths\":[\"/proc/kcore\"]}}", FACT_unmasked, "~false"},
	{"{\"HostConfig\":{\"MaskedPaths\":null,\"Privileged\":true}}", FACT_unmasked, "true"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"writable-cgroups=true\"]}}", FACT_sys_writable, "true"},
	{"{\"HostConfig\":{\"Privileged\":true}}", FACT_sys_writable, "true"},
	{"{\"HostConfig\":{\"Sysctls\":{\"net.core.somaxconn\":\"1024\"}}}", FACT_sysctls,
		"net.core.somaxconn|1024"},
	/* devices */
	{"{\"HostConfig\":{\"Privileged\":true}}", FACT_all_devices, "true"},
	{"{\"HostConfig\":{\"DeviceCgroupRules\":[\"a *:* rwm\"]}}", FACT_all_devices, "true"},
	{"{\"HostConfig\":{\"DeviceCgroupRules\":[\"c 42:* rmw\"]}}", FACT_devices, "c 42:*|rmw"},
	{"{\"HostConfig\":{\"Devices\":[{\"PathOnHost\":\"/dev/kvm\",\"PathInContainer\":\"/dev/kvm\",\"CgroupPermissions\":\"rw\"}]}}",
		FACT_devices, "/dev/kvm|rw"},
	{"{\"HostConfig\":{\"DeviceRequests\":[{\"Driver\":\"\",\"Count\":-1,\"Capabilities\":[[\"gpu\"]]}]}}",
		FACT_devices, "gpu|rwm"},
	{"{\"HostConfig\":{\"DeviceRequests\":[{\"Driver\":\"cdi\",\"DeviceIDs\":[\"v.com/x=0\"]}]}}",
		FACT_devices, "v.com/x=0|rwm"},
	/* namespaces */
	{"{\"HostConfig\":{\"PidMode\":\"\"}}", FACT_pid_namespace, "~private"},
	{"{\"HostConfig\":{\"PidMode\":\"host\"}}", FACT_pid_namespace, "host"},
	{"{\"HostConfig\":{\"PidMode\":\"container:abc\"}}", FACT_pid_namespace, "container:abc"},
	{"{\"HostConfig\":{\"IpcMode\":\"shareable\"}}", FACT_ipc_namespace, "~private"},
	{"{\"HostConfig\":{\"IpcMode\":\"none\"}}", FACT_ipc_namespace, "~private"},
	{"{\"HostConfig\":{\"IpcMode\":\"host\"}}", FACT_ipc_namespace, "host"},
	{"{\"HostConfig\":{\"UTSMode\":\"host\"}}", FACT_uts_namespace, "host"},
	{"{\"HostConfig\":{\"CgroupnsMode\":\"private\"}}", FACT_cgroup_namespace, "~private"},
	{"{\"HostConfig\":{\"CgroupnsMode\":\"host\"}}", FACT_cgroup_namespace, "host"},
	{"{}", FACT_cgroup_namespace, "?"},
	{"{\"HostConfig\":{\"UsernsMode\":\"host\"}}", FACT_user_namespace, "host"},
	{"{\"HostConfig\":{\"NetworkMode\":\"default\"}}", FACT_network_mode, "~bridge"},
	{"{\"HostConfig\":{\"NetworkMode\":\"bridge\"}}", FACT_network_mode, "bridge"},
	{"{\"HostConfig\":{\"NetworkMode\":\"host\"}}", FACT_network_mode, "host"},
	{"{\"HostConfig\":{\"NetworkMode\":\"web_default\"}}", FACT_network_mode, "web_default"},
	{"{\"NetworkSettings\":{\"Networks\":{\"none\":{}}}}", FACT_networks, "~"},
	{"{\"NetworkSettings\":{\"Networks\":{\"web_default\":{},\"db\":{}}}}", FACT_networks,
		"web_default, db"},
	/* limits */
	{"{\"HostConfig\":{\"Memory\":0}}", FACT_memory_limit, "~0"},
	{"{\"HostConfig\":{\"Memory\":67108864}}", FACT_memory_limit, "67108864"},
	{"{\"HostConfig\":{\"Memory\":100,\"MemorySwap\":0}}", FACT_memory_swap, "~200"},
	{"{\"HostConfig\":{\"Memory\":0,\"MemorySwap\":0}}", FACT_memory_swap, "~-1"},
	{"{\"HostConfig\":{\"Memory\":100,\"MemorySwap\":-1}}", FACT_memory_swap, "-1"},
	{"{\"HostConfig\":{\"Memory\":9223372036854775807}}", FACT_memory_swap, "~-1"},
	{"{\"HostConfig\":{\"NanoCpus\":1500000000}}", FACT_cpu_limit, "1500"},
	{"{\"HostConfig\":{\"CpuQuota\":50000}}", FACT_cpu_limit, "500"},
	{"{\"HostConfig\":{\"CpuQuota\":50000,\"CpuPeriod\":25000}}", FACT_cpu_limit, "2000"},
	{"{\"HostConfig\":{\"CpuQuota\":-1}}", FACT_cpu_limit, "~0"},
	{"{\"HostConfig\":{\"CpuShares\":0}}", FACT_cpu_shares, "~1024"},
	{"{\"HostConfig\":{\"CpuShares\":512}}", FACT_cpu_shares, "512"},
	{"{\"HostConfig\":{\"PidsLimit\":null}}", FACT_pids_limit, "~0"},
	{"{\"HostConfig\":{\"PidsLimit\":-1}}", FACT_pids_limit, "~0"},
	{"{\"HostConfig\":{\"PidsLimit\":100}}", FACT_pids_limit, "100"},
	{"{\"HostConfig\":{\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":100,\"Hard\":200},{\"Name\":\"RLIMIT_CORE\",\"Soft\":-1,\"Hard\":18446744073709551615}]}}",
		FACT_ulimits, "nofile|100|200, core|-1|-1"},
	{"{\"HostConfig\":{\"OomKillDisable\":true}}", FACT_oom_kill_disabled, "true"},
	{"{\"HostConfig\":{\"OomKillDisable\":null}}", FACT_oom_kill_disabled, "~false"},
	{"{\"HostConfig\":{\"OomScoreAdj\":-500}}", FACT_oom_score, "-500"},
	{"{\"HostConfig\":{\"StorageOpt\":{\"size\":\"10G\"}}}", FACT_storage_limit, "10737418240"},
	{"{\"HostConfig\":{\"CgroupParent\":\"\"}}", FACT_cgroup_parent, "?"},
	{"{\"HostConfig\":{\"CgroupParent\":\"/batch\"}}", FACT_cgroup_parent, "/batch"},
	/* how it is run */
	{"{\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"\"}}}", FACT_restart, "~no"},
	{"{\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\"}}}", FACT_restart, "always"},
	{"{\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":5}}}",
		FACT_restart_retries, "5"},
	{"{}", FACT_health, "~none"},
	{"{\"Config\":{\"Healthcheck\":{\"Test\":[\"NONE\"]}}}", FACT_health, "none"},
	{"{\"Config\":{\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}}}", FACT_health, "[\"CMD\", \"true\"]"},
	{"{\"HostConfig\":{\"LogConfig\":{\"Type\":\"none\"}}}", FACT_log_driver, "none"},
	{"{\"HostConfig\":{\"Runtime\":\"runsc\"}}", FACT_runtime, "runsc"},
	{"{\"Path\":\"sh\",\"Args\":[\"-c\",\"a b\"]}", FACT_command, "[\"sh\", \"-c\", \"a b\"]"},
	{"{\"Path\":\"sh\",\"Args\":[]}", FACT_command, "[\"sh\"]"},
	{"{\"Config\":{\"Env\":[\"A=b=c\",\"B\"]}}", FACT_env, "A|b=c|literal, B||literal"},
	{"{\"Config\":{\"Labels\":{\"a\":\"b\"}}}", FACT_labels, "a|b"},
	/* mounts */
	{"{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a\",\"Destination\":\"/b\",\"Mode\":\"ro\",\"RW\":false,\"Propagation\":\"rslave\"}]}",
		FACT_mounts, "bind|/a|/b|false|rslave"},
	{"{\"Mounts\":[{\"Type\":\"volume\",\"Name\":\"data\",\"Source\":\"/var/lib/docker/volumes/data/_data\",\"Destination\":\"/b\",\"Mode\":\"z\",\"RW\":true,\"Propagation\":\"\"}]}",
		FACT_mounts, "volume|data|/b|true"},
	{"{\"Mounts\":[{\"Type\":\"tmpfs\",\"Source\":\"\",\"Destination\":\"/t\",\"RW\":true}],\"HostConfig\":{\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"TmpfsOptions\":{\"SizeBytes\":1048576}}]}}",
		FACT_mounts, "tmpfs||/t|true||1048576||true"},
	{"{\"HostConfig\":{\"Tmpfs\":{\"/tmp\":\"\",\"/run\":\"rw,exec,size=8m\"}}}", FACT_mounts,
		"tmpfs||/tmp|true||||true, tmpfs||/run|true||8388608||false"},
	/* ports */
	{"{\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}},\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"8080\"},{\"HostIp\":\"::\",\"HostPort\":\"8080\"}]}}}",
		FACT_ports, "80|8080||true|tcp"},
	{"{\"HostConfig\":{\"PortBindings\":{\"53/udp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}]}},\"NetworkSettings\":{\"Ports\":{\"53/udp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"49153\"}]}}}",
		FACT_ports, "53|49153|127.0.0.1|true|udp"},
	{"{\"HostConfig\":{\"PublishAllPorts\":true},\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"49154\"},{\"HostIp\":\"::\",\"HostPort\":\"49154\"}]}},\"Config\":{\"ExposedPorts\":{\"80/tcp\":{}}}}",
		FACT_ports, "80|49154|0.0.0.0|true|tcp"},
	{"{\"Config\":{\"ExposedPorts\":{\"80/tcp\":{}}}}", FACT_ports, "80|||false|tcp"},
	{"{\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8000-8010\"}]}},\"NetworkSettings\":{\"Ports\":{}}}",
		FACT_ports, "80|0||true|tcp"},
	{"{\"HostConfig\":{\"PortBindings\":{\"x/tcp\":[{}],\"70000/tcp\":[{}]}}}", FACT_ports, "~"},
	/* the image */
	{"{\"Config\":{\"Image\":\"nginx\"}}", FACT_image_repository, "library/nginx"},
	{"{\"Config\":{\"Image\":\"nginx\"}}", FACT_image_tag, "?"},
	{"{\"Image\":\"sha256:4f4f414b9d8a3d9a66e5c1e7c3dce5b8969e292b739a2f08ca6e2d3310222373\",\"Config\":{\"Image\":\"4f4f414b9d8a\"}}",
		FACT_image_digest, "4f4f414b9d8a"},
	/* what is not as it should be is as if it were not said */
	{"[]", FACT_privileged, "~false"},
	{"{\"HostConfig\":[],\"Config\":\"x\",\"Mounts\":{},\"NetworkSettings\":7}", FACT_mounts, "~"},
	{"{\"HostConfig\":{\"Memory\":\"lots\",\"CapAdd\":\"ALL\"}}", FACT_memory_limit, "~0"},
};

static const spelling podman_rows[] = {
	{"{\"HostConfig\":{\"PidMode\":\"private\"}}", FACT_pid_namespace, "~private"},
	{"{\"HostConfig\":{\"IpcMode\":\"shareable\"}}", FACT_ipc_namespace, "?"},
	{"{\"HostConfig\":{\"IpcMode\":\"private\"}}", FACT_ipc_namespace, "~private"},
	{"{\"HostConfig\":{\"CgroupMode\":\"host\"}}", FACT_cgroup_namespace, "host"},
	{"{\"HostConfig\":{\"CgroupMode\":\"private\"}}", FACT_cgroup_namespace, "~private"},
	{"{\"HostConfig\":{\"UsernsMode\":\"\"}}", FACT_user_namespace, "~host"},
	{"{\"HostConfig\":{\"UsernsMode\":\"private\",\"IDMappings\":{\"UidMap\":[\"0:100000:65536\"]}}}",
		FACT_user_namespace, "private"},
	{"{\"OCIRuntime\":\"/usr/bin/crun\"}", FACT_runtime, "crun"},
	{"{\"HostConfig\":{\"OomScoreAdj\":0}}", FACT_oom_score, "?"},
	{"{\"HostConfig\":{\"Tmpfs\":{\"/tmp\":\"rw,rprivate,nosuid,nodev,tmpcopyup\"}}}", FACT_mounts,
		"tmpfs||/tmp|true|rprivate|||false"},
	{"{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a\",\"Destination\":\"/b\",\"Options\":[\"noexec\",\"rbind\"],\"RW\":false,\"Propagation\":\"rprivate\"}]}",
		FACT_mounts, "bind|/a|/b|false|rprivate|||true"},
	{"{\"HostConfig\":{}}", FACT_unmasked, "?"},
	{"{\"HostConfig\":{}}", FACT_sysctls, "?"},
	{"{\"Config\":{\"Secrets\":[{\"Name\":\"db\"}]}}", FACT_secrets, "db|external|/run/secrets/db"},
	{"{\"BoundingCaps\":null,\"EffectiveCaps\":[]}", FACT_caps_effective, ""},
	{"{\"BoundingCaps\":null}", FACT_caps_drop, "ALL|ALL"},
	{"{\"BoundingCaps\":[\"CAP_NET_RAW\"]}", FACT_caps_add, "NET_RAW|NET_RAW"},
	{"{\"HostConfig\":{\"SecurityOpt\":[\"seccomp=/p.json\"]}}", FACT_seccomp, "custom"},
};

/* clang-format on */

/* How a row went wrong, or empty. Every fact points into the evidence. */
static span row_check(arena *a, engine_kind kind, const spelling *row)
{
	reading r = {0};
	span wrong = {0};
	answer_read(&r, kind, span_of(row->json));
	span got = fact_said(&r.arena, &r.posture, row->fact);
	const origin *at = &r.posture.all[row->fact].origin;
	if (!r.read || !span_is(got, row->want))
		wrong = arena_format(a, "%s: %s is '%.*s', not '%s'", row->json, fact_rows[row->fact].field,
			SPAN_ARG(got), row->want);
	else if (!span_is(got, "?") &&
		 (at->text != r.evidence.text || at->start >= at->end || at->end > at->text->bytes.n))
		wrong = arena_format(a, "%s: %s has no evidence", row->json, fact_rows[row->fact].field);
	arena_done(&r.arena);
	return wrong;
}

TEST(docker_spellings)
{
	arena a = {0};
	for (size_t i = 0; i < sizeof docker_rows / sizeof *docker_rows; i++) {
		span wrong = row_check(&a, ENGINE_DOCKER, &docker_rows[i]);
		if (wrong.n)
			TEST_FAIL("%.*s", SPAN_ARG(wrong));
	}
	arena_done(&a);
}

TEST(podman_spellings)
{
	arena a = {0};
	for (size_t i = 0; i < sizeof podman_rows / sizeof *podman_rows; i++) {
		span wrong = row_check(&a, ENGINE_PODMAN, &podman_rows[i]);
		if (wrong.n)
			TEST_FAIL("%.*s", SPAN_ARG(wrong));
	}
	arena_done(&a);
}

/* --- capabilities of Docker --- */

TEST(docker_capabilities)
{
	static const struct {
		const char *json, *bounding; /* "+41" for all */
	} rows[] = {
		{"{}", DOCKER_14},
		{"{\"HostConfig\":{\"CapDrop\":[\"ALL\"]}}", ""},
		{"{\"HostConfig\":{\"CapDrop\":[\"all\"],\"CapAdd\":[\"CAP_NET_ADMIN\",\"chown\"]}}",
			"CHOWN NET_ADMIN"},
		{"{\"HostConfig\":{\"CapDrop\":[\"CAP_MKNOD\",\"NET_RAW\"],\"CapAdd\":null}}",
			"CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT "
			"AUDIT_WRITE SETFCAP"},
		{"{\"HostConfig\":{\"CapDrop\":[\"KILL\"],\"CapAdd\":[\"KILL\"]}}", DOCKER_14},
		{"{\"HostConfig\":{\"CapAdd\":[\"ALL\"]}}", "+41"},
		{"{\"HostConfig\":{\"CapAdd\":[\"ALL\"],\"CapDrop\":[\"SYS_ADMIN\"]}}", "+40"},
		{"{\"HostConfig\":{\"Privileged\":true,\"CapDrop\":[\"ALL\"]}}", "+41"},
		{"{\"HostConfig\":{\"CapAdd\":[\"NO_SUCH\",7,null]}}", DOCKER_14},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		reading r = {0};
		answer_read(&r, ENGINE_DOCKER, span_of(rows[i].json));
		CHECK(r.read);
		if (rows[i].bounding[0] == '+')
			CHECK_INT(posture_items(&r.posture, FACT_caps_bounding)->all.count,
				atoi(rows[i].bounding + 1));
		else
			CHECK_SPAN(names_said(&r.arena, &r.posture, FACT_caps_bounding), rows[i].bounding);
		arena_done(&r.arena);
	}
}

TEST(evidence_says_where)
{
	reading r = {0};
	answer_read(&r, ENGINE_DOCKER,
		SPAN("{\"HostConfig\":{\"CapAdd\":[\"NET_ADMIN\"],\"Privileged\":false},\"Config\":"
		     "{\"Env\":[\"A=b\\nc\"]}}"));
	CHECK(r.read);
	span all = r.evidence.text->bytes;
	CHECK(span_contains(all, "docker inspect: HostConfig.CapAdd = [\"NET_ADMIN\"]\n"));
	CHECK(span_contains(all, "docker inspect: HostConfig.Privileged = false\n"));
	CHECK(span_contains(all, "docker inspect: Config.Env = A=b c\n"));
	const origin *at = &posture_items(&r.posture, FACT_env)->all.items[0]->origin;
	CHECK_SPAN(span_sub(all, at->start, at->end - at->start), "A=b c");
	arena_done(&r.arena);
}

/* --- what real engines said --- */

static bool shared_read(reading *r, engine_kind kind, const char *name)
{
	error e;
	span bytes;
	const char *path = arena_format(&r->arena, "../../shared/reference/profiles/%s", name).p;
	if (files_read(path, 1 << 20, &r->arena, &bytes, &e) < 0) {
		printf("# %s is not there\n", path);
		return false;
	}
	answer_read(r, kind, bytes);
	return r->read;
}

TEST(docker_soft)
{
	reading r = {0};
	if (!shared_read(&r, ENGINE_DOCKER, "docker-20.10-inspect-soft.json"))
		return;
	CHECK_SAID(&r, {FACT_user, "~root"}, {FACT_uid, "~0"}, {FACT_groups, "~"},
		{FACT_user_namespace, "~host"}, {FACT_read_only, "~false"},
		{FACT_mounts, "bind|/etc|/host-etc|false|rprivate"}, {FACT_caps_add, "~"},
		{FACT_caps_drop, "~"}, {FACT_no_new_privileges, "~false"}, {FACT_seccomp, "~default"},
		{FACT_apparmor, "?"}, {FACT_selinux_disabled, "~false"}, {FACT_unmasked, "~false"},
		{FACT_sys_writable, "~false"}, {FACT_sysctls, "~"}, {FACT_privileged, "~false"},
		{FACT_pid_namespace, "~private"}, {FACT_ipc_namespace, "~private"},
		{FACT_uts_namespace, "~private"}, {FACT_cgroup_namespace, "host"}, {FACT_devices, "~"},
		{FACT_all_devices, "~false"}, {FACT_runtime, "~runc"}, {FACT_memory_limit, "~0"},
		{FACT_memory_request, "~0"}, {FACT_memory_swap, "~-1"}, {FACT_cpu_limit, "~0"},
		{FACT_cpu_shares, "~1024"}, {FACT_pids_limit, "~0"}, {FACT_ulimits, "~"},
		{FACT_restart, "~no"}, {FACT_restart_retries, "~0"}, {FACT_oom_kill_disabled, "~false"},
		{FACT_oom_score, "~0"}, {FACT_health, "~none"}, {FACT_log_driver, "json-file"},
		{FACT_network_mode, "~bridge"}, {FACT_networks, "bridge"},
		{FACT_ports, "80|8085|127.0.0.1|true|tcp"}, {FACT_env, "DB_PASSWORD|hunter2|literal"},
		{FACT_labels, "~"}, {FACT_image, "deb12"}, {FACT_image_tag, "?"},
		{FACT_command, "[\"sleep\", \"100000\"]"});
	CHECK_SPAN(names_said(&r.arena, &r.posture, FACT_caps_bounding), DOCKER_14);
	arena_done(&r.arena);
}

TEST(docker_hard)
{
	reading r = {0};
	if (!shared_read(&r, ENGINE_DOCKER, "docker-20.10-inspect-hard.json"))
		return;
	CHECK_SAID(&r, {FACT_user, "65534"}, {FACT_uid, "65534"}, {FACT_gid, "65534"},
		{FACT_read_only, "true"}, {FACT_mounts, "tmpfs||/tmp|true||8388608||true"},
		{FACT_caps_add, "~"}, {FACT_caps_drop, "ALL|ALL"}, {FACT_caps_bounding, ""},
		{FACT_no_new_privileges, "true"}, {FACT_seccomp, "~default"},
		{FACT_sysctls, "net.ipv4.ip_unprivileged_port_start|1024"}, {FACT_memory_limit, "67108864"},
		{FACT_memory_swap, "67108864"}, {FACT_cpu_limit, "500"}, {FACT_pids_limit, "50"},
		{FACT_ulimits, "nofile|100|200"}, {FACT_restart, "on-failure"}, {FACT_restart_retries, "5"},
		{FACT_oom_score, "500"}, {FACT_network_mode, "none"}, {FACT_networks, "~"}, {FACT_ports, "~"},
		{FACT_env, "~"});
	arena_done(&r.arena);
}

TEST(podman_plain)
{
	reading r = {0};
	if (!shared_read(&r, ENGINE_PODMAN, "podman-4.3-inspect-p1.json"))
		return;
	CHECK_SAID(&r, {FACT_user, "~root"}, {FACT_read_only, "~false"}, {FACT_mounts, "~"},
		{FACT_caps_add, "~"},
		{FACT_caps_drop, "~NET_RAW|NET_RAW, MKNOD|MKNOD, AUDIT_WRITE|AUDIT_WRITE"},
		{FACT_no_new_privileges, "~false"}, {FACT_seccomp, "~default"}, {FACT_unmasked, "?"},
		{FACT_cgroup_namespace, "host"}, {FACT_ipc_namespace, "?"}, {FACT_runtime, "runc"},
		{FACT_pids_limit, "2048"}, {FACT_ulimits, "nofile|1024|1024, nproc|1000|1000"},
		{FACT_restart, "~no"}, {FACT_log_driver, "k8s-file"}, {FACT_network_mode, "none"},
		{FACT_image, "localhost/deb12:latest"}, {FACT_image_tag, "latest"},
		{FACT_command, "[\"sleep\", \"100000\"]"});
	arena_done(&r.arena);
}

TEST_MAIN()
