/* SPDX-License-Identifier: Apache-2.0
 *
 * For each class of calls a condition is brought into forms of which one must hold (its disjunctive normal form): of some groups one must be
 * found, of others none. What does not come to that cannot be decided. */
#include "watch/ruleset_deny.h"

#include "watch/ruleset_settle.h"

#include <string.h>

typedef LIST(deny_key) key_list;

/* All of this must hold: of each group that has any one of must, and none of must_not. */
typedef struct form {
	key_list must[DENY_GROUPS], must_not[DENY_GROUPS];
} form;

/* One of these must hold. */
typedef struct forms {
	bool undecided;      /* because of a field, or of the way the parts are joined */
	const char *unclear; /* that field */
	LIST(form) any;
} forms;

enum { FORMS_MAX = 16 };

typedef struct deny_walk {
	arena *arena;
	call_seen seen;
} deny_walk;

static forms undecided(const char *field)
{
	return (forms){.undecided = true, .unclear = field};
}

static forms always(const deny_walk *w)
{
	forms ret = {0};
	list_push(w->arena, &ret.any, ((form){0}));
	return ret;
}

/* --- one literal of a test --- */

/* The group of what is looked up in one place. */
static const deny_group groups[] = {
	[DENY_KEY_PREFIX] = DENY_START,
	[DENY_KEY_SUFFIX] = DENY_END,
	[DENY_KEY_NAME] = DENY_NAME,
	[DENY_KEY_ADDRESS] = DENY_ADDRESS,
	[DENY_KEY_PORT] = DENY_PORT,
};

static bool add(const deny_walk *w, key_list *to, deny_kind kind, span text, uint32_t number)
{
	list_push(w->arena, &to[groups[kind]], ((deny_key){kind, text, number}));
	return true;
}

static bool add_prefix(const deny_walk *w, key_list *to, span text, bool whole)
{
	if (text.n == 0 || text.n + whole > RECORD_PREFIX)
		return false;
	return add(
		w, to, DENY_KEY_PREFIX, whole ? (span){arena_string(w->arena, text), text.n + 1} : text, 0);
}

static bool add_suffix(const deny_walk *w, key_list *to, span text)
{
	return text.n > 0 && text.n <= RECORD_SUFFIX && add(w, to, DENY_KEY_SUFFIX, text, 0);
}

/* A path and what is below it. */
static bool add_below(const deny_walk *w, key_list *to, span path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (!span_starts(path, SPAN("/")) || span_find(path, SPAN("//")) != SPAN_NONE)
		return false;
	if (path.n == 1)
		return add_prefix(w, to, path, false);
	return add_prefix(w, to, path, true) &&
	       add_prefix(w, to, arena_format(w->arena, "%.*s/", SPAN_ARG(path)), false);
}

static bool has_wildcard(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("*?[\\", s.p[i]))
			return true;
	return false;
}

/* Only stars at one end: they match slashes too. */
static bool add_glob(const deny_walk *w, key_list *to, span pattern)
{
	if (!has_wildcard(pattern))
		return add_prefix(w, to, pattern, true);
	span start = span_sub(pattern, 0, pattern.n - 1), end = span_from(pattern, 1);
	if (pattern.p[pattern.n - 1] == '*' && !has_wildcard(start))
		return add_prefix(w, to, start, false);
	return pattern.p[0] == '*' && !has_wildcard(end) && add_suffix(w, to, end);
}

static bool is_equality(const expression *x)
{
	return x->op == OP_EQUAL || x->op == OP_NOT_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS;
}

static bool add_path(const deny_walk *w, const expression *x, const literal *l, key_list *to)
{
	span text = l->text;
	if (is_equality(x))
		return add_prefix(w, to, text, true);
	if (x->op == OP_STARTSWITH)
		return add_prefix(w, to, text, false);
	if (x->op == OP_ENDSWITH)
		return add_suffix(w, to, text);
	if (x->op == OP_GLOB)
		return add_glob(w, to, text);
	return x->op == OP_PMATCH && !has_wildcard(text) && add_below(w, to, text);
}

enum { COMM_MAX = 15, IPV4_BYTES = 4, IPV6_BYTES = 16, MAPPED_BITS = 96 };

static bool add_name(const deny_walk *w, const expression *x, const literal *l, key_list *to)
{
	return is_equality(x) && l->text.n > 0 && l->text.n <= COMM_MAX &&
	       add(w, to, DENY_KEY_NAME, l->text, 0);
}

static bool add_file_name(const deny_walk *w, const expression *x, const literal *l, key_list *to)
{
	return is_equality(x) && l->text.n > 0 && span_find_byte(l->text, '/') == SPAN_NONE &&
	       add_suffix(w, to, arena_format(w->arena, "/%.*s", SPAN_ARG(l->text)));
}

static bool add_address(const deny_walk *w, const expression *x, const literal *l, key_list *to)
{
	char all[IPV6_BYTES] = {[10] = (char)0xff, [11] = (char)0xff};
	bool net = x->type == VALUE_NET, wide = l->text.n == IPV6_BYTES;
	if (!is_equality(x) || (!wide && l->text.n != IPV4_BYTES))
		return false;
	/* No address is one of the other family; in the kernel's table both stand together. */
	if (wide != !!(w->seen.class & CLASS_IPV6))
		return true;
	uint32_t bits = net ? (uint32_t)l->number : (uint32_t)l->text.n * 8;
	memcpy(wide ? all : all + IPV6_BYTES - IPV4_BYTES, l->text.p, l->text.n);
	return add(w, to, DENY_KEY_ADDRESS, arena_copy(w->arena, (span){all, sizeof all}),
		wide ? bits : MAPPED_BITS + bits);
}

typedef bool literal_adder(const deny_walk *w, const expression *x, const literal *l, key_list *to);

static bool add_port(const deny_walk *w, const expression *x, const literal *l, key_list *to)
{
	return is_equality(x) && l->number >= 0 && l->number <= UINT16_MAX &&
	       add(w, to, DENY_KEY_PORT, (span){0}, (uint32_t)l->number);
}

/* What is known of a call where it is decided. */
static const struct {
	seen_kind kind;
	int field;
	literal_adder *add;
} known[] = {
	{SEEN_OPEN, FIELD_FD_NAME, add_path},
	{SEEN_OPEN, FIELD_FD_FILENAME, add_file_name},
	{SEEN_OPEN, FIELD_PROC_NAME, add_name},
	{SEEN_EXEC, FIELD_PROC_EXEPATH, add_path},
	{SEEN_EXEC, FIELD_PROC_NAME, add_name},
	{SEEN_CONNECT, FIELD_PROC_NAME, add_name},
	{SEEN_CONNECT, FIELD_FD_SIP, add_address},
	{SEEN_CONNECT, FIELD_FD_RIP, add_address},
	{SEEN_CONNECT, FIELD_FD_SNET, add_address},
	{SEEN_CONNECT, FIELD_FD_RNET, add_address},
	{SEEN_CONNECT, FIELD_FD_SPORT, add_port},
	{SEEN_CONNECT, FIELD_FD_RPORT, add_port},
};

static literal_adder *adder_of(const deny_walk *w, int field)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].kind == w->seen.kind && known[i].field == field)
			return known[i].add;
	return NULL;
}

/* One of its literals, each in its group; with `!=` none of any group. */
static forms forms_of_test(const deny_walk *w, const expression *x)
{
	form all = {0};
	forms ret = {0};
	const char *name = x->field ? x->field->name : NULL;
	bool plain =
		x->field && x->left->kind == OPERAND_FIELD && !x->right && !x->modifier && x->values.count;
	literal_adder *adder = plain ? adder_of(w, x->field->id) : NULL;
	if (!adder)
		return undecided(name);
	for (uint32_t i = 0; i < x->values.count; i++)
		if (!adder(w, x, &x->values.items[i], x->op == OP_NOT_EQUAL ? all.must_not : all.must))
			return undecided(name);
	if (x->op == OP_NOT_EQUAL)
		list_push(w->arena, &ret.any, all);
	for (int g = 0; g < DENY_GROUPS; g++) {
		form one = {0};
		one.must[g] = all.must[g];
		if (one.must[g].count)
			list_push(w->arena, &ret.any, one);
	}
	return ret;
}

/* --- how they are joined --- */

static void keys_join(const deny_walk *w, key_list *to, const key_list *from)
{
	key_list both = {0};
	list_each(const deny_key, key, to)
		list_push(w->arena, &both, *key);
	list_each(const deny_key, key, from)
		list_push(w->arena, &both, *key);
	*to = both;
}

/* Both of two forms; false: one of each of two lists of a group is more than can be looked up. */
static bool form_meet(const deny_walk *w, form *to, const form *f)
{
	for (int g = 0; g < DENY_GROUPS; g++) {
		if (to->must[g].count && f->must[g].count)
			return false;
		keys_join(w, &to->must[g], &f->must[g]);
		keys_join(w, &to->must_not[g], &f->must_not[g]);
	}
	return true;
}

static forms meet(const deny_walk *w, const forms *a, const forms *b)
{
	forms ret = {0};
	if (a->undecided || b->undecided)
		return a->undecided ? *a : *b;
	for (uint32_t i = 0; i < a->any.count; i++)
		for (uint32_t j = 0; j < b->any.count; j++) {
			form both = a->any.items[i];
			if (!form_meet(w, &both, &b->any.items[j]) || ret.any.count == FORMS_MAX)
				return undecided(NULL);
			list_push(w->arena, &ret.any, both);
		}
	return ret;
}

/* The only group that a form asks for one of; DENY_GROUPS: it asks for more or for something else. */
static int only_group(const form *f)
{
	int ret = DENY_GROUPS, count = 0;
	for (int g = 0; g < DENY_GROUPS; g++) {
		count += (f->must[g].count > 0) + 2 * (f->must_not[g].count > 0);
		ret = f->must[g].count ? g : ret;
	}
	return count == 1 ? ret : DENY_GROUPS;
}

/* One more that may hold. Two that ask for one of the same group are one. */
static bool form_add(const deny_walk *w, forms *to, const form *f)
{
	int group = only_group(f);
	for (uint32_t i = 0; group != DENY_GROUPS && i < to->any.count; i++)
		if (only_group(&to->any.items[i]) == group) {
			keys_join(w, &to->any.items[i].must[group], &f->must[group]);
			return true;
		}
	if (to->any.count == FORMS_MAX)
		return false;
	list_push(w->arena, &to->any, *f);
	return true;
}

static forms unite(const deny_walk *w, const forms *a, const forms *b)
{
	forms ret = {0};
	if (a->undecided || b->undecided)
		return a->undecided ? *a : *b;
	const forms *const both[] = {a, b};
	for (int i = 0; i < 2; i++)
		list_each(const form, f, &both[i]->any)
			if (!form_add(w, &ret, f))
				return undecided(NULL);
	return ret;
}

/* What a form asks for does not hold: one of its parts fails. */
static forms form_negate(const deny_walk *w, const form *f)
{
	forms ret = {0};
	for (int g = 0; g < DENY_GROUPS; g++) {
		form without = {0}, with = {0};
		without.must_not[g] = f->must[g];
		with.must[g] = f->must_not[g];
		if ((f->must[g].count && !form_add(w, &ret, &without)) ||
			(f->must_not[g].count && !form_add(w, &ret, &with)))
			return undecided(NULL);
	}
	return ret;
}

static forms negate(const deny_walk *w, const forms *of)
{
	forms ret = always(w);
	if (of->undecided)
		return *of;
	list_each(const form, f, &of->any) {
		forms one = form_negate(w, f);
		ret = meet(w, &ret, &one);
	}
	return ret;
}

static forms forms_of(const deny_walk *w, const rule_node *n)
{
	rule_answers settled = ruleset_answers(&w->seen, n);
	if (!settled.yes || !settled.no)
		return settled.yes ? always(w) : (forms){0};
	if (n->kind == NODE_TEST)
		return forms_of_test(w, n->test);
	if (n->kind == NODE_NOT) {
		forms of = forms_of(w, n->parts.items[0]);
		return negate(w, &of);
	}
	forms ret = n->kind == NODE_AND ? always(w) : (forms){0};
	for (uint32_t i = 0; i < n->parts.count; i++) {
		forms part = forms_of(w, n->parts.items[i]);
		ret = n->kind == NODE_AND ? meet(w, &ret, &part) : unite(w, &ret, &part);
	}
	return ret;
}

/* --- clauses --- */

typedef struct clause {
	const watch_rule *rule;
	form form;
} clause;

typedef struct making {
	deny_table *table;
	arena *arena;
	clause clauses[DENY_TABLE_CLAUSES];
} making;

static bool keys_same(const key_list *a, const key_list *b)
{
	bool same = a->count == b->count;
	for (uint32_t i = 0; same && i < a->count; i++)
		same = a->items[i].kind == b->items[i].kind && a->items[i].number == b->items[i].number &&
		       span_equal(a->items[i].text, b->items[i].text);
	return same;
}

static bool forms_same(const form *a, const form *b)
{
	bool same = true;
	for (int g = 0; same && g < DENY_GROUPS; g++)
		same = keys_same(&a->must[g], &b->must[g]) && keys_same(&a->must_not[g], &b->must_not[g]);
	return same;
}

static void entries_add(making *m, const key_list *keys, uint64_t must, uint64_t must_not)
{
	deny_table *t = m->table;
	list_each(const deny_key, key, keys) {
		deny_entry *known = NULL;
		for (uint32_t i = 0; i < t->entries.count && !known; i++) {
			const deny_key *k = &t->entries.items[i].key;
			if (k->kind == key->kind && k->number == key->number &&
				span_equal(k->text, key->text))
				known = &t->entries.items[i];
		}
		if (!known) {
			list_push(m->arena, &t->entries, ((deny_entry){.key = *key}));
			known = &t->entries.items[t->entries.count - 1];
		}
		known->bits.must |= must;
		known->bits.must_not |= must_not;
	}
}

static uint32_t keys_count(const form *f)
{
	uint32_t ret = 0;
	for (int g = 0; g < DENY_GROUPS; g++)
		ret += f->must[g].count + f->must_not[g].count;
	return ret;
}

/* The bit of a clause; 0: there are too many, or too much is looked up for them. */
static uint64_t clause_bit(making *m, const watch_rule *rule, const form *f)
{
	deny_table *t = m->table;
	for (uint32_t i = 0; i < t->count; i++)
		if (m->clauses[i].rule == rule && forms_same(&m->clauses[i].form, f))
			return (uint64_t)1 << (t->first + i);
	if (t->count == DENY_TABLE_CLAUSES || t->entries.count + keys_count(f) > DENY_ENTRIES)
		return 0;
	uint64_t bit = (uint64_t)1 << (t->first + t->count);
	m->clauses[t->count] = (clause){rule, *f};
	t->rules[t->count++] = rule;
	for (int g = 0; g < DENY_GROUPS; g++) {
		t->config.must[g] |= f->must[g].count ? bit : 0;
		entries_add(m, &f->must[g], bit, 0);
		entries_add(m, &f->must_not[g], 0, bit);
	}
	return bit;
}

static const struct {
	const char *type;
	seen_kind kind;
	uint32_t bits; /* of its classes */
} hooks[DENY_HOOKS] = {
	[DENY_OPEN] = {"openat", SEEN_OPEN, CLASS_READ | CLASS_WRITE | CLASS_TRUNCATE | CLASS_CREATE},
	[DENY_EXEC] = {"execve", SEEN_EXEC, CLASS_UPPER | CLASS_MEMORY},
	[DENY_CONNECT] = {"connect", SEEN_CONNECT, CLASS_IPV6 | CLASS_TCP | CLASS_UDP},
};

/* The clauses of what one class of calls comes to; 0: it cannot be decided. */
static uint64_t clauses_of(making *m, const watch_rule *rule, const forms *f)
{
	uint64_t ret = 0;
	list_each(const form, one, &f->any) {
		uint64_t bit = f->undecided ? 0 : clause_bit(m, rule, one);
		if (!bit)
			return 0;
		ret |= bit;
	}
	return ret;
}

/* A rule at one hook; whether it can be true there. */
static bool rule_at_hook(making *m, const watch_rule *rule, const rule_node *root, deny_hook hook)
{
	bool told = false, possible = false;
	const uint32_t both = CLASS_CONTAINER | CLASS_GOOD;
	for (uint32_t class = 0; class < CLASS_COUNT; class ++) {
		if ((class & both) != both || (class & ~(both | hooks[hook].bits)))
			continue;
		deny_walk w = {m->arena, {class, hooks[hook].kind}};
		forms f = forms_of(&w, root);
		uint64_t clauses = clauses_of(m, rule, &f);
		bool never = !f.undecided && f.any.count == 0;
		m->table->config.active[hook][class] |= clauses;
		possible = possible || !never;
		if (clauses || never || told)
			continue;
		told = true;
		list_push(m->arena, &m->table->refused, ((deny_refusal){.rule = rule, .field = f.unclear}));
	}
	return possible;
}

static void rule_add(making *m, const ruleset *r, const watch_rule *rule)
{
	bool possible = false;
	for (deny_hook hook = 0; hook < DENY_HOOKS; hook++) {
		const watch_rule *other;
		span type = span_of(hooks[hook].type);
		for (uint32_t i = 0; (other = ruleset_rule(r, type, i)); i++)
			if (other == rule)
				possible = rule_at_hook(m, rule, ruleset_root(r, type, i), hook) || possible;
	}
	if (!possible)
		list_push(m->arena, &m->table->refused, ((deny_refusal){.rule = rule, .elsewhere = true}));
}

void ruleset_deny(const ruleset *r, uint32_t first, arena *a, deny_table *ret)
{
	making m = {.table = ret, .arena = a};
	const watch_rule *rule;
	*ret = (deny_table){.first = first};
	for (uint32_t i = 0; (rule = ruleset_nth(r, i)); i++)
		if (rule->action == WATCH_DENY)
			rule_add(&m, r, rule);
}
