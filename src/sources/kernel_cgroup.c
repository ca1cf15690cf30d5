/* SPDX-License-Identifier: Apache-2.0
 *
 * What a container may use: limits of its cgroups and of its first process, devices; and whether all this together is what engines call privileged. */
#include "base/limits.h"
#include "sources/kernel_enforced.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* --- limits --- */

static void set_limit(enforced *r, fact_id fact, const kernel_limit *l)
{
	if (l->known)
		posture_set_number(r->posture, fact, KNOWN_ENFORCED, l->value,
			evidence_add(r->evidence, l->path, l->words));
}

static void read_limits(enforced *r)
{
	kernel_limits l;
	kernel_limits_read(r->kernel, r->cgroup, r->arena, &l);
	const struct {
		fact_id fact;
		const kernel_limit *limit;
	} rows[] = {{FACT_memory_limit, &l.memory}, {FACT_memory_swap, &l.swap},
		{FACT_memory_request, &l.reserved}, {FACT_cpu_limit, &l.cpu}, {FACT_cpu_shares, &l.shares},
		{FACT_pids_limit, &l.pids}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		set_limit(r, rows[i].fact, rows[i].limit);
	if (l.oom_disabled.known)
		posture_set_truth(r->posture, FACT_oom_kill_disabled, KNOWN_ENFORCED,
			l.oom_disabled.value == 1,
			evidence_add(r->evidence, l.oom_disabled.path, l.oom_disabled.words));
	else if (l.memory.known) /* version 2 has no such switch */
		posture_set_truth(r->posture, FACT_oom_kill_disabled, KNOWN_ENFORCED, false,
			evidence_add(r->evidence, l.memory.path,
				SPAN("cgroup version 2 has no switch for the OOM killer")));
}

static void read_process_limits(enforced *r)
{
	span bytes;
	proc_limit l;
	int64_t score;
	if (enforced_read(r, "oom_score_adj", &bytes) == LOOK_FOUND && span_int(span_trim(bytes), &score))
		posture_set_number(r->posture, FACT_oom_score, KNOWN_ENFORCED, score,
			evidence_add(r->evidence, enforced_place(r, "oom_score_adj"), span_trim(bytes)));
	if (enforced_read(r, "limits", &bytes) != LOOK_FOUND)
		return;
	while (proc_limit_next(&bytes, &l)) {
		item *x = posture_add(r->posture, FACT_ulimits,
			evidence_add(r->evidence, enforced_place(r, "limits"), span_trim(l.line)), r->arena);
		item_set_text(x, MEMBER_ulimit_name, span_of(l.name));
		item_set_number(x, MEMBER_ulimit_soft, l.soft);
		item_set_number(x, MEMBER_ulimit_hard, l.hard);
	}
	if (r->posture->ulimits.known)
		r->posture->ulimits.known = KNOWN_ENFORCED;
}

/* --- devices --- */

/* What every runtime allows: null, zero, full, random, urandom; tty, console, ptmx; tun (older ones); terminals. minor -1: any. */
static const struct {
	int64_t major, minor;
} usual[] = {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}, {10, 200}, {136, -1}};

bool enforced_usual_device(char type, int64_t major, int64_t minor)
{
	for (size_t i = 0; type == 'c' && i < sizeof usual / sizeof *usual; i++)
		if (usual[i].major == major && (usual[i].minor < 0 || usual[i].minor == minor))
			return true;
	return false;
}

/* Making a node is not opening it. */
static bool only_makes(const proc_device *d)
{
	return span_is(d->access, "m");
}

static item *add_device(enforced *r, const proc_device *d, origin at)
{
	span path = kernel_device_path(r->kernel, d, r->arena);
	if (!path.n && d->minor >= 0)
		path = arena_format(
			r->arena, "%c %lld:%lld", d->type, (long long)d->major, (long long)d->minor);
	else if (!path.n)
		path = d->major < 0 ? arena_format(r->arena, "%c *:*", d->type)
				    : arena_format(r->arena, "%c %lld:*", d->type, (long long)d->major);
	item *x = posture_add(r->posture, FACT_devices, at, r->arena);
	item_set_text(x, MEMBER_device_source, path);
	if (d->access.n)
		item_set_text(x, MEMBER_device_access, d->access);
	return x;
}

/* Nodes below a folder of the container's /dev; it is never left, links are not followed, nothing is opened but folders. */
static void list_nodes(enforced *r, int folder, span above, int depth, uint32_t *seen)
{
	enum { DEEPEST = 3 };
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d && fd >= 0)
		close(fd);
	struct dirent *entry;
	while (d && (entry = readdir(d)) && ++*seen < LIMIT_CONTAINER_DEVICES) {
		struct stat st;
		span path = arena_format(r->arena, "%.*s/%s", SPAN_ARG(above), entry->d_name);
		if (entry->d_name[0] == '.' || enforced_waits(r, path) ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		proc_device node = {.type = S_ISBLK(st.st_mode) ? 'b' : 'c',
			.major = major(st.st_rdev),
			.minor = minor(st.st_rdev)};
		if ((S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) &&
			!enforced_usual_device(node.type, node.major, node.minor))
			add_device(r, &node,
				evidence_add(r->evidence, "below its /dev",
					arena_format(r->arena, "%c %lld:%lld %s", node.type,
						(long long)node.major, (long long)node.minor,
						entry->d_name)));
		if (!S_ISDIR(st.st_mode) || depth >= DEEPEST)
			continue;
		int next = openat(fd, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next >= 0) {
			list_nodes(r, next, path, depth + 1, seen);
			close(next);
		}
	}
	if (d)
		closedir(d);
}

/* Where a program decides, the nodes that a runtime has made are what was asked for; all of the host's /dev says nothing. */
static void read_nodes(enforced *r)
{
	uint32_t seen = 0;
	list_each(const proc_mount, m, &r->mounts)
		if (span_is(m->target, "/dev") && span_is(m->type, "devtmpfs"))
			return;
	int fd = r->root < 0 || enforced_waits(r, SPAN("/dev")) ? -1 : kernel_inside(r->root, SPAN("/dev"));
	if (fd < 0)
		return;
	list_nodes(r, fd, SPAN("/dev"), 0, &seen);
	close(fd);
}

static void read_devices(enforced *r)
{
	kernel_devices d;
	enforced_refuse(r, "device policy", kernel_devices_read(r->kernel, r->cgroup, r->arena, &d));
	if (!d.known)
		return;
	span words = d.all       ? SPAN("all devices are allowed")
		     : d.program ? SPAN("a BPF program decides")
				 : SPAN("not all devices are allowed");
	list_each(const proc_device, row, &d.list)
		if (row->type == 'a')
			words = row->line;
	origin at = evidence_add(r->evidence, d.path, words);
	posture_set_truth(r->posture, FACT_all_devices, KNOWN_ENFORCED, d.all, at);
	posture_set_list(r->posture, FACT_devices, KNOWN_ENFORCED, at, r->arena);
	list_each(const proc_device, row, &d.list)
		if (row->type != 'a' && !only_makes(row) &&
			!enforced_usual_device(row->type, row->major, row->minor))
			add_device(r, row, evidence_add(r->evidence, d.path, row->line));
	if (d.program && !d.all)
		read_nodes(r);
}

/* --- privileged --- */

/* Privileged is no flag of the kernel but everything at once: all capabilities that there are since this host's boot, no seccomp, a writable /sys, all
 * devices. One that surely does not hold is enough to say no. In a user namespace of its own the bounding set says little (nobody takes it away from those who
 * make one): there its first process must also hold all that can be had in the namespace. */
static void read_privileged(enforced *r)
{
	const posture *p = r->posture;
	uint64_t host = kernel_host_capabilities(r->kernel);
	const int holds[] = {
		host ? (r->first.bounding & host) == host : -1,
		r->first.seccomp >= 0 ? r->first.seccomp == 0 : -1,
		p->sys_writable.known ? p->sys_writable.value.truth : -1,
		p->all_devices.known ? p->all_devices.value.truth : -1,
		!r->own_users ? 1
		: host        ? (r->first.permitted & host) == host
			      : -1,
	};
	bool all = true, none = false;
	for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
		all &= holds[i] > 0;
		none |= holds[i] == 0;
	}
	if (all || none)
		posture_set_truth(r->posture, FACT_privileged, KNOWN_ENFORCED, all,
			evidence_add(r->evidence, enforced_place(r, "status"),
				proc_status_line(r->first_bytes, "CapBnd")));
}

void enforced_resources(enforced *r)
{
	read_limits(r);
	read_process_limits(r);
	read_devices(r);
	read_privileged(r);
}
