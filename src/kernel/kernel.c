/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a host, and its files. Paths are resolved by openat2(2) with RESOLVE_IN_ROOT: a link in a recorded or mounted tree leads nowhere else. */
#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "kernel/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>

enum { PATH_BYTES = 8192, READ_BYTES = 16384 };

static int open_in(int root, const char *path, int flags)
{
	return files_open_below(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

static look look_from_errno(void)
{
	return errno == EACCES || errno == EPERM ? LOOK_REFUSED : LOOK_NOTHING;
}

int kernel_open(const char *root, kernel **ret, error *e)
{
	struct statfs fs;
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set_system(e, "%s", root);
	auto_fd proc = open_in(fd, "proc", O_RDONLY | O_DIRECTORY);
	if (proc < 0) {
		error_set_system(e, "%s: proc", root);
		close(fd);
		return -e->code;
	}
	kernel *k = memory_zeroed(1, sizeof *k);
	k->real_proc = fstatfs(proc, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
	span path = span_of(root);
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	k->path = arena_string(&k->arena, path);
	k->live = path.n == 0 && k->real_proc;
	k->root = fd;
	*ret = k;
	return 0;
}

void kernel_close(kernel *k)
{
	if (!k)
		return;
	close(k->root);
	arena_done(&k->arena);
	free(k);
}

void kernel_use_states(kernel *k, kernel_state_reader *read)
{
	k->read_state = read;
}

bool kernel_is_live(const kernel *k)
{
	return k->live;
}

__attribute__((format(printf, 4, 0))) static look open_format(
	kernel *k, int flags, int *ret, const char *format, va_list *args)
{
	char path[PATH_BYTES];
	int n = vsnprintf(path, sizeof path, format, *args);
	if (n < 0 || (size_t)n >= sizeof path)
		return LOOK_NOTHING;
	int fd = open_in(k->root, path, flags);
	if (fd < 0)
		return look_from_errno();
	*ret = fd;
	return LOOK_FOUND;
}

look kernel_open_at(kernel *k, int flags, int *ret, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	look found = open_format(k, flags, ret, format, &args);
	va_end(args);
	return found;
}

/* Reads until the end or until the room is full; < 0: errno says why. */
static ssize_t read_full(int fd, char *into, size_t room)
{
	size_t have = 0;
	while (have < room) {
		ssize_t n = read(fd, into + have, room - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return n;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Nearly all fit into the first part. */
look kernel_read_opened(int fd, arena *a, span *ret)
{
	auto_buffer all = {0};
	char part[READ_BYTES];
	ssize_t n = read_full(fd, part, sizeof part);
	while (n == sizeof part && all.n < LIMIT_PROC_BYTES) {
		buffer_add(&all, (span){part, (size_t)n});
		n = read_full(fd, part, sizeof part);
	}
	if (n < 0)
		return look_from_errno();
	if (all.n && n)
		buffer_add(&all, (span){part, (size_t)n});
	*ret = arena_copy(a, all.n ? buffer_span(&all) : (span){part, (size_t)n});
	return LOOK_FOUND;
}

look kernel_read(kernel *k, arena *a, span *ret, const char *format, ...)
{
	auto_fd fd = -1;
	va_list args;
	va_start(args, format);
	look found = open_format(k, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, format, &args);
	va_end(args);
	return found == LOOK_FOUND ? kernel_read_opened(fd, a, ret) : found;
}

look kernel_link(kernel *k, arena *a, span *ret, const char *format, ...)
{
	char path[PATH_BYTES], target[4096];
	auto_fd fd = -1;
	va_list args;
	va_start(args, format);
	int length = vsnprintf(path, sizeof path, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof path)
		return LOOK_NOTHING;
	if (!k->real_proc && (fd = open_in(k->root, path, O_PATH | O_NOFOLLOW)) < 0)
		return look_from_errno();
	/* in a proc of the kernel's nothing on the way is a link that somebody else has made */
	ssize_t n = k->real_proc ? readlinkat(k->root, path, target, sizeof target)
				 : readlinkat(fd, "", target, sizeof target);
	if (n < 0)
		return look_from_errno();
	*ret = arena_copy(a, (span){target, (size_t)n});
	return LOOK_FOUND;
}

look kernel_root_open(kernel *k, int32_t pid, int *ret)
{
	auto_fd folder = -1;
	look found;
	if (!k->real_proc) /* a record: the tree itself holds the container's root, if anything does */
		return kernel_open_at(k, O_PATH | O_DIRECTORY, ret, "proc/%d/root", pid);
	found = kernel_open_at(k, O_PATH | O_DIRECTORY, &folder, "proc/%d", pid);
	if (found != LOOK_FOUND)
		return found;
	int fd = openat(folder, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return look_from_errno();
	*ret = fd;
	return LOOK_FOUND;
}

int kernel_inside(int root, span path)
{
	char name[PATH_BYTES];
	if (path.n >= sizeof name || span_find_byte(path, 0) != SPAN_NONE)
		return -1;
	if (path.n)
		memcpy(name, path.p, path.n);
	name[path.n] = 0;
	return open_in(root, path.n ? name : ".", O_PATH);
}
