/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign rules: the configuration of gitleaks (TOML). Understood are [[rules]] with id, description, regex, path, secretGroup, entropy, keywords and
 * their allow lists ([rules.allowlist], [[rules.allowlists]] with regexes, regexTarget, paths, stopwords, condition), the global [allowlist] and
 * [[allowlists]], and extend.disabledRules. Not: extend.path (a problem), extend.useDefault (our own rules are the default), commits, required.
 *
 * A rule without keywords is run over every file. RE2 and PCRE2 differ in little: \z, (?P<name>…), \pL and flags in the middle are the same in both;
 * "$" is told to mean the very end; a repetition of more than 65535 does not exist in either. */
#include "base/limits.h"
#include "formats/toml.h"
#include "secrets/pattern.h"
#include "secrets/rule.h"

#include <stdlib.h>

typedef struct loader {
	secret_rules *rules;
	const text *t;
	arena *a; /* of problems */
	node_problems *problems;
	const node *disabled;
} loader;

static void problem(loader *l, const node *at, span message)
{
	if (l->problems->count < LIMIT_FILE_ERRORS)
		list_push(l->a, l->problems, (node_problem){at->start, at->end, message.p});
}

static span own_copy(loader *l, span s)
{
	return arena_copy(&l->rules->arena, s);
}

/* A pattern of the file, compiled: a fault is a problem at its place. */
static int pattern_read(loader *l, const node *at, const char *whose, regex *ret)
{
	error e;
	*ret = (regex){.pattern = own_copy(l, node_text(at)), .foreign = true};
	if (regex_compile(ret, &e) >= 0)
		return 0;
	problem(l, at, arena_format(l->a, "the pattern of '%s' cannot be used: %s", whose, e.text));
	return -1;
}

static regex *pattern_new(loader *l, const node *at, const char *whose)
{
	regex *r = ARENA_NEW(&l->rules->arena, regex);
	return pattern_read(l, at, whose, r) < 0 ? NULL : r;
}

static const node *either(const node *map, const char *name, const char *other)
{
	const node *found = node_get(map, name);
	return found ? found : node_get(map, other);
}

static secret_exempt *exempt_read(loader *l, const node *from, const char *whose)
{
	secret_exempt *x = ARENA_NEW(&l->rules->arena, secret_exempt);
	const node *regexes = node_get(from, "regexes"), *paths = node_get(from, "paths"),
		   *stop = node_get(from, "stopwords");
	for (uint32_t i = 0; node_is_list(regexes) && i < regexes->count; i++) {
		regex *r = pattern_new(l, regexes->items[i], whose);
		if (r)
			list_push(&l->rules->arena, &x->regexes, r);
	}
	for (uint32_t i = 0; node_is_list(paths) && i < paths->count; i++) {
		regex *r = pattern_new(l, paths->items[i], whose);
		if (r)
			list_push(&l->rules->arena, &x->paths, r);
	}
	for (uint32_t i = 0; node_is_list(stop) && i < stop->count; i++)
		if (node_text(stop->items[i]).n)
			list_push(&l->rules->arena, &x->stopwords, own_copy(l, node_text(stop->items[i])));
	span target = node_text(node_get(from, "regexTarget"));
	x->target = span_is(target, "match")  ? SECRET_TARGET_MATCH
		    : span_is(target, "line") ? SECRET_TARGET_LINE
					      : SECRET_TARGET_VALUE;
	span condition = node_text(node_get(from, "condition"));
	x->all = span_is_fold(condition, "AND") || span_is(condition, "&&");
	return x;
}

/* [allowlist] is a table, [[allowlists]] several. */
static void exempts_read(loader *l, const node *from, const char *whose, secret_exempts *ret)
{
	const node *one = node_get(from, "allowlist"), *many = node_get(from, "allowlists");
	if (node_is_map(one))
		list_push(&l->rules->arena, ret, exempt_read(l, one, whose));
	for (uint32_t i = 0; node_is_list(many) && i < many->count; i++)
		list_push(&l->rules->arena, ret, exempt_read(l, many->items[i], whose));
}

static float number_of(const node *n)
{
	char digits[32];
	span s = node_text(n);
	if (s.n == 0 || s.n >= sizeof digits)
		return 0;
	memcpy(digits, s.p, s.n);
	digits[s.n] = 0;
	float value = strtof(digits, NULL);
	return value > 0 && value <= 8 ? value : 0;
}

static uint32_t keywords_read(loader *l, const node *from, span *words)
{
	const node *list = node_get(from, "keywords");
	uint32_t count = 0;
	for (uint32_t i = 0; node_is_list(list) && i < list->count && count < LIMIT_SECRET_RULE_KEYWORDS;
		i++) {
		span word = node_text(list->items[i]);
		if (word.n == 0 || word.n > PATTERN_LITERAL)
			continue;
		word = own_copy(l, word);
		for (size_t k = 0; k < word.n; k++)
			((char *)word.p)[k] = ascii_lower(word.p[k]);
		words[count++] = word;
	}
	return count;
}

/* A keyword may be spelt otherwise in the pattern, passwd as passw(?:or)?d: then its beginning is enough. */
static bool word_found(span pattern, span word, size_t *before)
{
	enum { LEAST = 3 };
	for (; word.n >= LEAST; word.n--)
		if (pattern_needs(pattern, word, before))
			return true;
	return false;
}

/* Where a match can lie around its keywords: they must all be words of the pattern itself. */
static void windows_choose(secret_use *use, const span *words, uint32_t count)
{
	size_t before = 0, most = 0;
	use->whole = count == 0;
	for (uint32_t i = 0; i < count; i++) {
		use->whole |= !word_found(use->pattern.pattern, words[i], &before);
		most = before > most ? before : most;
	}
	use->before = (uint32_t)most;
	use->after = (uint32_t)pattern_longest(use->pattern.pattern) + 8;
}

static bool is_disabled(const loader *l, span id)
{
	for (uint32_t i = 0; node_is_list(l->disabled) && i < l->disabled->count; i++)
		if (span_equal(node_text(l->disabled->items[i]), id))
			return true;
	return false;
}

static void prefix_strip(loader *l, secret_use *use)
{
	span shorter = pattern_translate(use->pattern.pattern, &l->rules->arena, &use->prefix);
	if (use->prefix) {
		regex_done(&use->pattern);
		use->pattern.pattern = shorter;
	}
}

static void rule_read(loader *l, const node *from)
{
	span id = node_text(node_get(from, "id")), title = node_text(node_get(from, "description"));
	const node *pattern = node_get(from, "regex"), *path = node_get(from, "path");
	int64_t group;
	if (id.n == 0 || is_disabled(l, id)) {
		if (id.n == 0)
			problem(l, from, SPAN("a rule without an id was left out"));
		return;
	}
	secret_use use = {.about = {.id = own_copy(l, id).p,
				  .title = own_copy(l, title.n ? title : id).p,
				  .severity = SECRET_MEDIUM,
				  .foreign = true},
		.line = text_place(l->t, from->start).line,
		.entropy = number_of(node_get(from, "entropy")),
		.rank = span_find_fold(id, SPAN("generic")) != SPAN_NONE ? SECRET_RANK_GENERIC
									 : SECRET_RANK_FORM};
	if (node_int(either(from, "secretGroup", "secretgroup"), &group) && group > 0 && group < REGEX_GROUPS)
		use.group = (uint8_t)group;
	use.foreign_group = use.group == 0;
	if (node_text(path).n && pattern_read(l, path, use.about.id, &use.path) < 0)
		return;
	if (node_text(pattern).n == 0)
		use.path_only = true;
	else if (pattern_read(l, pattern, use.about.id, &use.pattern) < 0) {
		regex_done(&use.path);
		return;
	}
	prefix_strip(l, &use);
	span words[LIMIT_SECRET_RULE_KEYWORDS];
	uint32_t count = keywords_read(l, from, words);
	if (!use.path_only)
		windows_choose(&use, words, count);
	use.exempts = ARENA_NEW(&l->rules->arena, secret_exempts);
	exempts_read(l, from, use.about.id, use.exempts);
	secret_rules_add(l->rules, &use, words, use.path_only ? 0 : count);
}

int secret_rules_read(secret_rules *rules, const text *t, arena *a, node_problems *problems, error *e)
{
	loader l = {.rules = rules, .t = t, .a = a, .problems = problems};
	node *root;
	TRY(toml_read(t, a, &root, problems, e));
	const node *list = node_get(root, "rules"), *extend = node_get(root, "extend");
	if (!node_is_list(list) && !node_is_map(extend))
		return error_set_at(e, ERROR_SYNTAX, 1, 1, "there are no [[rules]]");
	l.disabled = node_get(extend, "disabledRules");
	if (node_get(extend, "path"))
		problem(&l, node_get(extend, "path"),
			SPAN("extend.path is not followed: give that file too"));
	exempts_read(&l, root, "the global allow list", &rules->global);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		if (rules->uses.count >= LIMIT_SECRET_RULES) {
			problem(&l, list->items[i],
				SPAN("more rules than one scan may have: the rest was left out"));
			break;
		}
		rule_read(&l, list->items[i]);
	}
	return 0;
}
