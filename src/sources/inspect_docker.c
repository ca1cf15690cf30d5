/* SPDX-License-Identifier: Apache-2.0
 *
 * What only Docker says: capabilities as they were asked for, relative to its own default; the user namespace, the cgroup namespace, the runtime. */
#include "kernel/capability.h"
#include "sources/capability_set.h"
#include "sources/inspect_read.h"

/* Names with or without CAP_, in any case, or ALL. */
static uint64_t asked_read(const inspect_reader *r, fact_id fact, const char *path)
{
	const tree_facts *f = &r->facts;
	const node *list = inspect_at(r, path);
	bool given = node_is_list(list) && list->count;
	origin at = tree_facts_say(f, path, list);
	posture_set_list(f->posture, fact, given ? f->said : f->silent, at, f->arena);
	for (uint32_t i = 0; given && i < list->count; i++) {
		span written = node_text(list->items[i]);
		if (written.n == 0)
			continue;
		item *x = posture_add(f->posture, fact, at, f->arena);
		item_set_text(x, MEMBER_capability_name, value_capability(written, f->arena));
		item_set_text(x, MEMBER_capability_written, written);
	}
	return capability_set_of(f->posture, fact);
}

/* What the engine makes of them: all when privileged; with ALL added, all but what is dropped by name; with ALL dropped, what is added; else the
 * default without what is dropped, and then what is added. */
static uint64_t bounding(bool privileged, uint64_t added, uint64_t dropped)
{
	if (privileged)
		return CAPABILITY_ALL;
	if (added == CAPABILITY_ALL)
		return dropped == CAPABILITY_ALL ? CAPABILITY_ALL : CAPABILITY_ALL & ~dropped;
	return (CAPABILITY_DOCKER & ~dropped) | added;
}

static void read_capabilities(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	uint64_t added = asked_read(r, FACT_caps_add, "HostConfig/CapAdd"),
		 dropped = asked_read(r, FACT_caps_drop, "HostConfig/CapDrop");
	bool given = r->privileged || added || dropped;
	const char *path = r->privileged ? "HostConfig/Privileged"
			   : dropped     ? "HostConfig/CapDrop"
					 : "HostConfig/CapAdd";
	inspect_capabilities(r, FACT_caps_bounding, given ? f->said : f->silent,
		bounding(r->privileged, added, dropped), tree_facts_say_path(f, path));
}

/* "host" takes it out of the namespace that the daemon gives all others; "" is whatever the daemon does, by default the host's. */
static void read_user_namespace(const inspect_reader *r)
{
	bool given = node_text(inspect_at(r, "HostConfig/UsernsMode")).n;
	posture_set_text(r->facts.posture, FACT_user_namespace, given ? r->facts.said : r->facts.silent,
		!given && r->defaults.user_namespace ? SPAN("private") : SPAN("host"),
		tree_facts_say_path(&r->facts, "HostConfig/UsernsMode"));
}

/* Not there before API 1.41: then nothing is known, as it depends on the version of the host's cgroups. The daemon's own default is written out. */
static void read_cgroup_namespace(const inspect_reader *r)
{
	span mode = node_text(inspect_at(r, "HostConfig/CgroupnsMode"));
	if (mode.n) {
		inspect_namespace(r, FACT_cgroup_namespace, "HostConfig/CgroupnsMode");
		if (r->defaults.known)
			r->facts.posture->cgroup_namespace.known =
				span_is(mode, "private") == r->defaults.cgroup_namespace ? r->facts.silent
											 : r->facts.said;
	} else
		posture_place(r->facts.posture, FACT_cgroup_namespace,
			tree_facts_say_path(&r->facts, "HostConfig/CgroupnsMode"));
}

void inspect_docker_read(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	span runtime = node_text(inspect_at(r, "HostConfig/Runtime"));
	read_capabilities(r);
	read_user_namespace(r);
	read_cgroup_namespace(r);
	tree_facts_number(f, FACT_oom_score, "HostConfig/OomScoreAdj", 0);
	if (runtime.n)
		posture_set_text(f->posture, FACT_runtime, span_is(runtime, "runc") ? f->silent : f->said,
			runtime, tree_facts_say_path(f, "HostConfig/Runtime"));
}
