/* SPDX-License-Identifier: Apache-2.0
 *
 * What only Podman says (libpod, InspectContainerData): the capabilities that came out of it all, id mappings, secrets, the runtime. */
#include "kernel/capability.h"
#include "sources/capability_set.h"
#include "sources/inspect_read.h"

/* ["CAP_CHOWN"]; null where it has none. */
static uint64_t mask_of(const node *list)
{
	uint64_t mask = 0;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		int number = capability_number(node_text(list->items[i]));
		if (number >= 0)
			mask |= (uint64_t)1 << number;
	}
	return mask;
}

/* What containers.conf gives everybody: "CAP_CHOWN,CAP_KILL". */
static uint64_t usual_mask(const inspect_reader *r)
{
	span rest = r->defaults.capabilities, name;
	uint64_t mask = 0;
	while (span_cut(&rest, ',', &name)) {
		int number = capability_number(name);
		if (number >= 0)
			mask |= (uint64_t)1 << number;
	}
	return mask ? mask : CAPABILITY_PODMAN;
}

/* CapAdd and CapDrop are no more than what the bounding set differs from a default by, each by its name; they are said the way everybody says them. */
static void read_capabilities(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	const node *bounding = inspect_at(r, "BoundingCaps"), *effective = inspect_at(r, "EffectiveCaps");
	uint64_t mask = mask_of(bounding);
	if (!bounding)
		return;
	origin at = tree_facts_say(f, "BoundingCaps", bounding);
	fact_known known = mask == usual_mask(r) ? f->silent : f->said;
	inspect_capabilities(r, FACT_caps_bounding, known, mask, at);
	capability_set_difference(f->posture, known, mask, at, f->arena);
	f->posture->caps_add.known = f->posture->caps_drop.known = known;
	if (effective)
		inspect_capabilities(r, FACT_caps_effective, known, mask_of(effective),
			tree_facts_say(f, "EffectiveCaps", effective));
}

/* HostConfig.IDMappings is there when ids are mapped; UsernsMode is "private" then. */
static void read_user_namespace(const inspect_reader *r)
{
	const node *mapped = inspect_at(r, "HostConfig/IDMappings/UidMap");
	span mode = node_text(inspect_at(r, "HostConfig/UsernsMode"));
	bool is_mapped = (node_is_list(mapped) && mapped->count) || (mode.n && !span_is(mode, "host"));
	posture_set_text(r->facts.posture, FACT_user_namespace,
		is_mapped || mode.n ? r->facts.said : r->facts.silent,
		is_mapped || (!mode.n && r->defaults.user_namespace) ? SPAN("private") : SPAN("host"),
		tree_facts_say_path(
			&r->facts, mapped ? "HostConfig/IDMappings/UidMap" : "HostConfig/UsernsMode"));
}

/* [{"Name": "db", "ID", "UID": 0, "GID": 0, "Mode": 292}]: mounted below /run/secrets. */
static void read_secrets(const inspect_reader *r)
{
	const node *all = inspect_at(r, "Config/Secrets");
	posture_set_list(r->facts.posture, FACT_secrets, r->facts.silent,
		tree_facts_say_path(&r->facts, "Config/Secrets"), r->facts.arena);
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		span name = node_text(node_get(all->items[i], "Name"));
		if (name.n == 0)
			continue;
		item *x = posture_add(r->facts.posture, FACT_secrets,
			tree_facts_say_item(&r->facts, "Config/Secrets", name), r->facts.arena);
		item_set_text(x, MEMBER_secret_name, name);
		item_set_text(x, MEMBER_secret_source, SPAN("external"));
		item_set_text(x, MEMBER_secret_target,
			arena_format(r->facts.arena, "/run/secrets/%.*s", SPAN_ARG(name)));
	}
}

/* "runc", or the path of it. */
static void read_runtime(const inspect_reader *r)
{
	span runtime = node_text(inspect_at(r, "OCIRuntime"));
	size_t slash = span_find_last(runtime, '/');
	if (runtime.n)
		posture_set_text(r->facts.posture, FACT_runtime, r->facts.said,
			slash == SPAN_NONE ? runtime : span_from(runtime, slash + 1),
			tree_facts_say_path(&r->facts, "OCIRuntime"));
}

void inspect_podman_read(const inspect_reader *r)
{
	int64_t score = 0;
	read_capabilities(r);
	read_user_namespace(r);
	read_secrets(r);
	read_runtime(r);
	inspect_namespace(r, FACT_cgroup_namespace, "HostConfig/CgroupMode");
	/* 0 is whatever the one who starts it has. */
	if (node_int(inspect_at(r, "HostConfig/OomScoreAdj"), &score) && score)
		posture_set_number(r->facts.posture, FACT_oom_score, r->facts.said, score,
			tree_facts_say_path(&r->facts, "HostConfig/OomScoreAdj"));
}
