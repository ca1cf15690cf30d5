/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Paths: where a dentry lies, seen from the root of a process. It is what the kernel works with, not what a process wrote. */
#pragma once

#include "section.h"

enum {
	PATH_PARTS = 512,
	PATH_MASK = RECORD_PATH - 1,
};

typedef struct path_walk {
	workroom *room;
	struct dentry *dentry, *root_dentry;
	struct vfsmount *mount, *root_mount;
} path_walk;

static __always_inline struct mount *mount_of(struct vfsmount *m)
{
	return (struct mount *)((char *)m - bpf_core_field_offset(struct mount, mnt));
}

static __always_inline bool path_prepend(workroom *w, struct dentry *d, bool slash)
{
	__u32 n = BPF_CORE_READ(d, d_name.len) & NAME_MASK, start = w->start;
	if (n + 1 > start)
		return false;
	start -= n;
	if (bpf_probe_read_kernel(w->path + (start & PATH_MASK), n, BPF_CORE_READ(d, d_name.name)) < 0)
		return false;
	if (slash) {
		start--;
		w->path[start & PATH_MASK] = '/';
	}
	w->start = start;
	return true;
}

/* One step towards the root; 1 ends the loop. */
static long path_step(__u32 index, void *of)
{
	path_walk *k = of;
	if (k->dentry == k->root_dentry && k->mount == k->root_mount) {
		k->room->whole = 1;
		return 1;
	}
	struct dentry *here = k->dentry, *parent = BPF_CORE_READ(here, d_parent);
	struct vfsmount *mount = k->mount;
	if (here == BPF_CORE_READ(mount, mnt_root) || here == parent) {
		struct mount *m = mount_of(mount), *above = BPF_CORE_READ(m, mnt_parent);
		if (above == m) {
			k->room->whole = 1;
			/* Mounted nowhere: pipes, sockets, memory; their names are all there is. */
			if (index == 0)
				path_prepend(k->room, here, false);
			return 1;
		}
		k->dentry = BPF_CORE_READ(m, mnt_mountpoint);
		k->mount = (struct vfsmount *)((char *)above + bpf_core_field_offset(struct mount, mnt));
		return 0;
	}
	k->dentry = parent;
	return path_prepend(k->room, here, true) ? 0 : 1;
}

/* Writes a path, seen from the root of the process, to the end of room->path. */
static __always_inline void path_write(workroom *w, struct task_struct *task, const struct path *path)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	path_walk k = {.room = w};
	w->start = RECORD_PATH;
	w->whole = 0;
	k.root_dentry = BPF_CORE_READ(fs, root.dentry);
	k.root_mount = BPF_CORE_READ(fs, root.mnt);
	k.dentry = BPF_CORE_READ(path, dentry);
	k.mount = BPF_CORE_READ(path, mnt);
	if (!k.dentry || !k.mount)
		return;
	bpf_loop(PATH_PARTS, path_step, &k, 0);
	if (w->start != RECORD_PATH)
		return;
	w->start = RECORD_PATH - 1;
	w->path[RECORD_PATH - 1] = '/';
}

static __always_inline void section_path(workroom *w, record_section which)
{
	__u32 end = data_end(w), start = w->start, n = RECORD_PATH - start;
	if (n == 0 || n >= RECORD_PATH)
		return;
	VERIFIED(n);
	bpf_probe_read_kernel(w->data + end, n & PATH_MASK, w->path + (start & PATH_MASK));
	w->head.lengths[which] = (__u16)n;
	w->end = end + n;
}

/* The 0 byte that texts end with. */
static __always_inline void section_end_text(workroom *w, record_section which)
{
	w->data[data_end(w)] = 0;
	w->end++;
	w->head.lengths[which]++;
}

/* Makes a key of the path's beginning; one that is short enough has its 0 byte in it. false: there is no path. */
static __always_inline bool path_prefix(workroom *w)
{
	__u32 start = w->start, n = RECORD_PATH - start + 1;
	if (n > RECORD_PREFIX)
		n = RECORD_PREFIX;
	VERIFIED(n);
	n &= 2 * RECORD_PREFIX - 1;
	if (n <= 1 || n > RECORD_PREFIX)
		return false;
	w->prefix.bits = n * 8;
	bpf_probe_read_kernel(w->prefix.text, n, w->path + (start & PATH_MASK));
	return true;
}

/* The same of its end, backwards. */
static __always_inline void path_suffix(workroom *w)
{
	__u32 n = RECORD_PATH - w->start;
	w->suffix.bits = (n < RECORD_SUFFIX ? n : RECORD_SUFFIX) * 8;
	for (__u32 i = 0; i < RECORD_SUFFIX; i++)
		w->suffix.text[i] = w->path[RECORD_PATH - 1 - i];
}
