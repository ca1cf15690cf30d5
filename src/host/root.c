/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and reading below a root. */
#include "host/root.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>

int host_root_open(const char *path, host_root *ret, error *e)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set_system(e, "%s", path);
	*ret = (host_root){.fd = fd, .foreign = strcmp(path, "/") != 0};
	return 0;
}

void host_root_close(host_root *r)
{
	files_close(&r->fd);
	r->fd = -1;
}

static int open_at(const host_root *r, const char *path, int flags, error *e)
{
	const char *below = path + strspn(path, "/");
	int fd = files_open_below(r->fd, *below ? below : ".", flags, r->foreign ? RESOLVE_IN_ROOT : 0);
	return fd < 0 ? error_set_system(e, "%s", path) : fd;
}

static int read_all(int fd, const char *path, size_t limit, arena *a, span *ret, error *e)
{
	auto_buffer all = {0};
	char part[8192];
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) > 0) {
		buffer_add(&all, (span){part, (size_t)n});
		if (all.n > limit)
			return error_set(e, ERROR_LIMIT, "%s: larger than %zu bytes", path, limit);
	}
	if (n < 0)
		return error_set_system(e, "%s", path);
	*ret = arena_copy(a, buffer_span(&all));
	return 0;
}

int host_root_read(const host_root *r, const char *path, size_t limit, arena *a, span *ret, error *e)
{
	struct stat s;
	auto_fd fd = open_at(r, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, e);
	TRY(fd);
	if (fstat(fd, &s) < 0)
		return error_set_system(e, "%s", path);
	if (!S_ISREG(s.st_mode))
		return error_set(e, ERROR_DAMAGED, "%s: no regular file", path);
	return read_all(fd, path, limit, a, ret, e);
}

int host_root_stat(const host_root *r, const char *path, struct stat *ret, error *e)
{
	auto_fd fd = open_at(r, path, O_PATH, e);
	TRY(fd);
	return fstat(fd, ret) < 0 ? error_set_system(e, "%s", path) : 0;
}

bool host_root_has(const host_root *r, const char *path)
{
	error e;
	struct stat s;
	return host_root_stat(r, path, &s, &e) != -ERROR_ABSENT;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int host_root_names(const host_root *r, const char *path, arena *a, host_names *ret, error *e)
{
	int fd = open_at(r, path, O_RDONLY | O_DIRECTORY, e);
	TRY(fd);
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return error_set_system(e, "%s", path);
	}
	*ret = (host_names){0};
	for (const struct dirent *one; (one = readdir(folder)) && ret->count < LIMIT_HOST_NAMES;)
		if (strcmp(one->d_name, ".") != 0 && strcmp(one->d_name, "..") != 0)
			list_push(a, ret, arena_string(a, span_of(one->d_name)));
	closedir(folder);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, by_name);
	return 0;
}

int host_root_link(const host_root *r, const char *path, arena *a, span *ret, error *e)
{
	char target[4096];
	auto_fd fd = open_at(r, path, O_PATH | O_NOFOLLOW, e);
	TRY(fd);
	ssize_t n = readlinkat(fd, "", target, sizeof target);
	if (n < 0)
		return error_set_system(e, "%s", path);
	*ret = arena_copy(a, (span){target, (size_t)n});
	return 0;
}
