/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures and events made by hand, for tests. */
#pragma once

#include "base/buffer.h"
#include "watch/capture.h"

static inline void make_number(buffer *b, uint64_t n, size_t bytes)
{
	buffer_add(b, (span){(const char *)&n, bytes});
}

static inline void make_text(buffer *b, const char *text)
{
	make_number(b, strlen(text), 2);
	buffer_add_string(b, text);
}

/* A block around a body, padded to four bytes. */
static inline void make_block(buffer *b, uint32_t type, span body)
{
	size_t pad = -body.n & 3, total = body.n + pad + 12;
	make_number(b, type, 4);
	make_number(b, total, 4);
	buffer_add(b, body);
	buffer_repeat(b, 0, pad);
	make_number(b, total, 4);
}

static inline void make_section(buffer *b)
{
	auto_buffer body = {0};
	make_number(&body, 0x1a2b3c4d, 4);
	make_number(&body, 1, 2);
	make_number(&body, 2, 2);
	make_number(&body, UINT64_MAX, 8);
	make_block(b, 0x0a0d0d0a, buffer_span(&body));
}

/* An event with its parameters as they are. */
static inline void make_event(
	buffer *b, uint32_t block, uint64_t tid, uint16_t code, const span *params, uint32_t count)
{
	bool flags = block == 0x208 || block == 0x217 || block == 0x222,
	     large = block == 0x221 || block == 0x222;
	bool counted = block == 0x216 || block == 0x217 || large;
	auto_buffer body = {0};
	size_t length = counted ? 26 : 22;
	for (uint32_t i = 0; i < count; i++)
		length += params[i].n + (large ? 4 : 2);
	make_number(&body, 1, 2);
	if (flags)
		make_number(&body, 7, 4);
	make_number(&body, 1000 + tid, 8);
	make_number(&body, tid, 8);
	make_number(&body, length, 4);
	make_number(&body, code, 2);
	if (counted)
		make_number(&body, count, 4);
	for (uint32_t i = 0; i < count; i++)
		make_number(&body, params[i].n, large ? 4 : 2);
	for (uint32_t i = 0; i < count; i++)
		buffer_add(&body, params[i]);
	make_block(b, block, buffer_span(&body));
}

/* --- events without a capture --- */

typedef struct made_event {
	event e;
	int64_t numbers[EVENT_PARAMS];
} made_event;

/* Of today's types; all parameters are missing at first. */
static inline void made_begin(made_event *m, uint16_t code, uint64_t tid)
{
	*m = (made_event){.e = {.number = 1, .time = 5000000000, .tid = tid, .code = code}};
	m->e.type = event_type_get(code);
	m->e.count = m->e.type->count;
}

static inline void made_number(made_event *m, int index, int64_t n)
{
	m->numbers[index] = n;
	m->e.params[index] = (span){(const char *)&m->numbers[index], sizeof n};
}

static inline void made_text(made_event *m, int index, const char *text)
{
	m->e.params[index] = (span){text, strlen(text) + 1};
}

static inline void made_bytes(made_event *m, int index, span bytes)
{
	m->e.params[index] = bytes;
}
