/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables that the rows of controls.def, facts.def and members.def become. */
#include "posture/facts.h"

#define ROW(list, name, type, meaning) {#name, TYPE_##type, meaning},
#define MEMBER_TABLE(members) \
	(const member_row[])  \
	{                     \
		members(ROW)  \
	}
#define MEMBER_COUNT(members) (sizeof MEMBER_TABLE(members) / sizeof(member_row))

const fact_row fact_rows[FACT_COUNT] = {
#define FACT(id, field_, type_, control_, meaning_) \
	[FACT_##id] = {.name = #id,                 \
		.field = field_,                    \
		.type = TYPE_##type_,               \
		.control = CONTROL_##control_,      \
		.key = -1,                          \
		.meaning = meaning_},
#define LIST_FACT(id, field_, members_, merge, control_, meaning_) \
	[FACT_##id] = {.name = #id,                                \
		.field = field_,                                   \
		.type = TYPE_LIST,                                 \
		.control = CONTROL_##control_,                     \
		.key = MEMBER_##merge,                             \
		.member_count = MEMBER_COUNT(members_),            \
		.members = MEMBER_TABLE(members_),                 \
		.meaning = meaning_},
#include "posture/facts.def"
#undef FACT
#undef LIST_FACT
};

const control_row control_rows[CONTROL_COUNT] = {
#define CONTROL(name, question) {#name, question},
#include "posture/controls.def"
#undef CONTROL
};

control control_of(span rule_id)
{
	span name = span_sub(rule_id, 0, span_find_byte(rule_id, '/'));
	for (int i = 0; i < CONTROL_COUNT; i++)
		if (span_is(name, control_rows[i].name))
			return (control)i;
	return CONTROL_COUNT;
}
