/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists stand for text: where the name of one stands in a condition between blanks, parentheses, commas, equals signs or its ends, its
 * items are written instead, before the condition is read at all. One list after another, in the order of their definitions, so that
 * items may be names of later lists. The blanks around the name go, and of an empty list also one comma beside it.
 *
 * A list among the items of another is written out one level deep, when it was defined before the other was last changed. */
#include "base/buffer.h"
#include "base/limits.h"
#include "watch/rule_set.h"

enum { NOWHERE = UINT32_MAX };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_edge(char c)
{
	return is_blank(c) || c == '(' || c == ')' || c == ',' || c == '=';
}

static int spend(rule_assembly *a, size_t bytes, const rule_at *at)
{
	if (bytes > a->bytes_left)
		return rule_fail(a->set, "LOAD_ERR_VALIDATE", at,
			"lists stand for more text than the conditions of a set of rules may have");
	a->bytes_left -= bytes;
	return 0;
}

void rule_list_begin(rule_assembly *a)
{
	const rule_set *s = a->set;
	a->bytes_left = LIMIT_RULE_LIST_BYTES;
	a->lists = ARENA_ARRAY(a->arena, list_text, s->lists.count);
	for (uint32_t i = 0; i < s->lists.count; i++) {
		const list_info *l = s->lists.items[i];
		for (size_t k = 0; k < l->name.n; k++)
			if (is_edge(l->name.p[k])) {
				list_push(a->arena, &a->odd, i);
				break;
			}
		list_each(span, item, &l->items) {
			const list_info *inner = map_get(&s->list_names, *item);
			if (inner && inner->index < l->visibility)
				a->lists[inner->position].used = true;
		}
	}
}

/* --- what a list stands for --- */

static void join_items(const list_info *l, buffer *out)
{
	list_each(span, item, &l->items) {
		bool quote =
			span_find_byte(*item, ' ') != SPAN_NONE && item->p[0] != '"' && item->p[0] != '\'';
		if (out->n)
			buffer_add_string(out, ", ");
		if (quote)
			buffer_add_byte(out, '"');
		buffer_add(out, *item);
		if (quote)
			buffer_add_byte(out, '"');
	}
}

static size_t items_size(const list_info *l)
{
	size_t n = 0;
	list_each(span, item, &l->items)
		n += item->n + 4;
	return n;
}

static int join_list(rule_assembly *a, uint32_t position, const rule_at *at)
{
	const rule_set *s = a->set;
	const list_info *l = s->lists.items[position];
	list_info one = {0};
	auto_buffer out = {0};
	list_each(span, item, &l->items) {
		const list_info *inner = map_get(&s->list_names, *item);
		one.items.items = item;
		one.items.count = 1;
		const list_info *from = inner && inner->index < l->visibility ? inner : &one;
		TRY(spend(a, items_size(from), at));
		join_items(from, &out);
	}
	a->lists[position].text = arena_copy(a->arena, buffer_span(&out));
	a->lists[position].joined = true;
	return 0;
}

/* --- where lists stand in a text --- */

/* The next place of the name between edges. Before `done`, text has been written already. */
static size_t find_name(span text, span name, size_t from, size_t done)
{
	for (size_t at; (at = span_find(span_from(text, from), name)) != SPAN_NONE; from++) {
		from += at;
		size_t end = from + name.n;
		if ((from == done || is_edge(text.p[from - 1])) && (end == text.n || is_edge(text.p[end])))
			return from;
	}
	return SPAN_NONE;
}

/* The first list from `from` on that a text names, or NOWHERE. */
static uint32_t find_list(const rule_assembly *a, span text, uint32_t from)
{
	const rule_set *s = a->set;
	uint32_t ret = NOWHERE;
	for (size_t i = 0, end; i < text.n; i = end + 1) {
		for (end = i; end < text.n && !is_edge(text.p[end]); end++)
			;
		const list_info *l = end > i ? map_get(&s->list_names, span_sub(text, i, end - i)) : NULL;
		if (l && l->position >= from && l->position < ret)
			ret = l->position;
	}
	list_each(const uint32_t, odd, &a->odd)
		if (*odd >= from && *odd < ret &&
			find_name(text, s->lists.items[*odd]->name, 0, 0) != SPAN_NONE)
			return *odd;
	return ret;
}

/* Writes one list out. A name that follows right behind a list at the very start is passed over, as Falco does. */
static void write_list(span text, span name, span items, buffer *out)
{
	size_t done = 0, from = 0;
	for (size_t at; (at = find_name(text, name, from, done)) != SPAN_NONE;) {
		buffer_add(out, span_sub(text, done, at - done));
		while (out->n && is_blank(out->p[out->n - 1]))
			out->n--;
		done = at + name.n;
		while (done < text.n && is_blank(text.p[done]))
			done++;
		if (items.n == 0 && out->n && out->p[out->n - 1] == ',')
			out->n--;
		else if (items.n == 0 && done < text.n && text.p[done] == ',')
			done++;
		from = out->n ? done : done + 1;
		if (out->n)
			buffer_add_byte(out, ' ');
		buffer_add(out, items);
		buffer_add_byte(out, ' ');
	}
	buffer_add(out, span_from(text, done));
}

int rule_list_write(rule_assembly *a, span condition, const rule_at *at, span *ret)
{
	span text = condition;
	for (uint32_t i = 0; (i = find_list(a, text, i)) != NOWHERE; i++) {
		auto_buffer out = {0};
		list_text *l = &a->lists[i];
		if (!l->joined)
			TRY(join_list(a, i, at));
		/* An occurrence takes two bytes at least: the name and an edge. */
		if (l->text.n + 2 > a->bytes_left / (text.n / 2 + 1))
			TRY(spend(a, SIZE_MAX, at));
		write_list(text, a->set->lists.items[i]->name, l->text, &out);
		TRY(spend(a, text.n + out.n + a->odd.count * text.n, at));
		l->used = true;
		text = arena_copy(a->arena, buffer_span(&out));
	}
	*ret = text;
	return 0;
}
