/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of system calls that the kernel's programs can tell. */
#include "watch/live_call.h"

#include "base/buffer.h"
#include "watch/live_event.h"

#include <string.h>
#include <sys/syscall.h>

#define CWD LIVE_CWD
#define PLAN(...)           \
	{                   \
		__VA_ARGS__ \
	}

/* clang-format off */
#define FROM_EACH_1(a) FROM_##a
#define FROM_EACH_2(a, ...) FROM_##a, FROM_EACH_1(__VA_ARGS__)
#define FROM_EACH_3(a, ...) FROM_##a, FROM_EACH_2(__VA_ARGS__)
#define FROM_EACH_4(a, ...) FROM_##a, FROM_EACH_3(__VA_ARGS__)
#define FROM_EACH_5(a, ...) FROM_##a, FROM_EACH_4(__VA_ARGS__)
#define FROM_EACH_6(a, ...) FROM_##a, FROM_EACH_5(__VA_ARGS__)
#define FROM_EACH_7(a, ...) FROM_##a, FROM_EACH_6(__VA_ARGS__)
#define FROM_EACH_8(a, ...) FROM_##a, FROM_EACH_7(__VA_ARGS__)
#define FROM_PICK(_1, _2, _3, _4, _5, _6, _7, _8, name, ...) name
#define FROM_EACH(...) FROM_PICK(__VA_ARGS__, FROM_EACH_8, FROM_EACH_7, FROM_EACH_6, FROM_EACH_5, FROM_EACH_4, \
	FROM_EACH_3, FROM_EACH_2, FROM_EACH_1)(__VA_ARGS__)
#define CALL(name, plan, ...) {#name, SYS_##name, plan, {FROM_EACH(__VA_ARGS__)}},
/* clang-format on */

static const live_call calls[] = {
#include "watch/live_calls.def"
};

enum { CALL_COUNT = sizeof calls / sizeof *calls };

const live_call *live_call_get(uint16_t number)
{
	for (uint32_t i = 0; i < CALL_COUNT; i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

static const live_call *call_named(const char *name)
{
	for (uint32_t i = 0; i < CALL_COUNT; i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

uint32_t live_calls(const event_set *codes, collector_call ret[RECORD_CALLS])
{
	uint32_t n = 0;
	for (uint32_t code = 0; code < event_code_count(); code++) {
		const live_call *call = event_set_has(codes, code) ? call_named(event_code_name(code)) : NULL;
		if (call && n < RECORD_CALLS)
			ret[n++] = (collector_call){call->number, call->name, call->plan};
	}
	return n;
}

/* Told whether rules ask for them or not. */
static const char *const always[] = {"clone", "clone3", "fork", "vfork", "procexit"};

/* Codes of one type are system calls that do the same (setuid and setuid32): one of them stands for all. */
static void forget_type(event_set *left, const char *name)
{
	event_set codes;
	event_set_of_type(span_of(name), &codes);
	for (int i = 0; i < EVENT_SET_WORDS; i++)
		left->bits[i] &= ~codes.bits[i];
}

void live_calls_missing(const event_set *codes, buffer *out)
{
	event_set left = *codes;
	for (uint32_t i = 0; i < CALL_COUNT; i++)
		forget_type(&left, calls[i].name);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		forget_type(&left, always[i]);
	for (uint32_t code = 0; code < event_code_count(); code++)
		if (event_set_has(&left, code))
			buffer_format(out, " %s", event_code_name(code));
}
