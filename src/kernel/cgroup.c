/* SPDX-License-Identifier: Apache-2.0
 *
 * /proc/PID/cgroup (cgroups(7)) and what the paths in it say of containers:
 *
 *   /docker/ID                                               Docker, cgroupfs
 *   /system.slice/docker-ID.scope                            Docker, systemd
 *   /libpod_parent/libpod-ID                                 Podman, cgroupfs
 *   /machine.slice/libpod-ID.scope/container                 Podman, systemd, crun; conmon is in libpod-conmon-ID.scope
 *   /kubepods/burstable/podUID/ID                            Kubernetes, cgroupfs
 *   …/kubepods-burstable-podUID.slice/cri-containerd-ID.scope  Kubernetes, systemd; crio-ID.scope likewise
 *   /default/NAME                                            containerd's ctr: its namespace and a name or an id
 *   /lxc.payload.NAME, /machine.slice/machine-NAME.scope     LXC, systemd-nspawn
 *
 * An ID has 64 hex digits. Of containers in containers the last id is meant. */
#include "kernel/proc.h"

enum { ID_DIGITS = 64 };

bool proc_cgroup_next(span *rest, proc_cgroup *ret)
{
	span line, number;
	uint64_t hierarchy;
	while (proc_line(rest, &line)) {
		proc_cgroup c = {0};
		if (!span_cut(&line, ':', &number) || !proc_number(number, 10, &hierarchy))
			continue;
		size_t colon = span_find_byte(line, ':'); /* controllers may be empty, paths hold colons */
		if (colon == SPAN_NONE)
			continue;
		c.controllers = span_sub(line, 0, colon);
		c.path = span_from(line, colon + 1);
		if (c.path.n == 0 || c.path.p[0] != '/')
			continue;
		*ret = c;
		return true;
	}
	return false;
}

static bool has_controller(span controllers, const char *name)
{
	span one;
	if (!name[0])
		return controllers.n == 0;
	while (span_cut(&controllers, ',', &one))
		if (span_is(one, name))
			return true;
	return false;
}

bool proc_cgroup_find(span bytes, const char *controller, span *ret)
{
	proc_cgroup c;
	while (proc_cgroup_next(&bytes, &c))
		if (has_controller(c.controllers, controller)) {
			*ret = c.path;
			return true;
		}
	return false;
}

static bool is_hex(char c)
{
	return ascii_digit(c) || (c >= 'a' && c <= 'f');
}

/* The last run of exactly 64 hex digits. */
static bool find_id(span path, span *ret)
{
	size_t end = path.n;
	while (end) {
		size_t start = end;
		while (start && is_hex(path.p[start - 1]))
			start--;
		if (end - start == ID_DIGITS) {
			*ret = span_sub(path, start, ID_DIGITS);
			return true;
		}
		end = start ? start - 1 : 0;
	}
	return false;
}

/* What stands in front of an id in its own name, and what that means. */
static const struct {
	const char *prefix, *engine;
	bool monitor;
} prefixes[] = {
	{"/docker-", "docker", false},
	{"/docker/", "docker", false},
	{"/libpod-conmon-", "podman", true},
	{"/libpod-", "podman", false},
	{"/crio-conmon-", "cri-o", true},
	{"/crio-", "cri-o", false},
	{"/cri-containerd-", "containerd", false},
	{"/nerdctl-", "containerd", false},
	{"/conmon-", "", true},
};

/* The uid of the pod that a path goes through: "/podUID/" or "-podUID.slice/". */
static span find_pod(span path)
{
	span part, found = {0};
	bool kubernetes = false;
	while (span_cut(&path, '/', &part)) {
		kubernetes |= span_starts(part, SPAN("kubepods"));
		if (!kubernetes)
			continue;
		size_t at = span_starts(part, SPAN("pod")) ? 0 : span_find(part, SPAN("-pod"));
		if (at == SPAN_NONE)
			continue;
		span uid = span_from(part, at + (part.p[at] == '-' ? 4 : 3));
		if (span_ends(uid, SPAN(".slice")))
			uid.n -= sizeof ".slice" - 1;
		if (uid.n)
			found = uid;
	}
	return found;
}

static span last_part(span path)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	size_t slash = span_find_last(path, '/');
	return slash == SPAN_NONE ? path : span_from(path, slash + 1);
}

/* Names that are no ids: "lxc.payload.NAME" and what systemd and runtimes put around one. */
static const struct {
	const char *before, *behind, *engine;
} wraps[] = {
	{"lxc.payload.", "", "lxc"},
	{"machine-", ".scope", ""},
	{"runc-", ".scope", ""},
	{"crun-", ".scope", ""},
};

static bool find_wrapped(span part, proc_cgroup_name *n)
{
	for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
		span before = span_of(wraps[i].before), behind = span_of(wraps[i].behind);
		if (part.n <= before.n + behind.n || !span_starts(part, before) || !span_ends(part, behind))
			continue;
		n->id = span_sub(part, before.n, part.n - before.n - behind.n);
		n->engine = wraps[i].engine;
		return true;
	}
	return false;
}

static void find_name(span path, proc_cgroup_name *n)
{
	span part, last = last_part(path), rest = path;
	while (span_cut(&rest, '/', &part))
		if (find_wrapped(part, n))
			return;
	bool unit = span_ends(last, SPAN(".scope")) || span_ends(last, SPAN(".service")) ||
		    span_ends(last, SPAN(".slice"));
	if (!unit && !span_is(last, ".."))
		n->id = last;
}

proc_cgroup_name proc_cgroup_identify(span path)
{
	proc_cgroup_name n = {.engine = ""};
	n.hex = find_id(path, &n.id);
	n.pod = find_pod(path);
	if (!n.hex) {
		find_name(path, &n);
		return n;
	}
	span before = {path.p, (size_t)(n.id.p - path.p)};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (span_ends(before, span_of(prefixes[i].prefix))) {
			n.engine = prefixes[i].engine;
			n.monitor = prefixes[i].monitor;
			break;
		}
	return n;
}
