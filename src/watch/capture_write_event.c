/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in captures, as capture_event.c reads them. */
#include "watch/capture_write_parts.h"

#include <string.h>

enum { BLOCK_EVENT = 0x216, BLOCK_FLAGGED = 0x217, BLOCK_LARGE = 0x221, BLOCK_LARGE_FLAGGED = 0x222 };
enum { FLAG_STATE_ONLY = 1, HEAD_BYTES = 26 };

/* Types with so many parameters (fork, exec) got them one after the other: readers take any number of them, from the 14 on that the first versions had with
 * the name of the process at their end. Of others they want all. */
enum { GROWN_TYPE = 20, GROWN_LEAST = 14 };

/* What stands in a parameter that nobody knows. */
static span empty_param(uint8_t type)
{
	static const char zero[8] = {0}, none[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
	bool id = type == PARAM_FD || type == PARAM_PID || type == PARAM_UID || type == PARAM_GID ||
		  type == PARAM_FD_WIDE || type == PARAM_PID_WIDE;
	return (span){id ? none : zero, event_param_width(type)};
}

static bool is_text(uint8_t type)
{
	return type == PARAM_TEXT || type == PARAM_PATH || type == PARAM_PATH_AT;
}

/* Whether the last 0 byte of a text is missing. */
static bool wants_end(uint8_t type, span param)
{
	return is_text(type) && param.n && param.p[param.n - 1] != 0;
}

static uint32_t params_count(const event *e)
{
	uint32_t n = e->count < e->type->count ? e->count : e->type->count;
	if (e->type->count < GROWN_TYPE)
		return n;
	while (n > GROWN_LEAST && !e->params[n - 1].p)
		n--;
	return n < GROWN_LEAST ? GROWN_LEAST : n;
}

static void one_write(const event *e, uint16_t code, const event_type *type, const span *params,
	uint32_t count, bool hidden, buffer *out)
{
	size_t bytes = 0, longest = 0;
	span filled[EVENT_PARAMS];
	for (uint32_t i = 0; i < count; i++) {
		filled[i] = params[i].p ? params[i] : empty_param(type->params[i].type);
		size_t n = filled[i].n + wants_end(type->params[i].type, filled[i]);
		longest = n > longest ? n : longest;
		bytes += n;
	}
	bool large = longest > UINT16_MAX;
	size_t width = large ? 4 : 2;
	size_t block = capture_block_begin(out, large    ? hidden ? BLOCK_LARGE_FLAGGED : BLOCK_LARGE
						: hidden ? BLOCK_FLAGGED
							 : BLOCK_EVENT);
	capture_number_add(out, e->cpu, 2);
	if (hidden)
		capture_number_add(out, FLAG_STATE_ONLY, 4);
	capture_number_add(out, e->time, 8);
	capture_number_add(out, e->tid, 8);
	capture_number_add(out, HEAD_BYTES + count * width + bytes, 4);
	capture_number_add(out, code, 2);
	capture_number_add(out, count, 4);
	for (uint32_t i = 0; i < count; i++)
		capture_number_add(out, filled[i].n + wants_end(type->params[i].type, filled[i]), width);
	for (uint32_t i = 0; i < count; i++) {
		buffer_add(out, filled[i]);
		if (wants_end(type->params[i].type, filled[i]))
			buffer_add_byte(out, 0);
	}
	capture_block_end(out, block);
}

/* The parameters of the entry of a call that its exit has too; false: it has no entry, or one that says nothing. The flags of execveat are not
 * those of its exit, which are about the file. */
static bool entry_params(const event *e, const event_type *entry, span params[EVENT_PARAMS])
{
	enum { EXECVEAT = 331 };
	bool says = false;
	if (!entry || entry->exit || !e->type->exit || e->code == EXECVEAT ||
		strcmp(entry->name, e->type->name) != 0)
		return false;
	for (uint32_t i = 0; i < entry->count; i++) {
		int own = event_param_index(e, span_of(entry->params[i].name));
		bool same = own >= 0 && e->type->params[own].type == entry->params[i].type;
		params[i] = same ? e->params[own] : (span){0};
		says = says || params[i].p;
	}
	return says;
}

void capture_event_write(const event *e, bool hidden, buffer *out)
{
	span params[EVENT_PARAMS] = {{0}};
	const event_type *entry = e->code ? event_type_get(e->code - 1u) : NULL;
	if (entry_params(e, entry, params))
		one_write(e, (uint16_t)(e->code - 1), entry, params, entry->count, hidden, out);
	one_write(e, e->code, e->type, e->params, params_count(e), hidden, out);
}
