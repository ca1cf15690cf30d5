/* SPDX-License-Identifier: Apache-2.0
 *
 * Macros are put into the trees of conditions. A macro sees those that were defined before it was last changed, a rule sees all. Trees
 * are shared, not copied, where nothing changes in them: places in them count in the macro's own condition. */
#include "base/limits.h"
#include "watch/rule_set.h"

typedef struct putting {
	rule_assembly *a;
	uint32_t visibility;
	span loop, unknown; /* the first names at fault */
	condition_place loop_at, unknown_at;
	bool too_large;
} putting;

static void put(putting *p, const condition *c, uint32_t level, macro_tree *ret);

static void put_parts(putting *p, const condition *c, uint32_t level, macro_tree *ret)
{
	condition *copy = ARENA_NEW(p->a->arena, condition);
	*copy = *c;
	copy->parts.items = ARENA_ARRAY(p->a->arena, condition *, c->parts.count);
	copy->parts.room = c->parts.count;
	*ret = (macro_tree){.tree = copy, .weight = 1};
	for (uint32_t i = 0; i < c->parts.count; i++) {
		macro_tree part;
		put(p, c->parts.items[i], level + 1, &part);
		copy->parts.items[i] = (condition *)part.tree;
		ret->depth = part.depth > ret->depth ? part.depth : ret->depth;
		ret->weight += part.weight;
		p->too_large |= ret->weight > LIMIT_EXPRESSION_NODES;
		if (p->too_large)
			return;
	}
	ret->depth++;
}

static void put_macro(putting *p, const condition *c, uint32_t level, macro_tree *ret)
{
	const macro_info *info = map_get(&p->a->set->macro_names, c->text);
	macro_tree *m = info && info->index < p->visibility ? &p->a->macros[info->position] : NULL;
	*ret = (macro_tree){.tree = c, .weight = 1, .depth = 1};
	if (!m || !m->tree || m->open) {
		if (m && m->open && !p->loop.p) {
			p->loop = c->text;
			p->loop_at = c->place;
		}
		if (!p->unknown.p) {
			p->unknown = c->text;
			p->unknown_at = c->place;
		}
		return;
	}
	if (m->resolved) {
		*ret = *m;
		p->too_large |= level + m->depth > LIMIT_RULE_TREE_DEPTH;
	} else {
		m->open = true;
		put(p, m->tree, level, ret);
		m->open = false;
	}
	m->used = true;
}

static void put(putting *p, const condition *c, uint32_t level, macro_tree *ret)
{
	*ret = (macro_tree){.tree = c, .weight = 1, .depth = 1};
	if (p->a->nodes_left == 0 || level > LIMIT_RULE_TREE_DEPTH)
		p->too_large = true;
	if (p->too_large)
		return;
	p->a->nodes_left--;
	if (c->kind == CONDITION_NAME)
		put_macro(p, c, level, ret);
	else if (c->kind == CONDITION_AND || c->kind == CONDITION_OR || c->kind == CONDITION_NOT)
		put_parts(p, c, level, ret);
}

int rule_macro_put(rule_assembly *a, const condition *tree, uint32_t visibility, span condition,
	const rule_at *at, macro_tree *ret)
{
	putting p = {.a = a, .visibility = visibility};
	put(&p, tree, 0, ret);
	if (p.too_large)
		return rule_fail(a->set, "LOAD_ERR_VALIDATE", at,
			"with its macros, the condition is larger than a condition may be");
	if (p.loop.p)
		return rule_fail(a->set, "LOAD_ERR_VALIDATE",
			rule_at_condition(a->set, at, condition, &p.loop_at),
			"reference loop in macro '%.*s'", RULE_NAME(p.loop));
	if (p.unknown.p)
		return rule_fail(a->set, "LOAD_ERR_VALIDATE",
			rule_at_condition(a->set, at, condition, &p.unknown_at),
			"Undefined macro '%.*s' used in filter.", RULE_NAME(p.unknown));
	return 0;
}

int rule_macro_parse(rule_assembly *a, span text, const rule_at *at, const condition **ret)
{
	const condition_options options = {.depth = LIMIT_CONDITION_DEPTH};
	condition_fault fault = {0};
	error e;
	if (condition_parse(text, &options, a->arena, ret, &fault, &e) < 0)
		return rule_fail(a->set, "LOAD_ERR_COMPILE_CONDITION",
			rule_at_condition(a->set, at, text, &fault.place), "%.*s", RULE_NAME(fault.text));
	return 0;
}

static int read_macro(rule_assembly *a, const macro_info *info)
{
	span text;
	TRY(rule_list_write(a, rule_text_span(&info->condition), info->condition_at, &text));
	return rule_macro_parse(a, text, info->condition_at, &a->macros[info->position].tree);
}

static int resolve_macro(rule_assembly *a, const macro_info *info)
{
	macro_tree *m = &a->macros[info->position], resolved;
	int status = rule_macro_put(
		a, m->tree, info->visibility, rule_text_span(&info->condition), info->at, &resolved);
	m->tree = status < 0 ? NULL : resolved.tree;
	m->weight = resolved.weight;
	m->depth = resolved.depth;
	m->resolved = true;
	return status;
}

int rule_macro_begin(rule_assembly *a)
{
	const rule_set *s = a->set;
	a->nodes_left = LIMIT_RULE_SET_NODES;
	a->macros = ARENA_ARRAY(a->arena, macro_tree, s->macros.count);
	for (uint32_t i = 0; i < s->macros.count; i++)
		if (read_macro(a, s->macros.items[i]) < 0 && !a->tolerant)
			return -1;
	for (uint32_t i = 0; i < s->macros.count; i++)
		if (a->macros[i].tree && resolve_macro(a, s->macros.items[i]) < 0 && !a->tolerant)
			return -1;
	return 0;
}
