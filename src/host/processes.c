/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking for daemons. */
#include "host/processes.h"

#include "base/limits.h"

static const struct {
	const char *name; /* what /proc/PID/comm says */
	const arguments_table *table;
} daemons[DAEMON_KINDS] = {
	[DAEMON_DOCKER] = {"dockerd", &arguments_dockerd},
	[DAEMON_CONTAINERD] = {"containerd", &arguments_containerd},
	[DAEMON_PODMAN] = {"podman", &arguments_podman},
};

static bool is_number(const char *name)
{
	return *name && name[strspn(name, "0123456789")] == 0;
}

static daemon_kind kind_of(span comm)
{
	for (int kind = 0; kind < DAEMON_KINDS; kind++)
		if (span_is(comm, daemons[kind].name))
			return (daemon_kind)kind;
	return DAEMON_KINDS;
}

/* `podman system service`: other calls of it end soon and serve nobody. */
static bool is_service(span cmdline)
{
	bool service = false;
	span word;
	for (int i = 0; i < 64 && span_cut(&cmdline, 0, &word); i++)
		service |= span_is(word, "service");
	return service;
}

static void add(const host_root *root, const char *folder, daemon_kind kind, arena *a, processes *ret)
{
	error e;
	struct stat s;
	span cmdline, program;
	process p = {.kind = kind, .folder = folder};
	if (host_root_read(root, arena_format(a, "%s/cmdline", folder).p, LIMIT_HOST_FILE, a, &cmdline, &e) <
		0)
		return; /* it has ended */
	if (!cmdline.n || (kind == DAEMON_PODMAN && !is_service(cmdline)))
		return;
	arguments_parse(cmdline, daemons[kind].table, a, &p.given);
	if (host_root_link(root, arena_format(a, "%s/exe", folder).p, a, &program, &e) >= 0)
		p.program = program.p;
	if (host_root_stat(root, folder, &s, &e) >= 0)
		p.uid = s.st_uid;
	list_push(a, &ret->all, p);
}

void processes_find(const host_root *root, arena *a, processes *ret)
{
	error e;
	host_names names;
	arena scratch = {0};
	*ret = (processes){0};
	if (host_root_names(root, "/proc", a, &names, &e) < 0) {
		ret->absent = true;
		return;
	}
	for (uint32_t i = 0; i < names.count; i++) {
		span comm;
		if (!is_number(names.items[i]))
			continue;
		arena_clear(&scratch);
		const char *path = arena_format(&scratch, "/proc/%s/comm", names.items[i]).p;
		if (host_root_read(root, path, 4096, &scratch, &comm, &e) < 0) {
			ret->hidden |= e.code == ERROR_DENIED;
			continue;
		}
		daemon_kind kind = kind_of(span_trim(comm));
		if (kind < DAEMON_KINDS)
			add(root, arena_format(a, "/proc/%s", names.items[i]).p, kind, a, ret);
	}
	arena_done(&scratch);
}

const process *processes_next(const processes *from, daemon_kind kind, const process *after)
{
	for (uint32_t i = after ? (uint32_t)(after - from->all.items) + 1 : 0; i < from->all.count; i++)
		if (from->all.items[i].kind == kind)
			return &from->all.items[i];
	return NULL;
}
