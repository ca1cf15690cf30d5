/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in captures: CPU (u16), in some blocks flags (u32), then time (u64), thread (u64), length from here on (u32), type (u16), in newer
 * blocks the number of parameters (u32); the lengths of the parameters (u16, or u32 in large blocks); the parameters. Older blocks do
 * not say how many there are: it is as many of the type's as give the length. */
#include "watch/capture_parts.h"

/* Of the flags: the event was left out by whoever recorded, but for what it does to the state. */
enum { FLAG_STATE_ONLY = 1 };

typedef struct event_layout {
	uint32_t type;
	bool flags, counted, large;
} event_layout;

/* Numbers above 0x80000000 are those of the format's first, private version. */
static const event_layout layouts[] = {
	{0x204, false, false, false},
	{0x208, true, false, false},
	{0x216, false, true, false},
	{0x217, true, true, false},
	{0x221, false, true, true},
	{0x222, true, true, true},
	{0x8010abcd, false, false, false},
};

static const event_layout *layout_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

bool capture_is_event(uint32_t type)
{
	return layout_of(type);
}

/* How many lengths stand at the head of what is left of the event; < 0: no number fits. */
static int64_t params_count(span rest, const event_type *type)
{
	int64_t fits = rest.n == 0 ? 0 : -1;
	size_t sum = 0;
	for (uint32_t n = 1; n <= type->count && n * sizeof(uint16_t) <= rest.n; n++) {
		uint16_t length;
		memcpy(&length, rest.p + (n - 1) * sizeof length, sizeof length);
		sum += length;
		if (sum + n * sizeof length == rest.n)
			fits = n;
	}
	return fits;
}

static const char *params_read(capture_cursor *c, uint32_t count, size_t width, event *ret)
{
	if (count > c->rest.n / width)
		return "an event has more parameters than bytes";
	capture_cursor lengths = {capture_take(c, count * width), false};
	uint32_t known = count < ret->type->count ? count : ret->type->count;
	for (uint32_t i = 0; i < count; i++) {
		span param = capture_take(c, capture_number(&lengths, width));
		if (c->over)
			return "a parameter is longer than its event";
		if (i < known && i < EVENT_PARAMS)
			ret->params[i] = param.n ? param : (span){0};
	}
	ret->count = known;
	return NULL;
}

const char *capture_event_read(const capture_block *b, event *ret)
{
	const event_layout *layout = layout_of(b->type);
	capture_cursor c = {b->body, false};
	ret->cpu = (uint16_t)capture_number(&c, 2);
	ret->hidden = layout->flags && capture_number(&c, 4) & FLAG_STATE_ONLY;
	size_t before = c.rest.n;
	ret->time = capture_number(&c, 8);
	ret->tid = capture_number(&c, 8);
	uint64_t length = capture_number(&c, 4);
	ret->code = (uint16_t)capture_number(&c, 2);
	int64_t count = layout->counted ? (int64_t)capture_number(&c, 4) : 0;
	size_t head = before - c.rest.n;
	if (c.over || length < head || length - head > c.rest.n)
		return "an event is longer than its block";
	c.rest.n = length - head;
	ret->type = event_type_get(ret->code);
	if (!ret->type)
		return "an event is of an unknown type";
	if (!layout->counted)
		count = params_count(c.rest, ret->type);
	if (count < 0)
		return "the parameters of an event do not fill it";
	return params_read(&c, (uint32_t)count, layout->large ? 4 : 2, ret);
}
