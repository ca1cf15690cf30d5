/* SPDX-License-Identifier: Apache-2.0
 *
 * Web servers: alerts go to bulkhead-fetch (fetch/helper_deliver.c) over a pipe, which says of each what became of it. What it has not
 * answered for when it ends is sent once more. */
#include "watch/output_parts.h"

#include "base/limits.h"
#include "fetch/fetch.h"
#include "fetch/message.h"
#include "watch/pipe_process.h"

#include <errno.h>
#include <unistd.h>

/* Alerts that may be with the helper: so many are sent once more when it ends. */
enum { HTTP_AHEAD = 64, HTTP_READ = 4096 };

/* The first message says where to. */
static void begin(output *o)
{
	const output_options *q = o->options;
	const struct {
		const char *key, *value;
	} words[] = {{"url", o->where}, {"ca", q->ca}, {"client-cert", q->client_cert},
		{"client-key", q->client_key},
		{"header", q->json ? "Content-Type: application/json"
				   : "Content-Type: text/plain; charset=utf-8"}};
	o->out.n = o->back.n = 0;
	o->queue.sent = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].value)
			message_add(&o->out, words[i].key, span_of(words[i].value));
	message_end(&o->out, (span){0});
}

static int http_open(output *o, error *e)
{
	arena a = {0};
	const char *path;
	char name[] = "bulkhead-fetch", mode[] = "--deliver";
	char *arguments[] = {name, mode, NULL};
	int status = fetcher_path(&a, &path, e);
	if (status >= 0)
		status = output_start(o, path, arguments, true, e);
	arena_done(&a);
	if (status >= 0)
		begin(o);
	return status;
}

static void trouble_set(output *o, const char *before, span text)
{
	text = span_sub(text, 0, 200);
	error_set(&o->trouble, ERROR_ABSENT, "%s%.*s", before, SPAN_ARG(text));
	o->troubles++;
	o->broken = true;
}

static void answer_take(output *o, const message *m)
{
	span trouble = message_get(m, "trouble"), refused = message_get(m, "refused");
	if (trouble.n) {
		trouble_set(o, "", trouble);
		return;
	}
	if (refused.n) {
		trouble_set(o, "refused: ", refused);
		o->refused++;
	} else {
		o->broken = false;
		o->written++;
	}
	output_queue_taken(&o->queue);
}

/* 1: there were answers. */
static int answers_read(output *o, error *e)
{
	char bytes[HTTP_READ];
	ssize_t n = read(o->in, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return error_set(e, ERROR_ABSENT, "bulkhead-fetch has ended");
	buffer_add(&o->back, (span){bytes, (size_t)n});
	arena a = {0};
	size_t used = 0, one = 0;
	int got;
	do {
		message m;
		got = message_parse(span_from(buffer_span(&o->back), used), &a, &m, &one, e);
		if (got > 0) {
			answer_take(o, &m);
			used += one;
		}
		arena_clear(&a);
	} while (got > 0);
	arena_done(&a);
	memmove(o->back.p, o->back.p + used, o->back.n - used);
	o->back.n -= used;
	return got < 0 ? got : 1;
}

/* 1: something was written. */
static int requests_write(output *o, error *e)
{
	output_alert a;
	if (o->out.n == 0 && o->queue.ahead < HTTP_AHEAD && output_queue_next(&o->queue, &a)) {
		message_end(&o->out, span_trim(a.line));
		output_queue_advance(&o->queue);
		o->queue.sent = 0;
	}
	if (o->out.n == 0 || o->fd < 0)
		return 0;
	ssize_t n = write(o->fd, o->out.p, o->out.n);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return error_set(e, ERROR_ABSENT, "bulkhead-fetch has ended");
	memmove(o->out.p, o->out.p + n, o->out.n - (size_t)n);
	o->out.n -= (size_t)n;
	return 1;
}

static int http_send(output *o, error *e)
{
	int answers = answers_read(o, e);
	TRY(answers);
	int requests = requests_write(o, e);
	TRY(requests);
	return answers || requests;
}

static void http_poll(const output *o, poll_set *set)
{
	bool more = o->out.n || (o->queue.ahead < HTTP_AHEAD && o->queue.ahead < o->queue.count);
	if (o->fd >= 0)
		poll_set_add(set, o->fd, more ? POLLOUT : 0);
	poll_set_add(set, o->in, POLLIN);
}

/* The helper may be waiting for a server. */
static void http_shut(output *o)
{
	pipe_process p = {o->process, o->fd, o->in};
	pipe_process_kill(&p);
	o->process = o->fd = o->in = -1;
}

const output_kind output_http = {.name = "http",
	.wants_where = true,
	.open = http_open,
	.send = http_send,
	.poll = http_poll,
	.shut = http_shut};
