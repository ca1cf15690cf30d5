/* SPDX-License-Identifier: Apache-2.0
 *
 * Files in a running container that give more rights to whoever starts them: set-uid, set-gid, file capabilities. The walk goes from the container's own root
 * by file descriptors, follows no link, opens nothing but folders, and leaves out what is mounted nosuid and the kernel's own file systems. */
#include "base/limits.h"
#include "base/map.h"
#include "sources/kernel_enforced.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

typedef struct walker {
	enforced *reader;
	uint32_t left; /* files that may still be looked at */
	bool cut;
} walker;

static bool is_left_out(const proc_mount *m)
{
	return proc_option(m->options, "nosuid", NULL) ||
	       span_in(m->type, "proc sysfs cgroup cgroup2 devpts mqueue devtmpfs");
}

/* File capabilities cannot be asked for through O_PATH: the folder's descriptor gives a path that leads nowhere else. */
static bool has_capabilities(int folder, const char *name)
{
	char path[320];
	int n = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder, name);
	return n > 0 && (size_t)n < sizeof path && lgetxattr(path, "security.capability", NULL, 0) > 0;
}

static void take_file(walker *w, int folder, span path, const char *name, const struct stat *st)
{
	enforced *r = w->reader;
	bool runs = st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH);
	span kind = runs && st->st_mode & S_ISUID                                ? SPAN("set-uid")
		    : (st->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) ? SPAN("set-gid")
		    : runs && has_capabilities(folder, name)                     ? SPAN("capability")
										 : (span){0};
	if (!kind.n)
		return;
	span full = arena_format(r->arena, "%.*s/%s", SPAN_ARG(path), name);
	span words =
		arena_format(r->arena, "%.*s %04o %.*s", SPAN_ARG(kind), st->st_mode & 07777, SPAN_ARG(full));
	item *x = posture_add(r->posture, FACT_set_uid,
		evidence_add(r->evidence, enforced_place(r, "root"), words), r->arena);
	item_set_text(x, MEMBER_file_path, full);
	item_set_text(x, MEMBER_file_kind, kind);
	item_set_number(x, MEMBER_file_mode, st->st_mode & 07777);
}

/* Even asking what it is would be a question to whoever serves it. */
static bool is_served_mount(const walker *w, span folder, const char *name)
{
	arena scratch = {0};
	span path = arena_format(&scratch, "%.*s/%s", SPAN_ARG(folder), name);
	bool served = map_get(&w->reader->targets, path) && enforced_waits(w->reader, path);
	arena_done(&scratch);
	return served;
}

static void walk_folder(walker *w, int folder, span path, int depth)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	if (!d && fd >= 0)
		close(fd);
	w->cut |= !d;
	while (d && (entry = readdir(d))) {
		struct stat st;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (w->left == 0) {
			w->cut = true;
			break;
		}
		w->left--;
		if (entry->d_type != DT_REG && entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		if (is_served_mount(w, path, entry->d_name) ||
			fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			take_file(w, fd, path, entry->d_name, &st);
		if (!S_ISDIR(st.st_mode))
			continue;
		arena scratch = {0};
		span below = arena_format(&scratch, "%.*s/%s", SPAN_ARG(path), entry->d_name);
		const proc_mount *m = map_get(&w->reader->targets, below);
		bool left_out = m && is_left_out(m), deep = depth >= LIMIT_DIRECTORY_DEPTH;
		int next = left_out || deep
				   ? -1
				   : openat(fd, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* what is below is not searched, unless it has gone meanwhile */
		w->cut |= !left_out && next < 0 && (deep || (errno != ENOENT && errno != ENOTDIR));
		if (next >= 0) {
			walk_folder(w, next, below, depth + 1);
			close(next);
		}
		arena_done(&scratch);
	}
	if (d)
		closedir(d);
}

void enforced_set_uid(enforced *r)
{
	walker w = {.reader = r, .left = LIMIT_CONTAINER_FILES};
	if (r->first.no_new_privileges > 0 || r->root < 0)
		return; /* they give nothing */
	const proc_mount *root = map_get(&r->targets, SPAN("/"));
	if (enforced_waits(r, SPAN("/"))) {
		bundle_add_problem(r->bundle, r->evidence->text, 0, 0,
			"its root file system is served by a process, which is not asked: set-uid files were not searched");
		return;
	}
	posture_set_list(r->posture, FACT_set_uid, KNOWN_ENFORCED,
		evidence_add(r->evidence, enforced_place(r, "root"), SPAN("set-uid files")), r->arena);
	if (!root || !is_left_out(root))
		walk_folder(&w, r->root, (span){0}, 0);
	if (w.cut)
		bundle_add_problem(r->bundle, r->evidence->text, 0, 0,
			arena_format(r->arena,
				"not all files were searched for set-uid ones: only the first %d, and %d folders deep",
				LIMIT_CONTAINER_FILES, LIMIT_DIRECTORY_DEPTH)
				.p);
}
