/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of capabilities as lists of names, and what was added to and dropped from the default. */
#include "sources/capability_set.h"

#include "kernel/capability.h"

/* CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP */
const uint64_t CAPABILITY_DOCKER = 0xa80425fb;
/* the same without MKNOD, NET_RAW and AUDIT_WRITE */
const uint64_t CAPABILITY_PODMAN = 0x800405fb;

static void add_name(posture *p, fact_id list, span name, origin at, arena *a)
{
	item *x = posture_add(p, list, at, a);
	item_set_text(x, MEMBER_capability_name, name);
	item_set_text(x, MEMBER_capability_written, name);
}

void capability_set_facts(posture *p, fact_id list, fact_known known, uint64_t set, origin at, arena *a)
{
	posture_set_list(p, list, known, at, a);
	for (int i = 0; i < CAPABILITY_COUNT; i++)
		if (set >> i & 1)
			add_name(p, list, span_of(capability_names[i]), at, a);
}

void capability_set_difference(posture *p, fact_known known, uint64_t bounding, origin at, arena *a)
{
	int all = __builtin_popcountll(CAPABILITY_DOCKER),
	    left = __builtin_popcountll(bounding & CAPABILITY_DOCKER);
	if (left * 2 >= all) {
		capability_set_facts(p, FACT_caps_add, known, bounding & ~CAPABILITY_DOCKER, at, a);
		capability_set_facts(p, FACT_caps_drop, known, CAPABILITY_DOCKER & ~bounding, at, a);
		return;
	}
	capability_set_facts(p, FACT_caps_add, known, bounding, at, a);
	posture_set_list(p, FACT_caps_drop, known, at, a);
	add_name(p, FACT_caps_drop, SPAN("ALL"), at, a);
}

uint64_t capability_set_of(const posture *p, fact_id list)
{
	const item_list *items = posture_items(p, list);
	uint64_t set = 0;
	for (uint32_t i = 0; i < items->all.count; i++) {
		span name = item_text(items->all.items[i], MEMBER_capability_name);
		int number = capability_number(name);
		if (span_is_fold(name, "ALL"))
			set |= CAPABILITY_ALL;
		else if (number >= 0)
			set |= (uint64_t)1 << number;
	}
	return set;
}
