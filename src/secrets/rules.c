/* SPDX-License-Identifier: Apache-2.0
 *
 * The set of rules in use, and the automaton of all their keywords. */
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "secrets/automaton.h"
#include "secrets/rule.h"

#include <stdlib.h>

static void keyword_add(secret_rules *rules, span word, uint32_t rule)
{
	uint32_t at = (uint32_t)(uintptr_t)map_get(&rules->index, word);
	if (at == 0) {
		word = arena_copy(&rules->arena, word);
		list_push(&rules->arena, &rules->words, word);
		list_push(&rules->arena, &rules->targets, ARENA_NEW(&rules->arena, secret_targets));
		at = rules->words.count;
		map_set(&rules->index, &rules->arena, word, (void *)(uintptr_t)at);
	}
	secret_targets *targets = rules->targets.items[at - 1];
	if (targets->rules.count == 0 || targets->rules.items[targets->rules.count - 1] != rule)
		list_push(&rules->arena, &targets->rules, rule);
}

secret_use *secret_rules_add(secret_rules *rules, const secret_use *use, const span *keywords, uint32_t count)
{
	uint32_t number = rules->uses.count;
	secret_use *copy = ARENA_NEW(&rules->arena, secret_use);
	memcpy(copy, use, sizeof *copy);
	list_push(&rules->arena, &rules->uses, copy);
	for (uint32_t i = 0; i < count; i++)
		keyword_add(rules, keywords[i], number);
	if (count == 0)
		list_push(&rules->arena, use->path_only ? &rules->paths : &rules->keyless, number);
	return copy;
}

static void row_add(secret_rules *rules, const secret_rule *row)
{
	span words[LIMIT_SECRET_RULE_KEYWORDS], rest = span_of(row->keywords), word;
	uint32_t count = 0;
	while (count < LIMIT_SECRET_RULE_KEYWORDS && span_word(&rest, &word))
		words[count++] = word;
	const secret_use use = {
		.about = row->about,
		.pattern = {.pattern = span_of(row->pattern)},
		.allow = {.pattern = span_of(row->allow)},
		.path = {.pattern = span_of(row->path)},
		.before = row->before ? row->before : SECRET_BEFORE,
		.after = row->after ? row->after : SECRET_AFTER,
		.entropy = row->entropy,
		.group = row->group,
		.rank = row->rank,
		.whole = count == 0,
		.check = row->check,
	};
	secret_rules_add(rules, &use, words, count);
}

secret_rules *secret_rules_new(bool own)
{
	static const secret_table *const tables[] = {&secret_rules_cloud, &secret_rules_code,
		&secret_rules_services, &secret_rules_keys, &secret_rules_generic};
	secret_rules *rules = memory_zeroed(1, sizeof *rules);
	for (size_t i = 0; own && i < sizeof tables / sizeof *tables; i++)
		for (uint32_t k = 0; k < tables[i]->count; k++)
			row_add(rules, &tables[i]->rows[k]);
	return rules;
}

void secret_rules_seal(secret_rules *rules)
{
	automaton_free(rules->automaton);
	rules->automaton = automaton_new(rules->words.items, rules->words.count);
}

uint32_t secret_rules_count(const secret_rules *rules)
{
	return rules->uses.count;
}

const secret_about *secret_rules_at(const secret_rules *rules, uint32_t i)
{
	return &rules->uses.items[i]->about;
}

static void exempts_done(secret_exempts *exempts)
{
	list_each(secret_exempt *, x, exempts) {
		list_each(regex *, r, &(*x)->regexes)
			regex_done(*r);
		list_each(regex *, r, &(*x)->paths)
			regex_done(*r);
	}
}

void secret_rules_free(secret_rules *rules)
{
	if (!rules)
		return;
	list_each(secret_use *, use, &rules->uses) {
		regex_done(&(*use)->pattern);
		regex_done(&(*use)->allow);
		regex_done(&(*use)->path);
		if ((*use)->exempts)
			exempts_done((*use)->exempts);
	}
	exempts_done(&rules->global);
	automaton_free(rules->automaton);
	arena_done(&rules->arena);
	free(rules);
}
