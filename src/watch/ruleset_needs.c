/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions are gone through with what a class of calls already settles; of what is left, each part of a condition is asked what it
 * takes of the path. One such part of an `and` is enough, of an `or` it takes all. */
#include "watch/ruleset_needs.h"

#include "watch/ruleset_settle.h"

#include <string.h>

/* Texts that one condition may ask for; one that asks for more is as good as one that asks for all. */
enum { TEXTS_MAX = 4096 };

/* What must hold for a condition to be true: one of these. */
typedef struct sought {
	bool never;     /* it cannot be true */
	bool any;       /* any path will do */
	bool traversal; /* or ".." in it as it was given */
	LIST(span) prefixes;
	LIST(span) suffixes;
	LIST(span) names; /* or the process has one of these */
} sought;

typedef struct walk {
	arena *arena;
	call_seen seen;
} walk;

/* --- what it takes of the path --- */

static const sought any = {.any = true};

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
static void add_prefix(const walk *w, sought *to, span text)
{
	if (text.n)
		list_push(w->arena, &to->prefixes, text);
	else
		to->any = true;
}

static void add_suffix(const walk *w, sought *to, span text)
{
	if (text.n)
		list_push(w->arena, &to->suffixes, text);
	else
		to->any = true;
}

static void add_glob(const walk *w, sought *to, span pattern)
{
	span start = plain_start(pattern), end = plain_end(pattern);
	if (start.n >= end.n)
		add_prefix(w, to, start);
	else
		add_suffix(w, to, end);
}

/* fd.name, fd.directory, fd.filename, proc.name: one literal of a test. */
static void add_literal(const walk *w, const expression *x, span text, sought *to)
{
	bool equal = x->op == OP_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
	int field = x->field->id;
	if (field == FIELD_PROC_NAME && equal)
		list_push(w->arena, &to->names, text);
	else if (field == FIELD_FD_FILENAME && equal)
		add_suffix(w, to, arena_format(w->arena, "/%.*s", SPAN_ARG(text)));
	else if (field == FIELD_FD_DIRECTORY && (equal || x->op == OP_STARTSWITH || x->op == OP_PMATCH))
		add_prefix(w, to, plain_start(text));
	else if (field != FIELD_FD_NAME)
		to->any = true;
	else if (equal || x->op == OP_STARTSWITH)
		add_prefix(w, to, text);
	else if (x->op == OP_ENDSWITH)
		add_suffix(w, to, text);
	else if (x->op == OP_PMATCH)
		add_prefix(w, to, plain_start(text));
	else if (x->op == OP_GLOB)
		add_glob(w, to, text);
	else
		to->any = true;
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

static sought sought_by_test(const walk *w, const expression *x)
{
	sought ret = {0};
	if (!x->field || x->left->kind != OPERAND_FIELD || x->right || x->modifier ||
		(w->seen.kind != SEEN_OPEN && x->field->id != FIELD_PROC_NAME))
		return any;
	if (is_traversal(x)) {
		ret.traversal = true;
		return ret;
	}
	/* A call that failed has no file whose path could be looked at. */
	bool visible = (w->seen.class & CLASS_GOOD) || x->field->id == FIELD_PROC_NAME;
	if (!visible || x->values.count == 0 || x->values.count > TEXTS_MAX)
		return any;
	for (uint32_t i = 0; i < x->values.count && !ret.any; i++)
		add_literal(w, x, x->values.items[i].text, &ret);
	return ret.any ? any : ret;
}

/* How much would be sent, by rough guess: a busy process opens many files, few files are asked for by name. */
static uint32_t weight(const sought *s)
{
	enum { NAMES = 1000 };
	if (s->never || s->any)
		return s->any ? UINT32_MAX : 0;
	return s->prefixes.count + s->suffixes.count + s->traversal +
	       (s->names.count ? NAMES + s->names.count : 0);
}

static void unite(const walk *w, sought *into, const sought *from)
{
	if (from->never)
		return;
	into->never = false;
	into->any |= from->any;
	into->traversal |= from->traversal;
	list_each(const span, prefix, &from->prefixes)
		list_push(w->arena, &into->prefixes, *prefix);
	list_each(const span, suffix, &from->suffixes)
		list_push(w->arena, &into->suffixes, *suffix);
	list_each(const span, name, &from->names)
		list_push(w->arena, &into->names, *name);
	if (into->any || into->prefixes.count + into->suffixes.count + into->names.count > TEXTS_MAX)
		*into = any;
}

static sought sought_by(const walk *w, const rule_node *n)
{
	if (!ruleset_answers(&w->seen, n).yes)
		return (sought){.never = true};
	if (n->kind == NODE_TEST)
		return ruleset_settle(&w->seen, n->test) == ALWAYS_TRUE ? any : sought_by_test(w, n->test);
	if (n->kind != NODE_AND && n->kind != NODE_OR)
		return any;
	sought ret = n->kind == NODE_AND ? any : (sought){.never = true};
	for (uint32_t i = 0; i < n->parts.count; i++) {
		sought part = sought_by(w, n->parts.items[i]);
		if (n->kind == NODE_OR)
			unite(w, &ret, &part);
		else if (weight(&part) < weight(&ret))
			ret = part;
	}
	return ret;
}

/* --- all rules of a type --- */

static void add_class(arena *a, sought_list *to, const span *items, uint32_t count, purpose p, uint64_t class)
{
	for (uint32_t i = 0; i < count; i++) {
		sought_text *known = NULL;
		for (uint32_t j = 0; j < to->count && !known; j++)
			known = span_equal(to->items[j].text, items[i]) ? &to->items[j] : NULL;
		if (!known) {
			list_push(a, to, ((sought_text){.text = items[i]}));
			known = &to->items[to->count - 1];
		}
		known->classes.of[p] |= class;
	}
}

/* What the rules of a type that matter to a purpose take together. */
static sought sought_by_rules(const walk *w, const ruleset *r, span type, purpose for_what)
{
	sought ret = {.never = true};
	const watch_rule *rule;
	for (uint32_t i = 0; (rule = ruleset_rule(r, type, i)) && !ret.any; i++) {
		if (for_what == PURPOSE_STOP && rule->action != WATCH_KILL)
			continue;
		sought one = sought_by(w, ruleset_root(r, type, i));
		unite(w, &ret, &one);
	}
	return ret;
}

/* Links to what a process runs or has open lead elsewhere: who asks for them asks for the path as it was given. */
static bool seeks_links(const sought *all)
{
	list_each(const span, prefix, &all->prefixes)
		if (span_starts(*prefix, SPAN("/proc/self/")))
			return true;
	return false;
}

call_asks ruleset_needs(
	const ruleset *r, span type, purpose for_what, bool opens, arena *a, sought_texts *texts)
{
	call_asks ret = {0};
	uint32_t bits = opens ? CLASS_COUNT - 1 : CLASS_CONTAINER | CLASS_GOOD;
	for (uint32_t class = 0; class < CLASS_COUNT; class ++) {
		walk w = {a, {class, opens ? SEEN_OPEN : SEEN_CALL}};
		uint64_t bit = (uint64_t)1 << class;
		if ((class & ~bits) || (for_what == PURPOSE_STOP && !(class & CLASS_CONTAINER)))
			continue;
		sought all = sought_by_rules(&w, r, type, for_what);
		if (all.never)
			continue;
		if (all.any) {
			ret.wanted |= bit;
			continue;
		}
		ret.sought |= bit;
		ret.traversal |= all.traversal ? bit : 0;
		ret.links |= seeks_links(&all) ? bit : 0;
		ret.named |= all.names.count ? bit : 0;
		add_class(a, &texts->prefixes, all.prefixes.items, all.prefixes.count, for_what, bit);
		add_class(a, &texts->suffixes, all.suffixes.items, all.suffixes.count, for_what, bit);
		add_class(a, &texts->names, all.names.items, all.names.count, for_what, bit);
	}
	return ret;
}
