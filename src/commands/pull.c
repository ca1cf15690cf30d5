/* SPDX-License-Identifier: Apache-2.0
 *
 * Pulling in a child process. */
#include "commands/pull.h"

#include "commands/apart.h"
#include "fetch/message.h"

#include <stdio.h>
#include <unistd.h>

/* One line on the terminal, written over and over. */
static void show_progress(void *of, uint64_t done, uint64_t total)
{
	const char *name = of;
	fprintf(stderr, "\r\033[Kpulling %.60s: %.1f of %.1f MB", name, (double)done / 1e6,
		(double)total / 1e6);
}

static int pull(const pull_request *q, arena *a, registry_image *ret, error *e)
{
	registry_options options = *q->options;
	bool show = q->progress && isatty(STDERR_FILENO);
	if (show) {
		options.progress = show_progress;
		options.of = (void *)(uintptr_t)q->name;
	}
	ret->digest = "";
	int status = q->file ? registry_pull_file(q->reference, &options, a, &ret->path, e)
			     : registry_pull(q->reference, &options, a, ret, e);
	if (show)
		fputs("\r\033[K", stderr);
	return status;
}

typedef struct pulling {
	const pull_request *request;
	arena *arena;
	registry_image *ret;
} pulling;

/* What came of it, as a message. */
static bool pull_and_tell(void *of, int fd, error *e)
{
	const pulling *p = of;
	registry_image found;
	auto_buffer out = {0};
	if (pull(p->request, p->arena, &found, e) < 0) {
		message_add_number(&out, "fault", (uint64_t)e->code);
		message_add(&out, "error", span_of(e->text));
	} else {
		message_add(&out, "path", span_of(found.path));
		message_add(&out, "digest", span_of(found.digest));
	}
	message_end(&out, (span){0});
	return message_write(fd, buffer_span(&out), e) >= 0;
}

static int hear(void *of, int fd, error *e)
{
	const pulling *p = of;
	arena *a = p->arena;
	auto_buffer in = {0};
	message m;
	int got = message_read(fd, &in, a, &m, e);
	if (got < 0)
		return got;
	if (got == 0)
		return error_set(e, ERROR_SYSTEM, "the process that pulls it has ended");
	uint64_t fault = message_number(&m, "fault");
	if (fault)
		return error_set(e, fault <= ERROR_USAGE ? (error_code)fault : ERROR_DAMAGED, "%.*s",
			SPAN_ARG(message_get(&m, "error")));
	*p->ret = (registry_image){
		arena_string(a, message_get(&m, "path")), arena_string(a, message_get(&m, "digest"))};
	return 0;
}

int pull_apart(const pull_request *q, arena *a, registry_image *ret, error *e)
{
	pulling p = {q, a, ret};
	return apart_run(&(apart){pull_and_tell, hear, &p}, e);
}
