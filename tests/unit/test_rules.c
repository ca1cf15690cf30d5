/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of rules: every row says all that reports print of it. */
#include "base/map.h"
#include "rules/judge.h"
#include "test.h"

TEST(rules_say_everything)
{
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const rule *r = &(*table)->rows[i];
			if (!r->id || !r->title || !r->why || !r->aliases || !r->references)
				TEST_FAIL("rule %zu, %s, leaves something out", i,
					r->id ? r->id : "without an id");
			if (!r->condition == !r->judge)
				TEST_FAIL("rule %s has a condition and a function, or neither", r->id);
			if (control_of(span_of(r->id)) == CONTROL_COUNT)
				TEST_FAIL("rule %s belongs to no control", r->id);
		}
}

TEST(rules_have_names_of_their_own)
{
	arena a = {0};
	map names = {0};
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if (map_set(&names, &a, span_of((*table)->rows[i].id), (void *)&(*table)->rows[i]))
				TEST_FAIL("two rules are called %s", (*table)->rows[i].id);
	arena_done(&a);
}

TEST_MAIN()
