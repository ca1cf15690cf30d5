/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields of events: their names, types and arguments (fields.def), and what an event says of them. A table of fields for
 * expression/. */
#pragma once

#include "expression/expression.h"
#include "formats/json_write.h"
#include "watch/state.h"

/* The row of a field with its argument, on a; NULL: there is none of that name, or it takes no such argument. *argument is what
 * stands in the brackets (.p NULL: there are none). `evt.arg.flags` is evt.arg with the argument "flags". */
const field_row *watch_field(span name, span argument, arena *a);

/* All fields, for documentation: the index-th row, or NULL. */
const field_row *watch_field_at(uint32_t index);

/* What a field's value comes from. */
typedef struct event_view {
	const event *event;
	watch_state *state;
	const struct container_lookup *containers; /* NULL: nobody knows more than ids */
} event_view;

/* The getter of a subject (of: an event_view). Texts live until the next event. */
field_state watch_field_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty);

/* Writes a value as an output has it ("<NA>" is the caller's business); false: there is none. A list is written as (a,b). */
bool watch_field_print(const event_view *of, const field_row *field, buffer *out);

/* Writes a value as JSON has it: a number, a truth, a text, or null. */
void watch_field_json(const event_view *of, const field_row *field, json_writer *w, const char *key);
