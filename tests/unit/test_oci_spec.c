/* SPDX-License-Identifier: Apache-2.0
 *
 * OCI specs: every spelling by a table, made by hand, the file itself, and the facts of specs that real engines wrote. */
#include "sources/oci_spec.h"

#include "base/files.h"
#include "formats/json.h"
#include "said.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct reading {
	arena arena;
	evidence evidence;
	posture posture;
	bool read;
} reading;

static void spec_read(reading *r, span json)
{
	text *t = ARENA_NEW(&r->arena, text);
	node *root;
	node_problems problems = {0};
	error e;
	text_init(t, "config.json", json, &r->arena);
	r->read = json_read(t, &r->arena, &root, &problems, &e) >= 0;
	if (!r->read)
		return;
	evidence_start(&r->evidence, "web", &r->arena);
	oci_spec_posture(root, &r->evidence, &r->posture, &r->arena);
	evidence_end(&r->evidence);
}

/* clang-format off: a table */
#define ALL_SETS(user, nnp)                                                           \
	"{\"process\":{\"user\":{\"uid\":" user "},\"noNewPrivileges\":" nnp          \
	",\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_KILL\"],\"permitted\":" \
	"[\"CAP_CHOWN\"],\"effective\":[\"CAP_CHOWN\"],\"inheritable\":[\"CAP_CHOWN\"],\"ambient\":[\"CAP_CHOWN\"]}}}"
#define NOT_AMBIENT(user)                       \
	"{\"process\":{\"user\":{\"uid\":" user \
	"},\"capabilities\":{\"bounding\":[\"CAP_CHOWN\"],\"permitted\":[\"CAP_CHOWN\"],\"effective\":[\"CAP_CHOWN\"]}}}"
#define MOUNT(words) "{\"mounts\":[{" words "}]}"
#define OWN_FOLDER   "/x/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"
#define PRIVILEGED(caps, rest)                                            \
	"{\"process\":{\"capabilities\":{\"bounding\":[" caps             \
	"]}},\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\"}]," \
	"\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"}]}" rest "}}"
#define TELLING \
	"\"CAP_SYS_ADMIN\",\"CAP_SYS_MODULE\",\"CAP_SYS_RAWIO\",\"CAP_SYS_PTRACE\",\"CAP_SYS_BOOT\",\"CAP_NET_ADMIN\",\"CAP_DAC_READ_SEARCH\",\"CAP_MKNOD\""

static const struct spelling {
	const char *json;
	fact_id fact;
	const char *want;
} rows[] = {
	/* the user */
	{"{\"process\":{\"user\":{\"uid\":1000,\"gid\":5,\"additionalGids\":[5,20]}}}", FACT_uid, "1000"},
	{"{\"process\":{\"user\":{\"uid\":1000,\"gid\":5,\"additionalGids\":[5,20]}}}", FACT_gid, "5"},
	{"{\"process\":{\"user\":{\"uid\":1000,\"gid\":5,\"additionalGids\":[5,20]}}}", FACT_groups, "5, 20"},
	{"{}", FACT_uid, "0"},
	{"{\"process\":{\"user\":{\"uid\":7}}}", FACT_host_uid, "7"},
	{"{\"process\":{\"user\":{\"uid\":7}},\"linux\":{\"namespaces\":[{\"type\":\"user\"}],\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":10}]}}",
		FACT_host_uid, "100007"},
	{"{\"process\":{\"user\":{\"uid\":7}},\"linux\":{\"namespaces\":[{\"type\":\"user\"}],\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":7}]}}",
		FACT_host_uid, "?"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"user\"}]}}", FACT_user_namespace, "private"},
	{"{}", FACT_user_namespace, "~host"},
	/* capabilities once the program has started */
	{"{}", FACT_caps_bounding, "?"},
	{"{\"process\":{\"capabilities\":{}}}", FACT_caps_bounding, ""},
	{"{\"process\":{\"capabilities\":{}}}", FACT_caps_drop, "ALL|ALL"},
	{ALL_SETS("0", "false"), FACT_caps_effective, "CHOWN|CHOWN, KILL|KILL"},
	{ALL_SETS("0", "true"), FACT_caps_effective, "CHOWN|CHOWN"},
	{ALL_SETS("1", "false"), FACT_caps_effective, "CHOWN|CHOWN"},
	{ALL_SETS("1", "false"), FACT_caps_ambient, "CHOWN|CHOWN"},
	{NOT_AMBIENT("0"), FACT_caps_permitted, "CHOWN|CHOWN"},
	{NOT_AMBIENT("1000"), FACT_caps_permitted, ""},
	{NOT_AMBIENT("1000"), FACT_caps_bounding, "CHOWN|CHOWN"},
	/* what confines it */
	{"{\"process\":{\"noNewPrivileges\":true}}", FACT_no_new_privileges, "true"},
	{"{}", FACT_no_new_privileges, "false"},
	{"{\"root\":{\"readonly\":true}}", FACT_read_only, "true"},
	{"{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"}}}", FACT_seccomp, "filter"},
	{"{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\"}}}", FACT_seccomp_default_allows,
		"true"},
	{"{\"linux\":{\"seccomp\":null}}", FACT_seccomp, "unconfined"},
	{"{\"process\":{\"apparmorProfile\":\"docker-default\"}}", FACT_apparmor, "docker-default"},
	{"{\"process\":{\"apparmorProfile\":\"\"}}", FACT_apparmor, "?"},
	{"{\"process\":{\"selinuxLabel\":\"u:r:spc_t:s0\"}}", FACT_selinux_type, "spc_t"},
	{"{\"linux\":{\"maskedPaths\":[\"/proc/kcore\"]}}", FACT_unmasked, "false"},
	{"{\"linux\":{\"maskedPaths\":[]}}", FACT_unmasked, "true"},
	{"{}", FACT_unmasked, "true"},
	{"{\"linux\":{\"sysctl\":{\"net.ipv4.ip_unprivileged_port_start\":\"0\",\"kernel.shmmax\":\"1\",\"net.ipv4.ping_group_range\":\"0 2147483647\"}}}",
		FACT_sysctls, "kernel.shmmax|1"},
	{"{\"linux\":{\"sysctl\":{\"net.ipv4.ip_unprivileged_port_start\":\"1024\"}}}", FACT_sysctls,
		"net.ipv4.ip_unprivileged_port_start|1024"},
	{PRIVILEGED(TELLING, ""), FACT_privileged, "true"},
	{PRIVILEGED(TELLING, ",\"seccomp\":{}"), FACT_privileged, "false"},
	{PRIVILEGED("\"CAP_SYS_ADMIN\"", ""), FACT_privileged, "false"},
	/* namespaces */
	{"{\"linux\":{\"namespaces\":[{\"type\":\"pid\"}]}}", FACT_pid_namespace, "private"},
	{"{\"linux\":{\"namespaces\":[]}}", FACT_pid_namespace, "host"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"network\",\"path\":\"/proc/4711/ns/net\"}]}}",
		FACT_network_mode, "container:/proc/4711/ns/net"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"network\",\"path\":\"/proc/1/ns/net\"}]}}",
		FACT_network_mode, "host"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"network\",\"path\":\"/run/netns/cni-1\"}]}}",
		FACT_network_mode, "private"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"network\",\"path\":\"/var/run/docker/netns/default\"}]}}",
		FACT_network_mode, "host"},
	{"{\"linux\":{\"namespaces\":[{\"type\":\"cgroup\"}]}}", FACT_cgroup_namespace, "private"},
	/* limits */
	{"{\"linux\":{\"resources\":{\"memory\":{\"limit\":100,\"swap\":150}}}}", FACT_memory_swap, "150"},
	{"{\"linux\":{\"resources\":{\"memory\":{\"limit\":-1}}}}", FACT_memory_limit, "0"},
	{"{\"linux\":{\"resources\":{\"memory\":{\"limit\":100}}}}", FACT_memory_swap, "-1"},
	{"{\"linux\":{\"resources\":{\"cpu\":{\"quota\":50000,\"period\":100000}}}}", FACT_cpu_limit, "500"},
	{"{\"linux\":{\"resources\":{\"cpu\":{\"quota\":9223372036854775807,\"period\":1}}}}", FACT_cpu_limit,
		"9223372036854775807"},
	{"{\"linux\":{\"resources\":{\"pids\":{\"limit\":-1}}}}", FACT_pids_limit, "0"},
	{"{\"process\":{\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":1,\"hard\":18446744073709551615}]}}",
		FACT_ulimits, "nofile|1|-1"},
	{"{\"process\":{\"oomScoreAdj\":0}}", FACT_oom_score, "0"},
	{"{}", FACT_oom_score, "?"},
	{"{\"linux\":{\"cgroupsPath\":\"system.slice:docker:abc\"}}", FACT_cgroup_parent, "~system.slice"},
	{"{\"linux\":{\"cgroupsPath\":\"/kubepods/pod1/abc\"}}", FACT_cgroup_parent, "~/kubepods/pod1"},
	{"{\"process\":{\"args\":[\"a\",\"b c\"],\"env\":[\"X=1\"]}}", FACT_command, "[\"a\", \"b c\"]"},
	{"{\"process\":{\"env\":[\"X=1\"]}}", FACT_env, "X|1|literal"},
	/* mounts */
	{MOUNT("\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\""), FACT_mounts, ""},
	{MOUNT("\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\""), FACT_mounts, ""},
	{MOUNT("\"destination\":\"/etc/hosts\",\"type\":\"bind\",\"source\":\"" OWN_FOLDER "hosts\""),
		FACT_mounts, ""},
	{MOUNT("\"destination\":\"/etc/hosts\",\"type\":\"bind\",\"source\":\"/home/me/hosts\",\"options\":[\"rbind\",\"ro\"]"),
		FACT_mounts, "bind|/home/me/hosts|/etc/hosts|false"},
	{MOUNT("\"destination\":\"/host\",\"type\":\"none\",\"source\":\"/\",\"options\":[\"rbind\",\"rslave\"]"),
		FACT_mounts, "bind|/|/host|true|rslave"},
	{MOUNT("\"destination\":\"/host\",\"source\":\"/srv\",\"options\":[\"bind\",\"rro\"]"), FACT_mounts,
		"bind|/srv|/host|false|||true"},
	{MOUNT("\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"/var/lib/docker/volumes/data/_data\",\"options\":[\"rbind\"]"),
		FACT_mounts, "volume|data|/d|true"},
	{MOUNT("\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"/_data\",\"options\":[\"rbind\"]"),
		FACT_mounts, "bind|/_data|/d|true"},
	{MOUNT("\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"_data\",\"options\":[\"rbind\"]"),
		FACT_mounts, "bind|_data|/d|true"},
	{MOUNT("\"destination\":\"/c\",\"type\":\"bind\",\"source\":\"/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~empty-dir/cache\""),
		FACT_mounts, "emptydir|cache|/c|true"},
	{MOUNT("\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"noexec\",\"size=65536k\"]"),
		FACT_mounts, "tmpfs||/t|true||67108864||true"},
	{MOUNT("\"destination\":\"/t\",\"type\":\"tmpfs\""), FACT_mounts, "tmpfs||/t|true||||false"},
	{MOUNT("\"destination\":\"/sys\",\"type\":\"sysfs\",\"options\":[\"ro\"]"), FACT_sys_writable,
		"false"},
	{MOUNT("\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup2\",\"options\":[\"rw\"]"),
		FACT_sys_writable, "true"},
	{MOUNT("\"destination\":\"/sys\",\"type\":\"bind\",\"source\":\"/sys\""), FACT_sys_writable, "true"},
	/* devices */
	{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"}]}}}",
		FACT_all_devices, "false"},
	{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"type\":\"a\",\"access\":\"rwm\"}]}}}",
		FACT_all_devices, "true"},
	{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"},{\"allow\":false}]}}}",
		FACT_all_devices, "false"},
	{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"},{\"allow\":false,\"type\":\"c\",\"major\":1}]}}}",
		FACT_all_devices, "true"},
	{"{}", FACT_all_devices, "?"},
	{"{\"linux\":{\"devices\":[{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3},{\"path\":\"/dev/kvm\",\"type\":\"c\",\"major\":10,\"minor\":232}],"
	 "\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":232,\"access\":\"rw\"}]}}}",
		FACT_devices, "/dev/kvm|rw"},
	/* what is not as it should be */
	{"[]", FACT_uid, "?"},
	{"{\"process\":[],\"linux\":7,\"mounts\":{},\"root\":\"x\"}", FACT_read_only, "false"},
};

/* clang-format on */

TEST(spellings)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		reading r = {0};
		spec_read(&r, span_of(rows[i].json));
		if (!r.read)
			TEST_FAIL("%s is no JSON", rows[i].json);
		span got = fact_said(&r.arena, &r.posture, rows[i].fact);
		const fact *f = &r.posture.all[rows[i].fact];
		if (!span_is(got, rows[i].want))
			TEST_FAIL("%s: %s is '%.*s', not '%s'", rows[i].json, fact_rows[rows[i].fact].field,
				SPAN_ARG(got), rows[i].want);
		fact_known known = got.n && got.p[0] == '~' ? KNOWN_DEFAULT : KNOWN_CONFIGURED;
		if (!span_is(got, "?") && (f->known != known || f->origin.text != r.evidence.text))
			TEST_FAIL("%s: %s has no evidence", rows[i].json, fact_rows[rows[i].fact].field);
		arena_done(&r.arena);
	}
}

/* --- the file --- */

static int file_read(const char *folder, error *e)
{
	arena a = {0};
	node *root;
	auto_fd fd = open(folder, O_PATH | O_DIRECTORY);
	int status = oci_spec_read(fd, &a, &root, e);
	arena_done(&a);
	return status;
}

TEST(the_file)
{
	char folder[] = "/tmp/bulkhead-spec-XXXXXX";
	arena a = {0};
	error e;
	CHECK(mkdtemp(folder));
	const char *path = path_join(&a, folder, "config.json");
	int absent = file_read(folder, &e);
	int good =
		files_write(path, SPAN("{\"ociVersion\":\"1.2.0\"}"), &e) < 0 ? -99 : file_read(folder, &e);
	int list = files_write(path, SPAN("[]"), &e) < 0 ? -99 : file_read(folder, &e);
	int broken = files_write(path, SPAN("{"), &e) < 0 ? -99 : file_read(folder, &e);
	remove(path);
	int linked = symlink("/etc/passwd", path) < 0 ? -99 : file_read(folder, &e);
	remove(path);
	int pipe = mkfifo(path, 0600) < 0 ? -99 : file_read(folder, &e);
	remove(path);
	remove(folder);
	CHECK_INT(absent, -ERROR_ABSENT);
	CHECK_INT(good, 0);
	CHECK_INT(list, -ERROR_DAMAGED);
	CHECK_INT(broken, -ERROR_SYNTAX);
	CHECK_INT(linked, -ERROR_SYSTEM);
	CHECK_INT(pipe, -ERROR_DAMAGED);
	arena_done(&a);
}

/* --- what real engines wrote --- */

static bool shared_read(reading *r, const char *name)
{
	error e;
	span bytes;
	const char *path = arena_format(&r->arena, "../../shared/reference/profiles/%s", name).p;
	if (files_read(path, 1 << 20, &r->arena, &bytes, &e) < 0) {
		printf("# %s is not there\n", path);
		return false;
	}
	spec_read(r, bytes);
	return r->read;
}

#define DOCKER_14                                                                                                \
	"CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD " \
	"AUDIT_WRITE SETFCAP"

TEST(docker_soft)
{
	reading r = {0};
	if (!shared_read(&r, "docker-20.10-oci-config-soft.json"))
		return;
	CHECK_SAID(&r, {FACT_user, "0"}, {FACT_uid, "0"}, {FACT_gid, "0"}, {FACT_host_uid, "0"},
		{FACT_user_namespace, "~host"}, {FACT_read_only, "false"},
		{FACT_mounts, "bind|/etc|/host-etc|false|rprivate"}, {FACT_caps_add, ""},
		{FACT_caps_drop, ""}, {FACT_caps_inheritable, ""}, {FACT_caps_ambient, ""},
		{FACT_no_new_privileges, "false"}, {FACT_seccomp, "filter"},
		{FACT_seccomp_default_allows, "false"}, {FACT_apparmor, "?"}, {FACT_unmasked, "false"},
		{FACT_sys_writable, "false"}, {FACT_sysctls, ""}, {FACT_privileged, "false"},
		{FACT_pid_namespace, "private"}, {FACT_ipc_namespace, "private"},
		{FACT_uts_namespace, "private"}, {FACT_cgroup_namespace, "host"},
		{FACT_network_mode, "private"}, {FACT_devices, ""}, {FACT_all_devices, "false"},
		{FACT_memory_limit, "0"}, {FACT_memory_swap, "-1"}, {FACT_cpu_limit, "0"},
		{FACT_cpu_shares, "1024"}, {FACT_pids_limit, "0"}, {FACT_ulimits, ""}, {FACT_oom_score, "0"},
		{FACT_cgroup_parent, "~/docker"}, {FACT_command, "[\"sleep\", \"100000\"]"});
	CHECK_SPAN(names_said(&r.arena, &r.posture, FACT_caps_bounding), DOCKER_14);
	CHECK_SPAN(names_said(&r.arena, &r.posture, FACT_caps_effective), DOCKER_14);
	CHECK_SPAN(names_said(&r.arena, &r.posture, FACT_env), "PATH HOSTNAME DB_PASSWORD");
	arena_done(&r.arena);
}

TEST(docker_hard)
{
	reading r = {0};
	if (!shared_read(&r, "docker-20.10-oci-config-hard.json"))
		return;
	CHECK_SAID(&r, {FACT_uid, "65534"}, {FACT_gid, "65534"}, {FACT_host_uid, "65534"},
		{FACT_read_only, "true"}, {FACT_mounts, "tmpfs||/tmp|true|rprivate|8388608||true"},
		{FACT_caps_add, ""}, {FACT_caps_drop, "ALL|ALL"}, {FACT_caps_bounding, ""},
		{FACT_caps_effective, ""}, {FACT_no_new_privileges, "true"}, {FACT_seccomp, "filter"},
		{FACT_sysctls, "net.ipv4.ip_unprivileged_port_start|1024"}, {FACT_memory_limit, "67108864"},
		{FACT_memory_swap, "67108864"}, {FACT_cpu_limit, "500"}, {FACT_pids_limit, "50"},
		{FACT_ulimits, "nofile|100|200"}, {FACT_oom_score, "500"}, {FACT_unmasked, "false"});
	arena_done(&r.arena);
}

TEST(podman_plain)
{
	reading r = {0};
	if (!shared_read(&r, "podman-4.3-oci-config-p1.json"))
		return;
	CHECK_SAID(&r, {FACT_uid, "0"}, {FACT_mounts, ""}, {FACT_caps_add, ""},
		{FACT_caps_drop, "NET_RAW|NET_RAW, MKNOD|MKNOD, AUDIT_WRITE|AUDIT_WRITE"},
		{FACT_seccomp, "filter"}, {FACT_sysctls, ""}, {FACT_pids_limit, "2048"},
		{FACT_ulimits, "nofile|1024|1024, nproc|1000|1000"}, {FACT_oom_score, "?"},
		{FACT_cgroup_parent, "~/libpod_parent"}, {FACT_unmasked, "false"});
	arena_done(&r.arena);
}

TEST_MAIN()
