/* SPDX-License-Identifier: Apache-2.0
 *
 * The members of the kernel's structures that are read. Where they lie is found out when the programs are loaded (CO-RE, BTF), so
 * this need not be any kernel's own order. Names with three underscores are those of other versions. */
#pragma once

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct kuid_t {
	unsigned val;
} kuid_t;

typedef struct kgid_t {
	unsigned val;
} kgid_t;

/* 64 bits in all versions, though as one number or as two. */
typedef struct kernel_cap_t {
} kernel_cap_t;

struct qstr {
	unsigned len;
	const unsigned char *name;
};

struct super_block {
	unsigned s_dev;
	unsigned long s_magic;
};

struct timespec64 {
	long long tv_sec;
	long tv_nsec;
};

struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	unsigned long i_ino;
	struct super_block *i_sb;
	long long i_mtime_sec, i_ctime_sec; /* from 6.11 on */
	unsigned i_mtime_nsec, i_ctime_nsec;
};

struct inode___timespec { /* to 6.5 */
	struct timespec64 i_mtime, i_ctime;
};

struct inode___hidden { /* 6.6 to 6.10 */
	struct timespec64 __i_mtime, __i_ctime;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned f_mode, f_flags;
	void *private_data;
};

struct fdtable {
	unsigned max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

struct kernfs_node {
	struct kernfs_node *__parent; /* from 6.15 on */
	const char *name;
	unsigned long long id;
};

struct kernfs_node___old {
	struct kernfs_node *parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup *dfl_cgrp;
};

enum cgroup_subsys_id {
	memory_cgrp_id = 0, /* the real number is found out as the members are */
	pids_cgrp_id = 1,
};

struct pid_namespace {
	struct task_struct *child_reaper;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned level;
	struct upid numbers[1];
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t fsuid;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective;
};

struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
};

struct tty_driver {
	int major, minor_start;
};

struct tty_struct {
	int index;
	struct tty_driver *driver;
};

typedef struct atomic_t {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	struct pid *pids[4];
	struct tty_struct *tty;
	unsigned is_child_subreaper : 1, has_child_subreaper : 1;
};

struct thread_info {
	unsigned status;
};

struct task_struct {
	struct thread_info thread_info;
	int pid, tgid;
	unsigned flags;
	int exit_code;
	unsigned long long start_boottime;
	struct task_struct *real_parent, *group_leader;
	struct mm_struct *mm;
	const struct cred *cred;
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct css_set *cgroups;
	kuid_t loginuid;
	char comm[16];
};

struct linux_binprm {
	struct file *file;
	const char *filename, *interp;
	unsigned comm_from_dentry : 1;
	char buf[8]; /* the first bytes of the file; there are more */
};

struct in6_addr {
	unsigned char bytes[16];
};

struct sock_common {
	unsigned skc_daddr, skc_rcv_saddr;
	unsigned short skc_dport, skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	unsigned short sk_protocol, sk_type;
};

struct unix_address {
	int len;
	char name[110];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};

struct socket {
	short type;
	struct sock *sk;
};

struct pt_regs {
	unsigned long r10, r9, r8, dx, si, di, bx, cx, bp, orig_ax;
};

#pragma clang attribute pop

/* Not to be moved: these are given to the programs as they are. */
struct sys_exit_context {
	unsigned long long common;
	long call, result;
};

/* As user space has it; and as a 32-bit program has it. */
struct user_message {
	const void *name;
	int name_bytes;
};

struct user_message32 {
	unsigned name;
	int name_bytes;
};
