/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files from anybody, in two halves at the first line "~~~~": places lie inside what they count in, an error means that the file
 * was not read, excerpts have their caret, and what was told of the halves read as one set is told again when they are read anew. */
#include "fuzz.h"
#include "watch/rule_words.h"
#include "watch/ruleset_deny.h"
#include "watch/ruleset_needs.h"

static void check_problem(const rule_problem *p)
{
	FUZZ_HOLDS(rule_code_title(p->code) && rule_code_meaning(p->code));
	FUZZ_HOLDS(p->message.n && p->snippet.n && p->snippet.p[p->snippet.n - 1] == '\n');
	FUZZ_HOLDS(p->places.count && strcmp(p->places.items[0].kind, "rules content") == 0);
	FUZZ_HOLDS(span_starts(p->snippet, SPAN("<")) || span_ends(p->snippet, SPAN("^\n")));
}

static bool check_result(const rule_file_result *r, size_t size)
{
	bool failed = false;
	list_each(const rule_problem, p, &r->problems) {
		check_problem(p);
		failed |= !p->warning;
		list_each(const rule_place, at, &p->places)
			FUZZ_HOLDS(strcmp(at->kind, "condition expression") == 0 || at->offset <= size);
	}
	FUZZ_HOLDS(r->read == !failed);
	return r->read;
}

static void check_rules(const watch_rule *rules, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		FUZZ_HOLDS(rules[i].name.n && rules[i].condition && rules[i].line > 0);
		for (uint32_t k = 1; k < rules[i].tags.count; k++)
			FUZZ_HOLDS(span_compare(rules[i].tags.items[k - 1], rules[i].tags.items[k]) < 0);
	}
}

/* What of the rules goes to the kernel has room there. */
static void check_kernel(const watch_rule *rules, uint32_t count, arena *a)
{
	ruleset *ready;
	error e;
	deny_table t;
	sought_texts texts = {0};
	bool asked = false;
	for (uint32_t i = 0; i < count; i++)
		asked = asked || rules[i].action != WATCH_TELL;
	if (!asked || ruleset_new(rules, count, WATCH_DEBUG, a, &ready, &e) < 0)
		return;
	ruleset_needs(ready, SPAN("openat"), PURPOSE_SEND, true, a, &texts);
	ruleset_needs(ready, SPAN("openat"), PURPOSE_STOP, true, a, &texts);
	ruleset_deny(ready, DENY_TABLE_CLAUSES, a, &t);
	FUZZ_HOLDS(t.count <= DENY_TABLE_CLAUSES);
	list_each(const deny_entry, entry, &t.entries) {
		static const size_t most[] = {[DENY_KEY_PREFIX] = RECORD_PREFIX,
			[DENY_KEY_SUFFIX] = RECORD_SUFFIX,
			[DENY_KEY_NAME] = 15,
			[DENY_KEY_ADDRESS] = 16,
			[DENY_KEY_PORT] = 0};
		uint64_t bits = entry->bits.must | entry->bits.must_not;
		FUZZ_HOLDS(entry->key.text.n <= most[entry->key.kind]);
		FUZZ_HOLDS(bits && (bits & (((uint64_t)1 << DENY_TABLE_CLAUSES) - 1)) == 0);
		FUZZ_HOLDS(entry->key.kind != DENY_KEY_ADDRESS || entry->key.number <= 128);
	}
}

static uint32_t read_both(span first, span second, arena *a)
{
	rule_set *set = rule_set_new(&watch_rule_words, a);
	rule_file_result one, two;
	const watch_rule *rules;
	uint32_t count;
	size_t size = first.n > second.n ? first.n : second.n;
	rule_set_read_text(set, SPAN("one"), first, &one);
	rule_set_read_text(set, SPAN("two"), second, &two);
	check_result(&one, size);
	bool good = check_result(&two, size);
	rule_set_select(set, true, false, SPAN("*a*"));
	rule_set_finish(set, &rules, &count);
	check_rules(rules, count);
	check_kernel(rules, count, a);
	FUZZ_HOLDS(count <= rule_set_counts(set).rules);
	return good ? two.problems.count : UINT32_MAX;
}

FUZZ(bytes)
{
	arena a = {0}, b = {0};
	if (bytes.n > 1 << 16)
		return;
	size_t cut = span_find(bytes, SPAN("\n~~~~\n"));
	span first = cut == SPAN_NONE ? bytes : span_sub(bytes, 0, cut + 1);
	span second = cut == SPAN_NONE ? (span){0} : span_from(bytes, cut + 6);
	FUZZ_HOLDS(read_both(first, second, &a) == read_both(first, second, &b));
	arena_done(&a);
	arena_done(&b);
}
