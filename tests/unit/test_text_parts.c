/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts that a value contains, found together and one by one: the same. */
#include "base/limits.h"
#include "expression/text_parts.h"
#include "test.h"

#include <stdlib.h>

enum { TEXTS = 300 };

typedef struct told {
	uint32_t times[TEXTS];
} told;

static void note(void *of, uint32_t index)
{
	told *t = of;
	t->times[index]++;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Few letters, so that texts overlap, end one another and stand in one another; all bytes are among them now and then. */
static span random_text(uint32_t *seed, size_t most, arena *a)
{
	static const char letters[] = "abAB/\0\x80\xff";
	size_t n = next_random(seed) % (most + 1);
	char *p = arena_alloc(a, n + 1);
	size_t kinds = 1 + next_random(seed) % (sizeof letters - 1);
	for (size_t i = 0; i < n; i++)
		p[i] = next_random(seed) % 50 ? letters[next_random(seed) % kinds] : (char)next_random(seed);
	return (span){p, n};
}

/* How many answers differ; one at least when there is no automaton. */
static uint32_t compare(uint32_t *seed, bool fold)
{
	arena a = {0};
	span texts[TEXTS];
	uint32_t n = 1 + next_random(seed) % TEXTS;
	for (uint32_t i = 0; i < n; i++)
		do
			texts[i] = random_text(seed, 1 + i % 12, &a);
		while (texts[i].n == 0);
	text_parts *p = text_parts_new(texts, n, fold, &a);
	uint32_t wrong = p == NULL;
	for (int round = 0; p && round < 50; round++) {
		span value = random_text(seed, 200, &a);
		told t = {0};
		text_parts_find(p, value, note, &t);
		for (uint32_t i = 0; i < n; i++) {
			size_t at = fold ? span_find_fold(value, texts[i]) : span_find(value, texts[i]);
			wrong += t.times[i] != (at != SPAN_NONE);
		}
	}
	arena_done(&a);
	return wrong;
}

TEST(found_together_as_one_by_one)
{
	uint32_t seed = 7;
	for (int i = 0; i < 200; i++)
		CHECK_INT(compare(&seed, i % 2), 0);
}

/* Each once, however often it stands there; those that are equal too. */
TEST(told_once)
{
	arena a = {0};
	const span texts[] = {SPAN("a"), SPAN("aa"), SPAN("A"), SPAN("a"), SPAN("ba")};
	told t = {0};
	text_parts_find(text_parts_new(texts, 5, false, &a), SPAN("aaaaaaaa"), note, &t);
	CHECK(t.times[0] == 1 && t.times[1] == 1 && t.times[2] == 0 && t.times[3] == 1 && t.times[4] == 0);
	t = (told){0};
	text_parts_find(text_parts_new(texts, 5, true, &a), SPAN("xBaA"), note, &t);
	CHECK(t.times[0] == 1 && t.times[1] == 1 && t.times[2] == 1 && t.times[3] == 1 && t.times[4] == 1);
	t = (told){0};
	text_parts_find(text_parts_new(texts, 5, true, &a), (span){0}, note, &t);
	CHECK(t.times[0] + t.times[1] + t.times[2] + t.times[3] + t.times[4] == 0);
	arena_done(&a);
}

/* Letters are those of ASCII: what differs from them by the same bit is something else. */
TEST(case_of_letters_alone)
{
	arena a = {0};
	const span texts[] = {SPAN("@["), SPAN("`{"), SPAN("\xc4"), SPAN("k")};
	told t = {0};
	text_parts *p = text_parts_new(texts, 4, true, &a);
	text_parts_find(p, SPAN("`{"), note, &t);
	text_parts_find(p, SPAN("\xe4 K"), note, &t);
	CHECK(t.times[0] == 0 && t.times[1] == 1 && t.times[2] == 0 && t.times[3] == 1);
	arena_done(&a);
}

TEST(no_larger_than_allowed)
{
	arena a = {0};
	uint32_t seed = 3;
	span many[2000];
	for (uint32_t i = 0; i < 2000; i++) {
		char *p = arena_alloc(&a, 60);
		for (int j = 0; j < 60; j++)
			p[j] = (char)('a' + next_random(&seed) % 26);
		many[i] = (span){p, 60};
	}
	CHECK(text_parts_new(many, 0, false, &a) == NULL);
	CHECK(text_parts_new(many, 500, false, &a) != NULL);
	CHECK(text_parts_new(many, 2000, false, &a) == NULL);
	arena_done(&a);
}

TEST_MAIN()
