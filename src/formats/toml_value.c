/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of TOML: arrays, which may go over lines, inline tables, which may not, and what is no collection. */
#include "formats/toml_parse.h"

/* White space, newlines and comments between the items of an array. */
static void skip_blank(toml *r)
{
	for (;;) {
		toml_skip_space(r);
		toml_skip_comment(r);
		if (!toml_newline(r))
			return;
	}
}

static int array_read(toml *r, uint32_t depth, node **ret)
{
	node *n = builder_node(&r->build, NODE_LIST, NODE_FLOW, toml_here(r), 0);
	uint32_t base = r->build.stack.count;
	r->p++;
	for (;;) {
		skip_blank(r);
		if (toml_take(r, ']'))
			break;
		node *item = NULL;
		TRY(toml_value_read(r, depth, &item));
		builder_push(&r->build, item);
		skip_blank(r);
		if (toml_take(r, ']'))
			break;
		if (!toml_take(r, ','))
			return toml_fail(r, "a ',' or ']' was expected here");
	}
	builder_list(&r->build, n, base);
	n->end = toml_here(r);
	*ret = n;
	return 0;
}

static int inline_pair_read(toml *r, toml_table *table)
{
	node *value = NULL;
	TRY(toml_key_read(r));
	if (!toml_take(r, '='))
		return toml_fail(r, "'=' was expected here");
	toml_skip_space(r);
	/* The parts wait on the builder's stack: the value may hold keys too, to any depth. */
	uint32_t parts = r->parts, base = r->build.stack.count;
	for (uint32_t i = 0; i < parts; i++)
		builder_push(&r->build, r->path[i]);
	TRY(toml_value_read(r, table->depth + parts - 1, &value));
	memcpy(r->path, r->build.stack.items + base, parts * sizeof *r->path);
	r->build.stack.count = base;
	r->parts = parts;
	return toml_table_assign(r, table, value);
}

/* What dotted keys made inside is closed with the table around it. */
static void table_close(toml_table *table)
{
	for (uint32_t i = 0; i < table->n.count; i++) {
		node *value = table->n.members[i].value;
		if (value->kind == NODE_MAP && ((toml_table *)value)->state == TOML_DOTTED)
			table_close((toml_table *)value);
	}
	table->state = TOML_CLOSED;
}

static int inline_table_read(toml *r, uint32_t depth, node **ret)
{
	toml_table *table = toml_table_new(r, NODE_MAP, TOML_CLOSED, depth, toml_here(r));
	r->p++;
	toml_skip_space(r);
	if (!toml_take(r, '}')) {
		for (;;) {
			TRY(inline_pair_read(r, table));
			toml_skip_space(r);
			if (toml_take(r, '}'))
				break;
			if (!toml_take(r, ','))
				return toml_fail(r, "a ',' or '}' was expected here");
		}
	}
	table_close(table);
	table->n.end = toml_here(r);
	*ret = &table->n;
	return 0;
}

int toml_value_read(toml *r, uint32_t depth, node **ret)
{
	if (builder_full(&r->build))
		return toml_fail_at(r, r->p, ERROR_LIMIT, "more values than a file may have");
	char c = r->p < r->end ? *r->p : 0;
	if (c == '"' || c == '\'')
		return toml_string_read(r, false, ret);
	if (c != '[' && c != '{')
		return toml_scalar_read(r, ret);
	if (depth + 1 >= LIMIT_TREE_DEPTH)
		return toml_fail_at(r, r->p, ERROR_LIMIT, "nested too deeply");
	return c == '[' ? array_read(r, depth + 1, ret) : inline_table_read(r, depth + 1, ret);
}
