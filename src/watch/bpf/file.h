/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * What it was done to: the file or socket behind a descriptor. */
#pragma once

#include "maps.h"

enum {
	MODE_TYPE = 0170000,
	MODE_SOCKET = 0140000,
	OVERLAY_MAGIC = 0x794c7630,
	MEMORY_MAGIC = 0x01021994,
	FILE_CREATED = 0x100000,
};

static __always_inline void inode_times(record_file *f, struct inode *inode)
{
	const __u64 second = 1000000000ull;
	if (bpf_core_field_exists(struct inode, i_ctime_sec)) {
		f->changed = (__u64)BPF_CORE_READ(inode, i_ctime_sec) * second +
			     BPF_CORE_READ(inode, i_ctime_nsec);
		f->modified = (__u64)BPF_CORE_READ(inode, i_mtime_sec) * second +
			      BPF_CORE_READ(inode, i_mtime_nsec);
	} else if (bpf_core_field_exists(struct inode___timespec, i_ctime)) {
		struct inode___timespec *old = (void *)inode;
		f->changed = (__u64)BPF_CORE_READ(old, i_ctime.tv_sec) * second +
			     (__u64)BPF_CORE_READ(old, i_ctime.tv_nsec);
		f->modified = (__u64)BPF_CORE_READ(old, i_mtime.tv_sec) * second +
			      (__u64)BPF_CORE_READ(old, i_mtime.tv_nsec);
	} else if (bpf_core_field_exists(struct inode___hidden, __i_ctime)) {
		struct inode___hidden *old = (void *)inode;
		f->changed = (__u64)BPF_CORE_READ(old, __i_ctime.tv_sec) * second +
			     (__u64)BPF_CORE_READ(old, __i_ctime.tv_nsec);
		f->modified = (__u64)BPF_CORE_READ(old, __i_mtime.tv_sec) * second +
			      (__u64)BPF_CORE_READ(old, __i_mtime.tv_nsec);
	}
}

/* In overlayfs the inode of the VFS is followed by the dentry of the upper layer, if there is one. */
static __always_inline __u8 overlay_of(struct inode *inode)
{
	if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAY_MAGIC)
		return 0;
	void *upper = NULL;
	bpf_probe_read_kernel(&upper, sizeof upper, (char *)inode + bpf_core_type_size(struct inode));
	return upper ? 1 : 2;
}

static __always_inline void file_socket(record_file *f, struct file *file)
{
	struct socket *s = BPF_CORE_READ(file, private_data);
	struct sock *k = BPF_CORE_READ(s, sk);
	if (!k)
		return;
	f->socket_type = (__u16)BPF_CORE_READ(s, type);
	f->family = BPF_CORE_READ(k, __sk_common.skc_family);
	f->protocol = BPF_CORE_READ(k, sk_protocol);
	f->state = BPF_CORE_READ(k, __sk_common.skc_state);
	if (f->family == 2) {
		BPF_CORE_READ_INTO((__u32 *)f->local, k, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)f->remote, k, __sk_common.skc_daddr);
	} else if (f->family == 10) {
		BPF_CORE_READ_INTO((struct in6_addr *)f->local, k, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)f->remote, k, __sk_common.skc_v6_daddr);
	} else if (f->family == 1) {
		f->ends[0] = (__u64)k;
		f->ends[1] = (__u64)BPF_CORE_READ((struct unix_sock *)k, peer);
		return;
	} else {
		return;
	}
	f->local_port = BPF_CORE_READ(k, __sk_common.skc_num);
	f->remote_port = __builtin_bswap16(BPF_CORE_READ(k, __sk_common.skc_dport));
}

static __always_inline void file_read(record_file *f, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	if (!inode)
		return;
	f->mode = BPF_CORE_READ(inode, i_mode);
	f->inode = BPF_CORE_READ(inode, i_ino);
	f->device = BPF_CORE_READ(inode, i_sb, s_dev);
	f->uid = BPF_CORE_READ(inode, i_uid.val);
	f->gid = BPF_CORE_READ(inode, i_gid.val);
	f->created = (BPF_CORE_READ(file, f_mode) & FILE_CREATED) != 0;
	inode_times(f, inode);
	if ((f->mode & MODE_TYPE) == MODE_SOCKET)
		file_socket(f, file);
	else
		f->overlay = overlay_of(inode);
}

static __always_inline struct file *file_of(struct task_struct *task, __s64 number)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	if (number < 0 || number >= BPF_CORE_READ(table, max_fds))
		return NULL;
	struct file *ret = NULL;
	struct file **all = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&ret, sizeof ret, all + number);
	return ret;
}
