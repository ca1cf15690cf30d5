/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading fields, a file for each family; field.c puts their tables together. */
#pragma once

#include "base/buffer.h"
#include "watch/field.h"

/* Gives the index-th value of a field (only lists have more than the first); false: there is none. */
typedef bool field_getter(const event_view *v, const field_row *f, uint32_t index, field_value *ret);

/* By watch_field_id; NULL: not of this family. */
extern field_getter *const field_event_getters[FIELD_COUNT];
extern field_getter *const field_process_getters[FIELD_COUNT];
extern field_getter *const field_descriptor_getters[FIELD_COUNT];
extern field_getter *const field_container_getters[FIELD_COUNT];

static inline bool field_number(field_value *ret, int64_t number)
{
	ret->number = number;
	return true;
}

static inline bool field_truth(field_value *ret, bool truth)
{
	ret->truth = truth;
	return true;
}

static inline bool field_text(field_value *ret, span text)
{
	ret->text = text;
	return text.p != NULL;
}

/* Whether the address that the field asks for is there, and is known to have none of the names in rules when it has no value. */
bool field_address_nameless(const event_view *v, const field_row *f);

/* What is in the buffer, kept until the next event. */
bool field_keep(const event_view *v, const buffer *b, field_value *ret);
