/* SPDX-License-Identifier: Apache-2.0
 *
 * What is held open that leads out of a container: what was opened through a mount that is not in its mount namespace (the folder of CVE-2024-21626), engines'
 * sockets, namespaces of the host, processes outside of it, programs and maps of BPF, performance counters, mounts that are being made.
 *
 * Standard input, output and errors are often a file, a named pipe or /dev/null of the host: files are not told of these three, and devices that every container
 * has of none. Files without a name (memfd_create(2), shared memory) lie nowhere. What was passed on to processes that have no more rights than the first is
 * not looked for. */
#include "base/limits.h"
#include "base/map.h"
#include "sources/kernel_enforced.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { STANDARD = 3 };

/* The ids of what a process sees. */
static void remember_mounts(enforced *r, const proc_mounts *mounts, map *own)
{
	list_each(const proc_mount, m, mounts)
		map_set(own, r->arena, (span){(const char *)&m->id, sizeof m->id}, (void *)(uintptr_t)m);
}

/* --- what it is --- */

static const struct {
	const char *target, *kind;
} anonymous[] = {
	{"anon_inode:bpf-map", "bpf"},
	{"anon_inode:bpf-prog", "bpf"},
	{"anon_inode:bpf_link", "bpf"},
	{"anon_inode:bpf-token", "bpf"},
	{"anon_inode:bpf_iter", "bpf"},
	{"anon_inode:[perf_event]", "perf"},
	{"anon_inode:[fscontext]", "mount"},
};

static bool is_nameless(span target)
{
	return span_starts(target, SPAN("/memfd:")) || span_ends(target, SPAN(" (deleted)"));
}

/* Of a record only the flags of open(2) and the name tell what it was. */
static uint32_t type_of(const kernel_descriptor *d)
{
	if (d->mode)
		return d->mode;
	if (d->info.flags & O_DIRECTORY)
		return S_IFDIR;
	return span_starts(d->target, SPAN("/dev/")) ? 0 : S_IFREG;
}

static const char *kind_of_path(const kernel_descriptor *d)
{
	switch (type_of(d)) {
	case S_IFDIR:
		return "folder";
	case S_IFBLK:
		return "device";
	case S_IFCHR:
		return enforced_usual_device('c', d->major, d->minor) ? NULL : "device";
	case S_IFREG:
		return d->number >= STANDARD && !is_nameless(d->target) ? "file" : NULL;
	default:
		return NULL;
	}
}

/* "NAME:[NUMBER]" */
static bool bracket_number(span target, const char *name, uint64_t *ret)
{
	span words = span_of(name);
	if (!span_starts(target, words) || !span_starts(span_from(target, words.n), SPAN(":[")) ||
		!span_ends(target, SPAN("]")))
		return false;
	return proc_number(span_sub(target, words.n + 2, target.n - words.n - 3), 10, ret);
}

/* One of the host's that the container itself is not in. */
static bool is_host_namespace(enforced *r, span target)
{
	uint64_t inode, own;
	for (int i = 0; i < NAMESPACE_COUNT; i++)
		if (bracket_number(target, kernel_namespace_names[i], &inode))
			return inode == kernel_namespace_host(r->kernel, (kernel_namespace)i) &&
			       kernel_namespace_of(r->kernel, r->container->pid, (kernel_namespace)i, &own) ==
				       LOOK_FOUND &&
			       own != inode;
	return false;
}

/* Programs hold their own children like this. One that is newer than the list of processes is judged by its PID namespace: those of the host's have one number. */
static bool is_process_outside(enforced *r, const proc_descriptor *d)
{
	const kernel_process *p = d->pid > 0 ? kernel_process_find(r->kernel, d->pid) : NULL;
	if (d->pid <= 0)
		return false;
	return p ? p->container != r->container : r->first.pid_depth > 1 && d->pid_depth == 1;
}

static const char *kind_of(enforced *r, const kernel_descriptor *d, span *path)
{
	uint64_t inode;
	if (d->target.p[0] == '/')
		return kind_of_path(d);
	for (size_t i = 0; i < sizeof anonymous / sizeof *anonymous; i++)
		if (span_is(d->target, anonymous[i].target))
			return anonymous[i].kind;
	if (span_is(d->target, "anon_inode:[pidfd]"))
		return is_process_outside(r, &d->info) ? "process" : NULL;
	if (is_host_namespace(r, d->target))
		return "namespace";
	if (!bracket_number(d->target, "socket", &inode))
		return NULL;
	const char *engine = kernel_engine_connection(r->kernel, inode);
	*path = span_of(engine);
	return engine ? "engine-socket" : NULL;
}

/* --- one process --- */

/* Numbers of sockets and processes change from start to start, names do not. */
static span lasting_name(enforced *r, span path)
{
	size_t bracket = span_find(path, SPAN(":["));
	if (path.p[0] == '/' || bracket == SPAN_NONE || span_starts(path, SPAN("anon_inode:")))
		return path;
	return arena_copy(r->arena, span_sub(path, 0, bracket));
}

static void add_descriptor(enforced *r, int32_t pid, const kernel_descriptor *d)
{
	span path = d->target;
	const char *kind = kind_of(r, d, &path);
	if (!kind || r->posture->descriptors.value.list->all.count >= LIMIT_CONTAINER_TASKS)
		return;
	path = lasting_name(r, path);
	span words = arena_format(r->arena, "%s %.*s", kind, SPAN_ARG(path));
	const char *place = arena_format(r->arena, "/proc/%d/fd/%d", pid, d->number).p;
	item *x =
		posture_add(r->posture, FACT_descriptors, evidence_add(r->evidence, place, words), r->arena);
	item_set_number(x, MEMBER_descriptor_number, d->number);
	item_set_text(x, MEMBER_descriptor_kind, span_of(kind));
	item_set_text(x, MEMBER_descriptor_path, path);
}

static void read_process(enforced *r, int32_t pid, const map *own)
{
	kernel_descriptors all = {0};
	enforced_refuse(r, "fd", kernel_descriptors_read(r->kernel, pid, own, r->arena, &all));
	list_each(const kernel_descriptor, d, &all)
		add_descriptor(r, pid, d);
}

/* A process with more rights may see other mounts. */
static void read_stronger(enforced *r, int32_t pid, const map *own)
{
	uint64_t first, other;
	span bytes;
	proc_mounts mounts = {0};
	map both = {0};
	if (kernel_namespace_of(r->kernel, r->container->pid, NAMESPACE_MNT, &first) == LOOK_FOUND &&
		kernel_namespace_of(r->kernel, pid, NAMESPACE_MNT, &other) == LOOK_FOUND && first == other) {
		read_process(r, pid, own);
		return;
	}
	if (kernel_read(r->kernel, r->arena, &bytes, "proc/%d/mountinfo", pid) != LOOK_FOUND)
		return;
	proc_mounts_read(bytes, r->arena, &mounts);
	remember_mounts(r, &r->mounts, &both);
	remember_mounts(r, &mounts, &both);
	read_process(r, pid, &both);
}

void enforced_descriptors(enforced *r)
{
	map own = {0};
	const item_list *tasks = posture_items(r->posture, FACT_tasks);
	if (!r->mounts.count)
		return; /* what is its own is not known */
	remember_mounts(r, &r->mounts, &own);
	posture_set_list(r->posture, FACT_descriptors, KNOWN_ENFORCED,
		evidence_add(r->evidence, enforced_place(r, "fd"), SPAN("what is held open")), r->arena);
	read_process(r, r->container->thread, &own);
	for (uint32_t i = 0; i < tasks->all.count; i++)
		if (tasks->all.items[i]->values[MEMBER_task_pid].number != r->container->pid)
			read_stronger(r, (int32_t)tasks->all.items[i]->values[MEMBER_task_pid].number, &own);
}
