/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures, and what their events do to the state: parameters can be read to their last byte, tables stay within their bounds, events are
 * numbered on, and nobody is his own ancestor for ever. */
#include "base/limits.h"
#include "fuzz.h"
#include "watch/capture.h"

static unsigned touch(span s)
{
	unsigned sum = 0;
	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	return sum;
}

static unsigned event_touch(const watch_state *s, const event *e)
{
	unsigned sum = 0;
	FUZZ_HOLDS(e->count <= e->type->count && e->count <= EVENT_PARAMS);
	for (uint32_t i = 0; i < e->count; i++)
		sum += touch(e->params[i]);
	const process *p = e->process;
	for (int i = 0; p && i < LIMIT_WATCH_ANCESTORS; i++, p = process_parent(s->processes, p))
		for (int t = 0; t < PROCESS_TEXTS; t++) {
			FUZZ_HOLDS(p->lengths[t] <= LIMIT_WATCH_TEXT);
			sum += i < 8 ? touch(process_text_get(p, t)) : 0;
		}
	if (e->descriptor) {
		FUZZ_HOLDS(e->descriptor->type < DESCRIPTOR_TYPES);
		FUZZ_HOLDS(e->descriptor->name_bytes <= LIMIT_WATCH_PATH);
		sum += touch(descriptor_name(e->descriptor)) + touch(descriptor_raw(e->descriptor));
	}
	return sum;
}

static void table_check(void *of, process *p)
{
	uint32_t *count = of;
	++*count;
	if (p->descriptors)
		FUZZ_HOLDS(descriptor_count(p->descriptors) <= LIMIT_WATCH_DESCRIPTORS);
}

FUZZ(bytes)
{
	static watch_state s;
	arena a = {0};
	span rest = bytes;
	capture *c;
	event e;
	error why;
	uint64_t number = 0;
	uint32_t count = 0;
	const char *first;
	state_init(&s, &a);
	if (capture_open_stream(stream_of_span(&rest), &s, &c, &why) >= 0) {
		while (capture_next(c, &e, &why) > 0) {
			FUZZ_HOLDS(e.number == ++number && e.type == event_type_get(e.code));
			state_event_before(&s, &e);
			volatile unsigned sum = event_touch(&s, &e);
			(void)sum;
			state_event_after(&s, &e);
		}
		uint64_t damaged = capture_damaged(c, &first);
		FUZZ_HOLDS((damaged == 0) == (first == NULL));
		capture_close(c);
	}
	process_each(s.processes, table_check, &count);
	FUZZ_HOLDS(count == process_count(s.processes) && count <= LIMIT_WATCH_PROCESSES);
	state_done(&s);
	arena_done(&a);
}
