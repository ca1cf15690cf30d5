/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of event types. */
#include "watch/event.h"

#define P(name, type, format)                        \
	{                                            \
#name, PARAM_##type, FORMAT_##format \
	}

/* clang-format off */
#define EVENT_TYPE(number, name, exit, ...) static const param_row params_##number[] = {__VA_ARGS__};
#define EVENT_TYPE_BARE(number, name, exit)
#include "watch/event_types.def"
#undef EVENT_TYPE
#undef EVENT_TYPE_BARE

static const event_type types[] = {
#define EVENT_TYPE(number, name, exit, ...) \
	[number] = {name, exit, sizeof params_##number / sizeof *params_##number, params_##number},
#define EVENT_TYPE_BARE(number, name, exit) [number] = {name, exit, 0, NULL},
#include "watch/event_types.def"
#undef EVENT_TYPE
#undef EVENT_TYPE_BARE
};
/* clang-format on */

enum { TYPE_COUNT = sizeof types / sizeof *types };

const event_type *event_type_get(uint32_t number)
{
	return number < TYPE_COUNT && types[number].name ? &types[number] : NULL;
}

int event_type_find(span name, bool exit)
{
	for (int i = TYPE_COUNT - 1; i >= 0; i--)
		if (types[i].name && types[i].exit == exit && types[i].count && span_is(name, types[i].name))
			return i;
	return -1;
}
