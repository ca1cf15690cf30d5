/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading files, walking trees, joining paths. */
#include "base/files.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { READ_STEP = 65536 };

int files_open_below(int root, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)(unsigned)flags | O_CLOEXEC, .resolve = resolve};
	int fd = -1;
	for (int i = 0; i < LIMIT_OPEN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

int files_open_regular(int root, const char *path, uint64_t resolve)
{
	struct stat is;
	char link[32];
	auto_fd place = files_open_below(root, path, O_PATH, resolve);
	if (place < 0 || fstat(place, &is) < 0)
		return -1;
	if (!S_ISREG(is.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	snprintf(link, sizeof link, "/proc/self/fd/%d", place);
	return open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int read_stream(int fd, const char *path, size_t limit, arena *a, span *ret, error *e)
{
	auto_buffer all = {0};
	char step[READ_STEP];
	for (;;) {
		ssize_t n = read(fd, step, sizeof step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_system(e, "%s", path);
		if (n == 0)
			break;
		buffer_add(&all, (span){step, (size_t)n});
		if (all.n > limit)
			return error_set(e, ERROR_LIMIT, "%s: larger than %zu MiB", path, limit >> 20);
	}
	*ret = arena_copy(a, buffer_span(&all));
	return 0;
}

static int read_regular(int fd, const char *path, size_t size, arena *a, span *ret, error *e)
{
	char *bytes = arena_alloc(a, size + 1);
	size_t have = 0;
	while (have < size) {
		ssize_t n = read(fd, bytes + have, size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_system(e, "%s", path);
		if (n == 0)
			break; /* it shrank meanwhile */
		have += (size_t)n;
	}
	*ret = (span){bytes, have};
	return 0;
}

int files_read(const char *path, size_t limit, arena *a, span *ret, error *e)
{
	bool standard = strcmp(path, "-") == 0;
	auto_fd fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_system(e, "%s", path);
	if (S_ISDIR(st.st_mode))
		return error_set(e, ERROR_USAGE, "%s: is a folder", path);
	if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size > limit)
		return error_set(e, ERROR_LIMIT, "%s: larger than %zu MiB", path, limit >> 20);
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		return read_regular(fd, path, (size_t)st.st_size, a, ret, e);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !standard)
		return error_set(e, ERROR_USAGE, "%s: is no regular file", path);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return read_stream(fd, path, limit, a, ret, e);
}

static int write_all(int fd, span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = span_from(bytes, (size_t)n);
	}
	return 0;
}

int files_write(const char *path, span bytes, error *e)
{
	char temporary[4096];
	if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
		return error_set(e, ERROR_LIMIT, "%s: the path is too long", path);
	auto_fd fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return error_set_system(e, "%s", path);
	mode_t mask = umask(0);
	umask(mask);
	struct stat old;
	mode_t mode = stat(path, &old) == 0 ? old.st_mode & 07777 : 0666 & ~mask;
	if (fchmod(fd, mode) < 0 || write_all(fd, bytes) < 0 || rename(temporary, path) < 0) {
		int status = error_set_system(e, "%s", path);
		unlink(temporary);
		return status;
	}
	return 0;
}

bool files_is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool files_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

typedef struct walking {
	const walk *w;
	uint32_t files;
	uint32_t depth;
} walking;

static int walk_folder(walking *now, const char *path, error *e);

static int walk_entry(walking *now, const char *path, const struct dirent *entry, error *e)
{
	const walk *w = now->w;
	unsigned char type = entry->d_type;
	struct stat st;
	if (type == DT_UNKNOWN && lstat(path, &st) == 0)
		type = S_ISDIR(st.st_mode)   ? DT_DIR
		       : S_ISLNK(st.st_mode) ? DT_LNK
		       : S_ISREG(st.st_mode) ? DT_REG
					     : DT_FIFO;
	if (type == DT_DIR)
		return w->wanted(w->of, path, entry->d_name, true) ? walk_folder(now, path, e) : 0;
	if (!w->wanted(w->of, path, entry->d_name, false))
		return 0;
	if (type == DT_LNK && (stat(path, &st) < 0 || !S_ISREG(st.st_mode)))
		return 0; /* dangling, or to a folder */
	if (type != DT_REG && type != DT_LNK)
		return 0;
	if (++now->files > LIMIT_FILES)
		return error_set(e, ERROR_LIMIT, "more than %d files: name a smaller folder", LIMIT_FILES);
	w->found(w->of, WALK_FILE, path, NULL);
	return 0;
}

static int walk_folder(walking *now, const char *path, error *e)
{
	struct dirent **entries;
	error why;
	int n = now->depth < LIMIT_DIRECTORY_DEPTH ? scandir(path, &entries, not_dots, by_name) : -1;
	if (n < 0) {
		if (now->depth >= LIMIT_DIRECTORY_DEPTH)
			error_set(&why, ERROR_LIMIT, "folders are nested deeper than %d",
				LIMIT_DIRECTORY_DEPTH);
		else
			error_set_system(&why, "cannot be read");
		now->w->found(now->w->of, WALK_ERROR, path, &why);
		return 0;
	}
	now->depth++;
	int status = 0;
	for (int i = 0; i < n; i++) {
		if (status >= 0)
			status = walk_entry(
				now, path_join(now->w->arena, path, entries[i]->d_name), entries[i], e);
		free(entries[i]);
	}
	free(entries);
	now->depth--;
	return status;
}

int files_walk(const walk *w, const char *root, error *e)
{
	walking now = {.w = w};
	return walk_folder(&now, root, e);
}

const char *path_join(arena *a, const char *folder, const char *name)
{
	bool absolute = name[0] == '/';
	span all = absolute ? span_of(name) : arena_format(a, "%s/%s", folder, name);
	bool rooted = all.n && all.p[0] == '/';
	char *out = arena_alloc(a, all.n + 2);
	size_t n = 0;
	span part;
	if (rooted)
		out[n++] = '/';
	size_t floor =
		n; /* ".." at the start of a relative path is kept, and nothing before it may be cut off */
	while (span_cut(&all, '/', &part)) {
		if (part.n == 0 || span_is(part, "."))
			continue;
		if (span_is(part, "..") && n > floor) {
			span done = {out, n};
			size_t slash = span_find_last(done, '/');
			n = slash == SPAN_NONE || slash < floor ? floor : slash;
			continue;
		}
		if (span_is(part, "..") && rooted)
			continue;
		if (n > 0 && out[n - 1] != '/')
			out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
		if (span_is(part, ".."))
			floor = n;
	}
	if (n == 0)
		out[n++] = '.';
	out[n] = 0;
	return out;
}

const char *path_folder(arena *a, const char *path)
{
	size_t slash = span_find_last(span_of(path), '/');
	if (slash == SPAN_NONE)
		return ".";
	return arena_string(a, (span){path, slash ? slash : 1});
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

const char *files_program(arena *a, const char *name)
{
	const char *path = getenv("PATH");
	span rest = span_of(path ? path : ""), folder;
	while (span_cut(&rest, ':', &folder)) {
		if (folder.n == 0 || folder.p[0] != '/')
			continue;
		span full = arena_format(a, "%.*s/%s", SPAN_ARG(folder), name);
		if (access(full.p, X_OK) == 0)
			return full.p;
	}
	return NULL;
}
