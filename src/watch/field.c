/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of fields: who reads which, and how they are written. */
#include "watch/field.h"

#include "watch/field_get.h"

#include <arpa/inet.h>
#include <string.h>

static field_getter *getter_of(int id)
{
	field_getter *const *const tables[] = {field_event_getters, field_process_getters,
		field_descriptor_getters, field_container_getters};
	if (id < 0 || id >= FIELD_COUNT)
		return NULL;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (tables[i][id])
			return tables[i][id];
	return NULL;
}

bool field_keep(const event_view *v, const buffer *b, field_value *ret)
{
	ret->text = b->n ? arena_copy(v->scratch, buffer_span(b)) : SPAN("");
	return true;
}

field_state watch_field_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	field_getter *get = getter_of(field->id);
	*ret_empty = false;
	*ret = (field_value){.type = field->type};
	if (get && get(of, field, index, ret))
		return FIELD_SET;
	*ret_empty =
		index == 0 && watch_field_is_address_name(field->id) && field_address_nameless(of, field);
	return FIELD_UNSET;
}

void watch_value_print(const field_value *v, buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	switch (v->type) {
	case VALUE_TRUTH:
		buffer_add_string(out, v->truth ? "true" : "false");
		break;
	case VALUE_NUMBER:
		buffer_add_signed(out, v->number);
		break;
	case VALUE_UNSIGNED:
	case VALUE_PORT:
		buffer_add_unsigned(out, (uint64_t)v->number);
		break;
	case VALUE_REAL:
		buffer_format(out, "%.1f", v->real);
		break;
	case VALUE_ADDRESS:
	case VALUE_NET:
		if (inet_ntop(v->text.n == 4 ? AF_INET : AF_INET6, v->text.p, text, sizeof text))
			buffer_add_string(out, text);
		break;
	case VALUE_TEXT:
	case VALUE_BYTES:
		buffer_add(out, v->text);
		break;
	case VALUE_OPAQUE: /* the getter gives one of the others */
		break;
	}
}

bool watch_field_print(const event_view *of, const field_row *field, buffer *out)
{
	field_value v;
	bool empty;
	if (watch_field_get(of, field, 0, &v, &empty) == FIELD_UNSET)
		return false;
	if (!field->list) {
		watch_value_print(&v, out);
		return true;
	}
	char separator = '(';
	for (uint32_t i = 0; watch_field_get(of, field, i, &v, &empty) != FIELD_UNSET; i++) {
		buffer_add_byte(out, separator);
		watch_value_print(&v, out);
		separator = ',';
	}
	buffer_add_byte(out, ')');
	return true;
}

/* Times of day are the one kind of field that is a text in conditions and a number in JSON. */
static bool is_time(const field_row *field)
{
	return field->id == FIELD_EVT_TIME || field->id == FIELD_EVT_TIME_S ||
	       field->id == FIELD_EVT_TIME_ISO8601 || field->id == FIELD_EVT_DATETIME ||
	       field->id == FIELD_EVT_DATETIME_S;
}

void watch_field_json(const event_view *of, const field_row *field, json_writer *w, const char *key)
{
	field_value v;
	bool empty;
	auto_buffer text = {0};
	if (is_time(field))
		json_number(w, key, (int64_t)of->event->time);
	else if (watch_field_get(of, field, 0, &v, &empty) == FIELD_UNSET)
		json_string(w, key, NULL);
	else if (v.type == VALUE_TRUTH)
		json_truth(w, key, v.truth);
	else if (v.type == VALUE_NUMBER || v.type == VALUE_UNSIGNED || v.type == VALUE_PORT)
		json_number(w, key, v.number);
	else if (v.type == VALUE_REAL)
		json_real(w, key, v.real);
	else if (watch_field_print(of, field, &text))
		json_text(w, key, buffer_span(&text));
}
