/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of rule files: reading one file after another, and the rules at the end. */
#include "base/files.h"
#include "base/limits.h"
#include "watch/rule_set.h"

rule_set *rule_set_new(const rule_words *words, arena *a)
{
	rule_set *s = ARENA_NEW(a, rule_set);
	*s = (rule_set){.words = words, .arena = a};
	rule_hint_begin(s);
	return s;
}

/* Falco stops at the first error of a file, and what was read of it until then stays. */
static int read_items(rule_set *s, const rule_at *file, const node *document)
{
	if (document->kind == NODE_NULL)
		return 0;
	if (!node_is_map(document) && !node_is_list(document))
		return rule_fail(s, "LOAD_ERR_YAML_VALIDATE", file, "Rules content is not yaml");
	if (!node_is_list(document))
		return rule_fail(
			s, "LOAD_ERR_YAML_VALIDATE", file, "Rules content is not yaml array of objects");
	for (uint32_t i = 0; i < document->count; i++)
		if (document->items[i]->kind != NODE_NULL)
			TRY(rule_item_read(s, document->items[i], file));
	return 0;
}

static int read_documents(rule_set *s)
{
	node_list documents = {0};
	const rule_at *file = rule_at_file(s);
	TRY(rule_yaml_read(s, file, &documents));
	for (uint32_t i = 0; i < documents.count; i++)
		TRY(read_items(s, file, documents.items[i]));
	return 0;
}

void rule_set_read_text(rule_set *s, span name, span bytes, rule_file_result *ret)
{
	text *source = ARENA_NEW(s->arena, text);
	text_init(source, arena_string(s->arena, name), bytes, s->arena);
	*ret = (rule_file_result){.file = span_of(source->path), .read = true};
	s->source = source;
	s->result = ret;
	s->sound = false;
	if (read_documents(s) >= 0) {
		arena memory = {0};
		rule_assembly a = {.set = s, .arena = &memory};
		rule_assemble(&a);
		arena_done(&memory);
	}
	s->result = NULL;
}

int rule_set_read(rule_set *s, const char *path, rule_file_result *ret, error *e)
{
	span bytes;
	TRY(files_read(path, LIMIT_FILE_BYTES, s->arena, &bytes, e));
	rule_set_read_text(s, span_of(path), bytes, ret);
	return 0;
}

/* --- selection --- */

void rule_set_select(rule_set *s, bool enable, bool by_tag, span pattern)
{
	list_push(s->arena, &s->selections, (rule_selection){enable, by_tag, false, pattern});
}

/* '*' stands for any bytes, everything else for itself: names of rules may hold any sign. */
static bool name_matches(span pattern, span name)
{
	size_t p = 0, n = 0, star = SPAN_NONE, mark = 0;
	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = n;
		} else if (p < pattern.n && pattern.p[p] == name.p[n]) {
			p++;
			n++;
		} else if (star != SPAN_NONE) {
			p = star + 1;
			n = ++mark;
		} else
			return false;
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool is_selected(const rule_selection *by, const watch_rule *r)
{
	if (!by->by_tag)
		return name_matches(by->pattern, r->name);
	for (uint32_t i = 0; i < r->tags.count; i++)
		if (span_equal(r->tags.items[i], by->pattern))
			return true;
	return false;
}

void rule_set_finish(rule_set *s, const watch_rule **ret, uint32_t *ret_count)
{
	rule_assembly a = {.set = s, .arena = s->arena, .tolerant = true};
	rule_assemble(&a);
	list_each(rule_selection, by, &s->selections)
		list_each(watch_rule, r, &a.rules)
			if (is_selected(by, r)) {
				r->enabled = by->enable;
				by->fits = true;
			}
	*ret = a.rules.items;
	*ret_count = a.rules.count;
}

bool rule_set_fits(const rule_set *s, uint32_t selection)
{
	return selection < s->selections.count && s->selections.items[selection].fits;
}

rule_counts rule_set_counts(const rule_set *s)
{
	return (rule_counts){s->rules.count, s->macros.count, s->lists.count};
}
