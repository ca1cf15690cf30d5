/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables in Compose files: $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:+other}, ${NAME+other}, ${NAME:?error} and $$.
 * See docs.docker.com/reference/compose-file/interpolation.
 *
 * Only .env beside the file gives values, so that a report is the same on every machine. What it does not set, and has no
 * default, is left as it is written and marked open. */
#include "base/files.h"
#include "sources/compose_project.h"

typedef struct expansion {
	compose_project *project;
	buffer out;
	bool open, borrowed;
	uint32_t depth;
} expansion;

static bool is_name(char c, bool first)
{
	return c == '_' || ascii_alpha(c) || (!first && ascii_digit(c));
}

static size_t name_length(span s)
{
	size_t n = 0;
	while (n < s.n && is_name(s.p[n], n == 0))
		n++;
	return n;
}

static void expand(expansion *x, span s);

/* Where the brace that is open before s is closed, or SPAN_NONE. */
static size_t closing(span s)
{
	size_t depth = 1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{' && i && s.p[i - 1] == '$')
			depth++;
		else if (s.p[i] == '}' && --depth == 0)
			return i;
	}
	return SPAN_NONE;
}

static void add_variable(expansion *x, span name, span written)
{
	const span *value = map_get(&x->project->environment, name);
	if (value) {
		buffer_add(&x->out, *value);
		x->borrowed = true;
		return;
	}
	buffer_add(&x->out, written);
	x->open = true;
}

/* What stands between the braces; `written` has them too. */
static void add_braced(expansion *x, span inside, span written)
{
	size_t n = name_length(inside);
	span name = span_sub(inside, 0, n), rest = span_from(inside, n);
	bool colon = rest.n && rest.p[0] == ':';
	char op = rest.n > colon ? rest.p[colon] : 0;
	const span *value = map_get(&x->project->environment, name);
	bool set = value && (!colon || value->n);
	if (op == '-' && !set && x->depth < LIMIT_EXPANSION_DEPTH)
		expand(x, span_from(rest, colon + 1u));
	else if (op == '+') {
		if (set && x->depth < LIMIT_EXPANSION_DEPTH)
			expand(x, span_from(rest, colon + 1u));
	} else
		add_variable(x, n ? name : SPAN("{"), written);
}

/* Adds the variable that starts at s (a '$'); how many bytes it has. */
static size_t expand_one(expansion *x, span s)
{
	if (s.n > 1 && s.p[1] == '$') {
		buffer_add_byte(&x->out, '$');
		return 2;
	}
	if (s.n > 1 && s.p[1] == '{') {
		size_t end = closing(span_from(s, 2));
		if (end != SPAN_NONE) {
			add_braced(x, span_sub(s, 2, end), span_sub(s, 0, end + 3));
			return end + 3;
		}
	}
	size_t n = name_length(span_from(s, 1));
	if (n)
		add_variable(x, span_sub(s, 1, n), span_sub(s, 0, n + 1));
	else
		buffer_add_byte(&x->out, '$');
	return n + 1;
}

static void expand(expansion *x, span s)
{
	x->depth++;
	for (size_t i = 0; i < s.n && x->out.n < LIMIT_EXPANSION_BYTES;) {
		if (s.p[i] != '$') {
			buffer_add_byte(&x->out, s.p[i++]);
			continue;
		}
		i += expand_one(x, span_from(s, i));
	}
	x->depth--;
}

static const node *expand_scalar(compose_project *p, const node *n)
{
	if (n->kind != NODE_STRING || span_find_byte(n->value, '$') == SPAN_NONE)
		return n;
	expansion x = {.project = p};
	expand(&x, n->value);
	node *ret = ARENA_NEW(p->arena, node);
	*ret = *n;
	ret->value = arena_copy(p->arena, buffer_span(&x.out));
	buffer_done(&x.out);
	if (x.open)
		compose_mark(p, &p->open, ret, ret);
	if (x.borrowed)
		compose_mark(p, &p->borrowed, ret, ret);
	return ret;
}

static const node *expand_map(compose_project *p, const node *n)
{
	node *copy = NULL;
	for (uint32_t i = 0; i < n->count; i++) {
		const node *value = compose_interpolate(p, n->members[i].value);
		if (value == n->members[i].value)
			continue;
		if (!copy) {
			copy = ARENA_NEW(p->arena, node);
			*copy = *n;
			copy->members = ARENA_ARRAY(p->arena, member, n->count);
			memcpy(copy->members, n->members, n->count * sizeof *n->members);
		}
		copy->members[i].value = (node *)value;
	}
	return copy ? copy : n;
}

static const node *expand_list(compose_project *p, const node *n)
{
	node *copy = NULL;
	for (uint32_t i = 0; i < n->count; i++) {
		const node *value = compose_interpolate(p, n->items[i]);
		if (value == n->items[i])
			continue;
		if (!copy) {
			copy = ARENA_NEW(p->arena, node);
			*copy = *n;
			copy->items = ARENA_ARRAY(p->arena, node *, n->count);
			memcpy(copy->items, n->items, n->count * sizeof *n->items);
		}
		copy->items[i] = (node *)value;
	}
	return copy ? copy : n;
}

const node *compose_interpolate(compose_project *p, const node *root)
{
	return node_is_map(root)    ? expand_map(p, root)
	       : node_is_list(root) ? expand_list(p, root)
				    : expand_scalar(p, root);
}

/* --- .env --- */

static span unquoted(span value)
{
	value = span_trim(value);
	char quote = value.n ? value.p[0] : 0;
	if (quote == '"' || quote == '\'') {
		size_t end = span_find_byte(span_from(value, 1), quote);
		return end == SPAN_NONE ? value : span_sub(value, 1, end);
	}
	size_t comment = span_find(value, SPAN(" #"));
	return span_trim(span_sub(value, 0, comment));
}

void compose_environment_read(compose_project *p, const char *folder)
{
	error e;
	const text *t =
		p->loader ? p->loader->load(p->loader, path_join(p->arena, folder, ".env"), p->arena, &e)
			  : NULL;
	span rest = t ? t->bytes : (span){0}, line;
	while (span_cut(&rest, '\n', &line)) {
		line = span_trim(line);
		if (span_starts(line, SPAN("export ")))
			line = span_trim(span_from(line, 7));
		size_t equal = span_find_byte(line, '=');
		if (equal == SPAN_NONE || (line.n && line.p[0] == '#'))
			continue;
		span *value = ARENA_NEW(p->arena, span);
		*value = unquoted(span_from(line, equal + 1));
		map_set(&p->environment, p->arena, span_trim(span_sub(line, 0, equal)), value);
	}
}
