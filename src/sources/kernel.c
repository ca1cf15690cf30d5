/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel enforces on one container. */
#include "sources/kernel.h"

#include "base/files.h"
#include "sources/kernel_enforced.h"

const char *enforced_place(const enforced *r, const char *file)
{
	return arena_format(r->arena, "/proc/%d/%s", r->container->thread, file).p;
}

void enforced_refuse(enforced *r, const char *name, look found)
{
	if (found == LOOK_REFUSED)
		list_push(r->arena, &r->refused, name);
}

look enforced_read(enforced *r, const char *file, span *ret)
{
	look found = kernel_read(r->kernel, r->arena, ret, "proc/%d/%s", r->container->thread, file);
	enforced_refuse(r, file, found);
	return found;
}

static bool is_served(const proc_mount *m)
{
	return span_starts(m->type, SPAN("fuse")) ||
	       span_in(m->type, "autofs nfs nfs4 cifs smb3 9p ceph virtiofs afs");
}

bool enforced_waits(const enforced *r, span path)
{
	const proc_mount *m = map_get(&r->targets, SPAN("/"));
	bool waits = m && is_served(m);
	for (size_t end = 1; !waits && end <= path.n; end++)
		if (end == path.n || path.p[end] == '/') {
			m = map_get(&r->targets, span_sub(path, 0, end));
			waits = m && is_served(m);
		}
	return waits;
}

/* One problem for all that may not be read. */
static void tell_refused(enforced *r)
{
	auto_buffer names = {0};
	for (uint32_t i = 0; i < r->refused.count; i++)
		buffer_format(&names, "%s%s", i ? ", " : "", r->refused.items[i]);
	if (!r->refused.count)
		return;
	span message = arena_format(r->arena, "/proc/%d: permission denied: run as root to see %.*s",
		r->container->pid, SPAN_ARG(buffer_span(&names)));
	bundle_add_problem(r->bundle, r->evidence->text, 0, 0, message.p);
}

/* In the host's user namespace ids are what they are. */
static void read_maps(enforced *r)
{
	span bytes;
	uint64_t inode;
	if (kernel_namespace_of(r->kernel, r->container->pid, NAMESPACE_USER, &inode) == LOOK_FOUND &&
		inode == kernel_namespace_host(r->kernel, NAMESPACE_USER))
		return;
	proc_id_map_read(enforced_read(r, "uid_map", &bytes) == LOOK_FOUND ? bytes : (span){0}, &r->uids);
	proc_id_map_read(enforced_read(r, "gid_map", &bytes) == LOOK_FOUND ? bytes : (span){0}, &r->gids);
}

/* Of one that is ending the kernel shows the roots of all hierarchies as its cgroups (of version 1), where everything is allowed. */
static bool is_ending(enforced *r)
{
	span bytes;
	return enforced_read(r, "stat", &bytes) == LOOK_FOUND && proc_stat_exiting(bytes);
}

/* False when its first process has ended, or is about to. */
static bool read_first(enforced *r)
{
	const kernel_process *p = kernel_process_find(r->kernel, r->container->pid);
	span bytes;
	if (!p)
		return false;
	r->first = p->status;
	r->first_bytes = p->bytes;
	read_maps(r);
	if (kernel_cgroup_text(r->kernel, p->pid, r->arena, &r->cgroup) != LOOK_FOUND)
		r->cgroup = (span){0};
	if (is_ending(r))
		return false;
	if (enforced_read(r, "mountinfo", &bytes) == LOOK_FOUND)
		proc_mounts_read(bytes, r->arena, &r->mounts);
	list_each(const proc_mount, m, &r->mounts) /* the last one covers the others */
		map_set(&r->targets, r->arena, m->target, (void *)(uintptr_t)m);
	enforced_refuse(r, "root", kernel_root_open(r->kernel, p->thread, &r->root));
	return true;
}

void kernel_posture(kernel *k, const kernel_container *c, const kernel_request *request, evidence *v,
	posture *p, bundle *b)
{
	enforced r = {.kernel = k,
		.container = c,
		.request = request,
		.evidence = v,
		.posture = p,
		.bundle = b,
		.arena = v->arena,
		.root = -1};
	if (read_first(&r)) {
		enforced_identity(&r);
		enforced_namespaces(&r);
		enforced_mounts(&r);
		enforced_resources(&r);
		enforced_secrets(&r);
		enforced_listening(&r);
		enforced_tasks(&r);
		enforced_descriptors(&r);
		if (request->set_uid)
			enforced_set_uid(&r);
		tell_refused(&r);
	}
	if (r.root >= 0)
		close(r.root);
}
