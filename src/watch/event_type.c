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

static const struct {
	int8_t param; /* one more than it is, so that 0 is none */
	bool makes;
} descriptors[] = {
#define EVENT_DESCRIPTOR(number, at, makes) [number] = {(at) + 1, makes},
#include "watch/event_descriptors.def"
#undef EVENT_DESCRIPTOR
};

event_descriptor event_type_descriptor(uint32_t number)
{
	if (number >= sizeof descriptors / sizeof *descriptors)
		return (event_descriptor){-1, false};
	return (event_descriptor){descriptors[number].param - 1, descriptors[number].makes};
}

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
