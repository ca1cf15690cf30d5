/* SPDX-License-Identifier: Apache-2.0
 *
 * The growing byte buffer. */
#include "base/buffer.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_done(buffer *b)
{
	free(b->p);
	*b = (buffer){0};
}

static char *buffer_extend(buffer *b, size_t n)
{
	size_t need;
	if (__builtin_add_overflow(b->n, n, &need))
		memory_exhausted(n);
	if (need > b->room) {
		size_t room = b->room ? b->room : 256;
		while (room < need)
			room *= 2;
		b->p = memory_resize(b->p, room);
		b->room = room;
	}
	return b->p + b->n;
}

void buffer_add(buffer *b, span s)
{
	if (s.n == 0)
		return;
	memcpy(buffer_extend(b, s.n), s.p, s.n);
	b->n += s.n;
}

void buffer_add_string(buffer *b, const char *text)
{
	buffer_add(b, span_of(text));
}

void buffer_add_byte(buffer *b, char c)
{
	*buffer_extend(b, 1) = c;
	b->n++;
}

void buffer_repeat(buffer *b, char c, size_t times)
{
	if (times == 0)
		return;
	memset(buffer_extend(b, times), c, times);
	b->n += times;
}

void buffer_format(buffer *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n > 0) {
		vsnprintf(buffer_extend(b, (size_t)n + 1), (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}
