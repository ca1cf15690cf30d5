/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions go to bulkhead-fetch (fetch/helper_resolve.c) over a pipe, answers come back in any order. */
#include "watch/resolver.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "fetch/fetch.h"
#include "fetch/message.h"
#include "watch/pipe_process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READ_BYTES = 65536, FIRST_PAUSE_MS = 1000, WAIT_STEP_MS = 50, QUESTIONS_BYTES = 32768 };

struct resolver {
	address_names *names;
	pipe_process helper;
	buffer out, in;
	int64_t retry; /* when the helper is started anew */
	int64_t pause;
	error trouble;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- the helper --- */

static int helper_start(resolver *r, error *e)
{
	arena a = {0};
	const char *path;
	char name[] = "bulkhead-fetch", mode[] = "--resolve";
	char *arguments[] = {name, mode, NULL};
	int status = fetcher_path(&a, &path, e);
	if (status >= 0)
		status = pipe_process_start(path, arguments, true, &r->helper, e);
	arena_done(&a);
	return status;
}

static void helper_lost(resolver *r)
{
	pipe_process_kill(&r->helper);
	r->out.n = r->in.n = 0;
	address_names_reopen(r->names);
	r->pause = r->pause ? 2 * r->pause : FIRST_PAUSE_MS;
	r->pause = r->pause < LIMIT_WATCH_RETRY_MS ? r->pause : LIMIT_WATCH_RETRY_MS;
	r->retry = now_ms() + r->pause;
}

int resolver_open(resolver **ret, error *e)
{
	resolver *r = memory_zeroed(1, sizeof *r);
	r->helper = (pipe_process){-1, -1, -1};
	r->names = address_names_new();
	int status = helper_start(r, e);
	if (status < 0) {
		resolver_close(r);
		return error_wrap(e, "--resolve");
	}
	*ret = r;
	return 0;
}

void resolver_close(resolver *r)
{
	if (!r)
		return;
	pipe_process_kill(&r->helper);
	address_names_free(r->names);
	buffer_done(&r->out);
	buffer_done(&r->in);
	free(r);
}

/* --- answers --- */

static bool address_read(span text, uint8_t ret[ADDRESS_BYTES])
{
	char room[INET6_ADDRSTRLEN];
	if (text.n >= sizeof room)
		return false;
	memcpy(room, text.p, text.n);
	room[text.n] = 0;
	memset(ret, 0, ADDRESS_BYTES);
	ret[10] = ret[11] = 0xff;
	return inet_pton(AF_INET, room, ret + 12) == 1 || inet_pton(AF_INET6, room, ret) == 1;
}

static void answer_take(resolver *r, const message *m)
{
	uint8_t addresses[LIMIT_RESOLVE_ADDRESSES][ADDRESS_BYTES];
	uint32_t count = 0;
	span silent = message_get(m, "silent");
	list_each(const message_field, f, &m->fields)
		if (span_is(f->key, "address") && count < LIMIT_RESOLVE_ADDRESSES)
			count += address_read(f->value, addresses[count]);
	if (silent.n)
		error_set(&r->trouble, ERROR_ABSENT, "%.*s", SPAN_ARG(span_sub(silent, 0, 200)));
	names_outcome outcome = silent.n ? NAMES_SILENT : count ? NAMES_FOUND : NAMES_NONE;
	address_names_answer(r->names, message_get(m, "name"), outcome, addresses, count, now_ms());
	r->pause = 0;
}

/* false: the helper is gone, or speaks nonsense. */
static bool answers_take(resolver *r)
{
	char bytes[READ_BYTES];
	ssize_t n = read(r->helper.from, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	buffer_add(&r->in, (span){bytes, (size_t)n});
	arena a = {0};
	error e;
	size_t used = 0, one = 0;
	int got;
	do {
		message m;
		got = message_parse(span_from(buffer_span(&r->in), used), &a, &m, &one, &e);
		if (got > 0) {
			answer_take(r, &m);
			used += one;
		}
		arena_clear(&a);
	} while (got > 0);
	arena_done(&a);
	memmove(r->in.p, r->in.p + used, r->in.n - used);
	r->in.n -= used;
	return got == 0;
}

/* --- questions --- */

/* false: the helper is gone. */
static bool questions_put(resolver *r)
{
	span name;
	int64_t now = now_ms();
	while (r->out.n < QUESTIONS_BYTES && address_names_due(r->names, now, &name)) {
		message_add(&r->out, "name", name);
		message_end(&r->out, (span){0});
	}
	if (r->out.n == 0)
		return true;
	ssize_t n = write(r->helper.to, r->out.p, r->out.n);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	memmove(r->out.p, r->out.p + n, r->out.n - (size_t)n);
	r->out.n -= (size_t)n;
	return true;
}

/* --- both --- */

address_names *resolver_names(resolver *r)
{
	return r->names;
}

void resolver_want(resolver *r, const span *names, uint32_t count)
{
	address_names_want(r->names, names, count);
}

void resolver_poll(const resolver *r, poll_set *set)
{
	poll_set_add(set, r->helper.from, POLLIN);
	poll_set_add(set, r->helper.to, r->out.n ? POLLOUT : 0);
}

void resolver_step(resolver *r)
{
	error e;
	if (r->helper.process < 0 && now_ms() < r->retry)
		return;
	bool there = r->helper.process >= 0 || helper_start(r, &e) >= 0;
	if (!there || !answers_take(r) || !questions_put(r))
		helper_lost(r);
}

bool resolver_wait(resolver *r, int64_t milliseconds)
{
	int64_t end = now_ms() + milliseconds;
	for (;;) {
		poll_set set = {.count = 0};
		resolver_step(r);
		if (address_names_complete(r->names) || now_ms() >= end)
			return address_names_complete(r->names);
		resolver_poll(r, &set);
		poll(set.fds, set.count, WAIT_STEP_MS);
	}
}

const char *resolver_trouble(const resolver *r)
{
	return r->trouble.text;
}
