/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch --parse: conditions as JSON, in a shape in which they can be compared with what Falco's parser says. */
#include "commands/watch.h"

#include "base/files.h"
#include "base/limits.h"
#include "commands/commands.h"
#include "expression/event_set.h"
#include "formats/json.h"
#include "formats/json_write.h"
#include "watch/field.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	LISTED_EVENTS = 100, /* sets that are larger are only counted */
};

static void write_place(json_writer *w, const char *key, const condition_place *at)
{
	json_open(w, key, '[');
	json_number(w, NULL, at->at);
	json_number(w, NULL, at->line);
	json_number(w, NULL, at->column);
	json_close(w, ']');
}

static void write_condition(json_writer *w, const char *key, const condition *c);

static void write_parts(json_writer *w, const condition *c)
{
	json_open(w, "c", '[');
	for (uint32_t i = 0; i < c->parts.count; i++)
		write_condition(w, NULL, c->parts.items[i]);
	json_close(w, ']');
}

static void write_test(json_writer *w, const condition *c)
{
	auto_buffer op = {0};
	buffer_add(&op, op_name(c->op));
	if (c->modifier)
		buffer_format(&op, " %s", modifier_names[c->modifier]);
	json_string(w, "t", c->right ? "binary" : "unary");
	write_condition(w, "l", c->left);
	json_text(w, "op", buffer_span(&op));
	if (c->right)
		write_condition(w, "r", c->right);
}

static void write_values(json_writer *w, const condition *c)
{
	json_open(w, "v", '[');
	for (uint32_t i = 0; i < c->parts.count; i++)
		json_text(w, NULL, c->parts.items[i]->text);
	json_close(w, ']');
}

static void write_body(json_writer *w, const condition *c)
{
	static const char *const names[] = {[CONDITION_AND] = "and",
		[CONDITION_OR] = "or",
		[CONDITION_NOT] = "not",
		[CONDITION_NAME] = "id",
		[CONDITION_FIELD] = "field",
		[CONDITION_VALUE] = "val",
		[CONDITION_LIST] = "list",
		[CONDITION_TRANSFORM] = "transform",
		[CONDITION_TRANSFORM_LIST] = "tlist"};
	if (c->kind == CONDITION_TEST) {
		write_test(w, c);
		return;
	}
	json_string(w, "t", names[c->kind]);
	if (c->kind == CONDITION_NAME || c->kind == CONDITION_FIELD || c->kind == CONDITION_VALUE)
		json_text(w, "v", c->text);
	else if (c->kind == CONDITION_TRANSFORM)
		json_string(w, "v", transform_names[c->transform]);
	if (c->indexed)
		json_text(w, "arg", c->index);
	if (c->kind == CONDITION_LIST)
		write_values(w, c);
	else if (c->kind != CONDITION_NAME && c->kind != CONDITION_FIELD && c->kind != CONDITION_VALUE)
		write_parts(w, c);
}

static void write_condition(json_writer *w, const char *key, const condition *c)
{
	json_open(w, key, '{');
	write_body(w, c);
	write_place(w, "pos", &c->place);
	json_close(w, '}');
}

static void write_events(json_writer *w, const condition *c)
{
	event_set events;
	error e;
	if (event_set_of(c, &events, &e) < 0) {
		json_string(w, "sc_err", e.text);
		return;
	}
	uint32_t count = event_set_count(&events);
	json_number(w, "n_sc", count);
	if (count == 0 || count > LISTED_EVENTS)
		return;
	json_open(w, "sc", '[');
	for (uint32_t i = 0; i < event_code_count(); i++)
		if (event_set_has(&events, i))
			json_string(w, NULL, event_code_name(i));
	json_close(w, ']');
}

static void write_compiles(json_writer *w, const condition *c, arena *a)
{
	const expression *x;
	condition_fault fault;
	bool good = expression_compile_tree(c, &watch_vocabulary, a, &x, &fault) >= 0;
	json_truth(w, "compiles", good);
	if (!good)
		json_text(w, "compile_error", fault.text);
}

static void write_fault(json_writer *w, span text, const condition_place *at)
{
	json_truth(w, "ok", false);
	json_text(w, "error", text);
	write_place(w, "err_pos", at);
}

static void write_tree(json_writer *w, const condition *c, arena *a)
{
	auto_buffer text = {0};
	condition_print(c, false, &text);
	json_truth(w, "ok", true);
	write_condition(w, "ast", c);
	json_text(w, "str", buffer_span(&text));
	write_events(w, c);
	write_compiles(w, c, a);
}

static bool parse_one(span text, arena *a, json_writer *w)
{
	const condition *tree;
	condition_fault fault;
	error e;
	bool good = condition_parse(text, &(condition_options){.depth = LIMIT_CONDITION_DEPTH}, a, &tree,
			    &fault, &e) >= 0;
	if (good)
		write_tree(w, tree, a);
	else
		write_fault(w, fault.text, &fault.place);
	return good;
}

/* A line that begins with a quote is a JSON string. < 0: it is none. */
static int line_text(span line, arena *a, span *ret, error *e)
{
	*ret = line;
	if (!span_starts(line, SPAN("\"")))
		return 0;
	text json;
	node *value;
	node_problems problems = {0};
	text_init(&json, "-", line, a);
	TRY(json_read(&json, a, &value, &problems, e));
	*ret = value->value;
	return 0;
}

static bool parse_line(span line, buffer *out)
{
	arena a = {0};
	json_writer w = {.out = out};
	error e;
	span condition;
	bool good = false;
	json_open(&w, NULL, '{');
	if (line_text(line, &a, &condition, &e) < 0)
		write_fault(&w, span_of(e.text),
			&(condition_place){e.column ? e.column - 1 : 0, e.line, e.column});
	else
		good = parse_one(condition, &a, &w);
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
	arena_done(&a);
	return good;
}

int watch_parse_lines(void)
{
	arena a = {0};
	auto_buffer out = {.sink = STDOUT_FILENO + 1};
	span lines, line;
	error e;
	int ret = EXIT_CLEAN;
	if (files_read("-", LIMIT_FILE_BYTES, &a, &lines, &e) < 0) {
		command_complain("watch", "%s", e.text);
		ret = EXIT_USAGE;
	} else {
		while (span_cut(&lines, '\n', &line))
			if (!parse_line(line, &out))
				ret = EXIT_FINDINGS;
	}
	int status = command_write(&out, NULL);
	arena_done(&a);
	return status != EXIT_CLEAN ? status : ret;
}
