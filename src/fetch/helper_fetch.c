/* SPDX-License-Identifier: Apache-2.0
 *
 * From a request to an answer: redirects under rules of our own (never from https to http; credentials go to the host they are for and to no
 * other), Retry-After, and going on where a transfer broke off. */
#include "base/files.h"
#include "base/limits.h"
#include "fetch/helper.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static const struct {
	CURLcode result;
	error_code code;
	const char *words;
} faults[] = {
	{CURLE_COULDNT_RESOLVE_HOST, ERROR_ABSENT, "its address is not known"},
	{CURLE_COULDNT_RESOLVE_PROXY, ERROR_ABSENT, "the address of the proxy is not known"},
	{CURLE_COULDNT_CONNECT, ERROR_ABSENT, "it cannot be reached"},
	{CURLE_PEER_FAILED_VERIFICATION, ERROR_DENIED, "its certificate is not trusted"},
	{CURLE_SSL_CONNECT_ERROR, ERROR_SYNTAX, "it does not speak TLS"},
	{CURLE_SSL_CACERT_BADFILE, ERROR_USAGE, "the file of certificates cannot be read"},
	{CURLE_URL_MALFORMAT, ERROR_USAGE, "this is no URL"},
	{CURLE_UNSUPPORTED_PROTOCOL, ERROR_USAGE, "only http and https are spoken"},
	{CURLE_OPERATION_TIMEDOUT, ERROR_DAMAGED, "it has stopped to answer"},
	{CURLE_PARTIAL_FILE, ERROR_DAMAGED, "the transfer broke off"},
	{CURLE_RECV_ERROR, ERROR_DAMAGED, "the transfer broke off"},
	{CURLE_GOT_NOTHING, ERROR_DAMAGED, "it closes without an answer"},
};

/* Transfers that may go better when they are tried again. */
static bool broke_off(CURLcode result)
{
	return result == CURLE_PARTIAL_FILE || result == CURLE_RECV_ERROR || result == CURLE_GOT_NOTHING ||
	       result == CURLE_SEND_ERROR || result == CURLE_HTTP2 || result == CURLE_HTTP2_STREAM ||
	       result == CURLE_OPERATION_TIMEDOUT;
}

static int fail(const transfer *t, error *e)
{
	const char *details = t->text[0] ? t->text : curl_easy_strerror(t->result);
	if (t->over)
		return error_set(e, ERROR_LIMIT, "it is larger than was said, or than %llu MiB",
			(unsigned long long)((t->job->limit ? t->job->limit : LIMIT_FETCH_BODY) >> 20));
	if (t->unwritten)
		return error_set_system(e, "it cannot be stored");
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].result == t->result)
			return error_set(e, faults[i].code, "%s (%s)", faults[i].words, details);
	return error_set(e, ERROR_DAMAGED, "%s", details);
}

/* --- redirects --- */

typedef struct target { /* where a URL leads to */
	char *scheme, *host, *port;
} target;

static void target_done(target *t)
{
	curl_free(t->scheme);
	curl_free(t->host);
	curl_free(t->port);
}

static target target_of(const char *url)
{
	target ret = {0};
	CURLU *u = curl_url();
	if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
		curl_url_get(u, CURLUPART_SCHEME, &ret.scheme, 0);
		curl_url_get(u, CURLUPART_HOST, &ret.host, 0);
		curl_url_get(u, CURLUPART_PORT, &ret.port, CURLU_DEFAULT_PORT);
	}
	curl_url_cleanup(u);
	return ret;
}

static bool same(const char *a, const char *b)
{
	return a && b && span_equal_fold(span_of(a), span_of(b));
}

static int redirect(transfer *t, error *e)
{
	char *next = NULL;
	curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &next);
	if (!next)
		return error_set(e, ERROR_DAMAGED, "a redirect that does not say where to");
	target here = target_of(t->job->url), there = target_of(next);
	bool down = same(here.scheme, "https") && !same(there.scheme, "https");
	bool web = same(there.scheme, "https") || same(there.scheme, "http");
	if (!same(here.scheme, there.scheme) || !same(here.host, there.host) || !same(here.port, there.port))
		t->credentials = false; /* from here on, whatever follows */
	t->job->url = arena_string(t->job->arena, span_of(next));
	int status =
		down  ? error_set(e, ERROR_DENIED, "a redirect from https to http is not followed")
		: web ? 0
		      : error_set(e, ERROR_DENIED, "a redirect that leads out of the web is not followed");
	target_done(&here);
	target_done(&there);
	return status;
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* --- waiting --- */

static bool busy(long status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

/* Waits as long as the server asks for, or a little longer each time; false when that is longer than anybody should wait. */
static bool wait_politely(const transfer *t, unsigned attempt, uint64_t *waited)
{
	curl_off_t asked = 0;
	if (t->result == CURLE_OK)
		curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &asked);
	uint64_t seconds = asked > 0 ? (uint64_t)asked : 1ull << attempt;
	if (attempt + 1 >= LIMIT_FETCH_ATTEMPTS || seconds > LIMIT_FETCH_WAIT_SECONDS - *waited)
		return false;
	*waited += seconds;
	struct timespec pause = {.tv_sec = (time_t)seconds};
	nanosleep(&pause, NULL);
	return true;
}

/* --- the whole --- */

static void begin(transfer *t)
{
	t->begun = t->over = t->unwritten = t->broken_range = false;
	t->text[0] = 0;
	t->job->answer.count = 0;
	t->job->body.n = 0;
	t->job->status = 0;
	t->offset = t->fd >= 0 && t->job->resume ? t->at : 0;
	if (t->fd >= 0)
		lseek(t->fd, (off_t)t->offset, SEEK_SET);
}

/* The range is none of the server's: all of it, then. */
static bool forget_range(transfer *t)
{
	if (t->offset == 0 || !(t->broken_range || t->job->status == 416))
		return false;
	t->job->resume = false;
	t->at = 0;
	return ftruncate(t->fd, 0) == 0;
}

/* What came before a transfer broke off is kept if the server can be asked whether it still holds. */
static void remember(transfer *t, uint64_t before)
{
	if (t->at <= before || t->job->status != 200)
		return;
	t->validator = (span){0};
	list_each(const span, h, &t->job->answer)
		if (span_starts(*h, SPAN("etag: \"")))
			t->validator = span_from(*h, sizeof "etag: " - 1);
	t->job->resume = t->by_content || t->validator.n > 0;
}

/* 1: there is an answer. 0: once more. */
static int step(transfer *t, unsigned *redirects, unsigned *attempts, uint64_t *waited, error *e)
{
	uint64_t before = t->at;
	begin(t);
	transfer_run(t);
	if (forget_range(t))
		return 0;
	if (t->result == CURLE_OK && is_redirect(t->job->status) && !t->job->post) {
		if (++*redirects > LIMIT_FETCH_REDIRECTS)
			return error_set(e, ERROR_LIMIT, "more than %d redirects", LIMIT_FETCH_REDIRECTS);
		TRY(redirect(t, e));
		return 0;
	}
	if (t->result == CURLE_OK && !busy(t->job->status))
		return 1;
	if (t->over || t->unwritten || (t->result != CURLE_OK && !broke_off(t->result)))
		return fail(t, e);
	remember(t, before);
	*attempts = t->at > before ? 0 : *attempts;
	if (wait_politely(t, (*attempts)++, waited))
		return 0;
	return t->result == CURLE_OK ? 1 : fail(t, e);
}

int helper_fetch(CURL *curl, helper_job *j, error *e)
{
	transfer t = {.job = j, .curl = curl, .fd = -1, .credentials = true, .by_content = j->resume};
	unsigned redirects = 0, attempts = 0;
	uint64_t waited = 0;
	const char *first = j->url;
	auto_fd fd = -1;
	if (j->file) {
		struct stat st;
		fd = open(j->file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (j->resume ? 0 : O_TRUNC),
			0600);
		if (fd < 0 || fstat(fd, &st) < 0)
			return error_set_system(e, "%s", j->file);
		t.fd = fd;
		t.at = (uint64_t)st.st_size;
	}
	int got;
	do
		got = step(&t, &redirects, &attempts, &waited, e);
	while (got == 0);
	j->written = t.at;
	if (got < 0 && first != j->url)
		error_wrap(e, "redirected to %.*s",
			SPAN_ARG(span_sub(span_of(j->url), 0, span_find_byte(span_of(j->url), '?'))));
	return got < 0 ? got : 0;
}
