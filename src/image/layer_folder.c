/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder as one layer: a root file system, the upper folder of an overlay, or a whole tree of which only what differs from another counts
 * (files made reproducibly differ in nothing but their content, so that is looked at). Every step goes from an open folder to a name in it, and no link is followed: whoever writes
 * to the tree meanwhile cannot lead the walk out of it. */
#include "base/files.h"
#include "base/limits.h"
#include "base/map.h"
#include "image/layer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
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
	folder_meaning meaning;
	arena arena;
	map linked; /* image_file by device and inode: the first of several names */
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

static void tell(folder_walk *f, const char *name, const char *why)
{
	error e;
	error_set(&e, ERROR_DAMAGED, "%.*s%s: %s", SPAN_ARG(buffer_span(&f->path)), name, why);
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

static void content_read(folder_walk *f, int fd, const tar_entry *entry, image_file *file)
{
	const image_reader *r = f->w->reader;
	error e;
	if (entry->size > (uint64_t)LIMIT_IMAGE_FILE_MIB << 20)
		error_set(&e, ERROR_LIMIT, "%.*s: larger than %d MiB, not looked into",
			SPAN_ARG(span_sub(entry->name, 0, 120)), LIMIT_IMAGE_FILE_MIB);
	else if (read_all(fd, entry->size, &f->bytes) < 0)
		error_set_system(&e, "%.*s", SPAN_ARG(span_sub(entry->name, 0, 120)));
	else {
		file->found = r->found(r->of, &f->w->out->arena, entry, buffer_span(&f->bytes));
		return;
	}
	layer_problem(f->w->out, &e);
}

static void file_read(folder_walk *f, int folder, const char *name, const tar_entry *entry, image_file *file)
{
	struct stat st;
	auto_fd fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		problem(f, name);
	else
		content_read(f, fd, entry, file);
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

/* --- entries --- */

/* For what a layer says without an entry of its own: "FOLDER/.wh.NAME" takes NAME away, as in archives. */
static int mark_add(folder_walk *f, const char *prefix, const char *name, error *e)
{
	size_t before = f->path.n;
	buffer_add_string(&f->path, prefix);
	buffer_add_string(&f->path, name);
	*e = (error){0};
	layer_add(
		f->w, &(tar_entry){.name = buffer_span(&f->path), .type = TAR_FILE, .index = f->index++}, e);
	f->path.n = before;
	return -e->code;
}

/* The file that this is another name of, or NULL. */
static const image_file *linked_find(const folder_walk *f, const struct stat *st)
{
	uint64_t key[2] = {st->st_dev, st->st_ino};
	return S_ISREG(st->st_mode) && st->st_nlink > 1
		       ? map_get(&f->linked, (span){(const char *)key, sizeof key})
		       : NULL;
}

static int linked_add(folder_walk *f, const struct stat *st, image_file *file, error *e)
{
	uint64_t key[2] = {st->st_dev, st->st_ino};
	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return 0;
	TRY(layer_charge(f->w->index_bytes, 4 * sizeof key, e));
	map_set(&f->linked, &f->arena, arena_copy(&f->arena, (span){(const char *)key, sizeof key}), file);
	return 0;
}

static int folder_read(folder_walk *f, int fd, int below, error *e);

static int subfolder_read(folder_walk *f, int folder, int below, const char *name, dev_t device, error *e)
{
	auto_fd fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		problem(f, name);
		return 0;
	}
	if (device != f->device && is_kernels(fd))
		return 0;
	auto_fd under = below < 0 ? -1 : openat(below, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	size_t before = f->path.n;
	dev_t outer = f->device;
	f->device = device;
	buffer_add_string(&f->path, name);
	buffer_add_byte(&f->path, '/');
	int status = folder_read(f, fd, under, e);
	f->path.n = before;
	f->device = outer;
	return status;
}

/* Adds the file in hand, by whichever of its names. */
static int entry_add(folder_walk *f, int folder, const char *name, const struct stat *st, error *e)
{
	char link[LIMIT_IMAGE_PATH], capability[CAPABILITY_BYTES];
	const image_reader *r = f->w->reader;
	size_t before = f->path.n;
	buffer_add_string(&f->path, name);
	tar_entry entry;
	fill(&entry, st, buffer_span(&f->path), f->index++);
	ssize_t n = entry.type == TAR_LINK ? readlinkat(folder, name, link, sizeof link) : 0;
	entry.link = (span){link, n > 0 ? (size_t)n : 0};
	if (entry.type == TAR_FILE && entry.mode & 0111)
		entry.capability = capability_read(folder, name, capability);
	const image_file *first = linked_find(f, st);
	if (first) {
		entry.type = TAR_HARD_LINK;
		entry.link = first->path;
		entry.size = 0;
	}
	*e = (error){0};
	image_file *file = layer_add(f->w, &entry, e);
	f->path.n = before;
	if (!file || file->mark != LAYER_ENTRY)
		return -e->code;
	if (f->meaning != FOLDER_TREE)
		f->w->out->size += entry.size;
	if (entry.type != TAR_FILE && entry.type != TAR_HARD_LINK)
		return 0;
	entry.name = file->path;
	file->wanted = r->wanted && r->wanted(r->of, &entry);
	if (first)
		return 0;
	if (file->wanted)
		file_read(f, folder, name, &entry, file);
	return linked_add(f, st, file, e);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_content(int folder, int below, const char *name)
{
	char one[16384], other[sizeof one];
	auto_fd new = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_fd old = openat(below, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = new < 0 || old < 0 ? -1 : 0;
	do {
		if (n < 0 || (n = read(new, one, sizeof one)) < 0 || read(old, other, sizeof other) != n)
			return false;
	} while (n && memcmp(one, other, (size_t)n) == 0);
	return n == 0;
}

/* Whether the tree below has it just so. A folder's time changes with what is in it. */
static bool is_unchanged(int folder, int below, const char *name, const struct stat *st)
{
	struct stat old;
	char one[LIMIT_IMAGE_PATH], other[LIMIT_IMAGE_PATH];
	if (below < 0 || fstatat(below, name, &old, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (old.st_mode != st->st_mode || old.st_uid != st->st_uid || old.st_gid != st->st_gid ||
		old.st_rdev != st->st_rdev)
		return false;
	if (S_ISDIR(st->st_mode))
		return true;
	if (old.st_size != st->st_size || !same_time(old.st_mtim, st->st_mtim))
		return false;
	if (S_ISREG(st->st_mode))
		return st->st_size == 0 || same_content(folder, below, name);
	if (!S_ISLNK(st->st_mode))
		return true;
	ssize_t n = readlinkat(folder, name, one, sizeof one);
	return n >= 0 && readlinkat(below, name, other, sizeof other) == n &&
	       memcmp(one, other, (size_t)n) == 0;
}

static int entry_read(folder_walk *f, int folder, int below, const char *name, error *e)
{
	struct stat st;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		problem(f, name);
		return 0;
	}
	bool overlay = f->meaning == FOLDER_OVERLAY;
	if (overlay && overlay_is_whiteout(&st))
		return mark_add(f, ".wh.", name, e);
	if (overlay && overlay_is_metacopy(folder, name, &st))
		tell(f, name, "its content lies in a layer below, which is not followed");
	if (!is_unchanged(folder, below, name, &st))
		TRY(entry_add(f, folder, name, &st, e));
	return S_ISDIR(st.st_mode) ? subfolder_read(f, folder, below, name, st.st_dev, e) : 0;
}

/* --- folders --- */

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

/* What the folder below has and this one does not was deleted. */
static int deletions_read(folder_walk *f, int fd, int below, arena *a, error *e)
{
	struct stat st;
	name_list old = {0};
	if (names_read(below, a, &old) < 0)
		problem(f, "");
	list_each(const char *, name, &old) {
		if (fstatat(fd, *name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			TRY(mark_add(f, ".wh.", *name, e));
	}
	return 0;
}

static int opaque_read(folder_walk *f, int fd, error *e)
{
	const char *why;
	bool opaque = overlay_is_opaque(fd, &why);
	if (why)
		tell(f, "", why);
	return opaque ? mark_add(f, ".wh..wh..opq", "", e) : 0;
}

static int names_walk(folder_walk *f, int fd, int below, arena *a, error *e)
{
	name_list names = {0};
	if (f->meaning == FOLDER_OVERLAY)
		TRY(opaque_read(f, fd, e));
	if (below >= 0)
		TRY(deletions_read(f, fd, below, a, e));
	if (names_read(fd, a, &names) < 0)
		problem(f, "");
	list_each(const char *, name, &names)
		TRY(entry_read(f, fd, below, *name, e));
	return 0;
}

static int folder_read(folder_walk *f, int fd, int below, error *e)
{
	if (f->depth >= LIMIT_DIRECTORY_DEPTH) {
		errno = ELOOP;
		problem(f, "");
		return 0;
	}
	arena a = {0};
	f->depth++;
	int status = names_walk(f, fd, below, &a, e);
	f->depth--;
	arena_done(&a);
	return status;
}

/* --- a second time --- */

/* A file of the first pass, by its path; nobody can lead out of the folder meanwhile. */
static int reopen(int root, span path)
{
	char name[LIMIT_IMAGE_PATH];
	if (path.n >= sizeof name)
		return -1;
	memcpy(name, path.p, path.n);
	name[path.n] = 0;
	return files_open_below(root, name, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

static void link_read_again(folder_walk *f, int root, image_file *link)
{
	struct stat st;
	auto_fd fd = reopen(root, link->target->path);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		problem(f, arena_string(&f->arena, link->path));
		return;
	}
	tar_entry entry;
	fill(&entry, &st, link->path, link->target->index);
	content_read(f, fd, &entry, link);
}

void layer_read_folder(layer_walk *w, const layer_folder *folder)
{
	folder_walk f = {.w = w, .meaning = folder->meaning};
	struct stat st;
	error e;
	if (fstat(folder->root, &st) == 0)
		f.device = st.st_dev;
	for (uint32_t i = 0; i < w->again_count; i++)
		link_read_again(&f, folder->root, w->again[i].link);
	if (!w->again && folder_read(&f, folder->root, folder->below, &e) < 0) {
		w->out->damaged = true;
		layer_problem(w->out, &e);
	}
	buffer_done(&f.bytes);
	buffer_done(&f.path);
	arena_done(&f.arena);
}
