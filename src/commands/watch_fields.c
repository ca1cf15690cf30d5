/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch --fields: the fields and the events that rules may speak of, out of the tables that the engine uses. */
#include "commands/commands.h"
#include "commands/watch.h"
#include "formats/json_write.h"
#include "watch/field.h"
#include "watch/live_event.h"

enum { NAME_COLUMNS = 40, TYPE_COLUMNS = 9, EVENT_COLUMNS = 20, WIDTH = 100 };

/* --- fields --- */

static const char *type_word(value_type type)
{
	static const char *const words[] = {
		[VALUE_TRUTH] = "truth",
		[VALUE_NUMBER] = "number",
		[VALUE_TEXT] = "text",
		[VALUE_UNSIGNED] = "number",
		[VALUE_PORT] = "port",
		[VALUE_BYTES] = "bytes",
		[VALUE_ADDRESS] = "address",
		[VALUE_NET] = "network",
		[VALUE_REAL] = "real",
		[VALUE_OPAQUE] = "its own",
	};
	return words[type];
}

static bool has_several(const field_row *f)
{
	return f->list || f->either || f->some;
}

static void fields_text(buffer *out)
{
	const field_row *f;
	buffer_add_string(out,
		"Fields of events (… behind the type: there may be several values; what is in\n"
		"parentheses may be left out)\n");
	for (uint32_t i = 0; (f = watch_field_at(i)); i++) {
		bool needed;
		auto_buffer name = {0};
		const char *argument = watch_field_argument(i, &needed);
		buffer_format(&name, needed || !*argument ? "%s%s" : "%s(%s)", f->name, argument);
		const char *type = type_word(f->type);
		int pad = TYPE_COLUMNS - (int)strlen(type) - has_several(f);
		buffer_format(out, "  %-*.*s %s%s%*s %s\n", NAME_COLUMNS, SPAN_ARG(buffer_span(&name)), type,
			has_several(f) ? "…" : "", pad, "", f->meaning);
	}
}

static void field_json(json_writer *w, const field_row *f, uint32_t index)
{
	bool needed;
	const char *argument = watch_field_argument(index, &needed);
	json_open(w, NULL, '{');
	json_string(w, "name", f->name);
	json_string(w, "type", f->kind);
	json_truth(w, "list", has_several(f));
	json_string(w, "argument", *argument ? argument : NULL);
	json_truth(w, "argument_needed", needed);
	json_string(w, "meaning", f->meaning);
	json_close(w, '}');
}

/* --- events --- */

/* Whether the kernel's programs can tell it. */
static bool is_live(const char *type)
{
	event_set codes;
	auto_buffer missing = {0};
	event_set_of_type(span_of(type), &codes);
	live_calls_missing(&codes, &missing);
	return missing.n == 0;
}

/* The type of a code, or NULL when an earlier code has it too. */
static const char *type_first(uint32_t code)
{
	const char *type = event_code_type(code);
	for (uint32_t i = 0; i < code; i++)
		if (strcmp(type, event_code_type(i)) == 0)
			return NULL;
	return type;
}

/* Calls are known by their ends; tracepoints have only a beginning. */
static const event_type *shape_of(const char *type)
{
	int number = event_type_find(span_of(type), true);
	if (number < 0)
		number = event_type_find(span_of(type), false);
	return event_type_get(number < 0 ? UINT32_MAX : (uint32_t)number);
}

static void event_line(const char *type, buffer *out)
{
	auto_buffer words = {0};
	const event_type *shape = shape_of(type);
	for (uint32_t i = 0; shape && i < shape->count; i++)
		buffer_format(&words, "%s%s", i ? " " : "", shape->params[i].name);
	buffer_format(out, "  %-*s ", EVENT_COLUMNS, type);
	buffer_wrap(out, buffer_span(&words), EVENT_COLUMNS + 3, EVENT_COLUMNS + 3, WIDTH);
}

static void events_text(buffer *out)
{
	const char *type;
	auto_buffer others = {0};
	buffer_add_string(out, "\nEvents of the kernel (evt.type), with their arguments (evt.arg.NAME)\n");
	for (uint32_t code = 0; code < event_code_count(); code++) {
		if (!(type = type_first(code)))
			continue;
		if (is_live(type))
			event_line(type, out);
		else
			buffer_format(&others, "%s%s", others.n ? " " : "", type);
	}
	buffer_add_string(out, "\nEvents that are not told by the kernel, only by captures of others\n  ");
	buffer_wrap(out, buffer_span(&others), 2, 2, WIDTH);
}

static void event_json(json_writer *w, const char *type)
{
	const event_type *shape = shape_of(type);
	json_open(w, NULL, '{');
	json_string(w, "name", type);
	json_truth(w, "live", is_live(type));
	json_open(w, "arguments", '[');
	for (uint32_t i = 0; shape && i < shape->count; i++)
		json_string(w, NULL, shape->params[i].name);
	json_close(w, ']');
	json_close(w, '}');
}

static void all_json(buffer *out)
{
	const field_row *f;
	const char *type;
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "fields", '[');
	for (uint32_t i = 0; (f = watch_field_at(i)); i++)
		field_json(&w, f, i);
	json_close(&w, ']');
	json_open(&w, "events", '[');
	for (uint32_t code = 0; code < event_code_count(); code++)
		if ((type = type_first(code)))
			event_json(&w, type);
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

int watch_list_fields(bool json)
{
	auto_buffer out = {0};
	if (json)
		all_json(&out);
	else {
		fields_text(&out);
		events_text(&out);
	}
	return command_write(&out, NULL);
}
