/* SPDX-License-Identifier: Apache-2.0
 *
 * A small table of fields with fixed values, for tests of Falco's conditions. */
#pragma once

#include "expression/expression.h"

enum { TEST_TYPE = 100, TEST_NUMBER };

static const field_row test_rows[] = {
	{.name = "c.true", .type = VALUE_NUMBER, .kind = "INT32", .bits = 32, .id = 0},
	{.name = "c.false", .type = VALUE_NUMBER, .kind = "INT32", .bits = 32, .id = 1},
	{.name = "c.text", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 2, .cost = 4},
	{.name = "c.path", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 3, .cost = 4},
	{.name = "c.none", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 4},
	{.name = "c.small", .type = VALUE_UNSIGNED, .kind = "UINT32", .bits = 32, .id = 5},
	{.name = "c.huge", .type = VALUE_UNSIGNED, .kind = "UINT64", .id = 6},
	{.name = "c.minus", .type = VALUE_NUMBER, .kind = "INT64", .id = 7},
	{.name = "c.bool", .type = VALUE_TRUTH, .kind = "BOOL", .id = 8},
	{.name = "c.bytes", .type = VALUE_BYTES, .kind = "BYTEBUF", .id = 9},
	{.name = "c.v4", .type = VALUE_ADDRESS, .kind = "IPADDR", .id = 10},
	{.name = "c.v6", .type = VALUE_ADDRESS, .kind = "IPADDR", .id = 11},
	{.name = "c.ends",
		.type = VALUE_ADDRESS,
		.kind = "IPADDR",
		.id = 12,
		.either = true,
		.left_only = true},
	{.name = "c.nets", .type = VALUE_NET, .kind = "IPNET", .id = 12, .either = true, .left_only = true},
	{.name = "c.net6", .type = VALUE_NET, .kind = "IPNET", .id = 11},
	{.name = "c.ports", .type = VALUE_PORT, .kind = "PORT", .bits = 16, .id = 13, .either = true},
	{.name = "c.list", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 14, .list = true},
	{.name = "c.empty", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 15, .list = true},
	{.name = "c.names",
		.type = VALUE_TEXT,
		.kind = "CHARBUF",
		.id = 14,
		.some = true,
		.bare = true,
		.left_only = true},
	{.name = "c.real", .type = VALUE_REAL, .kind = "DOUBLE", .id = 16},
	{.name = "c.opaque", .type = VALUE_OPAQUE, .kind = "SOCKADDR", .id = 17},
	{.name = "c.base64", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 18},
	{.name = "c.type", .type = VALUE_TEXT, .kind = "CHARBUF", .id = TEST_TYPE, .cost = 1},
	{.name = "c.num", .type = VALUE_UNSIGNED, .kind = "UINT64", .id = TEST_NUMBER, .cost = 1},
};

/* c.arg[x] says x. */
static const field_row test_argument = {
	.name = "c.arg", .type = VALUE_TEXT, .kind = "CHARBUF", .id = 19, .indexed = true};

static const field_row *test_find(const void *of, span name, span argument, arena *a, span *why)
{
	(void)of;
	if (span_is(name, "c.arg") && argument.p) {
		field_row *row = ARENA_NEW(a, field_row);
		*row = test_argument;
		row->argument = argument;
		return row;
	}
	if (span_is(name, "c.arg"))
		*why = SPAN("an argument is missing");
	for (size_t i = 0; i < sizeof test_rows / sizeof *test_rows; i++)
		if (span_is(name, test_rows[i].name) && !argument.p)
			return &test_rows[i];
	return NULL;
}

static const vocabulary test_words = {.find = test_find};

static field_state test_texts(const span *texts, uint32_t count, uint32_t index, field_value *ret)
{
	if (index >= count)
		return FIELD_UNSET;
	ret->text = texts[index];
	return FIELD_SET;
}

static field_state test_value(const field_row *field, uint32_t index, field_value *ret)
{
	static const span ends[] = {{"\x0a\0\0\1", 4}, {"\xc0\xa8\1\2", 4}};
	static const span names[] = {{"bash", 4}, {"sshd", 4}, {"init", 4}};
	static const span v6 = {"\x20\1\x48\x60\0\0\0\0\0\0\0\0\0\0\x88\x88", 16};
	static const int64_t numbers[] = {[0] = 1, [1] = 0, [5] = 4294967290, [6] = -1, [7] = -5};
	static const span texts[] = {[2] = {"Hello.World", 11},
		[3] = {"/opt/dir/sub/file", 17},
		[9] = {"a\0hello", 7},
		[10] = {"\x0a\0\0\1", 4},
		[18] = {"aGVsbG8=", 8}};
	switch (field->id) {
	case 4:
	case 15:
	case 17:
		return FIELD_UNSET;
	case 8:
		ret->truth = true;
		return FIELD_SET;
	case 11:
		ret->text = v6;
		return FIELD_SET;
	case 12:
		return test_texts(ends, 2, index, ret);
	case 13:
		ret->number = index ? 443 : 51000;
		return index < 2 ? FIELD_SET : FIELD_UNSET;
	case 14:
		return test_texts(names, 3, index, ret);
	case 16:
		ret->real = 2.5;
		return FIELD_SET;
	case 19:
		ret->text = field->argument;
		return FIELD_SET;
	case TEST_TYPE:
		ret->text = SPAN("open");
		return FIELD_SET;
	case TEST_NUMBER:
		ret->number = 7;
		return FIELD_SET;
	default:
		ret->number = (size_t)field->id < sizeof numbers / sizeof *numbers ? numbers[field->id] : 0;
		ret->text = (size_t)field->id < sizeof texts / sizeof *texts ? texts[field->id] : SPAN("");
		return FIELD_SET;
	}
}

static field_state test_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	(void)of;
	*ret_empty = field->id == 15;
	*ret = (field_value){.type = field->type};
	return field->list || field->either || field->some || index == 0 ? test_value(field, index, ret)
									 : FIELD_UNSET;
}
