/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions are gone through with what a class of calls already settles; of what is left, each part of a condition is asked what it
 * takes of the path. One such part of an `and` is enough, of an `or` it takes all. */
#include "watch/ruleset_needs.h"

#include "watch/ruleset_node.h"

#include <string.h>

/* Texts that one condition may ask for; one that asks for more is as good as one that asks for all. */
enum { TEXTS_MAX = 512 };

/* What must hold of the path for a condition to be true. */
typedef struct path_need {
	bool never;     /* it cannot be true */
	bool any;       /* any path will do */
	bool traversal; /* or ".." in it as it was given */
	LIST(span) prefixes;
	LIST(span) suffixes;
} path_need;

typedef struct walk {
	arena *arena;
	uint32_t class;
	bool opens;
} walk;

typedef enum settled { OPEN_QUESTION, NEVER_TRUE, ALWAYS_TRUE } settled;

static settled truth(bool value)
{
	return value ? ALWAYS_TRUE : NEVER_TRUE;
}

/* --- what a class settles --- */

/* Whether the test is a comparison of a field with one text or number: `=`, `!=` or `in` with one value. */
static bool is_single(const expression *x, bool *negated)
{
	*negated = x->op == OP_NOT_EQUAL;
	bool equal = *negated || x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	return equal && x->values.count == 1 && !x->right && !x->modifier && x->left->kind == OPERAND_FIELD;
}

/* container.id against "host": outside of containers it is that, inside it is not. */
static settled settle_container(const walk *w, const expression *x)
{
	bool negated;
	if (!is_single(x, &negated))
		return OPEN_QUESTION;
	bool inside = w->class & CLASS_CONTAINER;
	if (span_is(x->values.items[0].text, "host"))
		return truth(inside == negated);
	return inside ? OPEN_QUESTION : truth(negated);
}

static settled settle_truth(const expression *x, bool value)
{
	bool negated;
	return is_single(x, &negated) ? truth((x->values.items[0].number == value) != negated)
				      : OPEN_QUESTION;
}

/* A number that is 0 or more when the call was good, and less when it was not. */
static settled settle_number(const walk *w, const expression *x)
{
	bool good = w->class & CLASS_GOOD;
	if (x->right || x->modifier || x->values.count != 1 || x->left->kind != OPERAND_FIELD)
		return OPEN_QUESTION;
	int64_t number = x->values.items[0].number;
	if (x->op == OP_GREATER_EQUAL && number == 0)
		return truth(good);
	if (x->op == OP_LESS && number == 0)
		return truth(!good);
	if (x->op == OP_EQUAL && number < 0 && good)
		return NEVER_TRUE;
	return x->op == OP_EQUAL && number >= 0 && !good ? NEVER_TRUE : OPEN_QUESTION;
}

static settled settle_result(const walk *w, const expression *x)
{
	bool negated, good = w->class & CLASS_GOOD;
	if (is_single(x, &negated) && span_is(x->values.items[0].text, "SUCCESS"))
		return truth(good != negated);
	bool error = x->op == OP_STARTSWITH && x->values.count == 1 && span_is(x->values.items[0].text, "E");
	return error ? truth(!good) : OPEN_QUESTION;
}

/* Flags that a class has a bit for. */
static settled settle_flags(const walk *w, const expression *x)
{
	static const struct {
		const char *word;
		uint32_t class;
	} words[] = {{"O_TRUNC", CLASS_TRUNCATE}, {"O_CREAT", CLASS_CREATE}};
	if (!w->opens || x->op != OP_CONTAINS || x->values.count != 1 ||
		!span_is(x->field->argument, "flags"))
		return OPEN_QUESTION;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(x->values.items[0].text, words[i].word))
			return truth(w->class & words[i].class);
	return OPEN_QUESTION;
}

static settled settle(const walk *w, const expression *x)
{
	if (!x->field || x->left->kind != OPERAND_FIELD)
		return OPEN_QUESTION;
	switch (x->field->id) {
	case FIELD_CONTAINER_ID:
		return settle_container(w, x);
	case FIELD_EVT_RAWRES:
		return settle_number(w, x);
	case FIELD_FD_NUM:
		return w->opens ? settle_number(w, x) : OPEN_QUESTION;
	case FIELD_EVT_RES:
		return settle_result(w, x);
	case FIELD_EVT_FAILED:
		return settle_truth(x, !(w->class & CLASS_GOOD));
	case FIELD_EVT_IS_OPEN_READ:
		return settle_truth(x, w->opens && (w->class & CLASS_READ));
	case FIELD_EVT_IS_OPEN_WRITE:
		return settle_truth(x, w->opens && (w->class & CLASS_WRITE));
	case FIELD_EVT_ARG:
		return settle_flags(w, x);
	default:
		return OPEN_QUESTION;
	}
}

/* Both answers that a condition may have, by what is settled. */
typedef struct answers {
	bool yes, no;
} answers;

static answers answers_of(const walk *w, const rule_node *n)
{
	if (n->kind == NODE_CONSTANT)
		return (answers){n->value, !n->value};
	if (n->kind == NODE_TEST) {
		settled s = settle(w, n->test);
		return (answers){s != NEVER_TRUE, s != ALWAYS_TRUE};
	}
	if (n->kind == NODE_NOT) {
		answers of = answers_of(w, n->parts.items[0]);
		return (answers){of.no, of.yes};
	}
	bool all = n->kind == NODE_AND;
	answers ret = {all, !all};
	for (uint32_t i = 0; i < n->parts.count; i++) {
		answers part = answers_of(w, n->parts.items[i]);
		ret.yes = all ? ret.yes && part.yes : ret.yes || part.yes;
		ret.no = all ? ret.no || part.no : ret.no && part.no;
	}
	return ret;
}

/* --- what it takes of the path --- */

static const path_need any = {.any = true};

/* A literal up to its first wildcard. */
static span plain_start(span s)
{
	size_t n = 0;
	while (n < s.n && !strchr("*?[\\", s.p[n]))
		n++;
	return span_sub(s, 0, n);
}

static span plain_end(span s)
{
	size_t n = s.n;
	while (n > 0 && !strchr("*?]\\[", s.p[n - 1]))
		n--;
	return span_from(s, n);
}

/* An empty text says nothing of a path. */
static void add_prefix(const walk *w, path_need *need, span text)
{
	if (text.n)
		list_push(w->arena, &need->prefixes, text);
	else
		need->any = true;
}

static void add_suffix(const walk *w, path_need *need, span text)
{
	if (text.n)
		list_push(w->arena, &need->suffixes, text);
	else
		need->any = true;
}

static void add_glob(const walk *w, path_need *need, span pattern)
{
	span start = plain_start(pattern), end = plain_end(pattern);
	if (start.n >= end.n)
		add_prefix(w, need, start);
	else
		add_suffix(w, need, end);
}

/* fd.name, fd.directory, fd.filename: one literal of a test. */
static void add_literal(const walk *w, const expression *x, span text, path_need *need)
{
	bool equal = x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	if (x->field->id == FIELD_FD_FILENAME && equal)
		add_suffix(w, need, arena_format(w->arena, "/%.*s", SPAN_ARG(text)));
	else if (x->field->id == FIELD_FD_DIRECTORY &&
		 (equal || x->op == OP_STARTSWITH || x->op == OP_PMATCH))
		add_prefix(w, need, plain_start(text));
	else if (x->field->id != FIELD_FD_NAME)
		need->any = true;
	else if (equal || x->op == OP_STARTSWITH)
		add_prefix(w, need, text);
	else if (x->op == OP_ENDSWITH)
		add_suffix(w, need, text);
	else if (x->op == OP_PMATCH)
		add_prefix(w, need, plain_start(text));
	else if (x->op == OP_GLOB)
		add_glob(w, need, text);
	else
		need->any = true;
}

/* fd.nameraw: only whether it has ".." in it can be asked. */
static bool is_traversal(const expression *x)
{
	if (x->field->id != FIELD_FD_NAMERAW || (x->op != OP_CONTAINS && x->op != OP_GLOB))
		return false;
	for (uint32_t i = 0; i < x->values.count; i++)
		if (span_find(x->values.items[i].text, SPAN("..")) == SPAN_NONE)
			return false;
	return true;
}

static path_need need_of_test(const walk *w, const expression *x)
{
	path_need need = {0};
	if (!w->opens || !x->field || x->left->kind != OPERAND_FIELD || x->right || x->modifier)
		return any;
	if (is_traversal(x)) {
		need.traversal = true;
		return need;
	}
	/* A call that failed has no file whose path could be looked at. */
	if (!(w->class & CLASS_GOOD) || x->values.count > TEXTS_MAX)
		return any;
	for (uint32_t i = 0; i < x->values.count && !need.any; i++)
		add_literal(w, x, x->values.items[i].text, &need);
	return need.any || x->values.count == 0 ? any : need;
}

static uint32_t size_of(const path_need *n)
{
	return n->never ? 0 : n->any ? UINT32_MAX : n->prefixes.count + n->suffixes.count + n->traversal;
}

static void unite(const walk *w, path_need *into, const path_need *from)
{
	if (from->never)
		return;
	into->never = false;
	into->any |= from->any;
	into->traversal |= from->traversal;
	list_each(const span, s, &from->prefixes)
		list_push(w->arena, &into->prefixes, *s);
	list_each(const span, t, &from->suffixes)
		list_push(w->arena, &into->suffixes, *t);
	if (into->prefixes.count + into->suffixes.count > TEXTS_MAX)
		*into = any;
}

static path_need need_of(const walk *w, const rule_node *n)
{
	if (!answers_of(w, n).yes)
		return (path_need){.never = true};
	if (n->kind == NODE_TEST)
		return settle(w, n->test) == ALWAYS_TRUE ? any : need_of_test(w, n->test);
	if (n->kind != NODE_AND && n->kind != NODE_OR)
		return any;
	path_need ret = n->kind == NODE_AND ? any : (path_need){.never = true};
	for (uint32_t i = 0; i < n->parts.count; i++) {
		path_need part = need_of(w, n->parts.items[i]);
		if (n->kind == NODE_OR)
			unite(w, &ret, &part);
		else if (size_of(&part) < size_of(&ret))
			ret = part;
	}
	return ret;
}

/* --- all rules of a type --- */

static bool known(const span *items, uint32_t count, span text)
{
	for (uint32_t i = 0; i < count; i++)
		if (span_equal(items[i], text))
			return true;
	return false;
}

static void collect(arena *a, const path_need *need, path_needs *paths)
{
	list_each(const span, p, &need->prefixes)
		if (!known(paths->prefixes.items, paths->prefixes.count, *p))
			list_push(a, &paths->prefixes, *p);
	list_each(const span, s, &need->suffixes)
		if (!known(paths->suffixes.items, paths->suffixes.count, *s))
			list_push(a, &paths->suffixes, *s);
}

call_needs ruleset_needs(const ruleset *r, span type, bool opens, arena *a, path_needs *paths)
{
	call_needs ret = {0};
	uint32_t bits = opens ? CLASS_COUNT - 1 : CLASS_CONTAINER | CLASS_GOOD;
	for (uint32_t class = 0; class < CLASS_COUNT; class ++) {
		walk w = {a, class, opens};
		path_need all = {.never = true};
		rule_node *root;
		if (class & ~bits)
			continue;
		for (uint32_t i = 0; (root = ruleset_root(r, type, i)) && !all.any; i++) {
			path_need one = need_of(&w, root);
			unite(&w, &all, &one);
		}
		if (all.never)
			continue;
		if (all.any) {
			ret.wanted |= (uint64_t)1 << class;
			continue;
		}
		ret.sought |= (uint64_t)1 << class;
		if (all.traversal)
			ret.traversal |= (uint64_t)1 << class;
		collect(a, &all, paths);
	}
	return ret;
}
