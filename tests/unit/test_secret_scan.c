/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine: lanes, windows, masks, limits, foreign rules. */
#include "secrets/automaton.h"
#include "secrets/pattern.h"
#include "secrets/scan.h"
#include "secrets/scan_parts.h"
#include "test.h"

#include "base/buffer.h"

typedef struct hits {
	uint64_t sum, count;
} hits;

static void on_hit(void *of, uint32_t lane, uint32_t word, size_t start)
{
	(void)lane;
	hits *h = of;
	h->count++;
	h->sum += (start + 1) * 1000003u * (word + 7); /* the order does not matter */
}

static hits naive(span text, const span *words, uint32_t count)
{
	hits h = {0};
	for (uint32_t w = 0; w < count; w++)
		for (size_t i = 0; i + words[w].n <= text.n; i++)
			if (span_equal_fold(span_sub(text, i, words[w].n), words[w]))
				on_hit(&h, 0, w, i);
	return h;
}

TEST(secret_automaton_finds_what_a_search_finds)
{
	static const span words[] = {
		{"aab", 3}, {"ab", 2}, {"abcab", 5}, {"b", 1}, {"caba", 4}, {"://", 3}, {"aaaaaaaa", 8}};
	enum { WORDS = sizeof words / sizeof *words };
	automaton *m = automaton_new(words, WORDS);
	uint32_t state = 1;
	char text[200];
	for (size_t n = 0; n < sizeof text; n++)
		for (int round = 0; round < 20; round++) {
			for (size_t i = 0; i < n; i++) {
				state = state * 1664525u + 1013904223u;
				text[i] = "abcAB:/x"[state >> 29];
			}
			span s = {text, n};
			hits want = naive(s, words, WORDS), one = {0}, four = {0};
			automaton_scan(m, s, 1, on_hit, &one);
			automaton_scan(m, s, AUTOMATON_LANES, on_hit, &four);
			CHECK(one.count == want.count && one.sum == want.sum);
			CHECK(four.count == want.count && four.sum == want.sum);
		}
	automaton_free(m);
}

static secret_rules *own_rules(void)
{
	secret_rules *rules = secret_rules_new(true);
	secret_rules_seal(rules);
	return rules;
}

#define KEY_ID \
	"AKIA" \
	"Q3EGRTXYZ5LMN2OP"

TEST(secret_scan_over_the_cuts)
{
	enum { SIZE = 4000 };
	secret_rules *rules = own_rules();
	secret_scratch *s = secret_scratch_new(rules);
	static char text[SIZE];
	for (size_t at = 0; at + 21 < SIZE; at++) {
		arena a = {0};
		secret_result r = {0};
		memset(text, ' ', SIZE);
		memcpy(text + at, KEY_ID, 20);
		secret_scan(s, SPAN("x"), (span){text, SIZE}, NULL, &a, &r);
		if (r.found.count != 1 || r.found.items[0].start != at || r.found.items[0].column != at + 1)
			TEST_FAIL("at %zu: %u found", at, r.found.count);
		arena_done(&a);
	}
	secret_scratch_free(s);
	secret_rules_free(rules);
}

TEST(secret_scan_says_where_and_hides_what)
{
	secret_rules *rules = own_rules();
	secret_scratch *s = secret_scratch_new(rules);
	arena a = {0};
	secret_result r = {0};
	span text = SPAN("# \xc3\xa9\nA=1\nid \xc3\xa9 = " KEY_ID " # " KEY_ID "\n");
	secret_scan(s, SPAN("x"), text, NULL, &a, &r);
	CHECK_INT(r.found.count, 2);
	const secret_found *f = &r.found.items[0];
	CHECK_INT(f->line, 3);
	CHECK_INT(f->column, 8);
	CHECK_INT(f->end_column, 28);
	CHECK_SPAN(f->masked, "AKIA****************");
	CHECK_SPAN(f->excerpt, "id \xc3\xa9 = AKIA**************** # AKIA****************");
	CHECK(strcmp(f->hash, r.found.items[1].hash) == 0);
	CHECK(sha256_is_text(span_of(f->hash)));

	span hash = span_of(f->hash), rule = SPAN("aws-access-key-id"), path = SPAN("x");
	secret_allow by_hash = {.hashes = {&hash, 1, 1}}, by_rule = {.rules = {&rule, 1, 1}},
		     by_path = {.paths = {&path, 1, 1}};
	const secret_allow *const all[] = {&by_hash, &by_rule, &by_path};
	for (int i = 0; i < 3; i++) {
		secret_result none = {0};
		secret_scan(s, SPAN("x"), text, all[i], &a, &none);
		CHECK_INT(none.found.count, 0);
		CHECK_INT(none.allowed, 2);
	}
	arena_done(&a);
	secret_scratch_free(s);
	secret_rules_free(rules);
}

TEST(secret_scan_content)
{
	secret_rules *rules = own_rules();
	secret_scratch *s = secret_scratch_new(rules);
	arena a = {0};
	secret_result r = {0};
	char wide[2 + 2 * 20], binary[64] = KEY_ID;
	memcpy(wide, "\xff\xfe", 2);
	for (int i = 0; i < 20; i++)
		wide[2 + 2 * i] = KEY_ID[i], wide[3 + 2 * i] = 0;
	secret_scan(s, SPAN("x"), (span){binary, sizeof binary}, NULL, &a, &r);
	CHECK_INT(r.found.count, 0);
	secret_scan(s, SPAN("x"), (span){wide, sizeof wide}, NULL, &a, &r);
	CHECK_INT(r.found.count, 1);
	secret_scan(s, SPAN("x"), (span){0}, NULL, &a, &r);
	CHECK_INT(r.found.count, 1);
	CHECK(secret_wanted(SPAN("/srv/app/.env"), 100) && secret_wanted(SPAN("root/.ssh/id_rsa"), 400));
	CHECK(!secret_wanted(SPAN("/a/b.PNG"), 100) && !secret_wanted(SPAN("usr/lib/libc.so.6"), 100));
	CHECK(!secret_wanted(SPAN("./usr/share/doc/x/README"), 100) && !secret_wanted(SPAN("x"), 0));
	arena_done(&a);
	secret_scratch_free(s);
	secret_rules_free(rules);
}

TEST(secret_scan_hostile)
{
	static const char *const parts[] = {"password=", "token:secret=", "://a:b",
		"-----BEGIN PRIVATE KEY-----\n", "eyJhbGciOi", "a", KEY_ID " "};
	enum { SIZE = 2 << 20 };
	secret_rules *rules = own_rules();
	secret_scratch *s = secret_scratch_new(rules);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		arena a = {0};
		secret_result r = {0};
		auto_buffer b = {0};
		while (b.n < SIZE)
			buffer_add_string(&b, parts[i]);
		secret_scan(s, SPAN("x"), buffer_span(&b), NULL, &a, &r);
		CHECK(r.found.count <= 1000 && r.problems.count < 100);
		if (i == 6)
			CHECK(r.found.count == 1000 && r.dropped > 0);
		arena_done(&a);
	}
	secret_scratch_free(s);
	secret_rules_free(rules);
}

static secret_rules *foreign_rules(const char *words, arena *a, node_problems *problems)
{
	secret_rules *rules = secret_rules_new(false);
	text t;
	error e;
	text_init(&t, "rules.toml", span_of(words), a);
	if (secret_rules_read(rules, &t, a, problems, &e) < 0) {
		secret_rules_free(rules);
		return NULL;
	}
	secret_rules_seal(rules);
	return rules;
}

TEST(secret_foreign_rules)
{
	arena a = {0};
	node_problems problems = {0};
	secret_rules *rules = foreign_rules(
		"[allowlist]\npaths = ['''skip/''']\n"
		"[[rules]]\nid = 'one'\ndescription = 'One'\nregex = '''(?i)[\\w.-]{0,50}?(?:mykey)=([a-z0-9]{8})'''\n"
		"keywords = ['MyKey']\nentropy = 2\n[[rules.allowlists]]\nregexTarget = 'match'\nregexes = ['''^not''']\n"
		"[[rules]]\nid = 'two'\nregex = '''abc(\\d+)(x)'''\nsecretGroup = 1\n[rules.allowlist]\nstopwords = ['777']\n"
		"[[rules]]\nid = 'broken'\nregex = '''a(b'''\n[[rules]]\nregex = 'x'\n"
		"[[rules]]\nid = 'file'\npath = '''\\.p12$'''\n[[rules]]\nid = 'off'\nregex = 'y'\n[extend]\ndisabledRules = ['off']\n",
		&a, &problems);
	CHECK(rules);
	CHECK_INT(problems.count, 2);
	CHECK_INT(secret_rules_count(rules), 3);
	secret_scratch *s = secret_scratch_new(rules);
	secret_result r = {0};
	span words = SPAN("a MYKEY=ab12cd34\nnot_mykey=ab12cd34\nmykey=aaaaaaaa abc123x abc777x");
	secret_scan(s, SPAN("x"), words, NULL, &a, &r);
	CHECK_INT(r.found.count, 2);
	CHECK_INT(r.found.items[0].start, 8);
	CHECK_INT(r.found.items[1].end - r.found.items[1].start, 3);
	secret_scan(s, SPAN("skip/x"), words, NULL, &a, &r);
	CHECK_INT(r.found.count, 2);
	secret_scan(s, SPAN("a.p12"), SPAN("\0\0"), NULL, &a, &r);
	CHECK_INT(r.found.count, 3);
	secret_scratch_free(s);
	secret_rules_free(rules);
	arena_done(&a);
}

TEST(secret_foreign_catastrophe_is_reported)
{
	arena a = {0};
	node_problems problems = {0};
	secret_rules *rules = foreign_rules(
		"[[rules]]\nid = 'evil'\nregex = '''(?:a+)+b(?:x|$)'''\nkeywords = ['aaa']\n", &a, &problems);
	secret_scratch *s = secret_scratch_new(rules);
	secret_result r = {0};
	char text[5000];
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = 'b';
	text[sizeof text - 2] = 'c';
	secret_scan(s, SPAN("x"), (span){text, sizeof text}, NULL, &a, &r);
	CHECK_INT(r.problems.count, 1);
	CHECK_INT(r.problems.items[0].fault, SECRET_FAULT_EFFORT);
	secret_scratch_free(s);
	secret_rules_free(rules);
	arena_done(&a);
}

TEST(secret_pattern_lengths)
{
	static const struct {
		const char *pattern;
		size_t longest;
		const char *word;
		size_t before;
	} rows[] = {
		{"abc", 3, "bc", 1},
		{"a{3}b?[c-e]{2,5}", 9, "zz", SPAN_NONE},
		{"(?i)(?:ab|c{4})x", 5, "x", 4},
		{"\\b(abc[\\]a]{2})\\z", 5, "abc", 0},
		{"x{2,}y", PATTERN_LONGEST, "y", PATTERN_LONGEST},
		{"(?:a|key){2}", 6, "key", PATTERN_LONGEST},
		{"[[:alnum:]]{3}\\.key", 7, ".key", 3},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t before = SPAN_NONE;
		CHECK_INT(pattern_longest(span_of(rows[i].pattern)), rows[i].longest);
		pattern_needs(span_of(rows[i].pattern), span_of(rows[i].word), &before);
		if (before != rows[i].before)
			TEST_FAIL("%s: %zu before %s", rows[i].pattern, before, rows[i].word);
	}
}

TEST_MAIN()
