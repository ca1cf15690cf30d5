/* SPDX-License-Identifier: Apache-2.0
 *
 * Records as the kernel's programs send them, whatever stands in them: made into events whose every field can be written. */
#include "base/limits.h"
#include "fuzz.h"
#include "watch/field.h"
#include "watch/live_process.h"

#include <string.h>

static void fields_write(const event *e, watch_state *s, arena *scratch)
{
	event_view v = {.event = e, .state = s, .scratch = scratch};
	auto_buffer out = {0};
	const field_row *row;
	for (uint32_t i = 0; (row = watch_field_at(i)); i++)
		watch_field_print(&v, row, &out);
	for (int i = 0; i < e->type->count; i++) {
		const field_row *arg = watch_field(SPAN("evt.arg"), arena_format(scratch, "%d", i), scratch);
		if (arg)
			watch_field_print(&v, arg, &out);
	}
}

FUZZ(bytes)
{
	static watch_state s;
	arena a = {0}, scratch = {0};
	live_clock clock = {.boot = 1000000000};
	event e = {0};
	state_init(&s, &a);
	for (int i = 0; i < 64 && bytes.n >= sizeof(record); i++) {
		record r;
		memcpy(&r, bytes.p, sizeof r);
		bytes = span_from(bytes, sizeof r);
		span data = span_sub(bytes, 0, r.cpu);
		bytes = span_from(bytes, data.n);
		arena_clear(&scratch);
		if (!live_event(&r, data, &clock, &s, &scratch, &e))
			continue;
		FUZZ_HOLDS(e.type && e.count <= EVENT_PARAMS);
		fields_write(&e, &s, &scratch);
		if (r.kind != RECORD_CALL)
			state_event_after(&s, &e);
	}
	state_done(&s);
	arena_done(&scratch);
	arena_done(&a);
}
