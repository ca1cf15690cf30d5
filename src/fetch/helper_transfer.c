/* SPDX-License-Identifier: Apache-2.0
 *
 * One exchange with one server, by libcurl. Redirects are not followed here. */
#include "base/limits.h"
#include "fetch/helper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* What the program asks about; the rest of an answer's head stays here. */
static const char *const helper_headers[] = {
	"content-type", "docker-content-digest", "www-authenticate", "etag", NULL};

enum { FETCH_PROGRESS_MS = 200 };

static const char system_certificates[] = "/etc/ssl/certs";

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void tell_progress(transfer *t)
{
	int64_t now = now_ms();
	auto_buffer out = {0};
	error e;
	if (now - t->told < FETCH_PROGRESS_MS)
		return;
	t->told = now;
	message_add_number(&out, "progress", t->at);
	message_end(&out, (span){0});
	message_write(STDOUT_FILENO, buffer_span(&out), &e);
}

/* The first bytes of a body. A server that does not know ranges sends all of it: the file then begins anew. */
static bool body_begin(transfer *t)
{
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->job->status);
	t->begun = true;
	if (t->fd < 0 || t->job->status != 200)
		return true;
	t->at = 0;
	return ftruncate(t->fd, 0) == 0 && lseek(t->fd, 0, SEEK_SET) == 0;
}

static bool file_write(transfer *t, span bytes)
{
	while (bytes.n) {
		ssize_t n = write(t->fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *of)
{
	transfer *t = of;
	size_t bytes = size * n;
	if (!t->begun && !body_begin(t)) {
		t->unwritten = true;
		return 0;
	}
	/* Only a body that is what was asked for goes to the file; what errors say goes back. */
	bool to_file = t->fd >= 0 && (t->job->status == 200 || t->job->status == 206);
	uint64_t have = to_file ? t->at : t->job->body.n;
	if (have + bytes > (to_file && t->job->limit ? t->job->limit : LIMIT_FETCH_BODY) ||
		(!to_file && t->job->limit && t->fd < 0 && have + bytes > t->job->limit)) {
		t->over = true;
		return 0;
	}
	if (!to_file) {
		buffer_add(&t->job->body, (span){p, bytes});
		return bytes;
	}
	if (!file_write(t, (span){p, bytes})) {
		t->unwritten = true;
		return 0;
	}
	t->at += bytes;
	tell_progress(t);
	return bytes;
}

static void keep_header(helper_job *j, span line)
{
	size_t colon = span_find_byte(line, ':');
	if (colon == SPAN_NONE || line.n > LIMIT_FETCH_HEADER)
		return;
	span name = span_sub(line, 0, colon);
	for (const char *const *want = helper_headers; *want; want++)
		if (span_is_fold(name, *want) && j->answer.count < LIMIT_FETCH_FIELDS / 2)
			list_push(j->arena, &j->answer,
				arena_format(j->arena, "%s: %.*s", *want,
					SPAN_ARG(span_trim(span_from(line, colon + 1)))));
}

/* "bytes 100-199/200" must begin where it was asked for. */
static void check_range(transfer *t, span line)
{
	if (t->offset == 0 || !span_is_fold(span_sub(line, 0, 14), "content-range:"))
		return;
	span rest = span_trim(span_from(line, 14)), word, from;
	int64_t start;
	if (!span_word(&rest, &word) || !span_is_fold(word, "bytes") || !span_cut(&rest, '-', &from) ||
		!span_int(span_trim(from), &start) || (uint64_t)start != t->offset)
		t->broken_range = true;
}

static size_t on_header(char *p, size_t size, size_t n, void *of)
{
	transfer *t = of;
	span line = {p, size * n};
	if (span_starts(
		    line, SPAN("HTTP/"))) /* of the answer that counts, not of a proxy's or an interim one */
		t->job->answer.count = 0;
	keep_header(t->job, line);
	check_range(t, line);
	return t->broken_range ? 0 : line.n;
}

static struct curl_slist *request_headers(const transfer *t)
{
	struct curl_slist *ret = NULL;
	list_each(const message_field, f, &t->job->headers->fields) {
		if (!span_is(f->key, "header"))
			continue;
		span name = span_sub(f->value, 0, span_find_byte(f->value, ':'));
		if (t->credentials || !span_is_fold(name, "authorization"))
			ret = curl_slist_append(ret, arena_string(t->job->arena, f->value));
	}
	if (t->offset && t->validator.n)
		ret = curl_slist_append(
			ret, arena_format(t->job->arena, "If-Range: %.*s", SPAN_ARG(t->validator)).p);
	return ret;
}

void helper_trust(CURL *curl, const char *ca, bool insecure)
{
	const char *folder = getenv("SSL_CERT_DIR"), *file = getenv("SSL_CERT_FILE");
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, insecure ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, insecure ? 0L : 2L);
	/* The hashed folder is read by need; the bundle of all certificates takes 42 ms. */
	folder = folder && *folder                        ? folder
		 : access(system_certificates, R_OK) == 0 ? system_certificates
							  : NULL;
	file = ca ? ca : file && *file ? file : NULL;
	if (folder)
		curl_easy_setopt(curl, CURLOPT_CAPATH, folder);
	if (folder || file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, file);
}

void helper_bounds(CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_FETCH_CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1024L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)LIMIT_FETCH_STALL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_UNRESTRICTED_AUTH, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

void transfer_run(transfer *t)
{
	char range[48];
	const helper_job *j = t->job;
	struct curl_slist *headers = request_headers(t);
	curl_easy_reset(t->curl); /* connections stay */
	helper_bounds(t->curl);
	helper_trust(t->curl, j->ca, j->insecure);
	curl_easy_setopt(t->curl, CURLOPT_URL, j->url);
	curl_easy_setopt(t->curl, CURLOPT_USERAGENT, "bulkhead");
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->text);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, t);
	if (j->post)
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, j->post);
	if (t->offset) {
		snprintf(range, sizeof range, "%llu-", (unsigned long long)t->offset);
		curl_easy_setopt(t->curl, CURLOPT_RANGE, range);
	}
	t->result = curl_easy_perform(t->curl);
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->job->status);
	curl_slist_free_all(headers);
	if (t->result == CURLE_OK && !t->begun && !body_begin(t)) /* an empty body */
		t->unwritten = true;
}
