/* SPDX-License-Identifier: Apache-2.0
 *
 * One value against the literals of a test. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "expression/tree.h"

#include <pcre2.h>

/* Backtracking that a hostile value could cause is cut off here: then it does not match. */
enum { REGEX_MATCH_LIMIT = 100000, REGEX_HEAP_KIB = 1024 };

static void *regex_malloc(size_t n, void *of)
{
	return arena_alloc(of, n);
}

static void regex_free(void *p, void *of)
{
	(void)p, (void)of; /* the arena gives it back */
}

int match_compile_regex(span pattern, arena *a, void **ret, error *e)
{
	pcre2_general_context *memory = pcre2_general_context_create(regex_malloc, regex_free, a);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	int code;
	size_t at;
	*ret = pcre2_compile(
		(PCRE2_SPTR)pattern.p, pattern.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &code, &at, context);
	if (*ret)
		return 0;
	char why[120] = "";
	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
	return error_set(e, ERROR_SYNTAX, "'%.*s' is no regular expression: %s", SPAN_ARG(pattern), why);
}

static bool match_regex(void *regex, span s)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	bool ret = false;
	if (data && context) {
		pcre2_set_match_limit(context, REGEX_MATCH_LIMIT);
		pcre2_set_heap_limit(context, REGEX_HEAP_KIB);
		ret = pcre2_match(regex, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0, 0, data, context) >= 0;
	}
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	return ret;
}

/* * matches anything, ? one byte, [a-z] and [!a-z] sets. One star is remembered, so the time is at most s.n * pattern.n. */
static bool glob_set(span pattern, size_t *i, char c)
{
	size_t j = *i + 1;
	bool negate = j < pattern.n && (pattern.p[j] == '!' || pattern.p[j] == '^'), hit = false;
	j += negate;
	for (size_t first = j; j < pattern.n && (pattern.p[j] != ']' || j == first); j++) {
		char low = pattern.p[j], high = low;
		if (j + 2 < pattern.n && pattern.p[j + 1] == '-' && pattern.p[j + 2] != ']') {
			high = pattern.p[j + 2];
			j += 2;
		}
		hit |= c >= low && c <= high;
	}
	*i = j;
	return hit != negate;
}

static bool glob_match(span pattern, span s, bool fold)
{
	size_t i = 0, j = 0, star = SPAN_NONE, mark = 0;
	while (j < s.n) {
		size_t k = i;
		bool hit = false;
		if (i < pattern.n && pattern.p[i] == '*') {
			star = i++;
			mark = j;
			continue;
		}
		if (i < pattern.n && pattern.p[i] == '[')
			hit = glob_set(pattern, &k, s.p[j]);
		else if (i < pattern.n)
			hit = pattern.p[i] == '?' || pattern.p[i] == s.p[j] ||
			      (fold && ascii_lower(pattern.p[i]) == ascii_lower(s.p[j]));
		if (hit) {
			i = k + 1;
			j++;
		} else if (star != SPAN_NONE) {
			i = star + 1;
			j = ++mark;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i >= pattern.n;
}

/* Whether path is prefix itself or lies below it; globs may stand in the prefix. */
static bool path_match(span prefix, span path)
{
	if (prefix.n > 1 && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	if (span_find_byte(prefix, '*') != SPAN_NONE)
		return glob_match(prefix, path, false);
	if (!span_starts(path, prefix))
		return false;
	return path.n == prefix.n || prefix.n == 1 || path.p[prefix.n] == '/';
}

static bool match_text(op o, const literal *l, span s)
{
	switch (o) {
	case OP_EQUAL:
	case OP_NOT_EQUAL:
	case OP_IN:
	case OP_INTERSECTS:
		return span_equal(s, l->text);
	case OP_CONTAINS:
		return span_find(s, l->text) != SPAN_NONE;
	case OP_ICONTAINS:
		return span_find_fold(s, l->text) != SPAN_NONE;
	case OP_STARTSWITH:
		return span_starts(s, l->text);
	case OP_ISTARTSWITH:
		return span_equal_fold(span_sub(s, 0, l->text.n), l->text);
	case OP_ENDSWITH:
		return span_ends(s, l->text);
	case OP_IENDSWITH:
		return s.n >= l->text.n && span_equal_fold(span_from(s, s.n - l->text.n), l->text);
	case OP_GLOB:
		return glob_match(l->text, s, false);
	case OP_IGLOB:
		return glob_match(l->text, s, true);
	case OP_REGEX:
		return match_regex(l->regex, s);
	case OP_PMATCH:
		return path_match(l->text, s);
	case OP_SAME: /* compiled to OP_EQUAL */
	case OP_BCONTAINS:
	case OP_BSTARTSWITH:
	case OP_LESS:
	case OP_LESS_EQUAL:
	case OP_GREATER:
	case OP_GREATER_EQUAL:
	case OP_EXISTS:
	case OP_COUNT:
		break;
	}
	return false;
}

static bool match_number(op o, int64_t literal, int64_t value)
{
	switch ((int)o) {
	case OP_LESS:
		return value < literal;
	case OP_LESS_EQUAL:
		return value <= literal;
	case OP_GREATER:
		return value > literal;
	case OP_GREATER_EQUAL:
		return value >= literal;
	default:
		return value == literal;
	}
}

static bool match_literal(const expression *x, const literal *l, const field_value *v)
{
	if (x->type == VALUE_TEXT)
		return match_text(x->op, l, v->text);
	return match_number(x->op, l->number, x->type == VALUE_TRUTH ? v->truth : v->number);
}

/* oneof: exactly one of the literals passes; anyof: one or more; allof: all, and there is one. */
static bool match_modified(const expression *x, const field_value *v)
{
	uint32_t hits = 0;
	for (uint32_t i = 0; i < x->values.count; i++)
		hits += match_literal(x, &x->values.items[i], v) != (x->op == OP_NOT_EQUAL);
	return x->modifier == MODIFIER_ONEOF
		       ? hits == 1
		       : hits && (x->modifier == MODIFIER_ANYOF || hits == x->values.count);
}

bool match_value(const expression *x, const field_value *v)
{
	if (x->op == OP_HOLDS)
		return v->truth;
	if (x->modifier)
		return match_modified(x, v);
	for (uint32_t i = 0; i < x->values.count; i++)
		if (match_literal(x, &x->values.items[i], v))
			return true;
	return false;
}
