/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages between the program and bulkhead-fetch. Neither side trusts the other's lengths. */
#include "fetch/message.h"

#include "base/limits.h"

#include <errno.h>
#include <unistd.h>

enum { READ_STEP = 65536 };

void message_add(buffer *out, const char *key, span value)
{
	buffer_add_string(out, key);
	buffer_add_byte(out, ' ');
	for (size_t i = 0; i < value.n; i++)
		buffer_add_byte(
			out, (unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f ? ' ' : value.p[i]);
	buffer_add_byte(out, '\n');
}

void message_add_number(buffer *out, const char *key, uint64_t number)
{
	buffer_format(out, "%s %llu\n", key, (unsigned long long)number);
}

void message_end(buffer *out, span body)
{
	if (body.n)
		message_add_number(out, "bytes", body.n);
	buffer_add_byte(out, '\n');
	buffer_add(out, body);
}

static int line_take(message *m, span line, arena *a, error *e)
{
	size_t space = span_find_byte(line, ' ');
	if (space == SPAN_NONE || space == 0)
		return error_set(e, ERROR_SYNTAX, "a line of the message has no key");
	if (m->fields.count == LIMIT_FETCH_FIELDS)
		return error_set(e, ERROR_LIMIT, "the message has too many lines");
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f)
			return error_set(e, ERROR_SYNTAX, "a control byte in a message");
	list_push(a, &m->fields, (message_field){span_sub(line, 0, space), span_from(line, space + 1)});
	return 0;
}

/* 1: *ret is the offset behind the empty line; 0: it is not there yet. */
static int lines_parse(span bytes, arena *a, message *ret, size_t *ret_end, error *e)
{
	for (size_t at = 0;;) {
		span rest = span_sub(span_from(bytes, at), 0, LIMIT_FETCH_LINES - at);
		size_t end = span_find_byte(rest, '\n');
		if (end == SPAN_NONE)
			return bytes.n >= LIMIT_FETCH_LINES
				       ? error_set(e, ERROR_LIMIT, "the lines of a message are too long")
				       : 0;
		at += end + 1;
		*ret_end = at;
		if (end == 0)
			return 1;
		TRY(line_take(ret, span_sub(rest, 0, end), a, e));
	}
}

int message_parse(span bytes, arena *a, message *ret, size_t *ret_used, error *e)
{
	message m = {0};
	size_t end = 0;
	int got = lines_parse(bytes, a, &m, &end, e);
	if (got <= 0)
		return got;
	uint64_t length = message_number(&m, "bytes");
	if (length > LIMIT_FETCH_BODY)
		return error_set(e, ERROR_LIMIT, "the bytes of a message are too many");
	if (bytes.n - end < length)
		return 0;
	m.body = span_sub(bytes, end, length);
	*ret = m;
	*ret_used = end + length;
	return 1;
}

span message_get(const message *m, const char *key)
{
	list_each(const message_field, f, &m->fields)
		if (span_is(f->key, key))
			return f->value;
	return (span){0};
}

uint64_t message_number(const message *m, const char *key)
{
	int64_t n;
	return span_int(message_get(m, key), &n) && n > 0 ? (uint64_t)n : 0;
}

/* The rest of `in` moves to its start. */
static void consume(buffer *in, size_t n)
{
	memmove(in->p, in->p + n, in->n - n);
	in->n -= n;
}

int message_read(int fd, buffer *in, arena *a, message *ret, error *e)
{
	char step[READ_STEP];
	for (;;) {
		arena scratch = {0};
		size_t used = 0;
		int got = message_parse(buffer_span(in), &scratch, ret, &used, e);
		arena_done(&scratch);
		if (got > 0) {
			got = message_parse(
				arena_copy(a, span_sub(buffer_span(in), 0, used)), a, ret, &used, e);
			consume(in, used);
		}
		if (got != 0)
			return got;
		ssize_t n = read(fd, step, sizeof step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_system(e, "reading from a pipe");
		if (n == 0)
			return in->n ? error_set(
					       e, ERROR_DAMAGED, "the other side has closed within a message")
				     : 0;
		buffer_add(in, (span){step, (size_t)n});
	}
}

int message_write(int fd, span bytes, error *e)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_system(e, "writing to a pipe");
		bytes = span_from(bytes, (size_t)n);
	}
	return 0;
}
