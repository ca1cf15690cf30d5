/* SPDX-License-Identifier: Apache-2.0
 *
 * Block style for YAML by lines, flow style inside brackets, JSON as flow style with quotes. */
#include "formats/yaml_write.h"

#include "formats/yaml_scalar.h"

static uint32_t indent_of(span line)
{
	uint32_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

/* Takes "- " prefixes off; returns the column of what follows. */
static uint32_t key_column(span *line)
{
	uint32_t column = indent_of(*line);
	*line = span_from(*line, column);
	while (span_starts(*line, SPAN("- "))) {
		uint32_t n = 1 + indent_of(span_from(*line, 1));
		*line = span_from(*line, n);
		column += n;
	}
	return column;
}

static bool opens_block(span line)
{
	size_t comment = span_find(line, SPAN(" #"));
	line = span_trim(span_sub(line, 0, comment));
	return line.n > 1 && line.p[line.n - 1] == ':';
}

/* Looks at the lines below a `key:`; the first list and the first map decide. */
static void measure_steps(const text *t, uint32_t *step, uint32_t *list_step)
{
	enum { LINES = 400 }; /* the habit shows early, and this is asked for every edit */
	uint32_t above = UINT32_MAX;
	for (uint32_t i = 1; i <= t->line_count && i < LINES && (*step == 0 || *list_step == UINT32_MAX);
		i++) {
		span line = text_line(t, i), rest = line;
		if (span_trim(line).n == 0 || span_trim(line).p[0] == '#')
			continue;
		uint32_t indent = indent_of(line), column = key_column(&rest);
		bool item = column > indent;
		if (above != UINT32_MAX && indent >= above && indent - above <= 8) {
			if (item && *list_step == UINT32_MAX)
				*list_step = indent - above;
			else if (!item && indent > above && *step == 0)
				*step = indent - above;
		}
		above = opens_block(rest) ? column : UINT32_MAX;
	}
}

manner manner_of(const text *t)
{
	manner ret = {.line_end = "\n", .list_step = UINT32_MAX};
	span bytes = t->bytes;
	if (span_starts(bytes, SPAN("\xef\xbb\xbf")))
		bytes = span_from(bytes, 3);
	span trimmed = span_trim(bytes);
	ret.json = trimmed.n && (trimmed.p[0] == '{' || trimmed.p[0] == '[');
	size_t end = span_find_byte(bytes, '\n');
	if (end != SPAN_NONE && end > 0 && bytes.p[end - 1] == '\r')
		ret.line_end = "\r\n";
	measure_steps(t, &ret.step, &ret.list_step);
	if (ret.step == 0)
		ret.step = 2;
	if (ret.list_step == UINT32_MAX)
		ret.list_step = ret.step;
	return ret;
}

static void write_quoted(buffer *b, span s)
{
	buffer_add_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '"' || c == '\\')
			buffer_format(b, "\\%c", c);
		else if (c == '\n')
			buffer_add_string(b, "\\n");
		else if ((uint8_t)c < 0x20 || c == 0x7f)
			buffer_format(b, "\\u%04x", (unsigned)c);
		else
			buffer_add_byte(b, c);
	}
	buffer_add_byte(b, '"');
}

static void write_scalar(buffer *b, const want *w, const manner *m, bool flow)
{
	if (w->kind == NODE_NULL)
		buffer_add_string(b, "null");
	else if (w->kind != NODE_STRING || (!m->json && yaml_scalar_plain(w->text, flow)))
		buffer_add(b, w->text);
	else
		write_quoted(b, w->text);
}

void want_write_scalar(buffer *b, const want *w, const manner *m)
{
	write_scalar(b, w, m, false);
}

static void write_key(buffer *b, const want *w, const manner *m, bool flow)
{
	write_scalar(b, &(want){.kind = NODE_STRING, .text = w->key}, m, flow);
}

static bool is_nested(const want *w)
{
	return (w->kind == NODE_LIST || w->kind == NODE_MAP) && w->children.count > 0;
}

static void write_value(buffer *b, const want *w, const manner *m)
{
	if (w->kind == NODE_LIST || w->kind == NODE_MAP)
		want_write_flow(b, w, m, false, 0);
	else
		write_scalar(b, w, m, false);
	buffer_add_string(b, m->line_end);
}

static void write_member(buffer *b, const want *w, const manner *m, uint32_t indent)
{
	write_key(b, w, m, false);
	buffer_add_byte(b, ':');
	if (!is_nested(w)) {
		buffer_add_byte(b, ' ');
		write_value(b, w, m);
		return;
	}
	buffer_add_string(b, m->line_end);
	want_write_block(b, w, m, indent + (w->kind == NODE_LIST ? m->list_step : m->step));
}

/* A map in a list starts on the line of its '-'; what lists lie in lists is written in brackets. */
static void write_item(buffer *b, const want *w, const manner *m, uint32_t indent)
{
	buffer_add_string(b, "- ");
	if (!is_nested(w) || w->kind == NODE_LIST) {
		write_value(b, w, m);
		return;
	}
	for (uint32_t i = 0; i < w->children.count; i++) {
		buffer_repeat(b, ' ', i ? indent + 2 : 0);
		write_member(b, w->children.items[i], m, indent + 2);
	}
}

void want_write_block(buffer *b, const want *w, const manner *m, uint32_t indent)
{
	for (uint32_t i = 0; i < w->children.count; i++) {
		buffer_repeat(b, ' ', indent);
		if (w->kind == NODE_MAP)
			write_member(b, w->children.items[i], m, indent);
		else
			write_item(b, w->children.items[i], m, indent);
	}
}

void want_write_child(buffer *b, const want *w, const manner *m, bool lines, uint32_t indent, bool tight)
{
	if (w->key.p) {
		write_key(b, w, m, true);
		buffer_add_string(b, tight ? ":" : ": ");
	}
	if (w->kind == NODE_LIST || w->kind == NODE_MAP)
		want_write_flow(b, w, m, lines, indent + m->step);
	else
		write_scalar(b, w, m, true);
}

void want_write_flow(buffer *b, const want *w, const manner *m, bool lines, uint32_t indent)
{
	bool map = w->kind == NODE_MAP, open = lines && is_nested(w);
	buffer_add_byte(b, map ? '{' : '[');
	for (uint32_t i = 0; i < w->children.count; i++) {
		if (i)
			buffer_add_string(b, open ? "," : ", ");
		if (open) {
			buffer_add_string(b, m->line_end);
			buffer_repeat(b, ' ', indent);
		}
		want_write_child(b, w->children.items[i], m, lines, indent, false);
	}
	if (open) {
		buffer_add_string(b, m->line_end);
		buffer_repeat(b, ' ', indent - m->step);
	}
	buffer_add_byte(b, map ? '}' : ']');
}

bool want_holds(const want *w, const node *n)
{
	if (w->kind != NODE_LIST && w->kind != NODE_MAP)
		return w->kind == NODE_NULL
			       ? n->kind == NODE_NULL
			       : node_is_scalar(n) && n->kind == w->kind && span_equal(n->value, w->text);
	if (n->kind != w->kind || n->count != w->children.count)
		return false;
	for (uint32_t i = 0; i < n->count; i++) {
		const want *child = w->children.items[i];
		const node *there = n->kind == NODE_LIST ? n->items[i] : NULL;
		for (uint32_t k = 0; n->kind == NODE_MAP && k < n->count && !there; k++)
			if (span_equal(n->members[k].key->value, child->key))
				there = n->members[k].value;
		if (!there || !want_holds(child, there))
			return false;
	}
	return true;
}
