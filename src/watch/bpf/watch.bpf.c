/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * What happens in the kernel at an event. One program serves all system calls: a plan says for each what is to be read; execs, forks
 * and exits have their own. What no rule can be true for is dropped before anything is read. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "record.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum {
	PATH_PARTS = 40,
	NAME_MASK = 255,
	PATH_MASK = RECORD_PATH - 1,
	PID_GROUP = 2,
	PID_SESSION = 3,
	MODE_TYPE = 0170000,
	MODE_SOCKET = 0140000,
	OVERLAY_MAGIC = 0x794c7630,
	FILE_CREATED = 0x100000,
	KERNEL_THREAD = 0x00200000,
	OPEN_ACCESS = 3,
	OPEN_READ_ONLY = 0,
	OPEN_WRITE_ONLY = 1,
	OPEN_CREATE = 0100,
	OPEN_TRUNCATE = 01000,
	OPEN_TEMPORARY = 020000000,
	ADDRESS_MAX = 128,
	WORKING_FOLDER = 255,
	CGROUP_DEPTH = 12,
};

/* --- what the program outside sets --- */

const volatile bool unified = false; /* cgroups are those of version 2 */
const volatile __u32 own_pid = 0;    /* the watcher's own deeds are not told */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_CALLS);
	__type(key, __u32);
	__type(value, call_plan);
} plans SEC(".maps");

/* What is known of cgroups. Those of containers that are long gone make room; one that is forgotten is told anew. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u8);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, prefix_key);
	__type(value, __u64);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, suffix_key);
	__type(value, __u64);
} suffixes SEC(".maps");

/* Names that processes have right after an exec. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, char[16]);
	__type(value, __u64);
} names SEC(".maps");

/* Processes that had one of these names then, whatever they call themselves now, and what they forked since. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u64);
} named SEC(".maps");

/* --- what it reads --- */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, watch_counters);
} counters SEC(".maps");

/* --- room to build a record in --- */

/* Positions are kept here and not in variables: the verifier then knows nothing of them, and so has only one state to follow. */
typedef struct workroom {
	__u32 end;   /* of what is in data */
	__u32 start; /* of what is in path, which is filled from its end on */
	__u32 whole; /* the path begins at the root; otherwise its beginning is missing */
	record head;
	char data[RECORD_DATA + RECORD_PATH];
	char path[RECORD_PATH + NAME_MASK + 1];
	char raw[RECORD_RAW];
	prefix_key prefix;
	suffix_key suffix;
} workroom;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, workroom);
} rooms SEC(".maps");

static __always_inline workroom *room_get(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&rooms, &zero);
}

static __always_inline watch_counters *counters_get(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&counters, &zero);
}

/* --- sections --- */

/* The compiler may not use what it knows of a number; so the check behind it stays where the verifier looks for it. */
#define VERIFIED(number) asm volatile("" : "+r"(number))

/* Where the next section begins; what is too much is left out. */
static __always_inline __u32 data_end(const workroom *w)
{
	__u32 end = w->end;
	if (end >= RECORD_DATA)
		end = RECORD_DATA - 1;
	VERIFIED(end);
	return end & (RECORD_DATA - 1);
}

static __always_inline void section_text(workroom *w, record_section which, const void *user)
{
	__u32 end = data_end(w);
	long n = bpf_probe_read_user_str(w->data + end, RECORD_TEXT, user);
	if (n <= 0)
		return;
	w->head.lengths[which] = (__u16)n;
	w->end = end + (__u32)n;
}

static __always_inline void section_bytes(workroom *w, record_section which, const void *user, __u32 n)
{
	__u32 end = data_end(w);
	if (n >= RECORD_TEXT)
		n = RECORD_TEXT - 1;
	VERIFIED(n);
	n &= RECORD_TEXT - 1;
	if (n == 0 || bpf_probe_read_user(w->data + end, n, user) < 0)
		return;
	w->head.lengths[which] = (__u16)n;
	w->end = end + n;
}

/* --- paths --- */

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

/* --- who --- */

static __always_inline struct kernfs_node *cgroup_node(struct task_struct *task)
{
	if (unified)
		return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	__u32 which = bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)
			      ? bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id)
			      : bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	struct cgroup_subsys_state *state = NULL;
	bpf_probe_read_kernel(&state, sizeof state,
		(char *)set + bpf_core_field_offset(struct css_set, subsys) + (which & 15) * sizeof state);
	return BPF_CORE_READ(state, cgroup, kn);
}

static __always_inline struct kernfs_node *node_parent(struct kernfs_node *node)
{
	if (bpf_core_field_exists(struct kernfs_node, __parent))
		return BPF_CORE_READ(node, __parent);
	return BPF_CORE_READ((struct kernfs_node___old *)node, parent);
}

typedef struct cgroup_walk {
	workroom *room;
	struct kernfs_node *node;
} cgroup_walk;

static long cgroup_step(__u32 index, void *of)
{
	cgroup_walk *k = of;
	workroom *w = k->room;
	struct kernfs_node *node = k->node, *above = node ? node_parent(node) : NULL;
	if (!above)
		return 1;
	w->data[data_end(w)] = '/';
	w->end++;
	long n = bpf_probe_read_kernel_str(w->data + data_end(w), NAME_MASK, BPF_CORE_READ(node, name));
	if (n <= 0)
		return 1;
	w->end += (__u32)n - 1;
	k->node = above;
	return 0;
}

/* The names of a cgroup and of those above it, from the innermost on, each with a slash before it. */
static __always_inline void section_cgroup(workroom *w, struct kernfs_node *node)
{
	cgroup_walk k = {.room = w, .node = node};
	__u32 begin = w->end;
	bpf_loop(CGROUP_DEPTH, cgroup_step, &k, 0);
	if (w->end == begin) { /* the root has no name */
		w->data[data_end(w)] = '/';
		w->end++;
	}
	w->head.lengths[SECTION_CGROUP] = (__u16)(w->end - begin);
}

static __always_inline __u32 pid_inner(struct pid *p)
{
	if (!p)
		return 0;
	__u32 level = BPF_CORE_READ(p, level);
	__u32 ret = 0;
	__u64 each = bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&ret, sizeof ret,
		(char *)p + bpf_core_field_offset(struct pid, numbers) + (level & 31) * each +
			bpf_core_field_offset(struct upid, nr));
	return ret;
}

static __always_inline __u32 pid_outer(struct pid *p)
{
	return p ? (__u32)BPF_CORE_READ(p, numbers[0].nr) : 0;
}

static __always_inline __u32 tty_of(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	if (!tty)
		return 0;
	__u32 major = (__u32)BPF_CORE_READ(tty, driver, major);
	__u32 minor = (__u32)(BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
	return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
}

static __always_inline void record_begin(workroom *w, record_kind kind)
{
	record *r = &w->head;
	w->end = 0;
	r->kind = kind;
	__builtin_memset(r->lengths, 0, sizeof r->lengths);
	__builtin_memset(&r->file, 0, sizeof r->file);
}

/* What every record says of who did it. */
static __always_inline void head_who(record *r, struct task_struct *task)
{
	r->time = bpf_ktime_get_boot_ns();
	r->cpu = (__u16)bpf_get_smp_processor_id();
	r->tid = (__u32)BPF_CORE_READ(task, pid);
	r->pid = (__u32)BPF_CORE_READ(task, tgid);
	r->parent = (__u32)BPF_CORE_READ(task, real_parent, tgid);
	r->uid = BPF_CORE_READ(task, cred, uid.val);
	r->gid = BPF_CORE_READ(task, cred, gid.val);
	r->login_uid = BPF_CORE_READ(task, loginuid.val);
	/* Behind the end of a name the kernel may have an older one. */
	__builtin_memset(r->comm, 0, sizeof r->comm);
	BPF_CORE_READ_STR_INTO(&r->comm, task, comm);
}

/* And what only those of processes do. */
static __always_inline void head_process(record *r, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	r->start = BPF_CORE_READ(task, start_boottime);
	r->tty = tty_of(task);
	r->vtid = pid_inner(BPF_CORE_READ(task, thread_pid));
	r->vpid = pid_inner(BPF_CORE_READ(task, group_leader, thread_pid));
	r->group = pid_outer(BPF_CORE_READ(task, signal, pids[PID_GROUP]));
	r->vgroup = pid_inner(BPF_CORE_READ(task, signal, pids[PID_GROUP]));
	r->session = pid_outer(BPF_CORE_READ(task, signal, pids[PID_SESSION]));
	bpf_core_read(&r->capabilities[0], sizeof(__u64), &cred->cap_permitted);
	bpf_core_read(&r->capabilities[1], sizeof(__u64), &cred->cap_effective);
	bpf_core_read(&r->capabilities[2], sizeof(__u64), &cred->cap_inheritable);
}

/* --- what it was done to --- */

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

/* --- sending --- */

static __always_inline void record_send(workroom *w)
{
	watch_counters *c = counters_get();
	/* Nobody is woken up for a record: the reader comes by itself every so often. */
	long status = bpf_ringbuf_output(&records, &w->head, sizeof w->head + data_end(w), BPF_RB_NO_WAKEUP);
	if (!c)
		return;
	if (status < 0)
		c->lost++;
	else
		c->sent++;
}

/* --- system calls --- */

static __always_inline __u64 call_arg(const record *r, __u32 index)
{
	switch (index) {
	case 0:
		return r->args[0];
	case 1:
		return r->args[1];
	case 2:
		return r->args[2];
	case 3:
		return r->args[3];
	case 4:
		return r->args[4];
	default:
		return r->args[5];
	}
}

static __always_inline void call_args(record *r, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	r->args[0] = BPF_CORE_READ(regs, di);
	r->args[1] = BPF_CORE_READ(regs, si);
	r->args[2] = BPF_CORE_READ(regs, dx);
	r->args[3] = BPF_CORE_READ(regs, r10);
	r->args[4] = BPF_CORE_READ(regs, r8);
	r->args[5] = BPF_CORE_READ(regs, r9);
}

/* The flags of an open, wherever they are. */
static __always_inline __u64 open_flags(const record *r, const call_plan *plan)
{
	__u64 flags = call_arg(r, plan->flags_arg - 1u);
	if (plan->flags_memory && bpf_probe_read_user(&flags, sizeof flags, (const void *)flags) < 0)
		flags = 0;
	return flags;
}

static __always_inline __u32 class_of(const record *r, const call_plan *plan)
{
	__u32 ret = r->result >= 0 ? CLASS_GOOD : 0;
	if (!plan->flags_arg)
		return ret;
	__u64 flags = open_flags(r, plan);
	ret |= (flags & OPEN_ACCESS) != OPEN_WRITE_ONLY ? CLASS_READ : 0;
	ret |= (flags & OPEN_ACCESS) != OPEN_READ_ONLY ? CLASS_WRITE : 0;
	ret |= flags & OPEN_TRUNCATE ? CLASS_TRUNCATE : 0;
	return ret | (flags & (OPEN_CREATE | OPEN_TEMPORARY) ? CLASS_CREATE : 0);
}

/* Which bits of a plan ask for this call: an unknown cgroup may be either. */
static __always_inline bool wanted(__u64 bits, __u32 class, __u8 cgroup)
{
	bool host = cgroup != CGROUP_CONTAINER && (bits >> class & 1);
	bool inside = cgroup != CGROUP_HOST && (bits >> (class | CLASS_CONTAINER) & 1);
	return host || inside;
}

static __always_inline bool sought(const __u64 *classes, __u32 class, __u8 cgroup)
{
	return classes && wanted(*classes, class, cgroup);
}

/* The classes for which a process is sought by name; NULL: none. */
static __always_inline const __u64 *process_named(struct task_struct *task)
{
	__u32 pid = (__u32)BPF_CORE_READ(task, tgid);
	return bpf_map_lookup_elem(&named, &pid);
}

static __always_inline void process_name(__u32 pid, const __u64 *classes)
{
	if (classes)
		bpf_map_update_elem(&named, &pid, classes, BPF_ANY);
	else
		bpf_map_delete_elem(&named, &pid);
}

static __always_inline const __u64 *prefix_known(workroom *w)
{
	__u32 start = w->start, n = RECORD_PATH - start;
	if (n > RECORD_PREFIX)
		n = RECORD_PREFIX;
	VERIFIED(n);
	n &= 2 * RECORD_PREFIX - 1;
	if (n == 0 || n > RECORD_PREFIX)
		return NULL;
	w->prefix.bits = n * 8;
	bpf_probe_read_kernel(w->prefix.text, n, w->path + (start & PATH_MASK));
	return bpf_map_lookup_elem(&prefixes, &w->prefix);
}

static __always_inline const __u64 *suffix_known(workroom *w)
{
	__u32 n = RECORD_PATH - w->start;
	w->suffix.bits = (n < RECORD_SUFFIX ? n : RECORD_SUFFIX) * 8;
	for (__u32 i = 0; i < RECORD_SUFFIX; i++)
		w->suffix.text[i] = w->path[RECORD_PATH - 1 - i];
	return bpf_map_lookup_elem(&suffixes, &w->suffix);
}

typedef struct raw_walk {
	workroom *room;
	bool found;
} raw_walk;

static long raw_step(__u32 index, void *of)
{
	raw_walk *k = of;
	char here = k->room->raw[index & (RECORD_RAW - 1)],
	     next = k->room->raw[(index + 1) & (RECORD_RAW - 1)];
	k->found = here == '.' && next == '.';
	return k->found || here == 0;
}

/* Whether the path as the call was given it has ".." in it; one that cannot be read, or not to its end, may have. */
static __always_inline bool traversal_given(workroom *w, const call_plan *plan)
{
	raw_walk k = {.room = w};
	if (plan->texts[0] == 0)
		return false;
	long n = bpf_probe_read_user_str(
		w->raw, RECORD_RAW, (const void *)call_arg(&w->head, plan->texts[0] - 1u));
	if (n < 0 || n == RECORD_RAW)
		return true;
	bpf_loop(RECORD_RAW - 1, raw_step, &k, 0);
	return k.found;
}

static __always_inline void call_texts(workroom *w, struct task_struct *task, const call_plan *plan)
{
	record *r = &w->head;
	if (plan->folder) {
		__s64 number = plan->folder == WORKING_FOLDER ? -1 : (int)call_arg(r, plan->folder - 1u);
		struct file *file = number >= 0 ? file_of(task, number) : NULL;
		struct fs_struct *fs = BPF_CORE_READ(task, fs);
		path_write(w, task, file ? &file->f_path : &fs->pwd);
		section_path(w, SECTION_FOLDER);
	}
	if (plan->texts[0])
		section_text(w, SECTION_TEXT, (const void *)call_arg(r, plan->texts[0] - 1u));
	if (plan->texts[1])
		section_text(w, SECTION_TEXT2, (const void *)call_arg(r, plan->texts[1] - 1u));
}

static __always_inline void call_address(workroom *w, const call_plan *plan)
{
	record *r = &w->head;
	const void *address = NULL;
	__u32 n = 0;
	if (plan->address) {
		address = (const void *)call_arg(r, plan->address - 1u);
		n = (__u32)call_arg(r, plan->address);
	} else if (plan->message) {
		struct user_message m = {0};
		bpf_probe_read_user(&m, sizeof m, (const void *)call_arg(r, plan->message - 1u));
		address = m.name;
		n = (__u32)m.name_bytes;
	}
	if (address && n)
		section_bytes(w, SECTION_ADDRESS, address, n < ADDRESS_MAX ? n : ADDRESS_MAX);
}

/* A system call came back. */
static __always_inline void call_told(__u32 call, long result)
{
	call_plan *plan = bpf_map_lookup_elem(&plans, &call);
	workroom *w = room_get();
	if (!plan || !w || (plan->wanted | plan->sought) == 0 || bpf_get_current_pid_tgid() >> 32 == own_pid)
		return;
	struct task_struct *task = bpf_get_current_task_btf();
	record *r = &w->head;
	record_begin(w, RECORD_CALL);
	r->call = (__u16)call;
	r->result = result;
	call_args(r, task);
	struct kernfs_node *node = cgroup_node(task);
	r->cgroup = BPF_CORE_READ(node, id);
	__u8 *known = bpf_map_lookup_elem(&cgroups, &r->cgroup);
	__u8 cgroup = known ? *known : CGROUP_UNKNOWN;
	__u32 class = class_of(r, plan);
	bool sure = wanted(plan->wanted, class, cgroup);
	if (!sure && !wanted(plan->sought, class, cgroup))
		return;
	if (!sure && wanted(plan->traversal, class, cgroup))
		sure = traversal_given(w, plan);
	if (!sure && wanted(plan->named, class, cgroup))
		sure = sought(process_named(task), class, cgroup);
	struct file *file = NULL;
	if (plan->descriptor == PLAN_RESULT)
		file = file_of(task, r->result);
	else if (plan->descriptor != PLAN_NONE)
		file = file_of(task, (int)call_arg(r, plan->descriptor - PLAN_ARG0));
	if (!file && !sure)
		return;
	if (file) {
		path_write(w, task, &file->f_path);
		if (!sure && w->whole && !sought(prefix_known(w), class, cgroup) &&
			!sought(suffix_known(w), class, cgroup))
			return;
		section_path(w, SECTION_DESCRIPTOR);
		file_read(&r->file, file);
	}
	head_who(r, task);
	call_texts(w, task, plan);
	call_address(w, plan);
	if (cgroup == CGROUP_UNKNOWN)
		section_cgroup(w, node);
	record_send(w);
}

/* One tracepoint a system call: the others pay least. */
SEC("tracepoint")
int one_call(struct sys_exit_context *context)
{
	call_told((__u32)context->call, context->result);
	return 0;
}

/* The tracepoint of all system calls, where those of each are not to be had. */
SEC("tp_btf/sys_exit")
int BPF_PROG(all_calls, struct pt_regs *regs, long result)
{
	call_told((__u32)BPF_CORE_READ(regs, orig_ax), result);
	return 0;
}

/* --- processes --- */

static __always_inline void section_range(
	workroom *w, record_section which, unsigned long from, unsigned long to)
{
	section_bytes(w, which, (const void *)from, to > from ? (__u32)(to - from) : 0);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old, struct linux_binprm *program)
{
	workroom *w = room_get();
	if (!w)
		return 0;
	record *r = &w->head;
	struct kernfs_node *node = cgroup_node(task);
	struct file *file = BPF_CORE_READ(program, file);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	record_begin(w, RECORD_EXEC);
	r->result = 0;
	r->cgroup = BPF_CORE_READ(node, id);
	head_who(r, task);
	head_process(r, task);
	process_name(r->pid, bpf_map_lookup_elem(&names, r->comm));
	file_read(&r->file, file);
	path_write(w, task, &file->f_path);
	section_path(w, SECTION_DESCRIPTOR);
	path_write(w, task, &fs->pwd);
	section_path(w, SECTION_FOLDER);
	section_range(w, SECTION_ARGUMENTS, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
	section_range(w, SECTION_ENVIRONMENT, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end));
	section_cgroup(w, node);
	record_send(w);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	workroom *w = room_get();
	/* Threads share what is known of their process. */
	if (!w || BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	record *r = &w->head;
	struct kernfs_node *node = cgroup_node(child);
	record_begin(w, RECORD_FORK);
	r->result = 0;
	r->cgroup = BPF_CORE_READ(node, id);
	head_who(r, child);
	head_process(r, child);
	const __u64 *classes = process_named(parent);
	if (classes)
		process_name(r->pid, classes);
	if (!bpf_map_lookup_elem(&cgroups, &r->cgroup))
		section_cgroup(w, node);
	record_send(w);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	workroom *w = room_get();
	if (!w || BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid))
		return 0;
	record *r = &w->head;
	record_begin(w, RECORD_EXIT);
	r->result = BPF_CORE_READ(task, exit_code);
	r->cgroup = 0;
	head_who(r, task);
	process_name(r->pid, NULL);
	record_send(w);
	return 0;
}
