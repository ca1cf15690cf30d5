/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules from a text, ready for events. */
#pragma once

#include "watch/rule_words.h"
#include "watch/ruleset.h"

/* NULL when there are not `count` sound rules. All is on a. */
static inline ruleset *rules_ready(arena *a, span text, uint32_t count, const watch_rule **ret)
{
	rule_set *set = rule_set_new(&watch_rule_words, a);
	rule_file_result result = {0};
	uint32_t found = 0;
	ruleset *ready = NULL;
	error e;
	rule_set_read_text(set, SPAN("rules"), text, &result);
	rule_set_finish(set, ret, &found);
	return found == count && ruleset_new(*ret, found, WATCH_DEBUG, a, &ready, &e) >= 0 ? ready : NULL;
}
