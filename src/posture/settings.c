/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings as items of a list fact. */
#include "posture/settings.h"

const setting_row setting_rows[SETTING_COUNT] = {
#define SETTING(name, field_, type_, meaning_) \
	[SETTING_##name] = {.field = field_, .type = TYPE_##type_, .meaning = meaning_},
#include "posture/settings.def"
#undef SETTING
};

static item *add(posture *p, setting_id id, origin at, arena *a)
{
	item *i = posture_add(p, FACT_settings, at, a);
	item_set_text(i, MEMBER_setting_name, span_of(setting_rows[id].field));
	p->settings.known = KNOWN_ENFORCED;
	return i;
}

void setting_set(posture *p, setting_id id, span value, origin at, arena *a)
{
	item_set_text(add(p, id, at, a), MEMBER_setting_value, value);
}

void setting_set_truth(posture *p, setting_id id, bool value, origin at, arena *a)
{
	setting_set(p, id, value ? SPAN("true") : SPAN("false"), at, a);
}

void setting_set_number(posture *p, setting_id id, int64_t value, origin at, arena *a)
{
	setting_set(p, id, arena_format(a, "%lld", (long long)value), at, a);
}

void setting_unknown(posture *p, setting_id id, const char *reason, origin at, arena *a)
{
	item_set_text(add(p, id, at, a), MEMBER_setting_reason, span_of(reason));
}

const item *setting_find(const posture *p, setting_id id)
{
	const item_list *list = posture_items(p, FACT_settings);
	for (uint32_t i = 0; i < list->all.count; i++)
		if (span_is(item_text(list->all.items[i], MEMBER_setting_name), setting_rows[id].field))
			return list->all.items[i];
	return NULL;
}
