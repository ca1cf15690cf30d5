/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of running containers in words, for tests. */
#pragma once

#include "base/buffer.h"
#include "posture/posture.h"
#include "test.h"

static inline void item_add(buffer *out, fact_id id, const item *i)
{
	for (int m = 0; m < fact_rows[id].member_count; m++) {
		if (m)
			buffer_add_byte(out, '|');
		if (!item_has(i, m))
			continue;
		if (fact_rows[id].members[m].type == TYPE_TEXT)
			buffer_add(out, i->values[m].text);
		else if (fact_rows[id].members[m].type == TYPE_TRUTH)
			buffer_add_string(out, i->values[m].truth ? "true" : "false");
		else
			buffer_format(out, "%lld", (long long)i->values[m].number);
	}
	while (out->n && out->p[out->n - 1] == '|')
		out->n--;
}

/* "value", "~value" of a default, "?" where nothing is known; items separated by ", ". */
static inline span fact_said(arena *a, const posture *p, fact_id id)
{
	const fact *f = &p->all[id];
	auto_buffer out = {0};
	if (f->known == KNOWN_UNSET)
		return SPAN("?");
	if (f->known == KNOWN_DEFAULT)
		buffer_add_byte(&out, '~');
	if (fact_rows[id].type == TYPE_TRUTH)
		buffer_add_string(&out, f->value.truth ? "true" : "false");
	else if (fact_rows[id].type == TYPE_TEXT)
		buffer_add(&out, f->value.text);
	else if (fact_rows[id].type != TYPE_LIST)
		buffer_format(&out, "%lld", (long long)f->value.number);
	else
		for (uint32_t i = 0; i < f->value.list->all.count; i++) {
			if (i)
				buffer_add_string(&out, ", ");
			item_add(&out, id, f->value.list->all.items[i]);
		}
	return arena_copy(a, buffer_span(&out));
}

/* Only the names of a list. */
static inline span names_said(arena *a, const posture *p, fact_id id)
{
	auto_buffer out = {0};
	const item_list *list = posture_items(p, id);
	for (uint32_t i = 0; i < list->all.count; i++) {
		if (i)
			buffer_add_byte(&out, ' ');
		buffer_add(&out, item_text(list->all.items[i], 0));
	}
	return arena_copy(a, buffer_span(&out));
}

#define CHECK_SAID(r, ...)                                                                           \
	do {                                                                                         \
		static const struct {                                                                \
			fact_id fact;                                                                \
			const char *want;                                                            \
		} said_[] = {__VA_ARGS__};                                                           \
		for (size_t s_ = 0; s_ < sizeof said_ / sizeof *said_; s_++) {                       \
			span is_ = fact_said(&(r)->arena, &(r)->posture, said_[s_].fact);            \
			if (!span_is(is_, said_[s_].want))                                           \
				TEST_FAIL("%s is '%.*s', not '%s'", fact_rows[said_[s_].fact].field, \
					SPAN_ARG(is_), said_[s_].want);                              \
		}                                                                                    \
	} while (0)
