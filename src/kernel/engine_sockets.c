/* SPDX-License-Identifier: Apache-2.0
 *
 * The sockets over which engines take orders, by device and inode, so that they are found under whatever name a container sees them. A socket is an
 * engine's when it is named like one, or when a process named like an engine listens on it. */
#include "base/files.h"
#include "kernel/inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *const socket_names[] = {"docker.sock", "containerd.sock", "containerd.sock.ttrpc",
	"podman.sock", "crio.sock", "buildkitd.sock", "containerd.sock.ttrpc", "nri.sock", "kubelet.sock",
	"dockershim.sock", "cri-dockerd.sock"};

/* In the order of the names above. */
static const char *const engine_names[] = {"dockerd", "containerd", "podman", "crio", "buildkitd"};

/* Smaller is more telling; -1: no engine's name. */
static int rank_of_name(span path)
{
	size_t slash = span_find_last(path, '/');
	span name = slash == SPAN_NONE ? path : span_from(path, slash + 1);
	for (size_t i = 0; i < sizeof socket_names / sizeof *socket_names; i++)
		if (span_is(name, socket_names[i]))
			return (int)i * 2;
	return span_contains(path, "/containerd/s/") ? (int)(sizeof socket_names / sizeof *socket_names) * 2
						     : -1;
}

/* The socket of an engine under a name of its own comes right behind that with the usual name. */
static int rank_of_holder(const char *const *holder)
{
	return holder ? (int)(holder - engine_names) * 2 + 1 : -1;
}

/* "socket:[18446]" among what a process has open. */
static void remember_sockets(kernel *k, int32_t pid, const char *const *engine, map *held, arena *a)
{
	int fd = -1;
	char target[64];
	if (kernel_open_at(k, O_RDONLY | O_DIRECTORY, &fd, "proc/%d/fd", pid) != LOOK_FOUND)
		return;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(folder));) {
		ssize_t n = readlinkat(fd, entry->d_name, target, sizeof target);
		if (n > 0 && span_starts((span){target, (size_t)n}, SPAN("socket:[")))
			map_set(held, a, arena_copy(a, (span){target, (size_t)n}), (void *)(uintptr_t)engine);
	}
	closedir(folder);
}

/* Processes of containers may call themselves what they like. */
static void find_holders(kernel *k, map *held, arena *a)
{
	kernel_find_containers(k);
	list_each(const kernel_process, p, &k->processes)
		for (size_t i = 0; !p->container && i < sizeof engine_names / sizeof *engine_names; i++)
			if (span_is(p->status.name, engine_names[i]))
				remember_sockets(k, p->pid, &engine_names[i], held, a);
}

/* The path without links; in a host that lies elsewhere, as that host would have it. */
static const char *real_path(kernel *k, int fd, span path)
{
	char name[64], target[4096];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, target, sizeof target);
	span real = n > 0 ? (span){target, (size_t)n} : path, rest;
	if (proc_below(real, span_of(k->path), &rest) && rest.n)
		real = rest;
	return arena_string(&k->arena, real);
}

/* What engines listen on for their own parts gives no orders to them. */
static bool is_internal(span path)
{
	return span_contains(path, "/libnetwork/") || span_ends(path, SPAN("-debug.sock")) ||
	       span_ends(path, SPAN("/metrics.sock"));
}

static void take_socket(kernel *k, span path, int rank)
{
	struct stat st;
	auto_fd fd = kernel_inside(k->root, path);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	kernel_socket_file s = {real_path(k, fd, path), st.st_dev, st.st_ino, rank};
	list_push(&k->arena, &k->sockets, s);
}

static int by_rank(const void *a, const void *b)
{
	const kernel_socket_file *one = a, *other = b;
	return one->rank != other->rank ? one->rank - other->rank : strcmp(one->path, other->path);
}

const kernel_socket_files *kernel_engine_sockets(kernel *k)
{
	arena scratch = {0};
	map held = {0};
	span table = {0};
	proc_unix s;
	char key[64];
	if (k->sockets_read)
		return &k->sockets;
	k->sockets_read = true;
	find_holders(k, &held, &scratch);
	kernel_read(k, &scratch, &table, "proc/%d/net/unix", k->live ? (int)getpid() : 1);
	while (proc_unix_next(&table, &s)) {
		int n = snprintf(key, sizeof key, "socket:[%llu]", (unsigned long long)s.inode);
		int rank = rank_of_name(s.path);
		if (rank < 0)
			rank = rank_of_holder(map_get(&held, (span){key, (size_t)n}));
		if (rank >= 0 && !is_internal(s.path))
			take_socket(k, s.path, rank);
	}
	arena_done(&scratch);
	if (k->sockets.count)
		qsort(k->sockets.items, k->sockets.count, sizeof *k->sockets.items, by_rank);
	return &k->sockets;
}
