/* SPDX-License-Identifier: Apache-2.0
 *
 * Marks in the upper folders of overlays (Documentation/filesystems/overlayfs.rst): whiteouts are character devices 0/0; attributes say that a
 * folder is opaque, that it was renamed (redirect), that a file's content stayed below (metacopy). The kernel writes them as trusted.overlay.*, in
 * user namespaces as user.overlay.*; fuse-overlayfs as user.fuseoverlayfs.*. Renamed folders are told, not followed: no engine makes layers of
 * images with them. */
#include "image/layer.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static const char *const opaque_names[] = {
	"trusted.overlay.opaque",
	"user.overlay.opaque",
	"user.fuseoverlayfs.opaque",
};
static const char *const redirect_names[] = {
	"trusted.overlay.redirect",
	"user.overlay.redirect",
	"user.fuseoverlayfs.redirect",
};
static const char *const metacopy_names[] = {"trusted.overlay.metacopy", "user.overlay.metacopy"};

enum { OPAQUE_NAMES = sizeof opaque_names / sizeof *opaque_names };

bool overlay_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

bool overlay_is_opaque(int folder, const char **problem)
{
	char value;
	bool opaque = false;
	*problem = NULL;
	if (flistxattr(folder, NULL, 0) == 0) /* nearly always; others may be hidden from this process */
		return false;
	for (size_t i = 0; i < OPAQUE_NAMES; i++) {
		opaque = opaque || (fgetxattr(folder, opaque_names[i], &value, 1) == 1 && value == 'y');
		if (fgetxattr(folder, redirect_names[i], NULL, 0) >= 0)
			*problem =
				"what it had in the layers below lies under another name there, which is not followed";
	}
	return opaque;
}

/* Such a file is hollow: only those are asked. */
bool overlay_is_metacopy(int folder, const char *name, const struct stat *st)
{
	char path[300];
	if (!S_ISREG(st->st_mode) || st->st_size == 0 || st->st_blocks)
		return false;
	int n = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder, name);
	for (size_t i = 0; n < (int)sizeof path && i < sizeof metacopy_names / sizeof *metacopy_names; i++)
		if (lgetxattr(path, metacopy_names[i], NULL, 0) >= 0)
			return true;
	return false;
}
