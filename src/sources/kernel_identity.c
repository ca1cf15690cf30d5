/* SPDX-License-Identifier: Apache-2.0
 *
 * Who a container is and what it may do: user, groups, capabilities, no_new_privs, seccomp, LSM label, namespaces, the command. */
#include "sources/capability_set.h"
#include "sources/kernel_enforced.h"

enum {
	EFFECTIVE = 1,
	OVERFLOW_ID = 65534
}; /* ids that have no number in a user namespace show as nobody's */

static origin line_origin(enforced *r, span line)
{
	return evidence_add(r->evidence, enforced_place(r, "status"), line);
}

static uint32_t inside(const proc_id_map *map, uint32_t outside)
{
	uint32_t id = OVERFLOW_ID;
	if (!map->count || map->identity) /* nothing said: as on the host */
		return outside;
	proc_id_inside(map, outside, &id);
	return id;
}

static void read_user(enforced *r)
{
	const proc_status *s = &r->first;
	origin at = line_origin(r, s->line[STATUS_UID]);
	line_origin(r, s->line[STATUS_GID]);
	span user = arena_format(
		r->arena, "%u:%u", inside(&r->uids, s->uid[EFFECTIVE]), inside(&r->gids, s->gid[EFFECTIVE]));
	posture_set_user(r->posture, KNOWN_ENFORCED, user, at);
	posture_set_number(r->posture, FACT_host_uid, KNOWN_ENFORCED, s->uid[EFFECTIVE], at);
}

static void read_groups(enforced *r)
{
	enum { MOST_GROUPS = 65536 }; /* NGROUPS_MAX */
	origin at = line_origin(r, r->first.line[STATUS_GROUPS]);
	span rest = r->first.groups, word;
	posture_set_list(r->posture, FACT_groups, KNOWN_ENFORCED, at, r->arena);
	for (int n = 0; n < MOST_GROUPS && span_word(&rest, &word); n++) {
		uint64_t id;
		if (!proc_number(word, 10, &id) || id > UINT32_MAX)
			continue;
		item *x = posture_add(r->posture, FACT_groups, at, r->arena);
		item_set_text(
			x, MEMBER_group_name, arena_format(r->arena, "%u", inside(&r->gids, (uint32_t)id)));
	}
}

static void read_capabilities(enforced *r)
{
	const struct {
		const char *key;
		fact_id fact;
		uint64_t set;
	} sets[] = {{"CapInh", FACT_caps_inheritable, r->first.inheritable},
		{"CapPrm", FACT_caps_permitted, r->first.permitted},
		{"CapEff", FACT_caps_effective, r->first.effective},
		{"CapBnd", FACT_caps_bounding, r->first.bounding},
		{"CapAmb", FACT_caps_ambient, r->first.ambient}};
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		origin at = line_origin(r, proc_status_line(r->first_bytes, sets[i].key));
		capability_set_facts(r->posture, sets[i].fact, KNOWN_ENFORCED, sets[i].set, at, r->arena);
		if (sets[i].fact == FACT_caps_bounding)
			capability_set_difference(r->posture, KNOWN_ENFORCED, sets[i].set, at, r->arena);
	}
}

static void read_confinement(enforced *r)
{
	static const char *const modes[] = {"unconfined", "strict", "filter"};
	const proc_status *s = &r->first;
	if (s->no_new_privileges >= 0)
		posture_set_truth(r->posture, FACT_no_new_privileges, KNOWN_ENFORCED,
			s->no_new_privileges > 0, line_origin(r, s->line[STATUS_NO_NEW_PRIVILEGES]));
	if (s->seccomp >= 0 && s->seccomp < (int)(sizeof modes / sizeof *modes))
		posture_set_text(r->posture, FACT_seccomp, KNOWN_ENFORCED, span_of(modes[s->seccomp]),
			line_origin(r, s->line[STATUS_SECCOMP]));
}

/* Categories keep containers of one type apart, as long as no two have the same. */
static void read_level(enforced *r, span label, span level, origin at)
{
	posture_set_text(r->posture, FACT_selinux_level, KNOWN_ENFORCED, level, at);
	const kernel_container *other = span_find_byte(level, ':') == SPAN_NONE
						? NULL
						: kernel_label_owner(r->kernel, label, r->container);
	if (other)
		posture_set_text(r->posture, FACT_selinux_shared, KNOWN_ENFORCED,
			arena_copy(r->arena, other->name.n ? other->name : other->id), at);
}

/* "system_u:system_r:container_t:s0:c1,c2" */
static bool read_selinux(enforced *r, span label, origin at)
{
	span user, role, type, rest = label;
	if (!span_cut(&rest, ':', &user) || !span_cut(&rest, ':', &role) || !span_cut(&rest, ':', &type) ||
		!rest.n)
		return false;
	posture_set_text(r->posture, FACT_selinux_user, KNOWN_ENFORCED, user, at);
	posture_set_text(r->posture, FACT_selinux_role, KNOWN_ENFORCED, role, at);
	posture_set_text(r->posture, FACT_selinux_type, KNOWN_ENFORCED, type, at);
	posture_set_truth(r->posture, FACT_selinux_disabled, KNOWN_ENFORCED, span_is(type, "spc_t"), at);
	read_level(r, label, rest, at);
	return true;
}

/* "docker-default (enforce)", "unconfined". In complain mode everything is let through and only told. */
static void read_apparmor(enforced *r, span label, origin at)
{
	size_t mode = span_find(label, SPAN(" ("));
	bool complains = span_ends(label, SPAN(" (complain)"));
	posture_set_text(r->posture, FACT_apparmor, KNOWN_ENFORCED,
		complains ? SPAN("unconfined") : span_sub(label, 0, mode), at);
}

static void read_label(enforced *r)
{
	span label;
	const char *file;
	look found = kernel_label(r->kernel, r->container, r->arena, &label, &file);
	enforced_refuse(r, "attr/current", found);
	if (found != LOOK_FOUND)
		return;
	origin at = evidence_add(r->evidence, enforced_place(r, file), label);
	if (!read_selinux(r, label, at))
		read_apparmor(r, label, at);
}

/* ["a", "b c"] */
static void read_command(enforced *r)
{
	span bytes, word;
	auto_buffer out = {0};
	if (enforced_read(r, "cmdline", &bytes) != LOOK_FOUND || !bytes.n)
		return;
	while (span_cut(&bytes, 0, &word)) /* a 0 byte behind each */
		buffer_format(&out, "%s\"%.*s\"", out.n ? ", " : "[", SPAN_ARG(word));
	buffer_add_byte(&out, ']');
	span command = arena_copy(r->arena, buffer_span(&out));
	posture_set_text(r->posture, FACT_command, KNOWN_ENFORCED, command,
		evidence_add(r->evidence, enforced_place(r, "cmdline"), command));
}

void enforced_identity(enforced *r)
{
	read_user(r);
	read_groups(r);
	read_capabilities(r);
	read_confinement(r);
	read_label(r);
	read_command(r);
	if (r->container->runtime.n)
		posture_set_text(r->posture, FACT_runtime, KNOWN_ENFORCED,
			arena_copy(r->arena, r->container->runtime),
			evidence_add(r->evidence, "the process that holds it", r->container->runtime));
}

/* --- namespaces --- */

static const struct {
	kernel_namespace which;
	fact_id fact;
	const char *file;
} kinds[] = {
	{NAMESPACE_NET, FACT_network_mode, "ns/net"},
	{NAMESPACE_PID, FACT_pid_namespace, "ns/pid"},
	{NAMESPACE_IPC, FACT_ipc_namespace, "ns/ipc"},
	{NAMESPACE_UTS, FACT_uts_namespace, "ns/uts"},
	{NAMESPACE_CGROUP, FACT_cgroup_namespace, "ns/cgroup"},
};

/* Only the loopback device. */
static bool has_no_network(enforced *r)
{
	span bytes, line;
	int devices = 0, others = 0;
	if (kernel_read(r->kernel, r->arena, &bytes, "proc/%d/net/dev", r->container->thread) != LOOK_FOUND)
		return false;
	while (proc_line(&bytes, &line)) {
		size_t colon = span_find_byte(line, ':'); /* the two lines of the head have none */
		if (colon == SPAN_NONE)
			continue;
		devices++;
		others += !span_is(span_trim(span_sub(line, 0, colon)), "lo");
	}
	return devices && !others;
}

static span describe(enforced *r, kernel_namespace which, uint64_t inode)
{
	if (inode == kernel_namespace_host(r->kernel, which))
		return SPAN("host");
	const kernel_container *other = kernel_namespace_owner(r->kernel, which, inode, r->container);
	if (other)
		return arena_format(r->arena, "container:%.*s", SPAN_ARG(other->id));
	return which == NAMESPACE_NET && has_no_network(r) ? SPAN("none") : SPAN("private");
}

/* "net:[4026532001]": the number is another one with each start. */
static origin namespace_origin(enforced *r, const char *file, const char *name, uint64_t inode)
{
	span words = arena_format(r->arena, "%s:[%llu]", name, (unsigned long long)inode);
	return evidence_add_part(
		r->evidence, enforced_place(r, file), words, span_sub(words, 0, strlen(name)));
}

static void read_user_namespace(enforced *r)
{
	uint64_t inode;
	look found = kernel_namespace_of(r->kernel, r->container->pid, NAMESPACE_USER, &inode);
	if (found == LOOK_FOUND) {
		r->own_users = inode != kernel_namespace_host(r->kernel, NAMESPACE_USER);
		posture_set_text(r->posture, FACT_user_namespace, KNOWN_ENFORCED,
			r->own_users ? SPAN("private") : SPAN("host"),
			namespace_origin(r, "ns/user", "user", inode));
		return;
	}
	if (!r->uids.count) { /* the map is readable for all; nothing was ever written into it */
		enforced_refuse(r, "ns/user", found);
		return;
	}
	r->own_users = !r->uids.identity;
	posture_set_text(r->posture, FACT_user_namespace, KNOWN_ENFORCED,
		r->own_users ? SPAN("private") : SPAN("host"),
		evidence_add(r->evidence, enforced_place(r, "uid_map"),
			r->uids.identity ? SPAN("0 0 4294967295") : SPAN("its own")));
}

void enforced_namespaces(enforced *r)
{
	read_user_namespace(r);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		uint64_t inode;
		look found = kernel_namespace_of(r->kernel, r->container->pid, kinds[i].which, &inode);
		enforced_refuse(r, kinds[i].file, found);
		if (found == LOOK_FOUND)
			posture_set_text(r->posture, kinds[i].fact, KNOWN_ENFORCED,
				describe(r, kinds[i].which, inode),
				namespace_origin(
					r, kinds[i].file, kernel_namespace_names[kinds[i].which], inode));
		else if (kinds[i].which == NAMESPACE_PID && r->first.pid_depth > 1)
			posture_set_text(r->posture, kinds[i].fact, KNOWN_ENFORCED, SPAN("private"),
				evidence_add(r->evidence, enforced_place(r, "status"),
					proc_status_line(r->first_bytes, "NSpid")));
	}
}
