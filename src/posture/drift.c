/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing layers. What sources call differently (a capability that is added to a default set and a mask of bits) is compared by the fact that all of
 * them can state; ways of speaking about it (capabilities.add) are not in the table. */
#include "posture/drift.h"

#include "base/map.h"
#include "posture/show.h"

/* Which of two values is less strict. */
typedef enum strictness {
	EITHER,          /* another one is another one */
	WEAKER_IF_TRUE,  /* privileged */
	WEAKER_IF_FALSE, /* read-only */
	WEAKER_IF_MORE,  /* limits, of which 0 and -1 are none; lists, which give rights */
	WEAKER_IF_LESS,  /* numbers of which 0 is the strongest: uids */
} strictness;

typedef struct compared {
	fact_id fact;
	strictness strict;
	/* Whether two values mean the same, although they are not equal; may be NULL. */
	bool (*same)(span asked, span holds);
	int also; /* lists: a member that is compared beside the key; -1: none */
} compared;

/* Sources have many words for a filter: "default", "custom", "filter", a path. */
static bool same_seccomp(span asked, span holds)
{
	return span_is(asked, "unconfined") == span_is(holds, "unconfined");
}

/* An engine names the network, the kernel only knows whether it is the host's. Whom a namespace is shared with is said by a name or an id. */
static bool same_namespace(span asked, span holds)
{
	bool alike = span_is(asked, "host") == span_is(holds, "host");
	bool asked_shared = span_starts(asked, SPAN("container:"));
	return alike && (!asked_shared || span_starts(holds, SPAN("container:")) || span_is(holds, "none"));
}

/* "default" is whatever the engine has made; a mode stands behind the name: "docker-default (enforce)". */
static bool same_profile(span asked, span holds)
{
	return span_is(asked, "unconfined") == span_is(holds, "unconfined") &&
	       (span_is(asked, "default") || span_is(holds, "default") || span_equal(asked, holds));
}

static bool same_propagation(span asked, span holds)
{
	asked = span_from(asked, span_starts(asked, SPAN("r")));
	holds = span_from(holds, span_starts(holds, SPAN("r")));
	return span_is(asked, "shared") == span_is(holds, "shared");
}

static const compared compared_rows[] = {
	{FACT_uid, WEAKER_IF_LESS, NULL, -1},
	{FACT_gid, WEAKER_IF_LESS, NULL, -1},
	{FACT_user_namespace, EITHER, same_namespace, -1},
	{FACT_read_only, WEAKER_IF_FALSE, NULL, -1},
	{FACT_mounts, WEAKER_IF_MORE, NULL, MEMBER_mount_writable},
	{FACT_mounts, WEAKER_IF_MORE, same_propagation, MEMBER_mount_propagation},
	{FACT_caps_bounding, WEAKER_IF_MORE, NULL, -1},
	{FACT_caps_effective, WEAKER_IF_MORE, NULL, -1},
	{FACT_caps_ambient, WEAKER_IF_MORE, NULL, -1},
	{FACT_no_new_privileges, WEAKER_IF_FALSE, NULL, -1},
	{FACT_seccomp, EITHER, same_seccomp, -1},
	{FACT_apparmor, EITHER, same_profile, -1},
	{FACT_selinux_type, EITHER, NULL, -1},
	{FACT_unmasked, WEAKER_IF_TRUE, NULL, -1},
	{FACT_sys_writable, WEAKER_IF_TRUE, NULL, -1},
	{FACT_sysctls, EITHER, NULL, MEMBER_sysctl_value},
	{FACT_privileged, WEAKER_IF_TRUE, NULL, -1},
	{FACT_pid_namespace, EITHER, same_namespace, -1},
	{FACT_ipc_namespace, EITHER, same_namespace, -1},
	{FACT_uts_namespace, EITHER, same_namespace, -1},
	{FACT_cgroup_namespace, EITHER, same_namespace, -1},
	{FACT_network_mode, EITHER, same_namespace, -1},
	{FACT_devices, WEAKER_IF_MORE, NULL, -1},
	{FACT_all_devices, WEAKER_IF_TRUE, NULL, -1},
	{FACT_memory_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_memory_swap, WEAKER_IF_MORE, NULL, -1},
	{FACT_cpu_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_pids_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_ulimits, EITHER, NULL, MEMBER_ulimit_hard},
	{FACT_oom_kill_disabled, WEAKER_IF_TRUE, NULL, -1},
	{FACT_oom_score, EITHER, NULL, -1},
	{FACT_restart, EITHER, NULL, -1},
	{FACT_ports, WEAKER_IF_MORE, NULL, -1},
	{FACT_env, EITHER, NULL, MEMBER_env_value},
};

typedef struct pair {
	const compared *row;
	running_layer from, to;
	const posture *asked, *holds;
	arena *arena;
	drift_list *out;
} pair;

/* A limit where nobody asked for one is no drift: that of a slice above it, for one. */
static bool is_given_limit(const pair *p)
{
	fact_type type = fact_rows[p->row->fact].type;
	return p->asked->all[p->row->fact].known == KNOWN_DEFAULT &&
	       (type == TYPE_SIZE || type == TYPE_CPU || type == TYPE_NUMBER);
}

static void add(const pair *p, span what, span asked, span holds, origin asked_at, origin at, bool weaker)
{
	if (!weaker && is_given_limit(p))
		return;
	list_push(p->arena, p->out,
		(drift_row){.fact = p->row->fact,
			.from = p->from,
			.to = p->to,
			.what = what,
			.asked = asked,
			.holds = holds,
			.asked_at = asked_at,
			.at = at,
			.weaker = weaker});
}

/* --- single values --- */

static bool is_confined(span s)
{
	return !span_is(s, "unconfined") && !span_is(s, "host");
}

static bool no_limit(int64_t n)
{
	return n <= 0;
}

static bool is_weaker(const compared *row, fact_type type, fact_value asked, fact_value holds)
{
	switch (row->strict) {
	case WEAKER_IF_TRUE:
		return holds.truth;
	case WEAKER_IF_FALSE:
		return !holds.truth;
	case WEAKER_IF_MORE:
		return no_limit(holds.number) || (!no_limit(asked.number) && holds.number > asked.number);
	case WEAKER_IF_LESS:
		return holds.number == 0 && asked.number != 0;
	case EITHER:
		break;
	}
	return type == TYPE_TEXT && is_confined(asked.text) && !is_confined(holds.text);
}

/* Limits that are none are written in several ways. */
static bool is_same(const compared *row, fact_type type, fact_value asked, fact_value holds)
{
	if (type == TYPE_TEXT)
		return span_equal(asked.text, holds.text) || (row->same && row->same(asked.text, holds.text));
	if (type == TYPE_TRUTH)
		return asked.truth == holds.truth;
	if (row->strict == WEAKER_IF_MORE && no_limit(asked.number) && no_limit(holds.number))
		return true;
	return asked.number == holds.number;
}

static void compare_value(const pair *p)
{
	const fact *asked = &p->asked->all[p->row->fact], *holds = &p->holds->all[p->row->fact];
	const fact_row *row = &fact_rows[p->row->fact];
	if (!is_same(p->row, row->type, asked->value, holds->value))
		add(p, span_of(row->field), fact_value_show(p->row->fact, asked->value, p->arena),
			fact_value_show(p->row->fact, holds->value, p->arena), asked->origin, holds->origin,
			is_weaker(p->row, row->type, asked->value, holds->value));
}

/* --- lists --- */

/* The bytes that an item of the list is known by; empty for none. */
static span key_of(const pair *p, const item *i)
{
	const fact_row *row = &fact_rows[p->row->fact];
	if (!item_has(i, row->key))
		return (span){0};
	if (row->members[row->key].type == TYPE_TEXT)
		return i->values[row->key].text;
	return (span){(const char *)&i->values[row->key].number, sizeof i->values[row->key].number};
}

static map items_by_key(const pair *p, const item_list *list)
{
	map ret = {0};
	for (uint32_t i = 0; i < list->all.count; i++) {
		span key = key_of(p, list->all.items[i]);
		if (key.n)
			map_set(&ret, p->arena, key, list->all.items[i]);
	}
	return ret;
}

static span item_name(const pair *p, const item *i)
{
	const fact_row *row = &fact_rows[p->row->fact];
	return arena_format(p->arena, "%s %.*s", row->field,
		SPAN_ARG(item_has(i, row->key)
				 ? value_show(row->members[row->key].type, i->values[row->key], p->arena)
				 : SPAN("?")));
}

/* A secret may be what differs. */
static span member_words(const pair *p, const item *i)
{
	const member_row *m = &fact_rows[p->row->fact].members[p->row->also];
	if (p->row->fact == FACT_env)
		return SPAN("another value");
	return arena_format(p->arena, "%s %.*s", m->name,
		SPAN_ARG(value_show(m->type, i->values[p->row->also], p->arena)));
}

static void compare_items(const pair *p, const item *asked, const item *holds)
{
	int also = p->row->also;
	if (also < 0 || !item_has(asked, also) || !item_has(holds, also))
		return;
	fact_type type = fact_rows[p->row->fact].members[also].type;
	fact_value a = asked->values[also], h = holds->values[also];
	compared by = {.fact = p->row->fact,
		.strict = type == TYPE_TRUTH ? WEAKER_IF_TRUE : EITHER,
		.same = p->row->same};
	if (!is_same(&by, type, a, h))
		add(p, item_name(p, holds),
			p->row->fact == FACT_env ? SPAN("one value") : member_words(p, asked),
			member_words(p, holds), asked->origin, holds->origin, is_weaker(&by, type, a, h));
}

/* Whether an item that only the kernel tells of is one that nobody has to ask for: every limit and every sysctl has a value. */
static bool may_appear(const pair *p)
{
	return p->row->fact == FACT_ulimits || p->row->fact == FACT_sysctls || p->row->fact == FACT_env;
}

/* Whether the members of this list were compared already, by the row before. */
static bool again(const pair *p)
{
	return p->row > compared_rows && p->row[-1].fact == p->row->fact;
}

static void compare_lists(const pair *p)
{
	const item_list *asked = posture_items(p->asked, p->row->fact),
			*holds = posture_items(p->holds, p->row->fact);
	map by_asked = items_by_key(p, asked), by_holds = items_by_key(p, holds);
	for (uint32_t i = 0; i < asked->all.count; i++) {
		const item *x = asked->all.items[i], *y = map_get(&by_holds, key_of(p, x));
		if (y)
			compare_items(p, x, y);
		else if (!again(p))
			add(p, item_name(p, x), item_show(p->row->fact, x, p->arena), SPAN("nothing"),
				x->origin, p->holds->all[p->row->fact].origin, false);
	}
	for (uint32_t i = 0; i < holds->all.count && !may_appear(p) && !again(p); i++) {
		const item *y = holds->all.items[i];
		if (!map_get(&by_asked, key_of(p, y)))
			add(p, item_name(p, y), SPAN("nothing"), item_show(p->row->fact, y, p->arena),
				p->asked->all[p->row->fact].origin, y->origin,
				p->row->strict == WEAKER_IF_MORE);
	}
}

void drift_find(const running *r, running_layer from, running_layer to, arena *a, drift_list *ret)
{
	pair p = {.from = from,
		.to = to,
		.asked = &r->layers[from],
		.holds = &r->layers[to],
		.arena = a,
		.out = ret};
	if (!r->known[from] || !r->known[to])
		return;
	for (size_t i = 0; i < sizeof compared_rows / sizeof *compared_rows; i++) {
		p.row = &compared_rows[i];
		if (p.asked->all[p.row->fact].known == KNOWN_UNSET ||
			p.holds->all[p.row->fact].known == KNOWN_UNSET)
			continue;
		if (fact_rows[p.row->fact].type == TYPE_LIST)
			compare_lists(&p);
		else
			compare_value(&p);
	}
}

/* The next layer that knows a fact at all: the OCI spec has no restart policy, the kernel neither. */
void drift_all(const running *r, arena *a, drift_list *ret)
{
	drift_find(r, RUNNING_DECLARED, RUNNING_CONFIGURED, a, ret);
	drift_find(r, RUNNING_CONFIGURED, RUNNING_ENFORCED, a, ret);
	drift_list direct = {0};
	drift_find(r, RUNNING_DECLARED, RUNNING_ENFORCED, a, &direct);
	list_each(const drift_row, row, &direct)
		if (!r->known[RUNNING_CONFIGURED] ||
			r->layers[RUNNING_CONFIGURED].all[row->fact].known == KNOWN_UNSET)
			list_push(a, ret, *row);
}
