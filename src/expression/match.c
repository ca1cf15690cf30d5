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

int match_compile_regex(span pattern, bool whole, arena *a, void **ret, error *e)
{
	pcre2_general_context *memory = pcre2_general_context_create(regex_malloc, regex_free, a);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	uint32_t options =
		PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0);
	int code;
	size_t at;
	*ret = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &at, context);
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

/* The next component of a path, without slashes; false: none is left. */
static bool component(span *rest, span *ret)
{
	while (rest->n && rest->p[0] == '/')
		*rest = span_from(*rest, 1);
	if (rest->n == 0)
		return false;
	size_t slash = span_find_byte(*rest, '/');
	*ret = span_sub(*rest, 0, slash == SPAN_NONE ? rest->n : slash);
	*rest = span_from(*rest, ret->n);
	return true;
}

/* Whether the path begins with the components of prefix, each a glob. */
static bool path_match_components(span prefix, span path)
{
	span want, have;
	if (path.n && (span_starts(prefix, SPAN("/")) != (path.p[0] == '/')))
		return false;
	while (component(&prefix, &want))
		if (!component(&path, &have) || !glob_match(want, have, (glob_flags){.escapes = true}))
			return false;
	return true;
}

/* Whether path is prefix itself or lies below it; globs may stand in the prefix. */
static bool path_match(span prefix, span path)
{
	if (prefix.n > 1 && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	if (span_find_byte(prefix, '*') != SPAN_NONE)
		return glob_match(prefix, path, (glob_flags){0});
	if (!span_starts(path, prefix))
		return false;
	return path.n == prefix.n || prefix.n == 1 || path.p[prefix.n] == '/';
}

static bool match_order(op o, int order)
{
	switch ((int)o) {
	case OP_LESS:
		return order < 0;
	case OP_LESS_EQUAL:
		return order <= 0;
	case OP_GREATER:
		return order > 0;
	case OP_GREATER_EQUAL:
		return order >= 0;
	default:
		return order == 0;
	}
}

static bool match_text(const expression *x, const literal *l, span s)
{
	switch (x->op) {
	case OP_EQUAL:
	case OP_NOT_EQUAL:
	case OP_IN:
	case OP_INTERSECTS:
		return span_equal(s, l->text);
	case OP_CONTAINS:
	case OP_BCONTAINS:
		return span_find(s, l->text) != SPAN_NONE;
	case OP_ICONTAINS:
		return span_find_fold(s, l->text) != SPAN_NONE;
	case OP_STARTSWITH:
	case OP_BSTARTSWITH:
		return span_starts(s, l->text);
	case OP_ISTARTSWITH:
		return span_equal_fold(span_sub(s, 0, l->text.n), l->text);
	case OP_ENDSWITH:
		return span_ends(s, l->text);
	case OP_IENDSWITH:
		return s.n >= l->text.n && span_equal_fold(span_from(s, s.n - l->text.n), l->text);
	case OP_GLOB:
		return glob_match(l->text, s, (glob_flags){.escapes = x->falco});
	case OP_IGLOB:
		return glob_match(l->text, s, (glob_flags){.fold = true, .escapes = x->falco});
	case OP_REGEX:
		return match_regex(l->regex, s);
	case OP_PMATCH:
		return x->falco ? path_match_components(l->text, s) : path_match(l->text, s);
	case OP_LESS:
	case OP_LESS_EQUAL:
	case OP_GREATER:
	case OP_GREATER_EQUAL:
		return match_order(x->op, span_compare(s, l->text));
	case OP_SAME: /* compiled to OP_EQUAL */
	case OP_EXISTS:
	case OP_COUNT:
		break;
	}
	return false;
}

/* Whether an address lies in the network; never when they are of different families. */
static bool match_net(const literal *l, span address)
{
	size_t whole = (size_t)l->number / 8, rest = (size_t)l->number % 8;
	if (address.n != l->text.n || whole > address.n || memcmp(address.p, l->text.p, whole) != 0)
		return false;
	return rest == 0 ||
	       (((unsigned char)address.p[whole] ^ (unsigned char)l->text.p[whole]) >> (8 - rest)) == 0;
}

static int compare_signed(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_unsigned(int64_t a, int64_t b)
{
	return ((uint64_t)a > (uint64_t)b) - ((uint64_t)a < (uint64_t)b);
}

bool match_literal(const expression *x, const literal *l, const field_value *v)
{
	switch (x->type) {
	case VALUE_TEXT:
	case VALUE_BYTES:
		return match_text(x, l, v->text);
	case VALUE_TRUTH:
		return match_order(x->op, compare_signed(v->truth, l->number));
	case VALUE_NUMBER:
		return match_order(x->op, compare_signed(v->number, l->number));
	case VALUE_UNSIGNED:
	case VALUE_PORT:
		return match_order(x->op, compare_unsigned(v->number, l->number));
	case VALUE_REAL:
		return match_order(x->op, (v->real > l->real) - (v->real < l->real));
	case VALUE_ADDRESS:
		return span_equal(v->text, l->text);
	case VALUE_NET:
		return match_net(l, v->text);
	case VALUE_OPAQUE:
		break;
	}
	return false;
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
	if (x->set)
		return text_set_match(x->set, v->text);
	for (uint32_t i = 0; i < x->values.count; i++)
		if (match_literal(x, &x->values.items[i], v))
			return true;
	return false;
}
