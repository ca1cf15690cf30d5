/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing layers. What sources call differently (a capability that is added to a default set and a mask of bits) is compared by the fact that all of
 * them can state; ways of speaking about it (capabilities.add) are not in the table. */
#include "posture/drift.h"

#include "base/map.h"
#include "posture/show.h"

/* The kernel counts memory in pages: most have this size, Arm's may be as large as the second. */
enum { PAGE = 4096, PAGE_LARGE = 65536 };

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
	enum {
		BETWEEN_ALL,
		BETWEEN_FILE, /* only what a file says: engine and runtime have other words for it, or none */
		BETWEEN_OWN,  /* an engine may have a default of its own for it that it does not tell */
	} between;
} compared;

/* Sources have many words for a filter: "default", "custom" or the path of a profile, and "filter" for whatever there is. */
static bool same_seccomp(span asked, span holds)
{
	if (span_is(asked, "unconfined") || span_is(holds, "unconfined"))
		return span_equal(asked, holds);
	bool unclear = span_is(asked, "filter") || span_is(holds, "filter");
	return unclear || span_is(asked, "default") == span_is(holds, "default");
}

/* An engine names the network, the kernel only knows whether it is the host's. Whom a namespace is shared with is said by a name or an id. */
static bool same_namespace(span asked, span holds)
{
	static const char unnamed[] = "private none";
	if (span_is(asked, "none") && !span_in(holds, unnamed) && !span_starts(holds, SPAN("container:")))
		return false; /* a network where there should be none */
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

/* A name without a registry may be found in any; one without a tag is the latest. What was started by an id may be anything. */
static bool same_image(span asked, span holds)
{
	static const char latest[] = ":latest";
	bool pinned = span_find_byte(asked, '@') != SPAN_NONE || span_find_byte(holds, '@') != SPAN_NONE;
	if (span_starts(holds, SPAN("sha256:")))
		return true;
	if (!pinned && span_ends(asked, span_of(latest)) != span_ends(holds, span_of(latest))) {
		asked = span_sub(
			asked, 0, asked.n - (span_ends(asked, span_of(latest)) ? strlen(latest) : 0));
		holds = span_sub(
			holds, 0, holds.n - (span_ends(holds, span_of(latest)) ? strlen(latest) : 0));
	}
	span longer = asked.n > holds.n ? asked : holds, shorter = asked.n > holds.n ? holds : asked;
	if (span_equal(asked, holds))
		return true;
	return shorter.n && span_ends(longer, shorter) && longer.p[longer.n - shorter.n - 1] == '/';
}

/* How it is checked is written in several ways; whether it is, is not. */
static bool same_presence(span asked, span holds)
{
	return span_is(asked, "none") == span_is(holds, "none");
}

/* Numbers are compared as such (user.uid). */
static bool same_user(span asked, span holds)
{
	(void)holds;
	return asked.n == 0 || ascii_digit(asked.p[0]);
}

static const compared compared_rows[] = {
	{FACT_image, EITHER, same_image, -1, BETWEEN_FILE},
	{FACT_user, EITHER, same_user, -1, BETWEEN_FILE},
	{FACT_uid, WEAKER_IF_LESS, NULL, -1},
	{FACT_gid, WEAKER_IF_LESS, NULL, -1},
	{FACT_user_namespace, EITHER, same_namespace, -1, BETWEEN_OWN},
	{FACT_read_only, WEAKER_IF_FALSE, NULL, -1},
	{FACT_mounts, WEAKER_IF_MORE, NULL, MEMBER_mount_writable},
	{FACT_mounts, WEAKER_IF_MORE, same_propagation, MEMBER_mount_propagation},
	{FACT_mounts, EITHER, NULL, MEMBER_mount_source, BETWEEN_FILE},
	{FACT_mounts, WEAKER_IF_FALSE, NULL, MEMBER_mount_noexec, BETWEEN_FILE},
	{FACT_mounts, WEAKER_IF_MORE, NULL, MEMBER_mount_size},
	{FACT_caps_bounding, WEAKER_IF_MORE, NULL, -1},
	{FACT_caps_effective, WEAKER_IF_MORE, NULL, -1},
	{FACT_caps_ambient, WEAKER_IF_MORE, NULL, -1},
	{FACT_no_new_privileges, WEAKER_IF_FALSE, NULL, -1, BETWEEN_OWN},
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
	{FACT_cgroup_namespace, EITHER, same_namespace, -1, BETWEEN_OWN},
	{FACT_network_mode, EITHER, same_namespace, -1},
	{FACT_devices, WEAKER_IF_MORE, NULL, -1},
	{FACT_all_devices, WEAKER_IF_TRUE, NULL, -1},
	{FACT_memory_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_memory_swap, WEAKER_IF_MORE, NULL, -1},
	{FACT_cpu_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_pids_limit, WEAKER_IF_MORE, NULL, -1},
	{FACT_ulimits, EITHER, NULL, MEMBER_ulimit_hard},
	{FACT_ulimits, EITHER, NULL, MEMBER_ulimit_soft},
	{FACT_oom_kill_disabled, WEAKER_IF_TRUE, NULL, -1},
	{FACT_oom_score, EITHER, NULL, -1},
	{FACT_restart, EITHER, NULL, -1},
	{FACT_restart_retries, EITHER, NULL, -1, BETWEEN_FILE},
	{FACT_health, EITHER, same_presence, -1, BETWEEN_FILE},
	{FACT_groups, WEAKER_IF_MORE, NULL, -1, BETWEEN_FILE},
	{FACT_networks, WEAKER_IF_MORE, NULL, -1, BETWEEN_FILE},
	{FACT_env, EITHER, NULL, MEMBER_env_value},
};

typedef struct pair {
	const compared *row;
	running_layer from, to;
	bool file; /* what was asked stands in a file */
	const posture *asked, *holds;
	arena *arena;
	drift_list *out;
} pair;

/* A limit where nobody asked for one is no drift: that of a slice above it, for one. Nor is what the engine does of its own accord. */
static bool is_given(const pair *p)
{
	fact_type type = fact_rows[p->row->fact].type;
	return p->asked->all[p->row->fact].known == KNOWN_DEFAULT &&
	       (type == TYPE_SIZE || type == TYPE_CPU || type == TYPE_NUMBER ||
		       p->row->between == BETWEEN_OWN);
}

static void add(const pair *p, span what, span asked, span holds, origin asked_at, origin at, bool weaker)
{
	if (!weaker && is_given(p))
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
	if (type != TYPE_TEXT)
		return false;
	bool cut_off = row->same == same_namespace && span_is(asked.text, "none");
	return cut_off || (is_confined(asked.text) && !is_confined(holds.text));
}

/* Up or down, to whole pages. */
static bool is_rounded(int64_t asked, int64_t holds, int64_t page)
{
	return asked > 0 && holds > 0 && holds % page == 0 && asked < holds + page && holds - page < asked;
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
	return asked.number == holds.number ||
	       (type == TYPE_SIZE && (is_rounded(asked.number, holds.number, PAGE) ||
					     is_rounded(asked.number, holds.number, PAGE_LARGE)));
}

static void compare_value(const pair *p)
{
	const fact *asked = &p->asked->all[p->row->fact], *holds = &p->holds->all[p->row->fact];
	const fact_row *row = &fact_rows[p->row->fact];
	/* Who asks for no limit of its own still has that of the slice above. */
	bool above = p->to == RUNNING_ENFORCED && p->row->strict == WEAKER_IF_MORE &&
		     row->type != TYPE_TEXT && row->type != TYPE_TRUTH && no_limit(asked->value.number);
	if (!above && !is_same(p->row, row->type, asked->value, holds->value))
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

static strictness strictness_of_member(const pair *p, fact_type type)
{
	if (type == TYPE_SIZE)
		return WEAKER_IF_MORE;
	if (type == TYPE_TRUTH)
		return p->row->strict == WEAKER_IF_FALSE ? WEAKER_IF_FALSE : WEAKER_IF_TRUE;
	return EITHER;
}

static void compare_items(const pair *p, const item *asked, const item *holds)
{
	int also = p->row->also;
	if (also < 0 || !item_has(asked, also) || !item_has(holds, also))
		return;
	fact_type type = fact_rows[p->row->fact].members[also].type;
	fact_value a = asked->values[also], h = holds->values[also];
	compared by = {.fact = p->row->fact, .strict = strictness_of_member(p, type), .same = p->row->same};
	if (!is_same(&by, type, a, h))
		add(p, item_name(p, holds),
			p->row->fact == FACT_env ? SPAN("one value") : member_words(p, asked),
			member_words(p, holds), asked->origin, holds->origin, is_weaker(&by, type, a, h));
}

/* Volumes that nobody gave a name have 64 hex digits for one: the image asks for them. */
static bool is_anonymous_volume(const item *mount)
{
	span name = item_text(mount, MEMBER_mount_source);
	if (!span_is(item_text(mount, MEMBER_mount_type), "volume") || name.n != 64)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_digit(name.p[i]) && !(name.p[i] >= 'a' && name.p[i] <= 'f'))
			return false;
	return true;
}

/* Whether an item that is there is one that nobody has to ask for: every limit and every sysctl has a value, and the image has variables of its own. An
 * empty file system in memory gives nothing (Podman adds some to a root that is read-only). */
static bool may_appear(const pair *p, const item *i)
{
	switch ((int)p->row->fact) {
	case FACT_ulimits:
	case FACT_env:
		return true;
	case FACT_sysctls:
		return !p->file || p->to == RUNNING_ENFORCED;
	case FACT_mounts:
		return p->file && p->from == RUNNING_DECLARED &&
		       (is_anonymous_volume(i) || span_is(item_text(i, MEMBER_mount_type), "tmpfs"));
	default:
		return false;
	}
}

/* Whether an item that was asked for need not be there: a variable whose value is somewhere else (it may be nowhere), a device that every container has. */
static bool may_lack(const pair *p, const item *i)
{
	if (p->row->fact == FACT_env)
		return !item_has(i, MEMBER_env_value) || !item_has(i, MEMBER_env_name);
	return p->row->fact == FACT_devices &&
	       span_in(item_text(i, MEMBER_device_source),
		       "/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty");
}

/* Whether the members of this list were compared already, by the row before. */
static bool again(const pair *p)
{
	return p->row > compared_rows && p->row[-1].fact == p->row->fact;
}

/* What is mounted below a folder comes with it. */
static bool comes_along(const pair *p, const map *asked, const item *mount)
{
	span path = item_text(mount, MEMBER_mount_target);
	if (p->row->fact != FACT_mounts || p->to != RUNNING_ENFORCED)
		return false;
	for (size_t slash = span_find_last(path, '/'); slash != SPAN_NONE && slash > 0;
		slash = span_find_last(path, '/')) {
		path = span_sub(path, 0, slash);
		const item *above = map_get(asked, path);
		if (above && span_is(item_text(above, MEMBER_mount_type), "bind"))
			return true;
	}
	return false;
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
		else if (!again(p) && !may_lack(p, x))
			add(p, item_name(p, x), item_show(p->row->fact, x, p->arena), SPAN("nothing"),
				x->origin, p->holds->all[p->row->fact].origin, false);
	}
	for (uint32_t i = 0; i < holds->all.count && !again(p); i++) {
		const item *y = holds->all.items[i];
		if (!may_appear(p, y) && !map_get(&by_asked, key_of(p, y)) && !comes_along(p, &by_asked, y))
			add(p, item_name(p, y), SPAN("nothing"), item_show(p->row->fact, y, p->arena),
				p->asked->all[p->row->fact].origin, y->origin,
				p->row->strict == WEAKER_IF_MORE);
	}
}

/* --- published ports --- */

static const compared ports_row = {FACT_ports, WEAKER_IF_MORE, NULL, -1, BETWEEN_FILE};

/* An address that means all of them. */
static span address_of(const item *port)
{
	span ip = item_text(port, MEMBER_port_host_ip);
	return span_in(ip, "0.0.0.0 :: [::]") ? (span){0} : ip;
}

static bool is_published(const item *port)
{
	return item_has(port, MEMBER_port_published) && port->values[MEMBER_port_published].truth;
}

/* The address and the port of the container; a port of the host only where somebody chose one. */
static span port_key(const pair *p, const item *port, bool with_host)
{
	int64_t host = item_has(port, MEMBER_port_host_port) ? port->values[MEMBER_port_host_port].number : 0;
	return arena_format(p->arena, "%.*s %lld %lld/%.*s", SPAN_ARG(address_of(port)),
		(long long)(with_host ? host : 0), (long long)port->values[MEMBER_port_container_port].number,
		SPAN_ARG(item_text(port, MEMBER_port_protocol)));
}

static map ports_by_key(const pair *p, const item_list *list, bool with_host)
{
	map ret = {0};
	for (uint32_t i = 0; i < list->all.count; i++) {
		item *port = list->all.items[i];
		if (is_published(port) && item_has(port, MEMBER_port_container_port))
			map_set(&ret, p->arena, port_key(p, port, with_host), port);
	}
	return ret;
}

/* Ports of one list that are not in the other. Of a port that the file leaves to the engine (host port 0) any one will do. */
static void ports_lack(const pair *p, const item_list *these, const item_list *others, bool held)
{
	map exact = ports_by_key(p, others, true), any = ports_by_key(p, others, false);
	for (uint32_t i = 0; i < these->all.count; i++) {
		const item *port = these->all.items[i];
		if (!is_published(port) || !item_has(port, MEMBER_port_container_port) ||
			map_get(&exact, port_key(p, port, true)))
			continue;
		/* Which side left the choice: the one that was asked for. */
		const item *other = held ? map_get(&exact, port_key(p, port, false))
				    : item_has(port, MEMBER_port_host_port) &&
						    port->values[MEMBER_port_host_port].number == 0
					    ? map_get(&any, port_key(p, port, false))
					    : NULL;
		if (other)
			continue;
		span words = item_show(FACT_ports, port, p->arena);
		add(p, item_name(p, port), held ? SPAN("nothing") : words, held ? words : SPAN("nothing"),
			held ? p->asked->ports.origin : port->origin,
			held ? port->origin : p->holds->ports.origin, held);
	}
}

/* What a file publishes, beside what the engine does: exposing a port gives nothing to anybody. */
static void drift_ports_find(pair *p)
{
	if (p->asked->ports.known == KNOWN_UNSET || p->holds->ports.known == KNOWN_UNSET)
		return;
	p->row = &ports_row;
	const item_list *asked = posture_items(p->asked, FACT_ports),
			*holds = posture_items(p->holds, FACT_ports);
	ports_lack(p, asked, holds, false);
	ports_lack(p, holds, asked, true);
}

/* --- all of it --- */

static bool is_compared(const pair *p)
{
	return p->asked->all[p->row->fact].known != KNOWN_UNSET &&
	       p->holds->all[p->row->fact].known != KNOWN_UNSET &&
	       (p->row->between != BETWEEN_FILE || (p->file && p->from == RUNNING_DECLARED));
}

/* What the layer `to` has otherwise than `from`. */
static void find(
	const running *r, running_layer from, running_layer to, control about, arena *a, drift_list *ret)
{
	pair p = {.from = from,
		.to = to,
		.file = r->by_file,
		.asked = &r->layers[from],
		.holds = &r->layers[to],
		.arena = a,
		.out = ret};
	if (!r->known[from] || !r->known[to])
		return;
	for (size_t i = 0; i < sizeof compared_rows / sizeof *compared_rows; i++) {
		const fact_row *row = &fact_rows[compared_rows[i].fact];
		p.row = &compared_rows[i];
		if ((about != CONTROL_COUNT && row->control != about) || !is_compared(&p))
			continue;
		if (row->type == TYPE_LIST)
			compare_lists(&p);
		else
			compare_value(&p);
	}
	if (r->by_file && from == RUNNING_DECLARED &&
		(about == CONTROL_COUNT || about == fact_rows[FACT_ports].control))
		drift_ports_find(&p);
}

/* The next layer that knows a fact at all: the OCI spec has no restart policy, the kernel neither. */
void drift_find(const running *r, control about, arena *a, drift_list *ret)
{
	find(r, RUNNING_DECLARED, RUNNING_CONFIGURED, about, a, ret);
	find(r, RUNNING_CONFIGURED, RUNNING_ENFORCED, about, a, ret);
	drift_list direct = {0};
	find(r, RUNNING_DECLARED, RUNNING_ENFORCED, about, a, &direct);
	list_each(const drift_row, row, &direct)
		if (!r->known[RUNNING_CONFIGURED] ||
			r->layers[RUNNING_CONFIGURED].all[row->fact].known == KNOWN_UNSET)
			list_push(a, ret, *row);
}
