/* SPDX-License-Identifier: Apache-2.0
 *
 * The root below which a host is read: "/", or where one is mounted or recorded elsewhere. Of a foreign root all symbolic links are resolved inside it
 * (openat2(2), RESOLVE_IN_ROOT), so that what it holds cannot lead to files of this host. Paths are absolute and as people know them on that host. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <sys/stat.h>

typedef struct host_root { /* `host_root r = {.fd = -1};` */
	int fd;
	bool foreign;
} host_root;

typedef LIST(const char *) host_names;

int host_root_open(const char *path, host_root *ret, error *e);
void host_root_close(host_root *r);

/* A regular file of at most limit bytes, onto a. ERROR_ABSENT, ERROR_DENIED: as the system says. */
int host_root_read(const host_root *r, const char *path, size_t limit, arena *a, span *ret, error *e);

/* What a path leads to. */
int host_root_stat(const host_root *r, const char *path, struct stat *ret, error *e);

/* The names in a folder without "." and "..", in the order of bytes; at most LIMIT_HOST_NAMES. */
int host_root_names(const host_root *r, const char *path, arena *a, host_names *ret, error *e);

/* Where a symbolic link points to. */
int host_root_link(const host_root *r, const char *path, arena *a, span *ret, error *e);

/* Whether there is something at the path; what may not be looked at counts as there. */
bool host_root_has(const host_root *r, const char *path);
