/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees of YAML and JSON as sources use them. */
#include "sources/tree.h"

#include "formats/json.h"
#include "formats/yaml.h"

origin tree_origin_of(const text *t, const node *n)
{
	span source = node_source(n, t);
	while (source.n && ascii_space(source.p[source.n - 1]))
		source.n--;
	return (origin){t, n->start, n->start + (uint32_t)source.n};
}

origin tree_origin(const text *t, const member *m)
{
	bool inside = node_is_scalar(m->value) || m->value->style == NODE_FLOW;
	/* An alias or a merged value stands elsewhere, perhaps before its key. */
	if (!inside || m->value->start < m->key->end || m->value->aliased)
		return (origin){t, m->key->start, m->key->end};
	return (origin){t, m->key->start, tree_origin_of(t, m->value).end};
}

const member *tree_find(const node *root, const char *path, const member **ret_nearest)
{
	const member *m = NULL;
	span rest = span_of(path), part;
	while (span_cut(&rest, '/', &part)) {
		char key[64];
		if (part.n >= sizeof key)
			return NULL;
		memcpy(key, part.p, part.n);
		key[part.n] = 0;
		m = node_member(root, key);
		if (!m)
			return NULL;
		if (ret_nearest)
			*ret_nearest = m;
		root = m->value;
	}
	return m && m->value->kind != NODE_NULL ? m : NULL;
}

/* --- templates --- */

/* A line that starts with an action, or whose value is one: what YAML takes for something else altogether. Quotes do not help
 * an action that has quotes itself: image: "{{ printf "%s" .image }}". */
static bool line_is_template(span line)
{
	static const char *const values[] = {": {{", ": \"{{", ": '{{"};
	line = span_trim(line);
	while (span_starts(line, SPAN("- ")))
		line = span_trim(span_from(line, 2));
	if (span_starts(line, SPAN("#")))
		return false;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (span_contains(line, values[i]))
			return true;
	return span_starts(line, SPAN("{{")) || span_starts(line, SPAN("{%"));
}

static bool text_is_template(const text *t)
{
	for (uint32_t i = 1; i <= t->line_count; i++)
		if (line_is_template(text_line(t, i)))
			return true;
	return false;
}

/* `name: {{ .Values.name }}` is YAML: a map whose key is a map. No object has such a thing. */
static bool node_is_template(const text *t, const node *n)
{
	if (node_is_map(n) && n->style == NODE_FLOW && span_starts(node_source(n, t), SPAN("{{")))
		return true;
	for (uint32_t i = 0; (node_is_map(n) || node_is_list(n)) && !n->aliased && i < n->count; i++)
		if (node_is_template(t, node_is_map(n) ? n->members[i].value : n->items[i]))
			return true;
	return false;
}

bool tree_is_template(const text *t, const node_list *documents, const node_problems *problems)
{
	if (!span_contains(t->bytes, "{{") && !span_contains(t->bytes, "{%"))
		return false;
	for (uint32_t i = 0; i < documents->count; i++)
		if (node_is_template(t, documents->items[i]))
			return true;
	return problems->count && text_is_template(t);
}

/* --- texts --- */

static bool looks_like_json(span bytes)
{
	bytes = span_trim(span_starts(bytes, SPAN("\xef\xbb\xbf")) ? span_from(bytes, 3) : bytes);
	return bytes.n && (bytes.p[0] == '{' || bytes.p[0] == '[');
}

/* YAML in brackets looks like JSON and is not, so what JSON refuses is tried as YAML; true when it was JSON. */
static bool read_json(const text *t, arena *a, node_list *documents, node_problems *problems)
{
	error e;
	node *root;
	if (!looks_like_json(t->bytes) || json_read(t, a, &root, problems, &e) < 0)
		return false;
	list_push(a, documents, root);
	return true;
}

void tree_read(const text *t, arena *a, node_list *ret_documents, node_problems *ret_problems)
{
	if (read_json(t, a, ret_documents, ret_problems))
		return;
	*ret_problems = (node_problems){0};
	yaml_read(t, a, ret_documents, ret_problems);
}
