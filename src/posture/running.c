/* SPDX-License-Identifier: Apache-2.0
 *
 * From three layers to what holds. */
#include "posture/running.h"

#include "base/map.h"

const char *const running_layer_names[RUNNING_LAYERS] = {"declared", "configured", "enforced"};

static const fact *best(const running *r, fact_id id)
{
	for (int layer = RUNNING_LAYERS - 1; layer > 0; layer--)
		if (r->layers[layer].all[id].known != KNOWN_UNSET)
			return &r->layers[layer].all[id];
	return &r->layers[RUNNING_DECLARED].all[id];
}

/* The kernel knows "private" and "filter"; the engine has a name for it. */
static void keep_name(const running *r, posture *ret, fact_id id, const char *nameless)
{
	const fact *asked = &r->layers[RUNNING_DECLARED].all[id];
	fact *holds = &ret->all[id];
	bool unlike = span_is(asked->value.text, "host") || span_is(asked->value.text, "unconfined");
	if (holds->known > KNOWN_DECLARED && span_is(holds->value.text, nameless) &&
		asked->known != KNOWN_UNSET && !unlike)
		holds->value = asked->value;
}

/* To the kernel a volume is a bind of some folder. */
static void keep_volumes(const running *r, posture *ret, arena *a)
{
	const item_list *asked = posture_items(&r->layers[RUNNING_DECLARED], FACT_mounts),
			*holds = posture_items(ret, FACT_mounts);
	if (ret->mounts.known <= KNOWN_DECLARED)
		return;
	map volumes = {0};
	for (uint32_t i = 0; i < asked->all.count; i++)
		if (span_is(item_text(asked->all.items[i], MEMBER_mount_type), "volume"))
			map_set(&volumes, a, item_text(asked->all.items[i], MEMBER_mount_target),
				asked->all.items[i]);
	for (uint32_t i = 0; i < holds->all.count; i++) {
		item *x = holds->all.items[i];
		const item *volume = map_get(&volumes, item_text(x, MEMBER_mount_target));
		if (!volume || !span_is(item_text(x, MEMBER_mount_type), "bind"))
			continue;
		item_set_text(x, MEMBER_mount_type, SPAN("volume"));
		item_set_text(x, MEMBER_mount_source, item_text(volume, MEMBER_mount_source));
	}
}

/* What a host without AppArmor or SELinux was told about them is of no account: there is nothing that could be turned off. */
static void forget_absent(const running *r, posture *ret)
{
	const posture *enforced = &r->layers[RUNNING_ENFORCED];
	if (r->known[RUNNING_ENFORCED] && enforced->selinux_type.known == KNOWN_UNSET)
		ret->selinux_disabled = ret->selinux_type = ret->selinux_user = ret->selinux_role = (fact){0};
	if (r->known[RUNNING_ENFORCED] && enforced->apparmor.known == KNOWN_UNSET)
		ret->apparmor = (fact){0};
}

void running_effective(const running *r, posture *ret, arena *a)
{
	for (int id = 0; id < FACT_COUNT; id++)
		ret->all[id] = *best(r, (fact_id)id);
	keep_name(r, ret, FACT_seccomp, "filter");
	keep_name(r, ret, FACT_network_mode, "private");
	keep_volumes(r, ret, a);
	forget_absent(r, ret);
}
