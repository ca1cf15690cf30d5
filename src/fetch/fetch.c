/* SPDX-License-Identifier: Apache-2.0
 *
 * The program's side of bulkhead-fetch. */
#include "fetch/fetch.h"

#include "base/files.h"
#include "base/helper.h"
#include "base/memory.h"
#include "fetch/message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

struct fetcher {
	pid_t process;
	int to, from;
	buffer in;
};

static const char helper_name[] = "bulkhead-fetch";

int fetcher_path(arena *a, const char **ret, error *e)
{
	const char *given = getenv("BULKHEAD_FETCH");
	if (!given || !*given)
		return helper_find(helper_name, a, ret, e);
	*ret = given;
	return 0;
}

/* In the new process, between fork and exec. */
static _Noreturn void become(const char *program, const char *folder, int in, int out)
{
	char *arguments[] = {(char *)(uintptr_t)helper_name, (char *)(uintptr_t)folder, NULL};
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
		execv(program, arguments);
	_exit(127);
}

static int start(const char *program, const char *folder, fetcher *ret, error *e)
{
	int there[2], back[2];
	if (pipe2(there, O_CLOEXEC) < 0)
		return error_set_system(e, "pipe");
	if (pipe2(back, O_CLOEXEC) < 0) {
		close(there[0]);
		close(there[1]);
		return error_set_system(e, "pipe");
	}
	ret->process = fork();
	if (ret->process == 0)
		become(program, folder, there[0], back[1]);
	close(there[0]);
	close(back[1]);
	ret->to = there[1];
	ret->from = back[0];
	return ret->process < 0 ? error_set_system(e, "%s could not be started", helper_name) : 0;
}

int fetcher_start(const char *folder, fetcher **ret, error *e)
{
	arena a = {0};
	const char *program;
	fetcher *f = memory_zeroed(1, sizeof *f);
	f->to = f->from = -1;
	f->process = -1;
	int status = fetcher_path(&a, &program, e);
	if (status >= 0)
		status = start(program, folder, f, e);
	arena_done(&a);
	if (status < 0) {
		fetcher_close(f);
		return status;
	}
	*ret = f;
	return 0;
}

void fetcher_close(fetcher *f)
{
	int status;
	if (!f)
		return;
	files_close(&f->to);
	files_close(&f->from);
	if (f->process > 0) {
		kill(f->process, SIGTERM); /* it may be in the middle of a request that nobody waits for */
		while (waitpid(f->process, &status, 0) < 0 && errno == EINTR)
			;
	}
	buffer_done(&f->in);
	free(f);
}

static void request_write(const fetch_request *q, buffer *out)
{
	const struct {
		const char *key, *value;
	} words[] = {{"url", q->url}, {"post", q->post}, {"file", q->file}, {"ca", q->ca}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].value)
			message_add(out, words[i].key, span_of(words[i].value));
	list_each(const span, h, &q->headers)
		message_add(out, "header", *h);
	message_add_number(out, "limit", q->limit);
	message_add_number(out, "resume", q->resume);
	message_add_number(out, "insecure", q->insecure);
	message_end(out, (span){0});
}

static int answer_take(const message *m, arena *a, fetch_answer *ret, error *e)
{
	fetch_answer answer = {.status = (int)message_number(m, "status"),
		.url = message_get(m, "url"),
		.written = message_number(m, "written"),
		.body = m->body};
	uint64_t fault = message_number(m, "fault");
	if (fault)
		return error_set(e, fault <= ERROR_USAGE ? (error_code)fault : ERROR_DAMAGED, "%.*s",
			SPAN_ARG(message_get(m, "error")));
	list_each(const message_field, f, &m->fields)
		if (span_is(f->key, "header"))
			list_push(a, &answer.headers, f->value);
	*ret = answer;
	return 0;
}

static int gone(error *e)
{
	return error_set(e, ERROR_SYSTEM, "%s has ended", helper_name);
}

int fetch(fetcher *f, const fetch_request *q, arena *a, fetch_answer *ret, error *e)
{
	auto_buffer out = {0};
	request_write(q, &out);
	if (message_write(f->to, buffer_span(&out), e) < 0)
		return gone(e);
	for (;;) {
		message m;
		int got = message_read(f->from, &f->in, a, &m, e);
		if (got <= 0)
			return got < 0 ? got : gone(e);
		if (!message_get(&m, "progress").p)
			return answer_take(&m, a, ret, e);
		if (q->progress)
			q->progress(q->of, message_number(&m, "progress"));
	}
}

span fetch_header(const fetch_answer *answer, const char *name)
{
	list_each(const span, h, &answer->headers) {
		size_t colon = span_find_byte(*h, ':');
		if (colon != SPAN_NONE && span_is(span_sub(*h, 0, colon), name))
			return span_trim(span_from(*h, colon + 1));
	}
	return (span){0};
}
