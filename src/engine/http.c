/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests and answers. */
#include "engine/http.h"

#include "base/limits.h"

#include <time.h>

int http_send(http *h, const char *host, const char *path, error *e)
{
	auto_buffer b = {0};
	if (h->closing)
		return error_set(e, ERROR_SYSTEM, "the engine has closed the connection");
	buffer_format(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bulkhead\r\nAccept: */*\r\n\r\n", path,
		host ? host : "localhost");
	for (size_t at = 0; at < b.n;) {
		ssize_t n = h->over.send(h->over.of, b.p + at, b.n - at, e);
		if (n < 0) {
			h->closing = true;
			return (int)n;
		}
		at += (size_t)n;
	}
	return 0;
}

/* --- receiving --- */

int64_t http_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec;
}

/* Whoever sends a byte now and then keeps every single wait short. */
static int in_time(const http *h, error *e)
{
	if (h->deadline == 0 || http_clock() <= h->deadline)
		return 0;
	return error_set(e, ERROR_LIMIT, "the engine's answer does not come to its end in time");
}

/* More bytes behind those that are there; 0 at the end of the connection. */
static int fill(http *h, error *e)
{
	TRY(in_time(h, e));
	if (h->at == h->n)
		h->at = h->n = 0;
	if (h->at) {
		memmove(h->in, h->in + h->at, h->n - h->at);
		h->n -= h->at;
		h->at = 0;
	}
	ssize_t n = h->over.receive(h->over.of, h->in + h->n, sizeof h->in - h->n, e);
	if (n < 0)
		return (int)n;
	h->n += (size_t)n;
	h->ended = n == 0;
	return n > 0;
}

static int ended_early(http *h, error *e)
{
	h->closing = true;
	return error_set(e, ERROR_DAMAGED, "the engine's answer ends early");
}

/* A line without its end. It is part of `in`: borrowed until more is read. */
static int line_read(http *h, span *ret, error *e)
{
	for (;;) {
		span have = {h->in + h->at, h->n - h->at};
		size_t end = span_find_byte(have, '\n');
		if (end != SPAN_NONE) {
			h->at += end + 1;
			*ret = span_sub(have, 0, end && have.p[end - 1] == '\r' ? end - 1 : end);
			return 0;
		}
		if (have.n > LIMIT_FETCH_HEADER)
			return error_set(e, ERROR_LIMIT, "the engine's answer has a line without end");
		int got = fill(h, e);
		if (got <= 0)
			return got < 0 ? got : ended_early(h, e);
	}
}

/* "HTTP/1.1 200 OK" */
static int status_read(http *h, uint32_t *ret, error *e)
{
	span line;
	int64_t status;
	TRY(line_read(h, &line, e));
	if (!span_starts(line, SPAN("HTTP/1.")) || line.n < 12 || line.p[8] != ' ' ||
		!ascii_digit(line.p[9]) || !span_int(span_sub(line, 9, 3), &status))
		return error_set(e, ERROR_SYNTAX, "what answers is not an engine: %.*s",
			SPAN_ARG(span_sub(line, 0, 40)));
	h->closing = line.p[7] == '0';
	*ret = (uint32_t)status;
	return 0;
}

static void header_keep(http_answer *answer, span name, span value)
{
	const struct {
		const char *name;
		char *to;
		size_t room;
	} kept[] = {{"api-version", answer->api, sizeof answer->api},
		{"libpod-api-version", answer->libpod_api, sizeof answer->libpod_api},
		{"server", answer->server, sizeof answer->server}};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (span_is_fold(name, kept[i].name) && value.n < kept[i].room) {
			memcpy(kept[i].to, value.p, value.n);
			kept[i].to[value.n] = 0;
		}
}

static int header_take(http *h, http_answer *answer, span line, error *e)
{
	size_t colon = span_find_byte(line, ':');
	span name = span_sub(line, 0, colon), value = span_trim(span_from(line, colon + 1));
	int64_t length;
	if (colon == SPAN_NONE)
		return error_set(e, ERROR_SYNTAX, "the engine's answer has a header without a name");
	header_keep(answer, name, value);
	if (span_is_fold(name, "connection"))
		h->closing = h->closing || span_is_fold(value, "close");
	if (span_is_fold(name, "transfer-encoding")) {
		if (!span_is_fold(value, "chunked"))
			return error_set(e, ERROR_SYNTAX, "the engine's answer is encoded as %.*s",
				SPAN_ARG(span_sub(value, 0, 40)));
		answer->chunked = answer->between = true;
	}
	if (span_is_fold(name, "content-length")) {
		if (value.n == 0 || !ascii_digit(value.p[0]) || !span_int(value, &length))
			return error_set(e, ERROR_SYNTAX, "the engine's answer has a length that is none");
		answer->left = (uint64_t)length;
		answer->until_end = false;
	}
	return 0;
}

static int head_read(http *h, http_answer *answer, error *e)
{
	span line;
	*answer = (http_answer){.until_end = true};
	TRY(status_read(h, &answer->status, e));
	for (int i = 0;; i++) {
		if (i == LIMIT_FETCH_FIELDS)
			return error_set(e, ERROR_LIMIT, "the engine's answer has more than %d headers",
				LIMIT_FETCH_FIELDS);
		TRY(line_read(h, &line, e));
		if (line.n == 0)
			break;
		TRY(header_take(h, answer, line, e));
	}
	if (answer->chunked) { /* goes before a length */
		answer->left = 0;
		answer->until_end = false;
	}
	if (answer->status == 204 || answer->status == 304)
		*answer = (http_answer){.status = answer->status};
	h->closing = h->closing || answer->until_end;
	return 0;
}

int http_receive(http *h, http_answer *ret, error *e)
{
	http_answer answer = {0};
	for (int i = 0; i < 4; i++) { /* answers with 1xx go before the real one */
		TRY(head_read(h, &answer, e));
		if (answer.status >= 200) {
			*ret = answer;
			return 0;
		}
	}
	return error_set(e, ERROR_SYNTAX, "the engine does not come to its answer");
}

/* --- the body --- */

static int digit_of(char c)
{
	c = ascii_lower(c);
	return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int chunk_size(span line, uint64_t *ret, error *e)
{
	uint64_t size = 0;
	size_t n = 0;
	for (; n < line.n && digit_of(line.p[n]) >= 0 && n < 15; n++)
		size = size << 4 | (uint64_t)digit_of(line.p[n]);
	if (n == 0 || (n < line.n && line.p[n] != ';' && line.p[n] != ' '))
		return error_set(e, ERROR_SYNTAX, "the engine's answer has a chunk without a size");
	*ret = size;
	return 0;
}

/* Behind the last chunk there may be headers. */
static int trailer_read(http *h, error *e)
{
	span line = {"", 1};
	for (int i = 0; i < LIMIT_FETCH_FIELDS && line.n; i++)
		TRY(line_read(h, &line, e));
	return line.n ? error_set(e, ERROR_LIMIT, "the engine's answer does not end") : 0;
}

/* Sets .left to the size of the next chunk; 0 behind the last. */
static int chunk_begin(http *h, http_answer *answer, error *e)
{
	span line = {0};
	TRY(line_read(h, &line, e));
	TRY(chunk_size(line, &answer->left, e));
	answer->between = false;
	if (answer->left)
		return 1;
	answer->chunked = false;
	TRY(trailer_read(h, e));
	return 0;
}

static int chunk_end(http *h, http_answer *answer, error *e)
{
	span line = {0};
	TRY(line_read(h, &line, e));
	if (line.n)
		return error_set(
			e, ERROR_SYNTAX, "the engine's answer has a chunk that is longer than it says");
	answer->between = true;
	return 0;
}

int http_body(http *h, http_answer *answer, span *ret, error *e)
{
	if (answer->chunked && !answer->left && !answer->between)
		TRY(chunk_end(h, answer, e));
	if (answer->chunked && answer->between) {
		int more = chunk_begin(h, answer, e);
		if (more <= 0)
			return more;
	}
	if (!answer->left && !answer->until_end)
		return 0;
	if (h->at == h->n) {
		int got = fill(h, e);
		if (got <= 0)
			return got < 0 ? got : answer->until_end ? 0 : ended_early(h, e);
	}
	*ret = span_sub((span){h->in + h->at, h->n - h->at}, 0, answer->until_end ? SIZE_MAX : answer->left);
	h->at += ret->n;
	if (!answer->until_end)
		answer->left -= ret->n;
	return 1;
}
