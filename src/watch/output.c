/* SPDX-License-Identifier: Apache-2.0
 *
 * The destinations together: which there are, when one that failed is tried again, and the end. */
#include "watch/output_parts.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>
#include <time.h>

/* Attempts follow one another in pauses that double; one that held for so long begins anew. A step does so many pieces of work for one
 * destination before it turns to the others. */
enum { FIRST_PAUSE_MS = 100, HELD_MS = 10000, STEP_WORK = 64, WAIT_MS = 50 };

struct outputs {
	output_options options;
	arena arena;
	output *items;
	uint32_t count;
	bool over;
};

static const output_kind *const kinds[] = {
	&output_stdout, &output_file, &output_syslog, &output_program, &output_http};

int64_t output_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void output_shut(output *o)
{
	if (o->kind->shut)
		o->kind->shut(o);
	else
		files_close(&o->fd);
	o->fd = -1;
}

/* --- words --- */

/* Where it goes, for people and metrics, without what may be secret: paths of web hooks, the arguments of programs. */
static const char *name_of(const output_kind *kind, const char *where, arena *a)
{
	span s = span_of(where);
	if (kind == &output_http) {
		size_t scheme = span_find(s, SPAN("://"));
		size_t start = scheme == SPAN_NONE ? 0 : scheme + 3;
		span host = span_sub(span_from(s, start), 0, strcspn(where + start, "/?#"));
		size_t user = span_find_last(host, '@');
		host = user == SPAN_NONE ? host : span_from(host, user + 1);
		return arena_format(a, "http %.*s%.*s", SPAN_ARG(span_sub(s, 0, start)), SPAN_ARG(host)).p;
	}
	if (kind == &output_program)
		s = span_sub(s, 0, strcspn(where, " \t\n;|&"));
	return arena_format(a, "%s%s%.*s", kind->name, s.n ? " " : "", SPAN_ARG(s)).p;
}

static bool is_web(span s)
{
	return (span_starts(s, SPAN("http://")) && s.n > 7) || (span_starts(s, SPAN("https://")) && s.n > 8);
}

static int word_read(const char *word, arena *a, output *ret, error *e)
{
	span s = span_of(word), kind = span_sub(s, 0, span_find_byte(s, '='));
	const char *where = kind.n < s.n ? word + kind.n + 1 : "";
	if (span_is(kind, "https"))
		kind = SPAN("http");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !ret->kind; i++)
		if (span_is(kind, kinds[i]->name))
			ret->kind = kinds[i];
	if (!ret->kind)
		return error_set(e, ERROR_USAGE,
			"'%.*s' is no kind of output: stdout, file=PATH, syslog, program=COMMAND, http=URL",
			SPAN_ARG(kind));
	if (ret->kind->wants_where && !*where)
		return error_set(e, ERROR_USAGE, "%.*s=: where to?", SPAN_ARG(kind));
	if (ret->kind == &output_stdout && *where)
		return error_set(e, ERROR_USAGE, "stdout goes nowhere else");
	if (ret->kind == &output_http && !is_web(span_of(where)))
		return error_set(e, ERROR_USAGE, "http=URL: a URL begins with http:// or https://");
	ret->where = where;
	ret->name = name_of(ret->kind, where, a);
	return 0;
}

/* --- one --- */

static void failed(output *o, const error *why)
{
	int64_t now = output_now();
	if (why != &o->trouble)
		o->trouble = *why;
	o->troubles++;
	o->broken = true;
	output_shut(o);
	output_queue_rewind(&o->queue);
	o->pause = o->opened && now - o->opened > HELD_MS ? FIRST_PAUSE_MS
		   : o->pause == 0                        ? FIRST_PAUSE_MS
		   : o->pause < LIMIT_WATCH_RETRY_MS / 2  ? o->pause * 2
							  : LIMIT_WATCH_RETRY_MS;
	o->retry = now + o->pause;
}

static int open_now(output *o, error *e)
{
	int status = o->kind->open(o, e);
	if (status < 0)
		return status;
	o->opened = output_now();
	o->broken = false;
	return 0;
}

/* true: something was done. */
static bool step(output *o)
{
	error e;
	if (o->gone || (o->fd < 0 && output_now() < o->retry))
		return false;
	int did = o->fd < 0 ? open_now(o, &e) : 0;
	bool any = false;
	for (int i = 0; did >= 0 && i < STEP_WORK; i++) {
		did = o->kind->send(o, &e);
		any = any || did > 0;
		if (did == 0)
			return any;
	}
	if (did < 0)
		failed(o, &e);
	return any;
}

static void poll_one(const output *o, poll_set *set)
{
	if (o->fd < 0)
		return;
	if (o->kind->poll)
		o->kind->poll(o, set);
	else
		poll_set_add(set, o->fd, o->queue.count ? POLLOUT : 0);
}

/* --- all --- */

#define each_output(o, of) for (output *o = (of)->items; o < (of)->items + (of)->count; o++)

int outputs_open(const output_options *options, outputs **ret, error *e)
{
	static const char *const usual[] = {"stdout"};
	outputs *all = memory_zeroed(1, sizeof *all);
	all->options = *options;
	const char *const *words = options->count ? options->words : usual;
	uint32_t count = options->count ? options->count : 1;
	all->items = ARENA_ARRAY(&all->arena, output, count);
	for (uint32_t i = 0; i < count; i++) {
		output *o = &all->items[all->count++];
		*o = (output){
			.fd = -1, .in = -1, .process = -1, .options = &all->options, .arena = &all->arena};
		int status = word_read(words[i], &all->arena, o, e);
		if (status >= 0 && o->kind->must_open)
			status = open_now(o, e);
		if (status < 0) {
			error_wrap(e, "--output");
			all->count -= o->kind == NULL;
			outputs_close(all);
			return status;
		}
	}
	*ret = all;
	return 0;
}

static bool add_one(output *o, const output_alert *a)
{
	return !o->gone && output_queue_add(&o->queue, a);
}

static bool steps(outputs *all)
{
	bool any = false;
	each_output(o, all) any = step(o) || any;
	return any;
}

static void wait_a_little(const outputs *all)
{
	poll_set set;
	set.count = 0;
	outputs_poll(all, &set);
	poll(set.fds, set.count, WAIT_MS);
}

/* Until there is room, as long as things go on. */
static bool add_patiently(outputs *all, output *o, const output_alert *a)
{
	int64_t since = output_now();
	while (!o->gone && output_now() - since < LIMIT_WATCH_FLUSH_SECONDS * 1000) {
		if (step(o))
			since = output_now();
		else
			wait_a_little(all);
		if (add_one(o, a))
			return true;
	}
	return false;
}

void outputs_add(outputs *all, span line, watch_priority priority, uint64_t time)
{
	output_alert a = {line, priority, time};
	each_output(o, all) if (!add_one(o, &a) && !(all->options.patient && add_patiently(all, o, &a)))
		o->dropped++;
}

void outputs_poll(const outputs *all, poll_set *set)
{
	each_output(o, all) poll_one(o, set);
}

void outputs_step(outputs *all)
{
	steps(all);
}

void outputs_reopen(outputs *all)
{
	error e;
	each_output(o, all)
	{
		if (o->kind != &output_file)
			continue;
		step(o);
		output_shut(o);
		output_queue_rewind(&o->queue);
		if (open_now(o, &e) < 0)
			failed(o, &e);
	}
}

/* Whether all is with those who shall have it. */
static bool ended(output *o)
{
	if (o->gone || (o->queue.count == 0 && o->fd < 0 && o->process <= 0))
		return true;
	return o->queue.count == 0 && (!o->kind->end || o->kind->end(o));
}

void outputs_finish(outputs *all)
{
	int64_t until = output_now() + LIMIT_WATCH_FLUSH_SECONDS * 1000;
	bool done = false;
	each_output(o, all) o->retry = 0;
	while (!done && output_now() < until) {
		bool any = false;
		done = true;
		each_output(o, all)
		{
			if (o->queue.count)
				any = step(o) || any;
			done = ended(o) && done;
		}
		if (any && all->options.patient)
			until = output_now() + LIMIT_WATCH_FLUSH_SECONDS * 1000;
		if (!done && !any)
			wait_a_little(all);
	}
	each_output(o, all)
	{
		o->dropped += o->queue.count;
		output_queue_done(&o->queue);
		o->queue = (output_queue){0};
	}
}

void outputs_close(outputs *all)
{
	if (!all)
		return;
	each_output(o, all)
	{
		output_shut(o);
		output_queue_done(&o->queue);
		buffer_done(&o->out);
		buffer_done(&o->back);
	}
	arena_done(&all->arena);
	free(all);
}

uint32_t outputs_count(const outputs *all)
{
	return all->count;
}

output_status outputs_status(const outputs *all, uint32_t i)
{
	const output *o = &all->items[i];
	return (output_status){.name = o->name,
		.written = o->written,
		.dropped = o->dropped + o->refused,
		.waiting = o->queue.count,
		.broken = o->broken,
		.gone = o->gone,
		.trouble = o->trouble.text,
		.troubles = o->troubles};
}
