/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-fetch: the one part of bulkhead that speaks to the network. It fetches what it is asked for on standard input, one request
 * after the other, and parses none of it: bodies go to files of the one folder it was given, or back through the pipe.
 *
 * usage: bulkhead-fetch [FOLDER]
 *        bulkhead-fetch --deliver   (helper_deliver.c)
 *        bulkhead-fetch --resolve   (helper_resolve.c)
 *
 * A request (fetch/message.h): url; header "Name: value" (several); post (a form: the method is then POST); file (a name in FOLDER; without
 * it the body comes back); resume 1 (the file is the start of what is asked for); limit (bytes); ca (a file of certificates); insecure 1.
 * Answers: any number of messages with "progress BYTES", then one with status, url, header (those of helper_headers), written; or with fault
 * and error. */
#include "fetch/helper.h"

#include "base/sandbox.h"
#include "fetch/helper_resolve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static bool plain_name(span name)
{
	if (name.n == 0 || name.n > 200 || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alpha(name.p[i]) && !ascii_digit(name.p[i]) && name.p[i] != '.' &&
			name.p[i] != '-' && name.p[i] != '_')
			return false;
	return true;
}

static int job_read(const message *m, arena *a, helper_job *ret, error *e)
{
	helper_job j = {.arena = a};
	span file = message_get(m, "file"), post = message_get(m, "post");
	j.url = arena_string(a, message_get(m, "url"));
	j.post = post.p ? arena_string(a, post) : NULL;
	j.ca = message_get(m, "ca").n ? arena_string(a, message_get(m, "ca")) : NULL;
	j.resume = message_number(m, "resume") == 1;
	j.insecure = message_number(m, "insecure") == 1;
	j.limit = message_number(m, "limit");
	j.headers = m;
	if (file.p && !plain_name(file))
		return error_set(e, ERROR_USAGE, "'%.*s' cannot be the name of a file here", SPAN_ARG(file));
	j.file = file.p ? arena_string(a, file) : NULL;
	*ret = j;
	return 0;
}

static int answer_write(const helper_job *j, const error *fault, error *e)
{
	auto_buffer out = {0};
	if (fault) {
		message_add_number(&out, "fault", (uint64_t)fault->code);
		message_add(&out, "error", span_of(fault->text));
	} else {
		message_add_number(&out, "status", (uint64_t)j->status);
		message_add(&out, "url", span_of(j->url));
		list_each(const span, h, &j->answer)
			message_add(&out, "header", *h);
		message_add_number(&out, "written", j->written);
	}
	message_end(&out, fault ? (span){0} : buffer_span(&j->body));
	return message_write(STDOUT_FILENO, buffer_span(&out), e);
}

static int serve_one(const message *m, arena *a, CURL *curl, error *e)
{
	error fault;
	helper_job job = {0};
	bool failed = job_read(m, a, &job, &fault) < 0 || helper_fetch(curl, &job, &fault) < 0;
	int status = answer_write(&job, failed ? &fault : NULL, e);
	buffer_done(&job.body);
	return status;
}

static int serve(CURL *curl, error *e)
{
	auto_buffer in = {0};
	int got;
	do {
		arena a = {0};
		message m;
		got = message_read(STDIN_FILENO, &in, &a, &m, e);
		if (got > 0 && serve_one(&m, &a, curl, e) < 0)
			got = -e->code;
		arena_done(&a);
	} while (got > 0);
	return got;
}

int main(int argc, char **argv)
{
	bool deliver = argc == 2 && strcmp(argv[1], "--deliver") == 0;
	bool resolve = argc == 2 && strcmp(argv[1], "--resolve") == 0;
	const char *folder = argc > 1 && !deliver && !resolve ? argv[1] : NULL;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left who would read the answer */
	umask(077);
	if (argc > 2 || (folder && chdir(folder) < 0)) {
		fprintf(stderr,
			"bulkhead-fetch: a part of bulkhead that it starts by itself; takes one folder\n");
		return EXIT_FAILURE;
	}
	const char *folders[] = {"."};
	if (!resolve)
		curl_global_init(CURL_GLOBAL_DEFAULT);
	CURL *curl = resolve ? NULL : curl_easy_init();
	sandbox_enter_network(folders, folder != NULL);
	if (resolve)
		helper_resolve();
	error e = {0};
	int got = curl && deliver ? helper_deliver(curl, &e)
		  : curl          ? serve(curl, &e)
				  : error_set(&e, ERROR_SYSTEM, "libcurl cannot be used");
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	if (got < 0)
		fprintf(stderr, "bulkhead-fetch: %s\n", e.text);
	return got < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
