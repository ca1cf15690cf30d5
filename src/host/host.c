/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a host. */
#include "host/host.h"

#include "base/limits.h"
#include "host/reader.h"

static span small_file(host_reader *r, const char *path)
{
	error e;
	span bytes = {0};
	if (host_root_read(&r->root, path, LIMIT_FILE_BYTES, r->arena, &bytes, &e) < 0 &&
		e.code != ERROR_ABSENT)
		host_problem(r, &e);
	return bytes;
}

/* The first process sees the mounts of the host; who may not look at it sees its own. */
static span read_mountinfo(host_reader *r)
{
	error e;
	span bytes = {0};
	if (host_root_read(&r->root, "/proc/1/mountinfo", LIMIT_FILE_BYTES, r->arena, &bytes, &e) < 0 ||
		!bytes.n)
		host_root_read(&r->root, "/proc/self/mountinfo", LIMIT_FILE_BYTES, r->arena, &bytes, &e);
	return bytes;
}

static void read_audit_file(host_reader *r, const char *path, audit_rules *into)
{
	error e;
	span bytes;
	if (host_root_read(&r->root, path, LIMIT_HOST_FILE, r->arena, &bytes, &e) >= 0)
		audit_rules_parse(bytes, r->arena, into);
	else if (e.code != ERROR_ABSENT)
		r->audit_unknown = arena_string(r->arena, span_of(e.text));
}

/* The files, of which augenrules(8) makes what is loaded at the next start: what the kernel has loaded now can be told by auditctl alone. */
static void read_audit(host_reader *r)
{
	error e;
	host_names names = {0};
	if (host_root_names(&r->root, "/etc/audit/rules.d", r->arena, &names, &e) < 0 &&
		e.code != ERROR_ABSENT)
		r->audit_unknown = arena_string(r->arena, span_of(e.text));
	for (uint32_t i = 0; i < names.count; i++)
		if (span_ends(span_of(names.items[i]), SPAN(".rules")))
			read_audit_file(r, arena_format(r->arena, "/etc/audit/rules.d/%s", names.items[i]).p,
				&r->audit[0]);
	read_audit_file(r, "/etc/audit/audit.rules", &r->audit[1]);
}

void host_read(const host_request *q, bundle *b)
{
	error e;
	host_reader r = {.request = q, .bundle = b, .arena = b->arena, .root = {.fd = -1}};
	if (host_root_open(q->root, &r.root, &e) < 0) {
		host_problem(&r, &e);
		return;
	}
	accounts_parse(small_file(&r, "/etc/passwd"), small_file(&r, "/etc/group"), r.arena, &r.accounts);
	processes_find(&r.root, r.arena, &r.processes);
	r.mountinfo = read_mountinfo(&r);
	read_audit(&r);
	host_page page;
	host_page_open(&r, "host", &page);
	host_read_kernel(&page);
	host_page_close(&page);
	host_read_docker(&r);
	host_read_podman(&r);
	host_read_containerd(&r);
	host_root_close(&r.root);
}
