/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders: reading them whole, walking trees, paths. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <unistd.h>

static inline void files_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define auto_fd __attribute__((cleanup(files_close))) int

/* openat2(2) with O_CLOEXEC and RESOLVE_… flags: a descriptor, or < 0 with errno. With RESOLVE_IN_ROOT the kernel gives up (EAGAIN) whenever something is mounted
 * or renamed anywhere while it follows a "..": that is tried again, LIMIT_OPEN_TRIES times. */
int files_open_below(int root, const char *path, int flags, uint64_t resolve);

/* The same for reading, without ever waiting, and only if it is a regular file: a device may already act on being opened. For paths whose
 * files others choose. */
int files_open_regular(int root, const char *path, uint64_t resolve);

/* Reads a regular file (or a pipe, or "-" for standard input) of at most limit bytes onto the arena. */
int files_read(const char *path, size_t limit, arena *a, span *ret, error *e);

/* Writes bytes to a file, all or nothing: a temporary file beside it takes its place. */
int files_write(const char *path, span bytes, error *e);

typedef enum walk_kind { WALK_FILE, WALK_ERROR } walk_kind;

typedef struct walk {
	arena *arena; /* of the paths */
	/* Whether to look at a file or to go into a folder, by its path and its last part. */
	bool (*wanted)(void *of, const char *path, const char *name, bool folder);
	/* A file that is wanted, or a folder that could not be read (then e says why). */
	void (*found)(void *of, walk_kind kind, const char *path, const error *e);
	void *of;
} walk;

/* Walks a tree in the order of names. Symbolic links to files are followed, links to folders are not, so loops end. Stops with an
 * error at LIMIT_FILES; folders that cannot be read are told and passed over. */
int files_walk(const walk *w, const char *root, error *e);

bool files_is_folder(const char *path);
bool files_exists(const char *path);

/* folder/name, with "." and ".." and double slashes taken out; an absolute name stands alone. */
const char *path_join(arena *a, const char *folder, const char *name);
/* The folder of a path: "." if it has none. */
const char *path_folder(arena *a, const char *path);
/* The last part of a path; points into it. */
const char *path_name(const char *path);

/* The full path of a program that PATH names, or NULL. */
const char *files_program(arena *a, const char *name);
