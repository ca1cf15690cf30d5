/* SPDX-License-Identifier: Apache-2.0
 *
 * Mounts of an OCI spec. The engines write their own mounts beside those that were asked for; they are told apart by their types, by where they are
 * mounted, and by where the engines keep the files of a container. */
#include "sources/oci_spec_read.h"

/* File systems that make a container; whoever wants the host's binds them. */
static bool is_kernel_type(span type)
{
	return span_in(type, "proc sysfs cgroup cgroup2 devpts mqueue");
}

/* A folder whose name is the id of a container or sandbox: 64 hexadecimal digits. */
static bool has_id_folder(span path)
{
	span part;
	while (span_cut(&path, '/', &part)) {
		size_t n = 0;
		while (n < part.n && (ascii_digit(part.p[n]) || (part.p[n] >= 'a' && part.p[n] <= 'f')))
			n++;
		if (n == part.n && n == 64)
			return true;
	}
	return false;
}

/* What comes with the IPC namespace of the host. */
static bool is_ipc(span source)
{
	return span_in(source, "/dev/shm /dev/mqueue") && source.n;
}

/* What engines bind into every container: from a folder of their own for it, or a program that reaps. */
static bool is_engines_own(span target, span source)
{
	static const char *const targets[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
		"/etc/passwd", "/etc/group", "/dev/shm", "/run/.containerenv", "/run/secrets",
		"/var/run/secrets", "/dev/termination-log"};
	static const char *const reapers[] = {
		"/sbin/docker-init", "/dev/init", "/run/podman-init", "/usr/sbin/docker-init"};
	for (size_t i = 0; i < sizeof reapers / sizeof *reapers; i++)
		if (span_is(target, reapers[i]))
			return true;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (span_is(target, targets[i]))
			return has_id_folder(source) || span_ends(source, SPAN("/etc-hosts")) ||
			       is_ipc(source);
	return is_ipc(source) && span_equal(source, target);
}

/* "…/volumes/NAME/_data" of Docker and Podman. */
static span volume_name(span source)
{
	size_t end = source.n - SPAN("/_data").n;
	if (!span_ends(source, SPAN("/_data")))
		return (span){0};
	size_t slash = span_find_last(span_sub(source, 0, end), '/');
	if (slash == SPAN_NONE || !span_ends(span_sub(source, 0, slash), SPAN("/volumes")))
		return (span){0};
	return span_sub(source, slash + 1, end - slash - 1);
}

/* "/var/lib/kubelet/pods/UID/volumes/kubernetes.io~configmap/NAME": the type without dashes. */
static bool kubelet_volume(span source, arena *a, span *ret_type, span *ret_name)
{
	span mark = SPAN("/volumes/kubernetes.io~");
	size_t at = span_find(source, mark);
	if (at == SPAN_NONE)
		return false;
	span rest = span_from(source, at + mark.n), type, name;
	if (!span_cut(&rest, '/', &type) || !span_cut(&rest, '/', &name))
		return false;
	char *plain = arena_alloc(a, type.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] != '-')
			plain[n++] = type.p[i];
	*ret_type = (span){plain, n};
	*ret_name = name;
	return true;
}

static void set_source(const tree_facts *f, item *x, span source)
{
	span type = SPAN("bind"), volume = volume_name(source), name;
	if (volume.n) {
		type = SPAN("volume");
		source = volume;
	} else if (kubelet_volume(source, f->arena, &type, &name))
		source = name;
	item_set_text(x, MEMBER_mount_type, type);
	item_set_text(x, MEMBER_mount_source, source);
}

static bool has_option(const node *mount, const char *words)
{
	const node *options = node_get(mount, "options");
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		if (node_text(options->items[i]).n && span_in(node_text(options->items[i]), words))
			return true;
	return false;
}

static bool is_bind(const node *mount)
{
	return span_is(node_text(node_get(mount, "type")), "bind") || has_option(mount, "bind rbind");
}

static bool is_own(const node *mount)
{
	span target = node_text(node_get(mount, "destination")), type = node_text(node_get(mount, "type"));
	span source = node_text(node_get(mount, "source"));
	/* An engine without root cannot mount these anew for the namespaces of the host. */
	if (is_bind(mount))
		return (span_equal(target, source) && span_in(target, "/proc /dev/mqueue")) ||
		       is_engines_own(target, source);
	return is_kernel_type(type) ||
	       (span_is(type, "tmpfs") && span_in(target, "/dev /dev/shm /sys/fs/cgroup"));
}

static void mount_add(const tree_facts *f, const node *mount)
{
	const node *options = node_get(mount, "options");
	span type = node_text(node_get(mount, "type")), source = node_text(node_get(mount, "source"));
	item *x = posture_add(f->posture, FACT_mounts, tree_facts_say(f, "mounts", mount), f->arena);
	if (is_bind(mount))
		set_source(f, x, source);
	else {
		item_set_text(x, MEMBER_mount_type, type);
		if (source.n && !span_is(type, "tmpfs"))
			item_set_text(x, MEMBER_mount_source, source);
	}
	item_set_text(x, MEMBER_mount_target, node_text(node_get(mount, "destination")));
	item_set_truth(x, MEMBER_mount_writable, true);
	if (span_is(type, "tmpfs"))
		item_set_truth(x, MEMBER_mount_noexec, false);
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		tree_facts_mount_option(x, node_text(options->items[i]));
}

/* /sys itself, and the cgroups below it, whatever they are mounted from. */
static bool is_sys(const node *mount)
{
	span target = node_text(node_get(mount, "destination")), type = node_text(node_get(mount, "type"));
	return span_in(target, "/sys /sys/fs/cgroup") && target.n &&
	       (is_bind(mount) || span_in(type, "sysfs cgroup cgroup2"));
}

void oci_spec_mounts_read(const tree_facts *f)
{
	const node *all = node_path(f->root, "mounts"), *sys = NULL;
	posture_set_list(f->posture, FACT_mounts, f->said, evidence_whole(f->evidence), f->arena);
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		const node *mount = all->items[i];
		if (!node_text(node_get(mount, "destination")).n)
			continue;
		if (is_sys(mount) && !has_option(mount, "ro rro"))
			sys = mount;
		if (!is_own(mount))
			mount_add(f, mount);
	}
	posture_set_truth(f->posture, FACT_sys_writable, f->said, sys,
		sys ? tree_facts_say(f, "mounts", sys) : evidence_whole(f->evidence));
}
