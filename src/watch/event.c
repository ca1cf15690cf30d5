/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the parameters of events. */
#include "watch/event.h"

#include <string.h>

typedef struct width_row {
	uint8_t bytes;
	bool is_signed;
} width_row;

/* Of the types that are one number. */
static const width_row widths[] = {
	[PARAM_INT8] = {1, true},
	[PARAM_INT16] = {2, true},
	[PARAM_INT32] = {4, true},
	[PARAM_INT64] = {8, true},
	[PARAM_UINT8] = {1, false},
	[PARAM_UINT16] = {2, false},
	[PARAM_UINT32] = {4, false},
	[PARAM_UINT64] = {8, false},
	[PARAM_RESULT] = {8, true},
	[PARAM_FD] = {8, true},
	[PARAM_PID] = {8, true},
	[PARAM_SYSCALL] = {2, false},
	[PARAM_SIGNAL] = {1, false},
	[PARAM_DURATION] = {8, false},
	[PARAM_TIME] = {8, false},
	[PARAM_PORT] = {2, false},
	[PARAM_BOOL] = {4, false},
	[PARAM_FLAGS8] = {1, false},
	[PARAM_FLAGS16] = {2, false},
	[PARAM_FLAGS32] = {4, false},
	[PARAM_UID] = {4, false},
	[PARAM_GID] = {4, false},
	[PARAM_SIGNALS] = {4, false},
	[PARAM_MODE] = {4, false},
	[PARAM_ENUM8] = {1, false},
	[PARAM_ENUM16] = {2, false},
	[PARAM_ENUM32] = {4, true},
	[PARAM_FD_WIDE] = {8, true},
	[PARAM_PID_WIDE] = {8, true},
};

static width_row width_of(uint8_t type)
{
	return type < sizeof widths / sizeof *widths ? widths[type] : (width_row){0};
}

size_t event_param_width(uint8_t type)
{
	return width_of(type).bytes;
}

int event_param_index(const event *e, span name)
{
	for (uint32_t i = 0; i < e->type->count && i < e->count; i++)
		if (name.n && *name.p == *e->type->params[i].name && span_is(name, e->type->params[i].name))
			return (int)i;
	return -1;
}

static bool present(const event *e, int index)
{
	return index >= 0 && (uint32_t)index < e->count && index < e->type->count && e->params[index].p;
}

/* Captures and machines are little endian. Widths that are constants are read at once. */
static uint64_t number_read(const char *p, uint8_t bytes)
{
	uint64_t raw = 0;
	if (bytes == 8)
		memcpy(&raw, p, 8);
	else if (bytes == 4)
		memcpy(&raw, p, 4);
	else
		memcpy(&raw, p, bytes == 2 ? 2 : 1);
	return raw;
}

bool event_param_number(const event *e, int index, int64_t *ret)
{
	if (!present(e, index))
		return false;
	width_row w = width_of(e->type->params[index].type);
	if (w.bytes == 0 || e->params[index].n < w.bytes)
		return false;
	uint64_t raw = number_read(e->params[index].p, w.bytes);
	int unused = 64 - 8 * w.bytes;
	*ret = w.is_signed ? (int64_t)(raw << unused) >> unused : (int64_t)raw;
	return true;
}

bool event_param_text(const event *e, int index, span *ret)
{
	if (!present(e, index))
		return false;
	span s = e->params[index];
	size_t end = span_find_byte(s, 0);
	*ret = end == SPAN_NONE ? s : span_sub(s, 0, end);
	return !span_is(*ret, "<NA>");
}

bool event_result(const event *e, int64_t *ret)
{
	static const char *const names[] = {"res", "fd", "res_or_fd"};
	for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
		if (event_param_index(e, span_of(names[i])) == 0 && e->type->exit)
			return event_param_number(e, 0, ret);
	return false;
}
