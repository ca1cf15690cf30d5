/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process has open: /proc/PID/fd (links) and /proc/PID/fdinfo (through which mount). Files are looked at by statx(2) with what is known of them already: a
 * file system that is served by a process of the container itself is never asked. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static look look_from_errno(void)
{
	return errno == EACCES || errno == EPERM ? LOOK_REFUSED : LOOK_NOTHING;
}

/* Beside each number, its line in fdinfo. */
static bool read_info(kernel *k, int32_t pid, int32_t number, arena *a, proc_descriptor *ret)
{
	span bytes;
	if (kernel_read(k, a, &bytes, "proc/%d/fdinfo/%d", pid, number) != LOOK_FOUND)
		return false;
	proc_descriptor_read(bytes, ret);
	return true;
}

static void read_type(kernel *k, int folder, const char *name, kernel_descriptor *d)
{
	struct statx st;
	if (!k->real_proc || statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &st) < 0)
		return;
	d->mode = st.stx_mode & S_IFMT;
	d->major = st.stx_rdev_major;
	d->minor = st.stx_rdev_minor;
}

static bool is_own(const map *own, int32_t mount)
{
	return map_get(own, (span){(const char *)&mount, sizeof mount}) != NULL;
}

/* False when it is of no interest, or closed by now. */
static bool read_one(kernel *k, int32_t pid, int folder, const char *name, const map *own, arena *scratch,
	kernel_descriptor *ret)
{
	char target[4096];
	uint64_t number;
	ssize_t n = readlinkat(folder, name, target, sizeof target);
	if (n <= 0 || !proc_number(span_of(name), 10, &number) || number > INT32_MAX)
		return false;
	*ret = (kernel_descriptor){
		.number = (int32_t)number, .target = arena_copy(scratch, (span){target, (size_t)n})};
	bool path = target[0] == '/';
	if (!path && !span_is(ret->target, "anon_inode:[pidfd]"))
		return !span_starts(ret->target, SPAN("pipe:"));
	if (!read_info(k, pid, ret->number, scratch, &ret->info))
		return false;
	if (path && (ret->info.mount < 0 || is_own(own, ret->info.mount)))
		return false;
	if (path)
		read_type(k, folder, name, ret);
	return true;
}

look kernel_descriptors_read(kernel *k, int32_t pid, const map *own, arena *a, kernel_descriptors *ret)
{
	int fd = -1;
	look found = kernel_open_at(k, O_RDONLY | O_DIRECTORY, &fd, "proc/%d/fd", pid);
	if (found != LOOK_FOUND)
		return found;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return LOOK_NOTHING;
	}
	arena scratch = {0};
	errno = 0;
	struct dirent *entry;
	for (int left = LIMIT_CONTAINER_DESCRIPTORS; left && (entry = readdir(folder)); errno = 0) {
		kernel_descriptor d;
		if (entry->d_name[0] == '.')
			continue;
		left--;
		if (read_one(k, pid, fd, entry->d_name, own, &scratch, &d)) {
			d.target = arena_copy(a, d.target);
			list_push(a, ret, d);
		}
		arena_clear(&scratch);
	}
	if (errno)
		found = look_from_errno();
	arena_done(&scratch);
	closedir(folder);
	return found;
}
