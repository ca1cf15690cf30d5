/* SPDX-License-Identifier: Apache-2.0
 *
 * The runtime specification's config.json (github.com/opencontainers/runtime-spec, config.md and config-linux.md, 1.0.2 to 1.3). What is not in it is as the
 * specification says: a namespace that is not listed is the host's. Left out: hooks, annotations, what is not Linux's. */
#include "base/files.h"
#include "base/limits.h"
#include "formats/json.h"
#include "kernel/capability.h"
#include "sources/capability_set.h"
#include "sources/oci_spec_read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* --- the file --- */

static int bytes_read(int fd, arena *a, span *ret, error *e)
{
	struct stat about;
	if (fstat(fd, &about) < 0)
		return error_set_system(e, "config.json");
	if (!S_ISREG(about.st_mode))
		return error_set(e, ERROR_DAMAGED, "config.json: not a file");
	if (about.st_size > LIMIT_FILE_BYTES)
		return error_set(e, ERROR_LIMIT, "config.json: larger than %d MiB", LIMIT_FILE_BYTES >> 20);
	char *bytes = arena_alloc(a, (size_t)about.st_size + 1);
	size_t n = 0;
	while (n < (size_t)about.st_size) {
		ssize_t got = read(fd, bytes + n, (size_t)about.st_size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_system(e, "config.json");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = (span){bytes, n};
	return 0;
}

int oci_spec_read(int folder, arena *a, node **ret, error *e)
{
	auto_fd fd = openat(folder, "config.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	span bytes;
	node *root;
	node_problems problems = {0};
	if (fd < 0)
		return error_set_system(e, "config.json");
	TRY(bytes_read(fd, a, &bytes, e));
	text *t = ARENA_NEW(a, text);
	text_init(t, "config.json", bytes, a);
	if (json_read(t, a, &root, &problems, e) < 0)
		return error_wrap(e, "config.json");
	if (!node_is_map(root))
		return error_set(e, ERROR_DAMAGED, "config.json: not an object");
	*ret = root;
	return 0;
}

/* --- who it runs as --- */

/* Whether the namespaces list one of a type. */
static const node *namespace_of(const tree_facts *f, const char *type)
{
	const node *list = node_path(f->root, "linux/namespaces");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(node_text(node_get(list->items[i], "type")), type))
			return list->items[i];
	return NULL;
}

/* uidMappings: [{"containerID": 0, "hostID": 100000, "size": 65536}] */
static void read_host_uid(const tree_facts *f, int64_t uid, bool mapped)
{
	const node *list = node_path(f->root, "linux/uidMappings");
	int64_t from, to, size;
	if (!mapped)
		posture_set_number(
			f->posture, FACT_host_uid, f->said, uid, tree_facts_say_path(f, "process/user/uid"));
	for (uint32_t i = 0; mapped && node_is_list(list) && i < list->count; i++) {
		const node *one = list->items[i];
		if (!node_int(node_get(one, "containerID"), &from) ||
			!node_int(node_get(one, "hostID"), &to) || !node_int(node_get(one, "size"), &size) ||
			uid < from || from < 0 || to < 0 || uid - from >= size || to > UINT32_MAX ||
			uid > UINT32_MAX)
			continue;
		posture_set_number(f->posture, FACT_host_uid, f->said, to + (uid - from),
			tree_facts_say(f, "linux/uidMappings", one));
		return;
	}
}

static int64_t read_user(const tree_facts *f)
{
	const node *user = node_path(f->root, "process/user"), *groups = node_get(user, "additionalGids");
	int64_t uid = 0, gid = 0;
	node_int(node_get(user, "uid"), &uid);
	node_int(node_get(user, "gid"), &gid);
	origin at = tree_facts_say(f, "process/user", user);
	posture_set_user(
		f->posture, f->said, arena_format(f->arena, "%lld:%lld", (long long)uid, (long long)gid), at);
	posture_set_list(f->posture, FACT_groups, f->said, at, f->arena);
	for (uint32_t i = 0; node_is_list(groups) && i < groups->count; i++)
		if (node_text(groups->items[i]).n)
			item_set_text(posture_add(f->posture, FACT_groups, at, f->arena), MEMBER_group_name,
				node_text(groups->items[i]));
	const node *private = namespace_of(f, "user");
	/* Without one it lives in that of its runtime, which is the host's unless the engine itself does without root. */
	posture_set_text(f->posture, FACT_user_namespace, private ? f->said : KNOWN_DEFAULT,
		private ? SPAN("private") : SPAN("host"), tree_facts_say_path(f, "linux/namespaces"));
	read_host_uid(f, uid, private);
	return uid;
}

/* --- capabilities --- */

static uint64_t mask_of(const tree_facts *f, const char *path)
{
	const node *list = node_path(f->root, path);
	uint64_t mask = 0;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		int number = capability_number(node_text(list->items[i]));
		if (number >= 0)
			mask |= (uint64_t)1 << number;
	}
	return mask;
}

/* What is left of the sets when the program has been started (capabilities(7), "Transformation of capabilities during execve()"): root gets the bounding
 * set, with no_new_privs only what it had; others keep what is ambient. Capabilities of the program's file are not known here. */
static uint64_t after_start(const tree_facts *f, int64_t uid, uint64_t bounding)
{
	uint64_t permitted = mask_of(f, "process/capabilities/permitted"),
		 inheritable = mask_of(f, "process/capabilities/inheritable");
	if (uid != 0)
		return mask_of(f, "process/capabilities/ambient") & permitted & inheritable;
	bool held = node_truth(node_path(f->root, "process/noNewPrivileges")) > 0;
	return held ? (bounding | inheritable) & permitted : bounding | inheritable;
}

static uint64_t read_capabilities(const tree_facts *f, int64_t uid)
{
	const char *all = "process/capabilities";
	if (!node_is_map(node_path(f->root, all)))
		return 0; /* what the runtime leaves then is its own business */
	uint64_t bounding = mask_of(f, "process/capabilities/bounding"),
		 permitted = after_start(f, uid, bounding),
		 inheritable = mask_of(f, "process/capabilities/inheritable"),
		 ambient = mask_of(f, "process/capabilities/ambient") & inheritable & permitted;
	origin at = tree_facts_say_path(f, "process/capabilities/bounding");
	capability_set_facts(f->posture, FACT_caps_bounding, f->said, bounding, at, f->arena);
	capability_set_difference(f->posture, f->said, bounding, at, f->arena);
	at = tree_facts_say_path(f, uid ? "process/capabilities/ambient" : "process/capabilities/permitted");
	capability_set_facts(f->posture, FACT_caps_permitted, f->said, permitted, at, f->arena);
	capability_set_facts(f->posture, FACT_caps_effective, f->said, permitted, at, f->arena);
	at = tree_facts_say_path(f, "process/capabilities/inheritable");
	capability_set_facts(f->posture, FACT_caps_inheritable, f->said, inheritable, at, f->arena);
	at = tree_facts_say_path(f, "process/capabilities/ambient");
	capability_set_facts(f->posture, FACT_caps_ambient, f->said, ambient, at, f->arena);
	return bounding;
}

/* --- limits --- */

static void read_limits(const tree_facts *f)
{
	int64_t swap = 0, score;
	tree_facts_limit(f, FACT_memory_limit, "linux/resources/memory/limit");
	tree_facts_limit(f, FACT_memory_request, "linux/resources/memory/reservation");
	tree_facts_limit(f, FACT_pids_limit, "linux/resources/pids/limit");
	tree_facts_number(f, FACT_cpu_shares, "linux/resources/cpu/shares", 1024);
	tree_facts_truth(f, FACT_oom_kill_disabled, "linux/resources/memory/disableOOMKiller");
	tree_facts_ulimits(f, "process/rlimits", "type", "soft", "hard");
	posture_set_number(f->posture, FACT_cpu_limit, f->said,
		tree_facts_cpu(node_path(f->root, "linux/resources/cpu/quota"),
			node_path(f->root, "linux/resources/cpu/period")),
		tree_facts_say_path(f, "linux/resources/cpu"));
	node_int(node_path(f->root, "linux/resources/memory/swap"), &swap);
	posture_set_number(f->posture, FACT_memory_swap, f->said, swap > 0 ? swap : -1,
		tree_facts_say_path(f, "linux/resources/memory/swap"));
	if (node_int(node_path(f->root, "process/oomScoreAdj"), &score))
		posture_set_number(f->posture, FACT_oom_score, f->said, score,
			tree_facts_say_path(f, "process/oomScoreAdj"));
}

/* Where engines put containers that nobody asked a parent for. */
static bool is_usual_parent(span parent)
{
	static const char *const usual[] = {"/docker", "/libpod_parent", "/default", "/k8s.io",
		"system.slice", "machine.slice", "user.slice", "/machine.slice", "/system.slice"};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (span_is(parent, usual[i]))
			return true;
	return span_starts(parent, SPAN("kubepods")) || span_starts(parent, SPAN("/kubepods"));
}

/* "/docker/ID", or for systemd "system.slice:docker:ID". */
static void read_cgroup(const tree_facts *f)
{
	span path = node_text(node_path(f->root, "linux/cgroupsPath"));
	size_t colon = span_find_byte(path, ':'), slash = span_find_last(path, '/');
	size_t end = colon != SPAN_NONE ? colon : slash == SPAN_NONE ? 0 : slash;
	span parent = span_sub(path, 0, end);
	if (path.n && end)
		posture_set_text(f->posture, FACT_cgroup_parent,
			is_usual_parent(parent) ? KNOWN_DEFAULT : f->said, parent,
			tree_facts_say_path(f, "linux/cgroupsPath"));
}

/* --- namespaces --- */

/* Without a path it is a new one. /proc/PID/ns/x is that of another process; other paths are namespaces that the engine has made for it, but for
 * Docker's name of the host's network. */
static span namespace_words(const tree_facts *f, const node *one)
{
	span path = node_text(node_get(one, "path"));
	if (!one || span_starts(path, SPAN("/proc/1/ns/")) || span_ends(path, SPAN("/netns/default")))
		return SPAN("host");
	if (!span_starts(path, SPAN("/proc/")))
		return SPAN("private");
	return arena_format(f->arena, "container:%.*s", SPAN_ARG(path));
}

static void read_namespaces(const tree_facts *f)
{
	static const struct {
		const char *type;
		fact_id fact;
	} rows[] = {{"network", FACT_network_mode}, {"pid", FACT_pid_namespace}, {"ipc", FACT_ipc_namespace},
		{"uts", FACT_uts_namespace}, {"cgroup", FACT_cgroup_namespace}};
	origin all = tree_facts_say_path(f, "linux/namespaces");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const node *one = namespace_of(f, rows[i].type);
		posture_set_text(f->posture, rows[i].fact, f->said, namespace_words(f, one),
			one ? tree_facts_say(f, "linux/namespaces", one) : all);
	}
}

/* --- what confines it --- */

static void read_seccomp(const tree_facts *f)
{
	const node *filter = node_path(f->root, "linux/seccomp");
	span action = node_text(node_get(filter, "defaultAction"));
	origin at = action.n ? tree_facts_say_path(f, "linux/seccomp/defaultAction")
			     : tree_facts_say(f, "linux/seccomp", node_is_map(filter) ? NULL : filter);
	posture_set_text(f->posture, FACT_seccomp, f->said,
		node_is_map(filter) ? SPAN("filter") : SPAN("unconfined"), at);
	if (action.n)
		posture_set_truth(f->posture, FACT_seccomp_default_allows, f->said,
			span_is(action, "SCMP_ACT_ALLOW") || span_is(action, "SCMP_ACT_LOG"), at);
}

static void read_labels(const tree_facts *f)
{
	span apparmor = node_text(node_path(f->root, "process/apparmorProfile")),
	     selinux = node_text(node_path(f->root, "process/selinuxLabel"));
	if (apparmor.n)
		posture_set_text(f->posture, FACT_apparmor, f->said, apparmor,
			tree_facts_say_path(f, "process/apparmorProfile"));
	if (selinux.n)
		tree_facts_selinux(f, selinux, tree_facts_say_path(f, "process/selinuxLabel"));
}

static void read_masked(const tree_facts *f)
{
	const node *masked = node_path(f->root, "linux/maskedPaths");
	bool none = !node_is_list(masked) || masked->count == 0;
	posture_set_truth(
		f->posture, FACT_unmasked, f->said, none, tree_facts_say(f, "linux/maskedPaths", masked));
}

/* What the engines set for everybody; nobody asked for it. */
static bool is_engines_own(const item *sysctl)
{
	static const struct {
		const char *name, *value;
	} own[] = {{"net.ipv4.ip_unprivileged_port_start", "0"},
		{"net.ipv4.ping_group_range", "0 2147483647"}, {"net.ipv4.ping_group_range", "0 0"}};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (span_is(item_text(sysctl, MEMBER_sysctl_name), own[i].name) &&
			span_is(item_text(sysctl, MEMBER_sysctl_value), own[i].value))
			return true;
	return false;
}

static void read_sysctls(const tree_facts *f)
{
	tree_facts_pairs(f, FACT_sysctls, "linux/sysctl");
	item_list *list = f->posture->sysctls.value.list;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < list->all.count; i++)
		if (!is_engines_own(list->all.items[i]))
			list->all.items[kept++] = list->all.items[i];
	list->all.count = kept;
}

/* There is no word for it: it is all of this together. The capabilities are those that no container has that is not privileged; how many there are
 * depends on the host. */
static void read_privileged(const tree_facts *f, uint64_t bounding)
{
	static const char *const telling[] = {"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE",
		"SYS_BOOT", "NET_ADMIN", "DAC_READ_SEARCH", "MKNOD"};
	const posture *p = f->posture;
	bool all = p->unmasked.value.truth && p->all_devices.value.truth && p->sys_writable.value.truth &&
		   span_is(p->seccomp.value.text, "unconfined");
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		all = all && bounding >> capability_number(span_of(telling[i])) & 1;
	posture_set_truth(f->posture, FACT_privileged, f->said, all, p->caps_bounding.origin);
}

/* --- all of it --- */

static void read_command(const tree_facts *f)
{
	auto_buffer words = {0};
	const node *list = node_path(f->root, "process/args");
	if (!node_is_list(list))
		return;
	tree_facts_add_words(&words, list);
	span all = arena_copy(f->arena, buffer_span(&words));
	posture_set_text(f->posture, FACT_command, f->said, all, tree_facts_say_item(f, "process/args", all));
}

void oci_spec_posture(const node *spec, evidence *v, posture *p, arena *a)
{
	tree_facts f = {.place = "config.json",
		.root = spec,
		.evidence = v,
		.posture = p,
		.arena = a,
		.said = KNOWN_CONFIGURED,
		.silent = KNOWN_CONFIGURED};
	if (!node_is_map(spec))
		return;
	int64_t uid = read_user(&f);
	uint64_t bounding = read_capabilities(&f, uid);
	tree_facts_truth(&f, FACT_read_only, "root/readonly");
	tree_facts_truth(&f, FACT_no_new_privileges, "process/noNewPrivileges");
	read_seccomp(&f);
	read_labels(&f);
	read_masked(&f);
	read_sysctls(&f);
	read_namespaces(&f);
	oci_spec_mounts_read(&f);
	oci_spec_device_rules_read(&f);
	read_privileged(&f, bounding);
	oci_spec_devices_read(&f);
	read_limits(&f);
	read_cgroup(&f);
	tree_facts_env(&f, "process/env");
	read_command(&f);
}
