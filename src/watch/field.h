/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields of events: their names, types and arguments (fields.def), and what an event says of them. A table of fields for
 * expression/. */
#pragma once

#include "expression/expression.h"
#include "formats/json_write.h"
#include "watch/state.h"

/* field_row.id: FIELD_EVT_NUM, FIELD_PROC_NAME … */
typedef enum watch_field_id {
#define FIELD(id, name, type, count, argument, cost, meaning) FIELD_##id,
#include "watch/fields.def"
#undef FIELD
	FIELD_COUNT,
} watch_field_id;

/* The row of a field with its argument, on a; NULL: there is none of that name, or it takes no such argument. *argument is what
 * stands in the brackets (.p NULL: there are none). `evt.arg.flags` is evt.arg with the argument "flags". */
const field_row *watch_field(span name, span argument, arena *a);

/* The same; when there is none, *why says so in Falco's words ("key is not a valid number"), or stays empty: no such field. */
const field_row *watch_field_find(const void *of, span name, span argument, arena *a, span *why);

/* Falco's language over these fields. */
extern const vocabulary watch_vocabulary;

/* All fields, for documentation: the index-th row, or NULL. */
const field_row *watch_field_at(uint32_t index);

/* How the argument of the index-th is written behind its name: "[N]", ".NAME"; empty: it takes none. *needed: it must have one. */
const char *watch_field_argument(uint32_t index, bool *needed);

/* Whether the field with that id is the name of an address (fd.sip.name): what it may be stands in rules (address_names.h). */
bool watch_field_is_address_name(int id);

/* What a field's value comes from. */
typedef struct event_view {
	const event *event;
	watch_state *state;
	arena *scratch;                            /* of the event in hand: texts that fields are made of */
	const struct container_lookup *containers; /* NULL: nobody knows more than ids */
} event_view;

/* The container of an event; NULL: it is of the host, or nobody knows it. Borrowed until the next event. */
const struct watch_container *watch_field_container(const event_view *of);

/* The getter of a subject (of: an event_view). Texts live until the next event. */
field_state watch_field_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty);

/* Writes a value as an output has it ("<NA>" is the caller's business); false: there is none. A list is written as (a,b). */
bool watch_field_print(const event_view *of, const field_row *field, buffer *out);

/* Writes one value by itself. */
void watch_value_print(const field_value *v, buffer *out);

/* Writes a value as JSON has it: a number, a truth, a text, or null. */
void watch_field_json(const event_view *of, const field_row *field, json_writer *w, const char *key);
