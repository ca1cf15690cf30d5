/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-fetch --deliver: alerts to one web server, a POST each, over a connection that is kept. Servers that are busy or away are tried
 * again, with pauses that double, as long as this process lives: who started it ends it.
 *
 * The first message (fetch/message.h) says where to: url; header "Name: value" (several); ca, client-cert, client-key (files, PEM). Each
 * one after it has the bytes of one alert. Each alert gets one answer: status (HTTP, of success), or refused WHY; before it there may be
 * any number of "trouble WHY". Redirects are not followed: alerts go to the server that was named. */
#include "base/limits.h"
#include "fetch/helper.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 250, LAST_PAUSE_MS = 30000, DELIVER_SECONDS = 20 };

typedef struct delivery {
	CURL *curl;
	struct curl_slist *headers;
	char text[CURL_ERROR_SIZE];
} delivery;

static size_t swallow(char *p, size_t size, size_t n, void *of)
{
	(void)p, (void)of;
	return size * n;
}

static void set_file(CURL *curl, CURLoption option, const message *m, const char *key, arena *a)
{
	span value = message_get(m, key);
	if (value.n)
		curl_easy_setopt(curl, option, arena_string(a, value));
}

static void delivery_init(delivery *d, CURL *curl, const message *m, arena *a)
{
	*d = (delivery){.curl = curl};
	list_each(const message_field, f, &m->fields)
		if (span_is(f->key, "header"))
			d->headers = curl_slist_append(d->headers, arena_string(a, f->value));
	d->headers = curl_slist_append(d->headers, "Expect:"); /* no round trip before large alerts */
	helper_bounds(curl);
	helper_trust(curl, message_get(m, "ca").n ? arena_string(a, message_get(m, "ca")) : NULL, false);
	set_file(curl, CURLOPT_URL, m, "url", a);
	set_file(curl, CURLOPT_SSLCERT, m, "client-cert", a);
	set_file(curl, CURLOPT_SSLKEY, m, "client-key", a);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)DELIVER_SECONDS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "bulkhead");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, d->headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, d->text);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
}

static int say(const char *key, const char *value, error *e)
{
	auto_buffer out = {0};
	message_add(&out, key, span_of(value));
	message_end(&out, (span){0});
	return message_write(STDOUT_FILENO, buffer_span(&out), e);
}

static bool later(CURLcode result, long status)
{
	return result != CURLE_OK || status == 408 || status == 425 || status == 429 || status >= 500;
}

static void pause_for(const delivery *d, CURLcode result, unsigned attempt)
{
	curl_off_t asked = 0;
	unsigned ms = attempt < 7 ? FIRST_PAUSE_MS << attempt : LAST_PAUSE_MS;
	if (result == CURLE_OK)
		curl_easy_getinfo(d->curl, CURLINFO_RETRY_AFTER, &asked);
	if (asked > 0)
		ms = asked < LAST_PAUSE_MS / 1000 ? (unsigned)asked * 1000 : LAST_PAUSE_MS;
	struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
	nanosleep(&pause, NULL);
}

static int deliver_one(delivery *d, span alert, error *e)
{
	char words[64];
	curl_easy_setopt(d->curl, CURLOPT_POSTFIELDS, alert.p ? alert.p : "");
	curl_easy_setopt(d->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)alert.n);
	for (unsigned attempt = 0;; attempt += attempt < 7) {
		long status = 0;
		d->text[0] = 0;
		CURLcode result = curl_easy_perform(d->curl);
		curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &status);
		snprintf(words, sizeof words, "HTTP %ld", status);
		if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
			return say("refused", curl_easy_strerror(result), e);
		if (!later(result, status))
			return status >= 200 && status < 300 ? say("status", words, e)
							     : say("refused", words, e);
		TRY(say("trouble",
			result == CURLE_OK ? words
			: d->text[0]       ? d->text
					   : curl_easy_strerror(result),
			e));
		pause_for(d, result, attempt);
	}
}

int helper_deliver(CURL *curl, error *e)
{
	auto_buffer in = {0};
	arena first = {0};
	message m;
	delivery d = {0};
	int got = message_read(STDIN_FILENO, &in, &first, &m, e);
	if (got > 0)
		delivery_init(&d, curl, &m, &first);
	while (got > 0) {
		arena a = {0};
		got = message_read(STDIN_FILENO, &in, &a, &m, e);
		if (got > 0 && deliver_one(&d, m.body, e) < 0)
			got = -e->code;
		arena_done(&a);
	}
	curl_slist_free_all(d.headers);
	arena_done(&first);
	return got;
}
