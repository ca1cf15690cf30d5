/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "test.h"
#include "watch/alert_limit.h"
#include "watch/output_parts.h"
#include "watch/serve.h"

#include <stdio.h>

/* --- queues --- */

static bool add(output_queue *q, const char *line)
{
	output_alert a = {span_of(line), WATCH_NOTICE, 5};
	return output_queue_add(q, &a);
}

TEST(queue_sends_in_order_and_in_parts)
{
	output_queue q = {0};
	struct iovec pieces[8];
	CHECK(add(&q, "one\n") && add(&q, "two\n") && add(&q, "three\n"));
	CHECK(output_queue_gather(&q, pieces, 8, 6) == 2 && pieces[1].iov_len == 2);
	CHECK(output_queue_sent(&q, 6) == 1 && q.count == 2);
	CHECK(output_queue_gather(&q, pieces, 8, 100) == 2);
	CHECK(span_is((span){pieces[0].iov_base, pieces[0].iov_len}, "o\n"));
	CHECK(output_queue_sent(&q, 2) == 1 && q.count == 1 && q.sent == 0);
	CHECK(output_queue_gather(&q, pieces, 8, 100) == 1);
	CHECK(output_queue_sent(&q, 6) == 1 && q.count == 0);
	CHECK(output_queue_gather(&q, pieces, 8, 100) == 0);
	output_queue_done(&q);
}

TEST(queue_gives_again_what_was_not_taken)
{
	output_queue q = {0};
	output_alert a;
	CHECK(add(&q, "one\n") && add(&q, "two\n"));
	output_queue_advance(&q);
	output_queue_advance(&q);
	CHECK(!output_queue_next(&q, &a));
	output_queue_taken(&q);
	output_queue_rewind(&q);
	CHECK(output_queue_next(&q, &a) && span_is(a.line, "two\n") && a.priority == WATCH_NOTICE &&
		a.time == 5);
	output_queue_taken(&q); /* nothing is with the destination */
	CHECK(q.count == 1);
	output_queue_done(&q);
}

TEST(queue_is_bounded)
{
	output_queue q = {0};
	uint32_t n = 0;
	while (n <= LIMIT_WATCH_QUEUE && add(&q, "x\n"))
		n++;
	CHECK(n == LIMIT_WATCH_QUEUE);
	output_queue_advance(&q);
	output_queue_taken(&q);
	CHECK(add(&q, "y\n") && !add(&q, "z\n"));
	output_queue_done(&q);
	auto_buffer large = {0};
	buffer_repeat(&large, 'x', LIMIT_WATCH_ALERT_BYTES);
	output_alert a = {buffer_span(&large), WATCH_DEBUG, 0};
	output_queue bytes = {0};
	for (n = 0; output_queue_add(&bytes, &a); n++)
		;
	CHECK(n >= 15 && n <= 16);
	buffer_add_byte(&large, 'x');
	a.line = buffer_span(&large);
	output_queue none = {0};
	CHECK(!output_queue_add(&none, &a));
	output_queue_done(&bytes);
}

/* --- rates --- */

static bool take(alert_limit *l, const char *rule, const char *container, uint64_t ms, uint64_t *held)
{
	*held = 0;
	return alert_limit_take(l, span_of(rule), span_of(container), ms * 1000000u, held);
}

static void count_held(void *of, span rule, span container, uint64_t held)
{
	(void)rule, (void)container;
	*(uint64_t *)of += held;
}

TEST(limit_is_for_each_rule_and_container)
{
	alert_limit *l;
	error e;
	uint64_t held;
	CHECK(alert_limit_new("2/s", &l, &e) == 0);
	CHECK(take(l, "a", "x", 1000, &held) && take(l, "a", "x", 1000, &held) &&
		!take(l, "a", "x", 1000, &held));
	CHECK(take(l, "a", "y", 1000, &held) && take(l, "b", "x", 1000, &held));
	CHECK(!take(l, "a", "x", 1400, &held));
	CHECK(take(l, "a", "x", 1600, &held) && held == 2);
	CHECK(!take(l, "a", "x", 900, &held)); /* clocks may go back */
	uint64_t told = 0;
	alert_limit_due(l, 1000000000u, false, count_held, &told);
	CHECK(told == 0);
	alert_limit_due(l, 3000000000u, false, count_held, &told);
	CHECK(told == 1);
	alert_limit_due(l, 9000000000u, true, count_held, &told);
	CHECK(told == 1);
	alert_limit_free(l);
}

TEST(limit_keeps_a_bounded_number_of_pairs)
{
	alert_limit *l;
	error e;
	uint64_t held = 0, sum = 0, passed = 0, told = 0;
	CHECK(alert_limit_new("1/h", &l, &e) == 0);
	for (uint32_t i = 0; i < 5 * LIMIT_WATCH_RATES; i++) {
		char name[16];
		snprintf(name, sizeof name, "%u", i);
		bool through = take(l, "r", name, i, &held);
		passed += through;
		sum += held;
	}
	alert_limit_due(l, 0, true, count_held, &told);
	CHECK(passed + sum + told == 5 * LIMIT_WATCH_RATES);
	CHECK(passed >= LIMIT_WATCH_RATES && passed < 2 * LIMIT_WATCH_RATES);
	alert_limit_free(l);
}

TEST(limit_words)
{
	static const char *const wrong[] = {
		"", "10", "/m", "10/", "10/d", "-1/s", "0/s", "1000001/s", "1/m/m", "x/m"};
	alert_limit *l;
	error e;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(alert_limit_new(wrong[i], &l, &e) < 0);
}

/* --- pages --- */

TEST(request_heads)
{
	static const struct {
		const char *head;
		int status;
		const char *path;
	} rows[] = {
		{"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 1, "/metrics"},
		{"GET /a?b#c HTTP/1.0\n\n", 1, "/a"},
		{"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 1, "/"},
		{"GET / HTTP/1.1\r\n", 0, NULL},
		{"", 0, NULL},
		{"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", -413, NULL},
		{"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", -413, NULL},
		{"GET / HTTP/2.0\r\n\r\n", -505, NULL},
		{"GET http://x/ HTTP/1.1\r\n\r\n", -400, NULL},
		{"GET  / HTTP/1.1\r\n\r\n", -400, NULL},
		{"GET /\r\n\r\n", -400, NULL},
		{"G(T / HTTP/1.1\r\n\r\n", -400, NULL},
		{"GET / HTTP/1.1\r\nnothing\r\n\r\n", -400, NULL},
		{"GET / HTTP/1.1\r\nspace : x\r\n\r\n", -400, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		serve_request q = {0};
		CHECK(serve_request_parse(span_of(rows[i].head), &q) == rows[i].status);
		CHECK(rows[i].status != 1 || span_is(q.path, rows[i].path));
	}
	auto_buffer large = {0};
	serve_request q;
	buffer_repeat(&large, 'x', LIMIT_SERVE_HEAD);
	CHECK(serve_request_parse(buffer_span(&large), &q) == -431);
}

TEST(listen_words)
{
	static const char *const wrong[] = {
		"", ":", "x:1", "1.2.3:1", "65536", "-1", "::1:80", "[::1:80", "127.0.0.1:"};
	server *s;
	error e;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(server_open(wrong[i], &s, &e) < 0);
	CHECK(server_open("127.0.0.1:0", &s, &e) == 0 && server_port(s) > 0);
	server_close(s);
}

TEST_MAIN()
