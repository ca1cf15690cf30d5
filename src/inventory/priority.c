/* SPDX-License-Identifier: Apache-2.0
 *
 * Priorities. A vulnerability that attackers are known to use is never lowered; nothing is lowered by more than two steps, nor below low:
 * layers of defence make an attack harder, they do not mend the fault. */
#include "inventory/priority.h"

enum { LOWERED_AT_MOST = 2 };
static const double probable = 0.1; /* EPSS: one in ten within 30 days; about one CVE in twenty is there */

/* --- the posture --- */

static bool is_non_root(const posture *p)
{
	if (p->non_root.known >= KNOWN_DECLARED && p->non_root.value.truth)
		return true;
	if (p->user.known < KNOWN_DECLARED)
		return false;
	return p->uid.known < KNOWN_DECLARED || p->uid.value.number > 0;
}

static bool lists_name(const posture *p, fact_id list, const char *name)
{
	const item_list *items = posture_items(p, list);
	for (uint32_t i = 0; i < items->all.count; i++)
		if (span_is(item_text(items->all.items[i], MEMBER_capability_name), name))
			return true;
	return false;
}

static bool is_true(const fact *f)
{
	return f->known >= KNOWN_DECLARED && f->value.truth;
}

static bool publishes(const posture *p)
{
	const item_list *ports = posture_items(p, FACT_ports);
	for (uint32_t i = 0; i < ports->all.count; i++)
		if (!item_has(ports->all.items[i], MEMBER_port_published) ||
			ports->all.items[i]->values[MEMBER_port_published].truth)
			return true;
	return false;
}

/* Whether whoever starts it has spoken of ports at all: that an image publishes nothing means nothing. */
static bool is_started(const posture *p)
{
	return p->read_only.known != KNOWN_UNSET;
}

exposure exposure_of(const posture *p)
{
	exposure ret = {0};
	bool bare = lists_name(p, FACT_caps_drop, "ALL") && posture_items(p, FACT_caps_add)->all.count == 0 &&
		    !is_true(&p->privileged);
	bool host = p->network_mode.known && span_is(p->network_mode.value.text, "host");
	ret.unprivileged =
		is_non_root(p) && !is_true(&p->privileged) && (bare || is_true(&p->no_new_privileges));
	ret.unprivileged_why =
		SPAN("it needs a foothold, and the workload is neither root nor can become it");
	ret.contained = is_non_root(p) && bare && is_true(&p->read_only);
	ret.contained_why = SPAN("the workload is not root, read-only and without capabilities");
	ret.unreachable = is_started(p) && !host && !publishes(p);
	ret.unreachable_why = SPAN("it is attacked over the network, and the workload publishes nothing");
	return ret;
}

/* --- the vulnerability --- */

/* The attack vector: 'N'etwork, 'A'djacent, 'L'ocal, 'P'hysical; 0: not known. */
static char attack_vector(span vector)
{
	size_t at = span_find(vector, SPAN("AV:"));
	return at == SPAN_NONE || at + 3 >= vector.n ? 0 : vector.p[at + 3];
}

static void say(span *reason, span why, arena *a)
{
	*reason = reason->n ? arena_format(a, "%.*s; %.*s", SPAN_ARG(*reason), SPAN_ARG(why)) : why;
}

static severity_label raised(const advisory_match *m, arena *a, span *reason)
{
	severity_label label = m->rating.label;
	if (m->exploited)
		say(reason, SPAN("attackers use it (CISA KEV)"), a);
	else
		say(reason,
			arena_format(a, "an attack within 30 days has a likelihood of %.0f %% (EPSS)",
				m->probability * 100),
			a);
	if (label == SEVERITY_LABEL_UNKNOWN)
		return SEVERITY_LABEL_HIGH;
	return label < SEVERITY_LABEL_CRITICAL ? label + 1 : label;
}

static severity_label lowered(const advisory_match *m, const exposure *x, arena *a, span *reason)
{
	char vector = attack_vector(m->rating.vector);
	int steps = 0;
	if (x->contained && ++steps)
		say(reason, x->contained_why, a);
	else if (x->unprivileged && (vector == 'L' || vector == 'P') && ++steps)
		say(reason, x->unprivileged_why, a);
	if (x->unreachable && (vector == 'N' || vector == 'A') && ++steps)
		say(reason, x->unreachable_why, a);
	int label = m->rating.label - (steps > LOWERED_AT_MOST ? LOWERED_AT_MOST : steps);
	return label < SEVERITY_LABEL_LOW ? SEVERITY_LABEL_LOW : (severity_label)label;
}

severity_label priority_of(const advisory_match *m, const exposure *x, arena *a, span *ret_reason)
{
	severity_label label = m->rating.label, ret = label;
	span reason = {0};
	if (m->exploited || m->probability >= probable)
		ret = raised(m, a, &reason);
	else if (label > SEVERITY_LABEL_LOW)
		ret = lowered(m, x, a, &reason);
	*ret_reason = ret == label ? (span){0} : reason;
	return ret;
}
