/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Opens, execs and connects that are to fail, decided where they happen: by hooks of the security modules, and of cgroups for sockets. Only in
 * containers, and only by what can be known here for sure. */
#include "deny.h"
#include "cgroup.h"
#include "class.h"
#include "file.h"
#include "path.h"
#include "send.h"
#include "who.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum {
	ROOMS = 64,
	ROOMS_EACH = 8, /* a CPU looks for one among these first */
	DENIED = -1,    /* EPERM */
	NO_ROOM = -12,  /* ENOMEM */
	FLAG_EXEC = 0x20,
	CALL_CONNECT = 42,
	CALL_EXECVE = 59,
	CALL_OPENAT = 257,
	WORKING_FOLDER = -100,
	FAMILY_IPV4 = 2,
	FAMILY_IPV6 = 10,
	TYPE_STREAM = 1,
	TYPE_DATAGRAM = 2,
	PROTOCOL_ICMP = 1,
	PROTOCOL_ICMP6 = 58,
	NAME_BYTES = 16,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, deny_config);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, DENY_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, prefix_key);
	__type(value, deny_bits);
} deny_prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, DENY_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, suffix_key);
	__type(value, deny_bits);
} deny_suffixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, DENY_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, address_key);
	__type(value, deny_bits);
} deny_addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DENY_ENTRIES);
	__type(key, __u16);
	__type(value, deny_bits);
} deny_ports SEC(".maps");

/* Names that processes have right after an exec, */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DENY_ENTRIES);
	__type(key, char[NAME_BYTES]);
	__type(value, deny_bits);
} deny_names SEC(".maps");

/* and those that had one of them then, with what they forked since. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, deny_bits);
} deny_named SEC(".maps");

/* Set by the first open: a kernel may take programs for hooks that it never calls. */
bool hooks_called = false;

/* --- rooms: these programs may be interrupted by one another, so that a CPU's own would not do. Without one nothing can be decided; what
 * a rule may be true for then fails, or a container that takes all of them could do as it likes --- */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROOMS);
	__type(key, __u32);
	__type(value, workroom);
} lent SEC(".maps");

typedef struct room_walk {
	__u32 first, number;
	bool found;
} room_walk;

static long room_step(__u32 index, void *of)
{
	room_walk *k = of;
	__u32 number = (k->first + index) & (ROOMS - 1);
	workroom *w = bpf_map_lookup_elem(&lent, &number);
	k->number = number;
	k->found = w && __sync_val_compare_and_swap(&w->taken, 0, 1) == 0;
	return k->found;
}

/* NULL: all are taken. */
static __always_inline workroom *room_take(void)
{
	room_walk k = {.first = bpf_get_smp_processor_id() * ROOMS_EACH};
	bpf_loop(ROOMS, room_step, &k, 0);
	return k.found ? bpf_map_lookup_elem(&lent, &k.number) : NULL;
}

static __always_inline void room_give(workroom *w)
{
	__sync_val_compare_and_swap(&w->taken, 1, 0);
}

/* --- clauses --- */

static __always_inline const deny_config *config_get(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&config, &zero);
}

typedef struct container_walk {
	struct kernfs_node *node;
	__u8 known;
} container_walk;

static long container_step(__u32 index, void *of)
{
	container_walk *k = of;
	struct kernfs_node *node = k->node;
	__u64 id = BPF_CORE_READ(node, id);
	__u8 *known = bpf_map_lookup_elem(&cgroups, &id);
	k->known = known ? *known : CGROUP_UNKNOWN;
	k->node = node_parent(node);
	return known || !k->node;
}

/* Whether it is in a cgroup of a container, or in one that is below: a container may have made that this moment. */
static __always_inline bool is_inside(struct task_struct *task)
{
	container_walk k = {.node = cgroup_node(task)};
	bpf_loop(CGROUP_DEPTH, container_step, &k, 0);
	return k.known == CGROUP_CONTAINER;
}

/* Those for a call of this process; 0: it is not in a container, or no rule asks. */
static __always_inline __u64 clauses_of(
	const deny_config *c, struct task_struct *task, deny_hook hook, __u32 class)
{
	if (!is_inside(task))
		return 0;
	return c->active[hook][(class | CLASS_CONTAINER | CLASS_GOOD) & (CLASS_COUNT - 1)];
}

/* What is left of them when something of a group was looked up (NULL: it is none that any clause names). */
static __always_inline __u64 clauses_left(
	const deny_config *c, __u64 clauses, deny_group group, const deny_bits *found)
{
	if (!found)
		return clauses & ~c->must[group];
	return clauses & (~c->must[group] | found->must) & ~found->must_not;
}

/* By the path that was written last. Of one that is longer than 4 KiB the beginning is not known: it is taken to be what clauses ask for. */
static __always_inline __u64 clauses_by_path(const deny_config *c, workroom *w, __u64 clauses)
{
	const deny_bits *found = path_prefix(w) ? bpf_map_lookup_elem(&deny_prefixes, &w->prefix) : NULL;
	if (w->whole)
		clauses = clauses_left(c, clauses, DENY_START, found);
	path_suffix(w);
	return clauses_left(c, clauses, DENY_END, bpf_map_lookup_elem(&deny_suffixes, &w->suffix));
}

static __always_inline __u64 clauses_by_process(const deny_config *c, struct task_struct *task, __u64 clauses)
{
	__u32 pid = (__u32)BPF_CORE_READ(task, tgid);
	return clauses_left(c, clauses, DENY_NAME, bpf_map_lookup_elem(&deny_named, &pid));
}

/* --- telling --- */

static __always_inline record *denied_begin(workroom *w, struct task_struct *task, __u16 call, __u64 clauses)
{
	record *r = &w->head;
	record_begin(w, RECORD_CALL);
	__builtin_memset(r->args, 0, sizeof r->args);
	r->call = call;
	r->result = DENIED;
	r->denied = clauses;
	r->cgroup = BPF_CORE_READ(cgroup_node(task), id);
	head_who(r, task);
	return r;
}

/* --- opens --- */

static __always_inline __u64 open_denied(
	const deny_config *c, workroom *w, struct task_struct *task, struct file *file, __u64 clauses)
{
	path_write(w, task, &file->f_path);
	clauses = clauses_by_path(c, w, clauses);
	if (!clauses)
		return 0;
	record *r = denied_begin(w, task, CALL_OPENAT, clauses);
	r->args[0] = (__u64)WORKING_FOLDER;
	r->args[2] = BPF_CORE_READ(file, f_flags);
	file_read(&r->file, file);
	section_path(w, SECTION_DESCRIPTOR);
	record_send(w, BPF_RB_NO_WAKEUP);
	return clauses;
}

SEC("lsm/file_open")
int BPF_PROG(deny_open, struct file *file, int before)
{
	const deny_config *c = config_get();
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 flags = BPF_CORE_READ(file, f_flags);
	if (!hooks_called)
		hooks_called = true;
	if (before || !c || (flags & FLAG_EXEC))
		return before;
	__u64 clauses = clauses_by_process(c, task, clauses_of(c, task, DENY_OPEN, class_of_open(flags)));
	if (!clauses)
		return 0;
	workroom *w = room_take();
	if (!w)
		return NO_ROOM;
	clauses = open_denied(c, w, task, file, clauses);
	room_give(w);
	return clauses ? DENIED : 0;
}

/* --- execs --- */

typedef struct name_walk {
	workroom *room;
	__u32 start;
} name_walk;

static long name_step(__u32 index, void *of)
{
	name_walk *k = of;
	char here = k->room->data[index & (RECORD_TEXT - 1)];
	if (here == '/')
		k->start = index + 1;
	return here == 0;
}

/* As the process will be called: the last part of what it was started by; of a descriptor (execveat(2), from Linux 6.14 on) that of the
 * file. */
static __always_inline __u64 clauses_by_new_name(
	const deny_config *c, workroom *w, struct linux_binprm *program, __u64 clauses)
{
	char name[NAME_BYTES] = "";
	name_walk k = {.room = w};
	if (bpf_core_field_exists(program->comm_from_dentry) &&
		BPF_CORE_READ_BITFIELD_PROBED(program, comm_from_dentry)) {
		bpf_probe_read_kernel_str(
			name, sizeof name, BPF_CORE_READ(program, file, f_path.dentry, d_name.name));
	} else {
		bpf_probe_read_kernel_str(w->data, RECORD_TEXT, BPF_CORE_READ(program, filename));
		bpf_loop(RECORD_TEXT, name_step, &k, 0);
		bpf_probe_read_kernel_str(name, sizeof name, w->data + (k.start & (RECORD_TEXT - 1)));
	}
	return clauses_left(c, clauses, DENY_NAME, bpf_map_lookup_elem(&deny_names, name));
}

/* A script is no program: the one that is to read it comes here next. */
static __always_inline bool is_script(const struct linux_binprm *program)
{
	char mark[2] = "";
	bpf_core_read(mark, sizeof mark, &program->buf);
	return mark[0] == '#' && mark[1] == '!';
}

static __always_inline __u32 class_of_program(struct file *file)
{
	char name[8] = "";
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	bpf_probe_read_kernel_str(name, sizeof name, BPF_CORE_READ(file, f_path.dentry, d_name.name));
	const char memory_name[] = "memfd:";
	bool memory = BPF_CORE_READ(inode, i_sb, s_magic) == MEMORY_MAGIC;
	for (__u32 i = 0; i < sizeof memory_name - 1; i++)
		memory = memory && name[i] == memory_name[i];
	return (overlay_of(inode) == 1 ? CLASS_UPPER : 0) | (memory ? CLASS_MEMORY : 0);
}

/* The program; of a script what it was started by. */
static __always_inline void section_program(workroom *w, struct linux_binprm *program)
{
	const char *filename = BPF_CORE_READ(program, filename);
	if (filename == BPF_CORE_READ(program, interp)) {
		section_path(w, SECTION_TEXT);
		section_end_text(w, SECTION_TEXT);
		return;
	}
	long n = bpf_probe_read_kernel_str(w->data, RECORD_TEXT, filename);
	if (n <= 0)
		return;
	w->head.lengths[SECTION_TEXT] = (__u16)n;
	w->end = (__u32)n;
}

static __always_inline __u64 exec_denied(const deny_config *c, workroom *w, struct task_struct *task,
	struct linux_binprm *program, __u64 clauses)
{
	struct file *file = BPF_CORE_READ(program, file);
	path_write(w, task, &file->f_path);
	clauses = clauses_by_new_name(c, w, program, clauses_by_path(c, w, clauses));
	if (!clauses)
		return 0;
	record *r = denied_begin(w, task, CALL_EXECVE, clauses);
	section_program(w, program);
	file_read(&r->file, file);
	record_send(w, BPF_RB_NO_WAKEUP);
	return clauses;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(deny_exec, struct linux_binprm *program, int before)
{
	const deny_config *c = config_get();
	struct task_struct *task = bpf_get_current_task_btf();
	if (before || !c || is_script(program))
		return before;
	__u64 clauses = clauses_of(c, task, DENY_EXEC, class_of_program(BPF_CORE_READ(program, file)));
	if (!clauses)
		return 0;
	workroom *w = room_take();
	if (!w)
		return NO_ROOM;
	clauses = exec_denied(c, w, task, program, clauses);
	room_give(w);
	return clauses ? DENIED : 0;
}

/* --- connects --- */

/* The address as the call was given it (struct sockaddr_in, sockaddr_in6). */
static __always_inline void section_address(workroom *w, __u16 family, __u16 port, const address_key *key)
{
	bool wide = family == FAMILY_IPV6;
	w->end = wide ? 28 : 16;
	__builtin_memset(w->data, 0, 28);
	__builtin_memcpy(w->data, &family, sizeof family);
	__builtin_memcpy(w->data + 2, &port, sizeof port);
	if (wide)
		__builtin_memcpy(w->data + 8, key->address, 16);
	else
		__builtin_memcpy(w->data + 4, key->address + 12, 4);
	w->head.lengths[SECTION_ADDRESS] = (__u16)w->end;
}

/* An address of IPv4, whatever the family of the socket. */
static __always_inline bool is_mapped(const address_key *key)
{
	__u64 zero = 0;
	__u32 mark = 0;
	__builtin_memcpy(&zero, key->address, sizeof zero);
	__builtin_memcpy(&mark, key->address + 8, sizeof mark);
	return zero == 0 && mark == __builtin_bswap32(0xffff);
}

typedef struct connect_to {
	__u32 type, protocol;
	__u16 family, port; /* the port in the order of the network */
	address_key key;
} connect_to;

/* As events have it: what comes as a stream is called TCP. */
static __always_inline __u32 class_of_socket(const connect_to *to)
{
	if (to->protocol == PROTOCOL_ICMP || to->protocol == PROTOCOL_ICMP6)
		return 0;
	return to->type == TYPE_STREAM ? CLASS_TCP : to->type == TYPE_DATAGRAM ? CLASS_UDP : 0;
}

/* Whether it is to fail. */
static __always_inline bool connect_denied(const connect_to *to)
{
	const deny_config *c = config_get();
	struct task_struct *task = bpf_get_current_task_btf();
	__u16 number = __builtin_bswap16(to->port);
	__u32 class = (is_mapped(&to->key) ? 0 : CLASS_IPV6) | class_of_socket(to);
	if (!c)
		return false;
	__u64 clauses = clauses_of(c, task, DENY_CONNECT, class);
	clauses = clauses_left(c, clauses, DENY_ADDRESS, bpf_map_lookup_elem(&deny_addresses, &to->key));
	clauses = clauses_left(c, clauses, DENY_PORT, bpf_map_lookup_elem(&deny_ports, &number));
	clauses = clauses_by_process(c, task, clauses);
	if (!clauses)
		return false;
	workroom *w = room_take();
	if (!w)
		return true;
	record *r = denied_begin(w, task, CALL_CONNECT, clauses);
	r->file.mode = MODE_SOCKET;
	r->file.family = to->family;
	r->file.socket_type = (__u16)to->type;
	r->file.protocol = (__u16)to->protocol;
	section_address(w, to->family, to->port, &to->key);
	record_send(w, BPF_RB_NO_WAKEUP);
	room_give(w);
	return true;
}

static __always_inline void key_ipv4(address_key *key, __u32 address)
{
	key->address[10] = key->address[11] = 0xff;
	__builtin_memcpy(key->address + 12, &address, sizeof address);
}

/* Those of cgroups are asked for TCP, UDP and ICMP only; they give 1 for what may go on. */
SEC("cgroup/connect4")
int deny_connect4(struct bpf_sock_addr *given)
{
	connect_to to = {.type = given->type,
		.protocol = given->protocol,
		.family = FAMILY_IPV4,
		.port = (__u16)given->user_port,
		.key.bits = 128};
	key_ipv4(&to.key, given->user_ip4);
	return !connect_denied(&to);
}

SEC("cgroup/connect6")
int deny_connect6(struct bpf_sock_addr *given)
{
	__u32 parts[4] = {given->user_ip6[0], given->user_ip6[1], given->user_ip6[2], given->user_ip6[3]};
	connect_to to = {.type = given->type,
		.protocol = given->protocol,
		.family = FAMILY_IPV6,
		.port = (__u16)given->user_port,
		.key.bits = 128};
	__builtin_memcpy(to.key.address, parts, sizeof parts);
	return !connect_denied(&to);
}

/* struct sockaddr_in, sockaddr_in6. */
typedef struct socket_address {
	__u16 family, port;
	__u32 ipv4;
	__u8 ipv6[16];
} socket_address;

/* That of security modules is asked for all protocols: MPTCP, SCTP, raw ones. */
SEC("lsm/socket_connect")
int BPF_PROG(deny_connect, struct socket *socket, struct sockaddr *address, int bytes, int before)
{
	socket_address given = {0};
	__u32 n = (__u32)bytes < sizeof given ? (__u32)bytes : sizeof given;
	if (before)
		return before;
	VERIFIED(n);
	if (n <= sizeof given)
		bpf_probe_read_kernel(&given, n, address);
	connect_to to = {.type = (__u16)BPF_CORE_READ(socket, type),
		.protocol = BPF_CORE_READ(socket, sk, sk_protocol),
		.family = given.family,
		.port = given.port,
		.key.bits = 128};
	if (given.family == FAMILY_IPV4)
		key_ipv4(&to.key, given.ipv4);
	else if (given.family == FAMILY_IPV6)
		__builtin_memcpy(to.key.address, given.ipv6, sizeof given.ipv6);
	else
		return 0;
	return connect_denied(&to) ? DENIED : 0;
}

/* --- names of processes --- */

static __always_inline void process_name(__u32 pid, const deny_bits *bits)
{
	if (bits)
		bpf_map_update_elem(&deny_named, &pid, bits, BPF_ANY);
	else
		bpf_map_delete_elem(&deny_named, &pid);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(name_exec, struct task_struct *task, int old, struct linux_binprm *program)
{
	char name[NAME_BYTES] = "";
	BPF_CORE_READ_STR_INTO(&name, task, comm);
	process_name((__u32)BPF_CORE_READ(task, tgid), bpf_map_lookup_elem(&deny_names, name));
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(name_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 pid = (__u32)BPF_CORE_READ(parent, tgid);
	const deny_bits *bits = bpf_map_lookup_elem(&deny_named, &pid);
	if (bits && BPF_CORE_READ(child, pid) == BPF_CORE_READ(child, tgid))
		process_name((__u32)BPF_CORE_READ(child, tgid), bits);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(name_exit, struct task_struct *task)
{
	if (is_last(task))
		process_name((__u32)BPF_CORE_READ(task, tgid), NULL);
	return 0;
}
