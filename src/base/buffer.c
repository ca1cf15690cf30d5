/* SPDX-License-Identifier: Apache-2.0
 *
 * The growing byte buffer. */
#include "base/buffer.h"

#include "base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void buffer_done(buffer *b)
{
	free(b->p);
	*b = (buffer){0};
}

enum { SINK_BYTES = 1 << 16 };

bool buffer_flush(buffer *b)
{
	size_t done = 0;
	while (b->sink && done < b->n && !b->failed) {
		ssize_t n = write(b->sink - 1, b->p + done, b->n - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			b->failed = errno;
	}
	if (b->sink)
		b->n = 0;
	return !b->failed;
}

static char *buffer_extend(buffer *b, size_t n)
{
	if (b->sink && b->n > SINK_BYTES)
		buffer_flush(b);
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

void buffer_add_unsigned(buffer *b, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	buffer_add(b, (span){digits + at, sizeof digits - at});
}

void buffer_add_signed(buffer *b, int64_t n)
{
	if (n < 0)
		buffer_add_byte(b, '-');
	buffer_add_unsigned(b, n < 0 ? -(uint64_t)n : (uint64_t)n);
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

static size_t columns(span s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return n;
}

void buffer_wrap(buffer *b, span words, size_t column, size_t indent, size_t width)
{
	span word;
	for (bool first = true; span_word(&words, &word); first = false) {
		size_t n = columns(word);
		if (!first && column + 1 + n > width) {
			buffer_add_byte(b, '\n');
			buffer_repeat(b, ' ', indent);
			column = indent;
		} else if (!first) {
			buffer_add_byte(b, ' ');
			column++;
		}
		buffer_add(b, word);
		column += n;
	}
	buffer_add_byte(b, '\n');
}
