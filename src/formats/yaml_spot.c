/* SPDX-License-Identifier: Apache-2.0
 *
 * Block style is edited by whole lines, flow style between the commas. Where a line says more than the tree shows
 * (an anchor before a key, a '?'), removing is refused rather than guessed. */
#include "formats/yaml_spot.h"

#include "formats/yaml_source.h"

enum {
	INLINE = 1 << 16
}; /* depth of what is inserted into a line: before lines that are inserted behind it */

struct work {
	const text *t;
	arena *a;
	edit_list *edits;
	error *e;
	manner m;
};

static int refuse(const struct work *w, uint32_t offset, const char *why)
{
	place at = text_place(w->t, offset);
	return error_set_at(w->e, ERROR_USAGE, at.line, at.column, "%s", why);
}

static void put(struct work *w, uint32_t start, uint32_t end, uint32_t depth, span replacement)
{
	edit one = {w->t, start, end, depth, arena_copy(w->a, replacement)};
	list_push(w->a, w->edits, one);
}

/* --- places --- */

static uint32_t line_start(const text *t, uint32_t i)
{
	while (i > 0) {
		uint32_t back = 1;
		while (back < 3 && back < i && ((uint8_t)t->bytes.p[i - back] & 0xc0) == 0x80)
			back++;
		if (yaml_break(t->bytes, i - back))
			return i;
		i -= back;
	}
	return span_starts(t->bytes, SPAN("\xef\xbb\xbf")) ? 3 : 0;
}

static uint32_t line_end(const text *t, uint32_t i)
{
	while (i < t->bytes.n && !yaml_break(t->bytes, i))
		i++;
	return i;
}

static uint32_t column_of(const text *t, uint32_t offset)
{
	uint32_t column = 0;
	for (uint32_t i = line_start(t, offset); i < offset; i++)
		column += ((uint8_t)t->bytes.p[i] & 0xc0) != 0x80;
	return column;
}

static bool only_of(span s, const char *bytes)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(bytes, s.p[i]))
			return false;
	return true;
}

/* The last byte before an offset that is not white space; 0 at the start. */
static char byte_before(const text *t, uint32_t i)
{
	while (i > 0 && ascii_space(t->bytes.p[i - 1]))
		i--;
	return i ? t->bytes.p[i - 1] : 0;
}

/* Of an item of a block list: its '-'. It is the first '-' behind the item before, comments left out. */
static uint32_t dash_of(const text *t, const node *list, uint32_t at)
{
	uint32_t i = at ? list->items[at - 1]->end : list->start;
	while (i < t->bytes.n && t->bytes.p[i] != '-')
		i = t->bytes.p[i] == '#' ? line_end(t, i) : i + 1;
	return i;
}

static uint32_t child_start(const text *t, const node *n, uint32_t at)
{
	if (n->kind == NODE_MAP)
		return n->members[at].key->start;
	return n->style == NODE_BLOCK ? dash_of(t, n, at) : n->items[at]->start;
}

static uint32_t child_end(const node *n, uint32_t at)
{
	return n->kind == NODE_MAP ? n->members[at].value->end : n->items[at]->end;
}

/* How many children are written here: merged members come last. */
static uint32_t own_count(const node *n)
{
	uint32_t count = n->count;
	while (n->kind == NODE_MAP && count > 0 && n->members[count - 1].merged)
		count--;
	return count;
}

static bool is_gone(const spot *s, uint32_t at)
{
	return s->gone && s->gone[at];
}

static bool in_block_map(const spot *s)
{
	return s->up && s->up->n->kind == NODE_MAP && s->up->n->style == NODE_BLOCK;
}

/* --- block style --- */

/* Inserts lines behind the line on which `at` stands. */
static void put_lines(struct work *w, uint32_t at, uint32_t depth, buffer *lines)
{
	uint32_t end = line_end(w->t, at), length = yaml_break(w->t->bytes, end);
	if (length) {
		put(w, end + length, end + length, depth, buffer_span(lines));
		return;
	}
	span body = buffer_span(lines), eol = span_of(w->m.line_end);
	span moved = arena_format(w->a, "%s%.*s", w->m.line_end, (int)(body.n - eol.n), body.p);
	put(w, end, end, depth, moved);
}

static void block_add(struct work *w, const spot *s)
{
	auto_buffer lines = {0};
	uint32_t indent = column_of(w->t, s->n->start);
	want_write_block(&lines, s->add, &w->m, indent);
	put_lines(w, s->n->end, indent, &lines);
}

/* Whether a '?', an anchor or a tag stands between a key and what is before it. */
static bool key_is_dressed(const text *t, const node *n, uint32_t at)
{
	if (n->kind != NODE_MAP)
		return false;
	uint32_t i = at ? child_end(n, at - 1) : n->start;
	for (uint32_t end = n->members[at].key->start; i < end; i++) {
		if (t->bytes.p[i] == '#')
			i = line_end(t, i);
		else if (memchr("?&!", t->bytes.p[i], 3))
			return true;
	}
	return false;
}

/* Takes the first `count` children away where they begin behind something else: "- name: x". */
static int block_lose_first(struct work *w, const spot *s, uint32_t count)
{
	uint32_t start = child_start(w->t, s->n, 0);
	if (s->n->hidden)
		return refuse(w, start, "a map with merge keys is not taken apart");
	bool all = count == own_count(s->n);
	put(w, start, all ? child_end(s->n, count - 1) : child_start(w->t, s->n, count), 0, (span){0});
	return 0;
}

static int block_lose(struct work *w, const spot *s)
{
	uint32_t own = own_count(s->n);
	for (uint32_t i = 0; i < own; i++) {
		if (!is_gone(s, i))
			continue;
		uint32_t start = child_start(w->t, s->n, i), line = line_start(w->t, start);
		span before = span_sub(w->t->bytes, line, start - line);
		if (!only_of(before, "- \t") || key_is_dressed(w->t, s->n, i))
			return refuse(w, start, "what stands before it hinders removing it");
		if (!only_of(before, " ")) {
			uint32_t count = i;
			while (count < own && is_gone(s, count))
				count++;
			TRY(block_lose_first(w, s, count));
			i = count - 1;
			continue;
		}
		uint32_t end = line_end(w->t, child_end(s->n, i));
		put(w, line, end + yaml_break(w->t->bytes, end), 0, (span){0});
	}
	return 0;
}

/* --- flow style --- */

static bool has_brackets(const struct work *w, const node *n)
{
	return n->start < w->t->bytes.n && w->t->bytes.p[n->start] == (n->kind == NODE_MAP ? '{' : '[');
}

static bool over_lines(const struct work *w, const node *n)
{
	uint32_t first = n->count ? child_start(w->t, n, 0) : n->end;
	return line_end(w->t, n->start) < first;
}

/* Whether the map is written without spaces, as {"a":1}. */
static bool is_tight(const node *n)
{
	if (n->kind != NODE_MAP || own_count(n) == 0)
		return false;
	const node *value = n->members[0].value;
	return value->start < value->end && value->start == n->members[0].key->end + 1;
}

static void flow_write(struct work *w, const spot *s, bool comma_first, buffer *b)
{
	bool lines = s->n->count && over_lines(w, s->n), tight = is_tight(s->n);
	uint32_t indent = s->n->count ? column_of(w->t, child_start(w->t, s->n, 0)) : 0;
	for (uint32_t i = 0; i < s->add->children.count; i++) {
		if (i || comma_first) {
			buffer_add_byte(b, ',');
			buffer_add_string(b, lines ? w->m.line_end : tight ? "" : " ");
			buffer_repeat(b, ' ', lines ? indent : 0);
		}
		want_write_child(b, s->add->children.items[i], &w->m, lines, indent, tight);
	}
}

static int flow_add(struct work *w, const spot *s)
{
	if (!has_brackets(w, s->n))
		return refuse(w, s->n->start, "a pair without brackets is not edited");
	auto_buffer b = {0};
	uint32_t kept = own_count(s->n);
	while (kept && is_gone(s, kept - 1))
		kept--;
	uint32_t at = kept ? child_end(s->n, kept - 1) : s->n->start + 1;
	if (s->n->hidden)
		at = s->n->start + 1;
	if (w->t->bytes.p[at - 1] == ':') /* {a:} is fine, {a:, b} is not */
		buffer_add_byte(&b, ' ');
	flow_write(w, s, kept && !s->n->hidden, &b);
	if (s->n->hidden)
		buffer_add_string(&b, ", ");
	put(w, at, at, INLINE + s->depth, buffer_span(&b));
	return 0;
}

static int flow_lose_run(struct work *w, const node *n, uint32_t from, uint32_t to)
{
	uint32_t start = child_start(w->t, n, from), end = child_end(n, to - 1);
	if (!memchr("[{,", byte_before(w->t, start), 3))
		return refuse(w, start, "what stands before it hinders removing it");
	if (to < n->count) {
		end = child_start(w->t, n, to);
		if (byte_before(w->t, end) != ',')
			return refuse(w, end, "what stands before it hinders removing what is in front");
	} else if (from > 0) {
		start = child_end(n, from - 1);
	}
	put(w, start, end, 0, (span){0});
	return 0;
}

static int flow_lose(struct work *w, const spot *s)
{
	if (s->n->hidden || !has_brackets(w, s->n))
		return refuse(w, s->n->start, "a map with merge keys or without brackets is not taken apart");
	for (uint32_t i = 0, to; i < s->n->count; i = to) {
		to = i + 1;
		if (!is_gone(s, i))
			continue;
		while (to < s->n->count && is_gone(s, to))
			to++;
		TRY(flow_lose_run(w, s->n, i, to));
	}
	return 0;
}

/* --- values --- */

static void write_inline(struct work *w, const want *value, bool flow, buffer *b)
{
	want bare = *value;
	bare.key = (span){0};
	manner m = w->m;
	if (flow || bare.kind == NODE_LIST || bare.kind == NODE_MAP) {
		want_write_child(b, &bare, &m, false, 0, false);
		return;
	}
	want_write_scalar(b, &bare, &m);
}

static bool is_nested(const want *v)
{
	return (v->kind == NODE_LIST || v->kind == NODE_MAP) && v->children.count > 0;
}

/* Below `key:` or `key: ~`: lines of their own. */
static void fill_lines(struct work *w, const spot *s, const want *value)
{
	auto_buffer lines = {0};
	uint32_t indent = column_of(w->t, s->up->n->start);
	indent += value->kind == NODE_LIST ? w->m.list_step : w->m.step;
	want_write_block(&lines, value, &w->m, indent);
	uint32_t start = s->n->start;
	if (s->n->end > start)
		put(w, start - (w->t->bytes.p[start - 1] == ' '), s->n->end, 0, (span){0});
	put_lines(w, s->n->end, indent, &lines);
}

/* In {a, b} keys lack their colon. One over several lines cannot have any. */
static int fill_behind_key(struct work *w, const spot *s, buffer *b)
{
	const node *key = s->up->n->kind == NODE_MAP ? s->up->n->members[s->at].key : NULL;
	bool bare = key && s->n->start == key->end;
	char before = bare ? byte_before(w->t, key->start) : 0;
	if (bare && ((before != '{' && before != ',') || line_end(w->t, key->start) < key->end))
		return refuse(w, key->start, "a key without ':' is not given a value");
	bool spaced = s->n->start && w->t->bytes.p[s->n->start - 1] == ' ';
	buffer_add_string(b, bare ? ": " : spaced ? "" : " ");
	return 0;
}

static int fill(struct work *w, const spot *s, const want *value)
{
	auto_buffer b = {0};
	if (s->n->start == s->n->end)
		TRY(fill_behind_key(w, s, &b));
	if (in_block_map(s) && is_nested(value)) {
		fill_lines(w, s, value);
		return 0;
	}
	write_inline(w, value, s->up->n->style == NODE_FLOW, &b);
	put(w, s->n->start, s->n->end, INLINE + s->depth, buffer_span(&b));
	return 0;
}

/* A block list or map may be replaced by lines where it stands if these may stand there. */
static bool fits_lines(const struct work *w, const spot *s)
{
	if (!is_nested(s->instead))
		return false;
	if (!in_block_map(s) || s->instead->kind == s->n->kind)
		return true;
	return column_of(w->t, s->n->start) > column_of(w->t, s->up->n->start);
}

static void replace_lines(struct work *w, const spot *s)
{
	auto_buffer b = {0};
	uint32_t indent = column_of(w->t, s->n->start);
	want_write_block(&b, s->instead, &w->m, indent);
	span all = buffer_span(&b);
	all.n -= strlen(w->m.line_end);
	put(w, s->n->start, s->n->end, 0, span_from(all, indent));
}

/* libyaml takes a '#' right behind a quoted value for a comment; behind what is written instead it may belong to it. */
static void keep_off_comment(const struct work *w, const spot *s, buffer *b)
{
	if (s->n->end < w->t->bytes.n && w->t->bytes.p[s->n->end] == '#')
		buffer_add_byte(b, ' ');
}

/* Moves the value up to the line of its key. */
static int replace_behind_key(struct work *w, const spot *s)
{
	uint32_t colon = s->up->n->members[s->at].key->end;
	while (colon < s->n->start && (w->t->bytes.p[colon] == ' ' || w->t->bytes.p[colon] == '\t'))
		colon++;
	if (w->t->bytes.p[colon] != ':' || s->n->tag != NODE_UNTAGGED)
		return refuse(w, s->n->start, "a value with a tag, or a key with '?', is not replaced");
	auto_buffer b = {0};
	buffer_add_byte(&b, ' ');
	write_inline(w, s->instead, false, &b);
	keep_off_comment(w, s, &b);
	put(w, colon + 1, s->n->end, 0, buffer_span(&b));
	return 0;
}

static int replace(struct work *w, const spot *s)
{
	if ((s->n->kind == NODE_NULL || s->n->start == s->n->end) && !s->n->aliased)
		return fill(w, s, s->instead);
	bool block = s->n->style == NODE_BLOCK && !s->n->aliased;
	if (block && fits_lines(w, s)) {
		replace_lines(w, s);
		return 0;
	}
	/* A '|' may stand on a line of its own without indentation, other scalars may not. */
	bool low = in_block_map(s) && column_of(w->t, s->n->start) <= column_of(w->t, s->up->n->start);
	if ((block && in_block_map(s)) || low)
		return replace_behind_key(w, s);
	auto_buffer b = {0};
	if (!strchr(" \t\r\n[{,:",
		    w->t->bytes.p[s->n->start - 1])) /* an anchor may end right before a value */
		buffer_add_byte(&b, ' ');
	write_inline(w, s->instead, s->up->n->style == NODE_FLOW, &b);
	keep_off_comment(w, s, &b);
	put(w, s->n->start, s->n->end, 0, buffer_span(&b));
	return 0;
}

static int edits_below(struct work *w, const spot *s)
{
	if (s->instead)
		return replace(w, s);
	if (s->empty && !s->up) {
		put(w, s->n->start, s->n->end, 0, SPAN("{}"));
		return 0;
	}
	for (uint32_t i = 0; i < s->below.count; i++)
		if (!is_gone(s, s->below.items[i]->at))
			TRY(edits_below(w, s->below.items[i]));
	bool flow = s->n->style == NODE_FLOW;
	if (s->gone_count)
		TRY(flow ? flow_lose(w, s) : block_lose(w, s));
	if (!s->add)
		return 0;
	if (s->n->kind != NODE_LIST && s->n->kind != NODE_MAP)
		return fill(w, s, s->add);
	if (flow)
		return flow_add(w, s);
	block_add(w, s);
	return 0;
}

static size_t anchor_length(span s)
{
	size_t n = 1;
	while (n < s.n && (ascii_alpha(s.p[n]) || ascii_digit(s.p[n]) || s.p[n] == '_' || s.p[n] == '-'))
		n++;
	return n - 1;
}

/* Whether `*name` stands somewhere in s. */
static bool has_alias(span s, span name)
{
	for (size_t at; (at = span_find_byte(s, '*')) != SPAN_NONE; s = span_from(s, 1)) {
		s = span_from(s, at);
		if (span_equal(span_sub(s, 1, anchor_length(s)), name))
			return true;
	}
	return false;
}

/* Whether what an edit takes away may hold an anchor that later words refer to. Judged by the look of the bytes, so
 * that it errs towards refusing. */
static bool loses_anchor(const text *t, const edit *one)
{
	span gone = span_sub(t->bytes, one->start, one->end - one->start),
	     after = span_from(t->bytes, one->end);
	for (size_t at; (at = span_find_byte(gone, '&')) != SPAN_NONE; gone = span_from(gone, 1)) {
		gone = span_from(gone, at);
		span name = span_sub(gone, 1, anchor_length(gone));
		if (name.n && has_alias(after, name))
			return true;
	}
	return false;
}

/* Whether what follows comes to stand at the start of a line and looks like "---" or "..." there. */
static bool makes_marker(const text *t, const edit *one)
{
	span after = span_from(t->bytes, one->end);
	bool marker = span_starts(after, SPAN("---")) || span_starts(after, SPAN("..."));
	return marker && one->replacement.n == 0 && line_start(t, one->start) == one->start &&
	       line_start(t, one->end) != one->end;
}

/* Whether a line of blanks with a tab follows. A plain value before it swallows such a line, which stands nowhere else. */
static bool tab_line_follows(const text *t, uint32_t at)
{
	bool tab = false, line = line_start(t, at) == at;
	for (; at < t->bytes.n; at++) {
		char c = t->bytes.p[at];
		if (c == '\n' || c == '\r') {
			if (tab && line)
				return true;
			line = true;
			tab = false;
		} else if (c == '\t') {
			tab = true;
		} else if (c != ' ') {
			return false;
		}
	}
	return tab && line;
}

int spot_edits(const text *t, const spot *s, arena *a, edit_list *ret, error *e)
{
	struct work w = {.t = t, .a = a, .edits = ret, .e = e, .m = manner_of(t)};
	TRY(edits_below(&w, s));
	for (uint32_t i = 0; i < ret->count; i++) {
		const edit *one = &ret->items[i];
		if (loses_anchor(t, one))
			return refuse(&w, one->start, "this holds an anchor that is used further down");
		if (makes_marker(t, one))
			return refuse(&w, one->end, "what follows would start a document");
		if (tab_line_follows(t, one->end))
			return refuse(&w, one->end, "a line with nothing but a tab follows");
	}
	return 0;
}
