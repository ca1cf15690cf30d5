/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces by the inodes of /proc/PID/ns (namespaces(7)). Those of the host have fixed numbers (linux/nsfs.h), older kernels for all but net and mnt:
 * they stand in where the first process may not be looked at. */
#include "kernel/inside.h"

#include <unistd.h>

typedef LIST(const kernel_container *) container_list;

const char *const kernel_namespace_names[NAMESPACE_COUNT] = {
	"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};

static const uint64_t initial[NAMESPACE_COUNT] = {
	[NAMESPACE_CGROUP] = 4026531835,
	[NAMESPACE_IPC] = 4026531839,
	[NAMESPACE_MNT] = 4026531832,
	[NAMESPACE_NET] = 4026531833,
	[NAMESPACE_PID] = 4026531836,
	[NAMESPACE_USER] = 4026531837,
	[NAMESPACE_UTS] = 4026531838,
};

/* "net:[4026531833]" */
static look read_inode(kernel *k, int32_t pid, kernel_namespace which, uint64_t *ret)
{
	arena scratch = {0};
	span target;
	look found = kernel_link(k, &scratch, &target, "proc/%d/ns/%s", pid, kernel_namespace_names[which]);
	if (found == LOOK_FOUND) {
		size_t start = span_find_byte(target, '[');
		span number = start == SPAN_NONE ? (span){0} : span_from(target, start + 1);
		number = span_sub(number, 0, span_find_byte(number, ']'));
		found = proc_number(number, 10, ret) ? LOOK_FOUND : LOOK_NOTHING;
	}
	arena_done(&scratch);
	return found;
}

look kernel_namespace_of(kernel *k, int32_t pid, kernel_namespace which, uint64_t *ret)
{
	kernel_process *p = kernel_process_get(k, pid);
	if (!p)
		return read_inode(k, pid, which, ret);
	if (!p->namespaces[which].looked) {
		p->namespaces[which].found = read_inode(k, p->thread, which, &p->namespaces[which].inode);
		p->namespaces[which].looked = true;
	}
	if (p->namespaces[which].found == LOOK_FOUND)
		*ret = p->namespaces[which].inode;
	return p->namespaces[which].found;
}

static void read_host(kernel *k)
{
	for (unsigned i = 0; i < NAMESPACE_COUNT; i++) {
		bool varies = i == NAMESPACE_NET || i == NAMESPACE_MNT;
		k->namespaces[i] = initial[i];
		if (kernel_namespace_of(k, 1, (kernel_namespace)i, &k->namespaces[i]) != LOOK_FOUND &&
			varies && k->live)
			kernel_namespace_of(k, getpid(), (kernel_namespace)i, &k->namespaces[i]);
	}
	k->namespaces_read = true;
}

uint64_t kernel_namespace_host(kernel *k, kernel_namespace which)
{
	if (!k->namespaces_read)
		read_host(k);
	return k->namespaces[which];
}

static span owner_key(kernel *k, unsigned which, uint64_t inode)
{
	return arena_format(&k->arena, "%u:%llu", which, (unsigned long long)inode);
}

static void read_owners(kernel *k)
{
	const kernel_containers *all = kernel_find_containers(k);
	uint64_t inode;
	k->owners_read = true;
	for (uint32_t i = 0; i < all->count; i++)
		for (unsigned which = 0; which < NAMESPACE_COUNT; which++) {
			if (kernel_namespace_of(k, all->items[i]->pid, (kernel_namespace)which, &inode) !=
				LOOK_FOUND)
				continue;
			span key = owner_key(k, which, inode);
			container_list *list = map_get(&k->owners, key);
			if (!list) {
				list = arena_alloc(&k->arena, sizeof *list);
				map_set(&k->owners, &k->arena, key, list);
			}
			if (list->count < 2) /* one that is another is enough */
				list_push(&k->arena, list, all->items[i]);
		}
}

const kernel_container *kernel_namespace_owner(
	kernel *k, kernel_namespace which, uint64_t inode, const kernel_container *not_this)
{
	if (!k->owners_read)
		read_owners(k);
	const container_list *list = map_get(&k->owners, owner_key(k, which, inode));
	for (uint32_t i = 0; list && i < list->count; i++)
		if (list->items[i] != not_this)
			return list->items[i];
	return NULL;
}
