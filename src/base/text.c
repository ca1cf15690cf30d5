/* SPDX-License-Identifier: Apache-2.0
 *
 * Source texts: the table of line starts and what is looked up in it. */
#include "base/text.h"

void text_init(text *t, const char *path, span bytes, arena *a)
{
	uint32_t count = 1;
	if (!bytes.p)
		bytes = SPAN(""); /* so that those who look for its end need not ask */
	for (const char *p = bytes.p, *end = p + bytes.n; bytes.n && (p = memchr(p, '\n', (size_t)(end - p)));
		p++)
		count++;
	*t = (text){.path = path, .bytes = bytes, .lines = ARENA_ARRAY(a, uint32_t, count), .line_count = 1};
	for (const char *p = bytes.p, *end = p + bytes.n; bytes.n && (p = memchr(p, '\n', (size_t)(end - p)));
		p++)
		t->lines[t->line_count++] = (uint32_t)(p + 1 - bytes.p);
}

static uint32_t line_of(const text *t, uint32_t offset)
{
	uint32_t low = 0, high = t->line_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (t->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

place text_place(const text *t, uint32_t offset)
{
	if (offset > t->bytes.n)
		offset = (uint32_t)t->bytes.n;
	uint32_t line = line_of(t, offset), column = 1;
	for (uint32_t i = t->lines[line]; i < offset; i++)
		if (((uint8_t)t->bytes.p[i] & 0xc0) != 0x80) /* not a continuation byte of UTF-8 */
			column++;
	return (place){line + 1, column};
}

uint32_t text_line_number(const text *t, uint32_t offset)
{
	return line_of(t, offset > t->bytes.n ? (uint32_t)t->bytes.n : offset) + 1;
}

uint32_t text_line_start(const text *t, uint32_t line)
{
	if (line == 0)
		return 0;
	return line <= t->line_count ? t->lines[line - 1] : (uint32_t)t->bytes.n;
}

span text_line(const text *t, uint32_t line)
{
	if (line == 0 || line > t->line_count)
		return (span){0};
	uint32_t start = t->lines[line - 1], end = text_line_start(t, line + 1);
	while (end > start && (t->bytes.p[end - 1] == '\n' || t->bytes.p[end - 1] == '\r'))
		end--;
	return span_sub(t->bytes, start, end - start);
}

bool text_holds(const text *t, span s)
{
	uintptr_t p = (uintptr_t)s.p, start = (uintptr_t)t->bytes.p;
	return s.p && p >= start && p - start <= t->bytes.n && s.n <= t->bytes.n - (p - start);
}
