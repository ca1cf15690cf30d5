/* SPDX-License-Identifier: Apache-2.0
 *
 * Setting facts and laying postures over one another. */
#include "posture/posture.h"

static fact *fact_set(posture *p, fact_id id, fact_known known, origin at)
{
	fact *f = &p->all[id];
	f->known = known;
	f->origin = at;
	return f;
}

void posture_set_truth(posture *p, fact_id id, fact_known known, bool truth, origin at)
{
	fact_set(p, id, known, at)->value.truth = truth;
}

void posture_set_number(posture *p, fact_id id, fact_known known, int64_t number, origin at)
{
	fact_set(p, id, known, at)->value.number = number;
}

void posture_set_text(posture *p, fact_id id, fact_known known, span text, origin at)
{
	fact_set(p, id, known, at)->value.text = text;
}

void posture_place(posture *p, fact_id id, origin at)
{
	fact_set(p, id, KNOWN_UNSET, at);
}

void posture_set_list(posture *p, fact_id id, fact_known known, origin at, arena *a)
{
	fact_set(p, id, known, at)->value.list = ARENA_NEW(a, item_list);
}

item *posture_add(posture *p, fact_id id, origin at, arena *a)
{
	fact *f = &p->all[id];
	if (!f->value.list)
		f->value.list = ARENA_NEW(a, item_list);
	if (f->known < KNOWN_DECLARED) {
		f->known = KNOWN_DECLARED;
		f->origin = at;
	}
	item *ret = arena_alloc(a, sizeof *ret + fact_rows[id].member_count * sizeof ret->values[0]);
	ret->origin = at;
	list_push(a, &f->value.list->all, ret);
	return ret;
}

int64_t posture_reserved(const posture *p, fact_id limit)
{
	fact_id request = limit == FACT_memory_limit    ? FACT_memory_request
			  : limit == FACT_cpu_limit     ? FACT_cpu_request
			  : limit == FACT_storage_limit ? FACT_storage_request
							: FACT_NONE;
	bool known = p && request != FACT_NONE && p->all[request].known != KNOWN_UNSET;
	return known ? p->all[request].value.number : 0;
}

const item_list *posture_items(const posture *p, fact_id id)
{
	static const item_list none = {0};
	const item_list *list = p->all[id].value.list;
	return list ? list : &none;
}

static bool value_equal(fact_type type, fact_value a, fact_value b)
{
	return type == TYPE_TEXT ? span_equal(a.text, b.text) : a.number == b.number;
}

static bool list_has_key(const item_list *list, const fact_row *row, const item *like)
{
	if (!item_has(like, row->key))
		return false;
	for (uint32_t i = 0; i < list->all.count; i++) {
		const item *other = list->all.items[i];
		if (item_has(other, row->key) && value_equal(row->members[row->key].type,
							 other->values[row->key], like->values[row->key]))
			return true;
	}
	return false;
}

static item_list *list_overlay(const item_list *lower, const item_list *upper, const fact_row *row, arena *a)
{
	item_list *ret = ARENA_NEW(a, item_list);
	for (uint32_t i = 0; i < lower->all.count; i++)
		if (!list_has_key(upper, row, lower->all.items[i]))
			list_push(a, &ret->all, lower->all.items[i]);
	for (uint32_t i = 0; i < upper->all.count; i++)
		list_push(a, &ret->all, upper->all.items[i]);
	return ret;
}

void posture_overlay(posture *ret, const posture *lower, const posture *upper, arena *a)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		const fact *low = &lower->all[id], *up = &upper->all[id];
		/* A default of the upper layer says nothing about what the lower one declared. */
		bool keep_low = low->known > up->known && up->known < KNOWN_DECLARED;
		bool merge = fact_rows[id].type == TYPE_LIST && low->known >= KNOWN_DECLARED &&
			     up->known >= KNOWN_DECLARED;
		fact f = keep_low ? *low : *up;
		if (merge)
			f.value.list = list_overlay(low->value.list, up->value.list, &fact_rows[id], a);
		ret->all[id] = f;
	}
}
