/* SPDX-License-Identifier: Apache-2.0
 *
 * A root file system in a folder as one layer. Every step goes from an open folder to a name in it, and no link is followed: whoever writes
 * to the tree meanwhile cannot lead the walk out of it. */
#include "base/files.h"
#include "base/limits.h"
#include "image/layer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

typedef struct folder_walk {
	layer_walk *w;
	buffer bytes; /* of the file in hand */
	buffer path;  /* of the folder in hand, with a slash behind it */
	uint32_t index;
	uint32_t depth;
	dev_t device; /* of the folder in hand */
} folder_walk;

static const struct {
	mode_t mode;
	tar_type type;
} types[] = {
	{S_IFREG, TAR_FILE},
	{S_IFDIR, TAR_FOLDER},
	{S_IFLNK, TAR_LINK},
	{S_IFCHR, TAR_CHARACTER},
	{S_IFBLK, TAR_BLOCK},
	{S_IFIFO, TAR_FIFO},
};

static tar_type type_of(mode_t mode)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].mode == (mode & S_IFMT))
			return types[i].type;
	return TAR_OTHER; /* sockets */
}

static void problem(folder_walk *f, const char *name)
{
	error e;
	error_set_system(&e, "%.*s%s", SPAN_ARG(buffer_span(&f->path)), name);
	layer_problem(f->w->out, &e);
}

/* The kernel's own file systems have files without end, and none that belongs to an image. */
static bool is_kernels(int fd)
{
	struct statfs fs;
	if (fstatfs(fd, &fs) < 0)
		return false;
	return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC || fs.f_type == CGROUP_SUPER_MAGIC ||
	       fs.f_type == CGROUP2_SUPER_MAGIC || fs.f_type == DEBUGFS_MAGIC || fs.f_type == TRACEFS_MAGIC ||
	       fs.f_type == SECURITYFS_MAGIC || fs.f_type == BPF_FS_MAGIC;
}

static int read_all(int fd, uint64_t size, buffer *b)
{
	char step[65536];
	b->n = 0;
	while (b->n < size) { /* what it has grown by meanwhile is not read */
		ssize_t n = read(fd, step, sizeof step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		buffer_add(b, (span){step, (size_t)n});
	}
	return 0;
}

static void file_read(folder_walk *f, int folder, const char *name, tar_entry *entry, image_file *file)
{
	const image_reader *r = f->w->reader;
	struct stat st;
	file->wanted = r->wanted && r->wanted(r->of, entry);
	if (!file->wanted)
		return;
	if (entry->size > (uint64_t)LIMIT_IMAGE_FILE_MIB << 20) {
		errno = EFBIG;
		problem(f, name);
		return;
	}
	auto_fd fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		read_all(fd, entry->size, &f->bytes) < 0) {
		problem(f, name);
		return;
	}
	file->found = r->found(r->of, &f->w->out->arena, entry, buffer_span(&f->bytes));
}

static void fill(tar_entry *entry, const struct stat *st, span path, uint32_t index)
{
	*entry = (tar_entry){
		.name = path,
		.size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
		.mtime = st->st_mtim.tv_sec,
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
		.index = index,
		.type = type_of(st->st_mode),
	};
}

enum { CAPABILITY_BYTES = 64 }; /* a struct vfs_ns_cap_data has 24 */

/* By /proc, as there is no lgetxattrat(2) yet. */
static span capability_read(int folder, const char *name, char *to)
{
	char path[300];
	int n = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder, name);
	ssize_t got =
		n < (int)sizeof path ? lgetxattr(path, "security.capability", to, CAPABILITY_BYTES) : -1;
	return (span){to, got > 0 ? (size_t)got : 0};
}

static int folder_read(folder_walk *f, int fd, error *e);

static int subfolder_read(folder_walk *f, int folder, const char *name, dev_t device, error *e)
{
	auto_fd fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		problem(f, name);
		return 0;
	}
	if (device != f->device && is_kernels(fd))
		return 0;
	size_t before = f->path.n;
	dev_t outer = f->device;
	f->device = device;
	buffer_add_string(&f->path, name);
	buffer_add_byte(&f->path, '/');
	int status = folder_read(f, fd, e);
	f->path.n = before;
	f->device = outer;
	return status;
}

static int entry_read(folder_walk *f, int folder, const char *name, error *e)
{
	struct stat st;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		problem(f, name);
		return 0;
	}
	char link[LIMIT_IMAGE_PATH], capability[CAPABILITY_BYTES];
	size_t before = f->path.n;
	buffer_add_string(&f->path, name);
	tar_entry entry;
	fill(&entry, &st, buffer_span(&f->path), f->index++);
	ssize_t n = entry.type == TAR_LINK ? readlinkat(folder, name, link, sizeof link) : 0;
	entry.link = (span){link, n > 0 ? (size_t)n : 0};
	if (entry.type == TAR_FILE && entry.mode & 0111)
		entry.capability = capability_read(folder, name, capability);
	*e = (error){0};
	image_file *file = layer_add(f->w, &entry, e);
	f->path.n = before;
	if (!file)
		return -e->code;
	if (entry.type == TAR_FILE) {
		entry.name = file->path;
		file_read(f, folder, name, &entry, file);
	}
	return entry.type == TAR_FOLDER ? subfolder_read(f, folder, name, st.st_dev, e) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef LIST(const char *) name_list;

/* The names of a folder in order, so that the same tree always gives the same list. */
static int names_read(int fd, arena *a, name_list *ret)
{
	int copy = dup(fd);
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	if (!folder)
		return -1;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			list_push(a, ret, arena_string(a, span_of(entry->d_name)));
	closedir(folder);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, by_name);
	return 0;
}

static int folder_read(folder_walk *f, int fd, error *e)
{
	arena a = {0};
	name_list names = {0};
	int status = 0;
	if (f->depth >= LIMIT_DIRECTORY_DEPTH)
		errno = ELOOP;
	if (f->depth >= LIMIT_DIRECTORY_DEPTH || names_read(fd, &a, &names) < 0)
		problem(f, "");
	f->depth++;
	list_each(const char *, name, &names) {
		if (status >= 0)
			status = entry_read(f, fd, *name, e);
	}
	f->depth--;
	arena_done(&a);
	return status;
}

void layer_read_folder(layer_walk *w, int root)
{
	folder_walk f = {.w = w};
	struct stat st;
	error e;
	if (fstat(root, &st) == 0)
		f.device = st.st_dev;
	if (folder_read(&f, root, &e) < 0) {
		w->out->damaged = true;
		layer_problem(w->out, &e);
	}
	buffer_done(&f.bytes);
	buffer_done(&f.path);
}
