/* SPDX-License-Identifier: Apache-2.0
 *
 * From changes to edits, in two steps. First the changes are gathered where they apply: every node that one of
 * them reaches gets a *spot*, which says what is added to it, what goes, what stands instead. Then every spot is
 * turned into edits once: so two changes below a missing parent make it once, and a list that loses its last item
 * goes with its key. */
#include "formats/yaml_edit.h"

#include "formats/yaml_source.h"
#include "formats/yaml_spot.h"
#include "formats/yaml_write.h"

static want *want_new(arena *a, span key, node_kind kind)
{
	want *w = ARENA_NEW(a, want);
	*w = (want){.kind = kind, .key = key};
	return w;
}

static want *want_of(arena *a, const tree_value *v)
{
	want *w = want_new(a, span_of(v->key), v->kind);
	w->text = span_of(v->text);
	for (size_t i = 0; i < v->count; i++)
		list_push(a, &w->children, want_of(a, &v->items[i]));
	return w;
}

/* The member of w with this key; made when it is missing. */
static want *want_member(arena *a, want *w, span key)
{
	for (uint32_t i = 0; i < w->children.count; i++)
		if (span_equal(w->children.items[i]->key, key))
			return w->children.items[i];
	list_push(a, &w->children, want_new(a, key, NODE_NULL));
	return w->children.items[w->children.count - 1];
}

static void want_become(want *w, node_kind kind)
{
	if (w->kind == kind)
		return;
	w->kind = kind;
	w->children.count = 0;
}

static bool want_equal(const want *a, const want *b)
{
	if (a->kind != b->kind || a->children.count != b->children.count || !span_equal(a->key, b->key) ||
		!span_equal(a->text, b->text))
		return false;
	for (uint32_t i = 0; i < a->children.count; i++)
		if (!want_equal(a->children.items[i], b->children.items[i]))
			return false;
	return true;
}

static void want_add_item(arena *a, want *list, want *item)
{
	for (uint32_t i = 0; i < list->children.count; i++)
		if (want_equal(list->children.items[i], item))
			return;
	list_push(a, &list->children, item);
}

/* In lists 80 and "80" are the same item. */
static bool is_item(const node *n, const want *w)
{
	if (node_is_scalar(n) && w->kind != NODE_LIST && w->kind != NODE_MAP)
		return span_equal(n->value, w->text);
	return want_holds(w, n);
}

static span key_unescaped(arena *a, span part)
{
	if (span_find_byte(part, '~') == SPAN_NONE)
		return part;
	char *out = arena_alloc(a, part.n);
	size_t n = 0;
	for (size_t i = 0; i < part.n; i++) {
		bool escape =
			part.p[i] == '~' && i + 1 < part.n && (part.p[i + 1] == '0' || part.p[i + 1] == '1');
		out[n++] = escape ? (part.p[++i] == '0' ? '~' : '/') : part.p[i];
	}
	return (span){out, n};
}

static spot *spot_below(arena *a, spot *s, uint32_t at)
{
	for (uint32_t i = 0; i < s->below.count; i++)
		if (s->below.items[i]->at == at)
			return s->below.items[i];
	spot *child = ARENA_NEW(a, spot);
	const node *n = node_is_map(s->n) ? s->n->members[at].value : s->n->items[at];
	*child = (spot){.up = s, .at = at, .n = n, .depth = s->depth + 1};
	list_push(a, &s->below, child);
	return child;
}

static void spot_lose(arena *a, spot *s, uint32_t at)
{
	if (!s->gone)
		s->gone = ARENA_ARRAY(a, bool, s->n->count);
	s->gone_count += !s->gone[at];
	s->gone[at] = true;
}

static int refuse(const text *t, const node *n, error *e, const char *why)
{
	place at = text_place(t, n->start);
	return error_set_at(e, ERROR_USAGE, at.line, at.column, "%s", why);
}

enum { MISSING = UINT32_MAX };

static int child_find(const text *t, const spot *s, span part, bool override, uint32_t *ret, error *e)
{
	*ret = MISSING;
	for (uint32_t i = 0; node_is_map(s->n) && i < s->n->count; i++) {
		if (!node_key_is(s->n->members[i].key, part))
			continue;
		if (s->n->members[i].merged && !override)
			return refuse(t, s->n, e, "this comes by a merge key (<<), which others may share");
		if (!s->n->members[i].merged) /* else: what is written here wins over what is merged */
			*ret = i;
		return 0;
	}
	int64_t at;
	if (!node_is_list(s->n))
		return 0;
	if (!span_int(part, &at) || at < 0 || at >= s->n->count)
		return refuse(t, s->n, e, "the list has no such item");
	*ret = (uint32_t)at;
	return 0;
}

/* Goes along the path as far as the tree reaches; *rest is what is missing. */
static int spot_reach(
	const text *t, spot *top, const tree_change *change, span *rest, arena *a, spot **ret, error *e)
{
	spot *s = top;
	*rest = span_of(change->path);
	for (span part, tail = *rest; !s->instead && span_cut(&tail, '/', &part); *rest = tail) {
		uint32_t at;
		if (s->n->aliased)
			return refuse(
				t, s->n, e, "this is an alias: what it stands for is shared with others");
		if (s->n->kind == NODE_NULL)
			break;
		if (node_is_scalar(s->n))
			return refuse(t, s->n, e, "this is neither a map nor a list");
		TRY(child_find(t, s, part, change->op == TREE_SET && tail.n == 0, &at, e));
		if (at == MISSING)
			break;
		s = spot_below(a, s, at);
	}
	*ret = s;
	return 0;
}

/* The value to be written at the path `rest` below s, none of which is in the tree. */
static want *want_reach(spot *s, span rest, arena *a)
{
	want *w = s->instead ? s->instead : s->add;
	if (!w)
		w = s->add = want_new(a, (span){0}, NODE_MAP);
	for (span part; span_cut(&rest, '/', &part);) {
		want_become(w, NODE_MAP);
		w = want_member(a, w, key_unescaped(a, part));
	}
	return w;
}

static void change_missing(spot *s, span rest, const tree_change *change, want *value, arena *a)
{
	if (change->op == TREE_REMOVE)
		return;
	want *w = want_reach(s, rest, a);
	if (change->op == TREE_ADD) {
		want_become(w, NODE_LIST);
		want_add_item(a, w, value);
		return;
	}
	value->key = w->key;
	*w = *value;
}

static int change_add(const text *t, spot *s, want *value, arena *a, error *e)
{
	if (node_is_map(s->n))
		return refuse(t, s->n, e, "this is a map, not a list");
	if (s->n->aliased)
		return refuse(t, s->n, e, "this is an alias: what it stands for is shared with others");
	if (node_is_scalar(s->n)) {
		if (is_item(s->n, value))
			return 0;
		want *both = s->instead = want_new(a, (span){0}, NODE_LIST);
		want *old = want_new(a, (span){0}, s->n->kind);
		old->text = s->n->value;
		list_push(a, &both->children, old);
		list_push(a, &both->children, value);
		return 0;
	}
	for (uint32_t i = 0; node_is_list(s->n) && i < s->n->count; i++)
		if (is_item(s->n->items[i], value) && !(s->gone && s->gone[i]))
			return 0;
	if (!s->add)
		s->add = want_new(a, (span){0}, NODE_LIST);
	want_become(s->add, NODE_LIST);
	want_add_item(a, s->add, value);
	return 0;
}

static int change_remove(const text *t, spot *s, const want *value, bool whole, arena *a, error *e)
{
	if (whole || (node_is_scalar(s->n) && is_item(s->n, value))) {
		if (!s->up)
			return refuse(t, s->n, e, "the whole cannot be removed");
		spot_lose(a, s->up, s->at);
		return 0;
	}
	for (uint32_t i = 0; node_is_list(s->n) && i < s->n->count; i++) {
		if (!is_item(s->n->items[i], value))
			continue;
		if (s->n->aliased)
			return refuse(
				t, s->n, e, "this is an alias: what it stands for is shared with others");
		spot_lose(a, s, i);
	}
	return 0;
}

static int change_gather(const text *t, spot *top, const tree_change *change, arena *a, error *e)
{
	spot *s = top;
	span rest;
	TRY(spot_reach(t, top, change, &rest, a, &s, e));
	want *value = want_of(a, &change->value);
	if (rest.n || s->instead) {
		change_missing(s, rest, change, value, a);
		return 0;
	}
	bool whole = !change->value.text && change->value.kind == NODE_NULL;
	if (change->op == TREE_ADD)
		return change_add(t, s, value, a, e);
	if (change->op == TREE_REMOVE)
		return change_remove(t, s, value, whole, a, e);
	if (!s->up)
		return refuse(t, s->n, e, "the whole cannot be replaced");
	value->key = (span){0};
	if (!want_holds(value, s->n))
		s->instead = value;
	return 0;
}

/* Passes up what became empty. Whether s itself did. */
static bool spot_settle(arena *a, spot *s)
{
	for (uint32_t i = 0; i < s->below.count; i++)
		if (spot_settle(a, s->below.items[i]))
			spot_lose(a, s, s->below.items[i]->at);
	s->empty =
		s->gone_count > 0 && s->gone_count == s->n->count && !s->n->hidden && !s->add && !s->instead;
	return s->empty;
}

/* Whether only blanks and dashes stand before a byte on its line. */
static bool begins_line(span bytes, size_t at)
{
	while (at > 0 && memchr(" \t-", bytes.p[at - 1], 3))
		at--;
	return at == 0 || bytes.p[at - 1] == '\n' || bytes.p[at - 1] == '\r';
}

static bool is_key_mark(span bytes, size_t at)
{
	return begins_line(bytes, at) && (at + 1 == bytes.n || ascii_space(bytes.p[at + 1]));
}

static bool is_lone_return(span bytes, size_t at)
{
	return at + 1 == bytes.n || bytes.p[at + 1] != '\n';
}

static bool is_next_line(span bytes, size_t at) /* U+0085 */
{
	return span_starts(span_from(bytes, at + 1), SPAN("\x85"));
}

static bool is_separator(span bytes, size_t at) /* U+2028, U+2029 */
{
	span rest = span_from(bytes, at + 1);
	return span_starts(rest, SPAN("\x80\xa8")) || span_starts(rest, SPAN("\x80\xa9"));
}

/* What nobody writes by hand and hardly a program. An edit there may mean something else to the next reader, so there is none. */
static const struct {
	char byte;
	bool (*strange)(span bytes, size_t at);
	const char *why;
} strange_rows[] = {
	{'?', is_key_mark, "a document with keys behind '?' is not edited"},
	{'\r', is_lone_return, "a document with lone carriage returns is not edited"},
	{'\xc2', is_next_line, "a document with line ends of Unicode is not edited"},
	{'\xe2', is_separator, "a document with line ends of Unicode is not edited"},
};

/* The bytes of a node with some of what is before and behind it: a '?' may stand lines above its key. Not the whole text, which
 * would make many edits of a large one quadratic. */
static span around(const text *t, const node *n)
{
	enum { BEFORE = 1024, BEHIND = 256 };
	uint32_t start = n->start > BEFORE ? n->start - BEFORE : 0;
	return span_sub(t->bytes, start, (size_t)(n->end - start) + BEHIND);
}

static const char *strangeness(span bytes)
{
	for (size_t i = 0; i < sizeof strange_rows / sizeof *strange_rows; i++)
		for (size_t from = 0, at;
			(at = span_find_byte(span_from(bytes, from), strange_rows[i].byte)) != SPAN_NONE;
			from += at + 1)
			if (strange_rows[i].strange(bytes, from + at))
				return strange_rows[i].why;
	return NULL;
}

int tree_edit(const text *t, const node *top, const tree_change *changes, size_t n, arena *a, edit_list *ret,
	error *e)
{
	if (!node_is_map(top))
		return error_set(e, ERROR_USAGE, "only a map can be edited");
	const char *strange = strangeness(around(t, top));
	if (strange)
		return error_set(e, ERROR_USAGE, "%s", strange);
	spot root = {.n = top};
	for (size_t i = 0; i < n; i++)
		TRY(change_gather(t, &root, &changes[i], a, e));
	spot_settle(a, &root);
	edit_list edits = {0};
	TRY(spot_edits(t, &root, a, &edits, e));
	for (uint32_t i = 0; i < edits.count; i++)
		list_push(a, ret, edits.items[i]);
	return 0;
}
