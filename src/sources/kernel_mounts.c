/* SPDX-License-Identifier: Apache-2.0
 *
 * What is mounted into a container: the flags of each mount are those of field 6 of mountinfo (those of the file system behind it say something else), the
 * path on the host is found through the host's own mounts. What runtimes and engines mount by themselves is left out. */
#include "base/map.h"
#include "sources/kernel_enforced.h"

#include <fcntl.h>
#include <unistd.h>

static bool is_writable(const proc_mount *m)
{
	return !proc_option(m->options, "ro", NULL);
}

/* The target and its options: what does not change from start to start. */
static origin mount_origin(enforced *r, const proc_mount *m)
{
	span rest = m->line, word = {0}, part;
	for (int field = 0; field < 5; field++)
		span_cut(&rest, ' ', &word); /* the fifth is the target */
	part = word;
	span_cut(&rest, ' ', &word);
	part.n = (size_t)(word.p + word.n - part.p);
	return evidence_add_part(r->evidence, enforced_place(r, "mountinfo"), m->line, part);
}

static const proc_mount *mount_at(const enforced *r, const char *target)
{
	return map_get(&r->targets, span_of(target));
}

static void read_root(enforced *r)
{
	const proc_mount *m = mount_at(r, "/");
	if (m)
		posture_set_truth(
			r->posture, FACT_read_only, KNOWN_ENFORCED, !is_writable(m), mount_origin(r, m));
}

/* --- masked paths, /sys --- */

/* What engines hide; a kernel has some of them only. */
static const char *const maskable[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore",
	"/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
	"/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
	"/sys/devices/system/cpu/cpu0/thermal_throttle"};

static bool host_has(enforced *r, const char *path)
{
	int fd = -1;
	if (kernel_open_at(r->kernel, O_PATH, &fd, "%s", path + 1) != LOOK_FOUND)
		return false;
	close(fd);
	return true;
}

static void read_masks(enforced *r)
{
	uint32_t known = 0;
	for (size_t i = 0; i < sizeof maskable / sizeof *maskable; i++) {
		const proc_mount *m = mount_at(r, maskable[i]);
		if (m) {
			posture_set_truth(
				r->posture, FACT_unmasked, KNOWN_ENFORCED, false, mount_origin(r, m));
			return;
		}
		known += host_has(r, maskable[i]);
	}
	if (known && r->mounts.count)
		posture_set_truth(r->posture, FACT_unmasked, KNOWN_ENFORCED, true,
			evidence_add(r->evidence, enforced_place(r, "mountinfo"),
				SPAN("nothing is mounted over the sensitive parts of /proc and /sys")));
}

static void read_sys(enforced *r)
{
	const proc_mount *found = NULL, *any = NULL;
	span below;
	list_each(const proc_mount, m, &r->mounts) {
		bool sys = span_is(m->target, "/sys") && span_is(m->type, "sysfs");
		bool group = proc_below(m->target, SPAN("/sys/fs/cgroup"), &below) &&
			     span_starts(m->type, SPAN("cgroup"));
		if (!sys && !group)
			continue;
		any = m;
		if (is_writable(m))
			found = m;
	}
	if (any || r->mounts.count)
		posture_set_truth(r->posture, FACT_sys_writable, KNOWN_ENFORCED, found != NULL,
			found || any
				? mount_origin(r, found ? found : any)
				: evidence_add(r->evidence, enforced_place(r, "mountinfo"), SPAN("no /sys")));
}

/* --- what nobody asked for --- */

static bool is_below(span path, const char *folder)
{
	span rest;
	return proc_below(path, span_of(folder), &rest);
}

/* A part of 64 hex digits: the folder of one container. */
static bool names_container(span path)
{
	return proc_cgroup_identify(path).hex;
}

static bool is_engine_file(span target, span source)
{
	static const char *const targets[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
		"/run/.containerenv", "/run/secrets", "/run/notify", "/var/run/.containerenv", "/etc/passwd",
		"/etc/group", "/etc/localtime", "/dev/shm"};
	if (span_contains(source, "/kubelet/pods/") && !span_contains(source, "/volumes/") &&
		!span_contains(source, "/volume-subpaths/"))
		return true; /* etc-hosts, termination logs */
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (span_is(target, targets[i]))
			return names_container(source) && !span_contains(source, "/volumes/");
	return false;
}

static bool is_init_program(span target)
{
	return span_is(target, "/sbin/docker-init") || span_is(target, "/dev/init") ||
	       span_is(target, "/run/podman-init");
}

static bool is_runtime_type(const proc_mount *m)
{
	return span_in(m->type, "proc sysfs cgroup cgroup2 devpts mqueue devtmpfs tmpfs");
}

/* A part of a file system that is the host's: somebody asked for it. Only /dev/shm comes from the engine's folders, or with the host's IPC namespace. */
static bool is_of_host(enforced *r, const proc_mount *m)
{
	return span_is(m->type, "tmpfs") && !span_is(m->target, "/dev/shm") &&
	       kernel_host_has(r->kernel, m->device);
}

/* The host's /dev or a folder of it; a node under its own name is what runtimes bind where they may not make any. */
static bool is_device_folder(const proc_mount *m)
{
	span name;
	return span_is(m->type, "devtmpfs") &&
	       (span_is(m->root, "/") || !proc_below(m->target, SPAN("/dev"), &name) ||
		       !span_equal(name, m->root));
}

bool enforced_is_own_mount(enforced *r, const proc_mount *m, span host)
{
	if (!m->type.n || span_is(m->target, "/"))
		return true;
	if ((is_below(m->target, "/proc") || is_below(m->target, "/sys")) && is_runtime_type(m))
		return !is_of_host(r, m);
	if (is_below(m->target, "/dev") && is_runtime_type(m))
		return !is_of_host(r, m) && !is_device_folder(m);
	return is_init_program(m->target) || is_engine_file(m->target, m->root) ||
	       is_engine_file(m->target, host);
}

/* --- one mount --- */

/* kubelet's folders of volumes: …/volumes/kubernetes.io~TYPE/NAME */
static const struct {
	const char *plugin, *type;
} kubelet_types[] = {
	{"configmap", "configmap"},
	{"secret", "secret"},
	{"projected", "projected"},
	{"empty-dir", "emptydir"},
	{"downward-api", "downwardapi"},
	{"csi", "csi"},
	{"nfs", "nfs"},
};

static bool set_kubelet(item *x, span host)
{
	static const char marker[] = "/volumes/kubernetes.io~";
	size_t at = span_find(host, SPAN(marker));
	if (at == SPAN_NONE || !span_contains(host, "/pods/"))
		return false;
	span rest = span_from(host, at + sizeof marker - 1), plugin = {0}, name = {0};
	span_cut(&rest, '/', &plugin);
	span_cut(&rest, '/', &name);
	item_set_text(x, MEMBER_mount_type, plugin);
	for (size_t i = 0; i < sizeof kubelet_types / sizeof *kubelet_types; i++)
		if (span_is(plugin, kubelet_types[i].plugin))
			item_set_text(x, MEMBER_mount_type, span_of(kubelet_types[i].type));
	item_set_text(x, MEMBER_mount_source, name);
	return true;
}

/* Docker's and Podman's folders of volumes: …/volumes/NAME/_data */
static bool set_volume(item *x, span host)
{
	static const char marker[] = "/volumes/";
	size_t at = span_find(host, SPAN(marker));
	if (at == SPAN_NONE || !span_ends(host, SPAN("/_data")))
		return false;
	span name = span_from(host, at + sizeof marker - 1);
	name.n -= sizeof "/_data" - 1;
	if (!name.n || span_find_byte(name, '/') != SPAN_NONE)
		return false;
	item_set_text(x, MEMBER_mount_type, SPAN("volume"));
	item_set_text(x, MEMBER_mount_source, name);
	return true;
}

/* "65536k" */
static bool size_of(span super, int64_t *ret)
{
	span size;
	uint64_t number;
	static const char units[] = "kmg";
	if (!proc_option(super, "size", &size) || !size.n)
		return false;
	const char *unit = memchr(units, ascii_lower(size.p[size.n - 1]), 3);
	if (unit)
		size.n--;
	if (!proc_number(size, 10, &number))
		return false;
	for (const char *u = units; unit && u <= unit; u++)
		if (__builtin_mul_overflow(number, 1024, &number))
			return false;
	if (number > INT64_MAX)
		return false;
	*ret = (int64_t)number;
	return true;
}

static void set_source(enforced *r, item *x, const proc_mount *m, span host)
{
	int64_t size;
	if (span_is(m->type, "tmpfs") && !kernel_host_has(r->kernel, m->device)) {
		item_set_text(x, MEMBER_mount_type, SPAN("tmpfs"));
		if (size_of(m->super, &size))
			item_set_number(x, MEMBER_mount_size, size);
		return;
	}
	if (set_kubelet(x, host) || set_volume(x, host))
		return;
	item_set_text(x, MEMBER_mount_type, SPAN("bind"));
	if (host.n)
		item_set_text(x, MEMBER_mount_source, host);
}

static item *add_mount(enforced *r, const proc_mount *m, span host)
{
	item *x = posture_add(r->posture, FACT_mounts, mount_origin(r, m), r->arena);
	set_source(r, x, m, host);
	item_set_text(x, MEMBER_mount_target, m->target);
	item_set_truth(x, MEMBER_mount_writable, is_writable(m));
	item_set_truth(x, MEMBER_mount_noexec, proc_option(m->options, "noexec", NULL));
	item_set_text(x, MEMBER_mount_propagation,
		m->shared  ? SPAN("shared")
		: m->slave ? SPAN("slave")
			   : SPAN("private"));
	span socket = enforced_engine_socket(r, m, host);
	if (socket.n)
		item_set_text(x, MEMBER_mount_engine_socket, socket);
	return x;
}

/* --- all of them --- */

typedef struct seen_mount { /* one that is told, and what came along below it */
	const proc_mount *mount;
	span host;
	item *item;
} seen_mount;

/* Whether m came along with another one, of which it is a part on the host as well. */
static bool is_part_of(const proc_mount *m, span host, const seen_mount *top)
{
	span inside, outside;
	return host.n && top->host.n && proc_below(m->target, top->mount->target, &inside) &&
	       proc_below(host, top->host, &outside) && inside.n && span_equal(inside, outside);
}

static void add_part(const proc_mount *m, seen_mount *top)
{
	item *x = top->item;
	bool safe = !item_has(x, MEMBER_mount_recursive) || x->values[MEMBER_mount_recursive].truth;
	if (!is_writable(top->mount))
		item_set_truth(x, MEMBER_mount_recursive, safe && !is_writable(m));
}

static span id_key(const int32_t *id)
{
	return (span){(const char *)id, sizeof *id};
}

static void read_mount(enforced *r, const proc_mount *m, map *tops)
{
	span host = kernel_host_path(r->kernel, m, r->arena);
	seen_mount *above = map_get(tops, id_key(&m->parent));
	if (above && is_part_of(m, host, above)) {
		add_part(m, above);
		map_set(tops, r->arena, id_key(&m->id), above);
		return;
	}
	if (enforced_is_own_mount(r, m, host))
		return;
	seen_mount *seen = ARENA_NEW(r->arena, seen_mount);
	*seen = (seen_mount){m, host, add_mount(r, m, host)};
	map_set(tops, r->arena, id_key(&m->id), seen);
}

void enforced_mounts(enforced *r)
{
	map tops = {0};
	if (!r->mounts.count)
		return;
	read_root(r);
	read_masks(r);
	read_sys(r);
	posture_set_list(r->posture, FACT_mounts, KNOWN_ENFORCED,
		evidence_add(r->evidence, enforced_place(r, "mountinfo"),
			arena_format(r->arena, "%u mounts", r->mounts.count)),
		r->arena);
	list_each(const proc_mount, m, &r->mounts)
		read_mount(r, m, &tops);
}
