/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files from anybody, in two halves at the first line "~~~~": places lie inside what they count in, an error means that the file
 * was not read, excerpts have their caret, and what was told of the halves read as one set is told again when they are read anew. */
#include "fuzz.h"
#include "watch/rule_words.h"

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
