/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML 1.1 by the events of libyaml. Where libyaml's marks do not say what the words are, it is mended here: its
 * marks include anchors and tags, block collections end at the next token, empty values lie where the next token
 * starts. */
#include "formats/yaml.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "formats/yaml_fault.h"
#include "formats/yaml_scalar.h"
#include "formats/yaml_source.h"

#include <yaml.h>

enum { NOWHERE = UINT32_MAX };

struct frame { /* a list or map that is still open */
	node *n;
	uint32_t base; /* its children on the builder's stack */
	uint32_t end;  /* of the last child */
	span anchor;
};

struct reader {
	yaml_parser_t parser;
	yaml_source source;
	node_builder build;
	node_list *documents;
	map anchors; /* of the document that is being read */
	node *root;
	struct frame frames[LIMIT_TREE_DEPTH];
	uint32_t depth, weight; /* weight: of the documents before */
	uint32_t failed_at;     /* NOWHERE: it did not */
};

static void give_up(struct reader *r, uint32_t start, uint32_t end, const char *message)
{
	builder_problem(&r->build, start, end, message);
	r->failed_at = start;
}

/* --- places --- */

/* Goes over white space, line ends and comments. */
static uint32_t skip_blank(span bytes, uint32_t i)
{
	for (uint32_t length; i < bytes.n; i += length) {
		length = bytes.p[i] == ' ' || bytes.p[i] == '\t' ? 1 : yaml_break(bytes, i);
		if (length)
			continue;
		if (bytes.p[i] != '#')
			break;
		while (i < bytes.n && !yaml_break(bytes, i))
			i++;
	}
	return i;
}

/* The first byte behind `count` of anchor and tag, at most `end`. More may follow: those of a map's first key. */
static uint32_t skip_properties(span bytes, uint32_t i, uint32_t end, int count)
{
	while (count-- > 0 && i < end && (bytes.p[i] == '&' || bytes.p[i] == '!')) {
		bool anchor = bytes.p[i++] == '&';
		while (i < end && bytes.p[i] != ' ' && bytes.p[i] != '\t' && !yaml_break(bytes, i) &&
			(!anchor || ascii_alpha(bytes.p[i]) || ascii_digit(bytes.p[i]) || bytes.p[i] == '_' ||
				bytes.p[i] == '-'))
			i++;
		uint32_t next = skip_blank(bytes, i);
		if (next >= end)
			return i < end ? i : end; /* nothing follows: an empty value stands right behind */
		i = next;
	}
	return i;
}

/* A block scalar ends with its last line of content; with '+' the empty lines that follow are content too. */
static uint32_t block_end(span bytes, uint32_t start, uint32_t end)
{
	span head = span_sub(bytes, start, 3);
	bool keep = (head.n > 1 && head.p[1] == '+') ||
		    (head.n > 2 && ascii_digit(head.p[1]) && head.p[2] == '+');
	while (end > start) {
		uint32_t i = end;
		while (i > start && (bytes.p[i - 1] == ' ' || bytes.p[i - 1] == '\t'))
			i--;
		uint32_t length = i < start + 2                                      ? 0
				  : bytes.p[i - 1] == '\n' && bytes.p[i - 2] == '\r' ? 2
				  : bytes.p[i - 1] == '\n' || bytes.p[i - 1] == '\r' ? 1
										     : 0;
		if (!length)
			break;
		end = i - length;
		if (keep)
			break;
	}
	return end;
}

static bool awaits_value(const struct reader *r)
{
	const struct frame *f = r->depth ? &r->frames[r->depth - 1] : NULL;
	return f && f->n->kind == NODE_MAP && (r->build.stack.count - f->base) % 2 == 1;
}

/* An empty value stands behind its ':', or behind its key if there is none. */
static void place_empty(const struct reader *r, node *n)
{
	const node *key = r->build.stack.items[r->build.stack.count - 1];
	uint32_t colon = skip_blank(r->source.bytes, key->end);
	bool found = colon < n->start && r->source.bytes.p[colon] == ':';
	n->start = n->end = found ? colon + 1 : key->end;
}

/* --- events --- */

static void take_node(struct reader *r, node *n)
{
	if (r->depth == 0) {
		r->root = n;
		return;
	}
	struct frame *f = &r->frames[r->depth - 1];
	bool is_key = f->n->kind == NODE_MAP && !awaits_value(r);
	if (is_key && (n->kind == NODE_LIST || n->kind == NODE_MAP))
		n->value = span_sub(r->source.bytes, n->start, n->end - n->start);
	if (n->end > f->end)
		f->end = n->end;
	builder_push(&r->build, n);
}

static void anchor_add(struct reader *r, span name, node *n)
{
	if (name.n)
		map_set(&r->anchors, r->build.a, name, n);
}

static span anchor_name(struct reader *r, const yaml_char_t *anchor)
{
	return anchor ? arena_copy(r->build.a, span_of((const char *)anchor)) : (span){0};
}

static uint32_t offset_of(struct reader *r, const yaml_mark_t *mark)
{
	return yaml_source_offset(&r->source, mark->index);
}

static span scalar_value(struct reader *r, const node *n, span value)
{
	uint32_t quote = n->style == NODE_SINGLE_QUOTED || n->style == NODE_DOUBLE_QUOTED;
	span raw = span_sub(r->source.bytes, n->start + quote, n->end - n->start);
	raw.n -= raw.n >= 2 * quote ? 2 * quote : raw.n;
	return span_equal(raw, value) ? raw : arena_copy(r->build.a, value);
}

static const uint8_t styles[] = {
	[YAML_ANY_SCALAR_STYLE] = NODE_PLAIN,
	[YAML_PLAIN_SCALAR_STYLE] = NODE_PLAIN,
	[YAML_SINGLE_QUOTED_SCALAR_STYLE] = NODE_SINGLE_QUOTED,
	[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = NODE_DOUBLE_QUOTED,
	[YAML_LITERAL_SCALAR_STYLE] = NODE_LITERAL,
	[YAML_FOLDED_SCALAR_STYLE] = NODE_FOLDED,
};

static void on_scalar(struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *tag = event->data.scalar.tag, *anchor = event->data.scalar.anchor;
	uint32_t start = offset_of(r, &event->start_mark), end = offset_of(r, &event->end_mark);
	node *n = builder_node(&r->build, NODE_STRING, styles[event->data.scalar.style], start, end);
	n->start = skip_properties(r->source.bytes, start, end, !!tag + !!anchor);
	if (n->start < n->end && (n->style == NODE_LITERAL || n->style == NODE_FOLDED))
		n->end = block_end(r->source.bytes, n->start, end);
	span value = {(const char *)event->data.scalar.value, event->data.scalar.length};
	n->value = scalar_value(r, n, value);
	yaml_scalar_resolve(n, (const char *)tag);
	if (value.n == 0 && n->style == NODE_PLAIN)
		n->end = n->start;
	if (n->start == n->end && !tag && !anchor && awaits_value(r))
		place_empty(r, n);
	anchor_add(r, anchor_name(r, anchor), n);
	take_node(r, n);
}

static void on_alias(struct reader *r, const yaml_event_t *event)
{
	uint32_t start = offset_of(r, &event->start_mark), end = offset_of(r, &event->end_mark);
	span name = span_of((const char *)event->data.alias.anchor);
	const node *target = map_get(&r->anchors, name);
	node *n = builder_node(&r->build, NODE_NULL, NODE_PLAIN, start, end);
	if (target) {
		*n = *target;
		n->start = start;
		n->end = end;
		r->build.weight += target->weight - 1;
	} else {
		span message = arena_format(
			r->build.a, "unknown alias *%.*s", (int)(name.n < 80 ? name.n : 80), name.p);
		builder_problem(&r->build, start, end, message.p);
	}
	n->aliased = true;
	take_node(r, n);
}

static void on_open(struct reader *r, const yaml_event_t *event, node_kind kind, bool flow,
	const yaml_char_t *tag, const yaml_char_t *anchor)
{
	uint32_t start = offset_of(r, &event->start_mark);
	if (r->depth == LIMIT_TREE_DEPTH) {
		give_up(r, start, start + 1, "nested too deeply");
		return;
	}
	start = skip_properties(r->source.bytes, start, (uint32_t)r->source.bytes.n, !!tag + !!anchor);
	node *n = builder_node(&r->build, kind, flow ? NODE_FLOW : NODE_BLOCK, start, start);
	n->tag = (uint8_t)yaml_tag((const char *)tag);
	r->frames[r->depth++] = (struct frame){n, r->build.stack.count, start, anchor_name(r, anchor)};
}

/* Completes the innermost list or map, which ends at `end`. */
static void close_frame(struct reader *r, uint32_t end)
{
	struct frame *f = &r->frames[--r->depth];
	node *n = f->n;
	n->end = end;
	if (n->kind == NODE_LIST)
		builder_list(&r->build, n, f->base);
	else if (!builder_map(&r->build, n, f->base, true))
		give_up(r, n->start, n->start + 1, "merge keys expand to more members than a file may have");
	anchor_add(r, f->anchor, n);
	take_node(r, n);
}

static void on_close(struct reader *r, const yaml_event_t *event)
{
	const struct frame *f = &r->frames[r->depth - 1];
	char first = f->n->start < r->source.bytes.n ? r->source.bytes.p[f->n->start] : 0;
	bool brackets = f->n->style == NODE_FLOW && first == (f->n->kind == NODE_MAP ? '{' : '[');
	uint32_t end = brackets ? offset_of(r, &event->end_mark) : f->end;
	close_frame(r, end > f->end ? end : f->end);
}

static void on_document_end(struct reader *r)
{
	if (r->root)
		list_push(r->build.a, r->documents, r->root);
	r->root = NULL;
	r->anchors = (map){0};
	r->weight = r->build.weight;
}

/* Whether there may be another event. */
static bool on_event(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		break;
	case YAML_DOCUMENT_END_EVENT:
		on_document_end(r);
		break;
	case YAML_SCALAR_EVENT:
		on_scalar(r, event);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		on_open(r, event, NODE_LIST, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
			event->data.sequence_start.tag, event->data.sequence_start.anchor);
		break;
	case YAML_MAPPING_START_EVENT:
		on_open(r, event, NODE_MAP, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
			event->data.mapping_start.tag, event->data.mapping_start.anchor);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(r, event);
		break;
	}
	if (r->failed_at == NOWHERE && builder_full(&r->build)) {
		uint32_t start = offset_of(r, &event->start_mark);
		give_up(r, start, start + 1, "aliases expand to more values than a file may have");
	}
	return r->failed_at == NOWHERE;
}

/* --- faults --- */

/* What was read of a broken document is kept if it is a map: the rest of the file is still judged. */
static void keep_part(struct reader *r)
{
	bool whole = r->build.weight <= LIMIT_TREE_NODES;
	while (r->depth) {
		if (awaits_value(r)) {
			uint32_t end = r->build.stack.items[r->build.stack.count - 1]->end;
			take_node(r, builder_node(&r->build, NODE_NULL, NODE_PLAIN, end, end));
		}
		close_frame(r, r->frames[r->depth - 1].end);
	}
	if (!whole || builder_full(&r->build) || !node_is_map(r->root) || r->root->count == 0)
		r->root = NULL;
	uint32_t before = r->weight;
	on_document_end(r);
	if (!whole)
		r->build.weight = r->weight = before;
}

/* The next line that starts with "---" after a fault. A fault at the start of such a line is one of the document
 * before. */
static uint32_t next_document(const struct reader *r, uint32_t from)
{
	span bytes = r->source.bytes;
	if (from > 0 && from > r->source.start && (bytes.p[from - 1] == '\n' || bytes.p[from - 1] == '\r'))
		from--;
	for (size_t at; (at = span_find(span_from(bytes, from), SPAN("\n---"))) != SPAN_NONE;) {
		from += (uint32_t)at + 1;
		char after = from + 3 < bytes.n ? bytes.p[from + 3] : '\n';
		if (ascii_space(after) && from > r->source.start)
			return from;
	}
	return NOWHERE;
}

static void on_syntax_error(struct reader *r)
{
	if (r->parser.error == YAML_MEMORY_ERROR)
		memory_exhausted(0);
	yaml_fault fault = yaml_fault_explain(&r->parser, &r->source, r->build.a);
	give_up(r, fault.start, fault.end, fault.message);
	r->failed_at = offset_of(r, &r->parser.problem_mark);
}

/* Reads from `start` on; returns where to go on after a fault, or NOWHERE. */
static uint32_t read_from(struct reader *r, uint32_t start)
{
	if (!yaml_parser_initialize(&r->parser))
		memory_exhausted(sizeof r->parser);
	yaml_source_begin(&r->source, start);
	/* Said, not found out: libyaml would take off a second BOM without counting it. */
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r->parser, (const uint8_t *)r->source.bytes.p + start, r->source.bytes.n - start);
	r->failed_at = NOWHERE;
	bool more = true;
	while (more) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r->parser, &event)) {
			on_syntax_error(r);
			break;
		}
		more = on_event(r, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&r->parser);
	if (r->failed_at == NOWHERE)
		return NOWHERE;
	uint32_t next = next_document(r, r->failed_at);
	keep_part(r);
	return next;
}

void yaml_read(const text *t, arena *a, node_list *ret_documents, node_problems *ret_problems)
{
	struct reader r = {.build = {.a = a, .problems = ret_problems}, .documents = ret_documents};
	uint32_t at = span_starts(t->bytes, SPAN("\xef\xbb\xbf")) ? 3 : 0;
	if (yaml_source_init(&r.source, t, &r.build))
		while (at != NOWHERE && ret_problems->count < LIMIT_FILE_ERRORS)
			at = read_from(&r, at);
	builder_done(&r.build);
}
