/* SPDX-License-Identifier: Apache-2.0
 *
 * What is kept comes out as it went in, in its order, and there is an end to what is kept. */
#include "test.h"

#include "base/limits.h"
#include "watch/backlog.h"

#include <string.h>

static char text[RECORD_DATA];

/* Lengths of all kinds, the shortest and the longest among them. */
static size_t length_of(uint32_t i)
{
	return i % 7 == 0 ? 0 : i % 11 == 0 ? sizeof text : (i * 7919u) % 900;
}

static bool add(backlog *b, uint32_t i)
{
	record r = {.tid = i};
	memset(text, (int)('a' + i % 26), sizeof text);
	return backlog_add(b, &r, (span){text, length_of(i)});
}

static bool take(backlog *b, uint32_t i)
{
	record r;
	span data;
	bool same = backlog_next(b, &r, &data) && r.tid == i && data.n == length_of(i);
	for (size_t j = 0; same && j < data.n; j++)
		same = data.p[j] == (char)('a' + i % 26);
	return same;
}

TEST(in_order)
{
	backlog b = {0};
	record r;
	span data;
	uint32_t in = 0, out = 0;
	CHECK(!backlog_next(&b, &r, &data));
	for (uint32_t round = 0; round < 40; round++) {
		for (uint32_t i = 0; i < 50 + round; i++)
			CHECK(add(&b, in++));
		for (uint32_t i = 0; i < 45 + round; i++)
			CHECK(take(&b, out++));
	}
	while (out < in)
		CHECK(take(&b, out++));
	CHECK(!backlog_next(&b, &r, &data));
	CHECK_INT(b.bytes, 0);
	backlog_done(&b);
}

TEST(bounded)
{
	backlog b = {0};
	record r = {0};
	uint32_t n = 1;
	while (backlog_add(&b, &r, (span){text, sizeof text}))
		n++;
	CHECK(b.bytes <= LIMIT_WATCH_BACKLOG);
	CHECK(n > LIMIT_WATCH_BACKLOG / (2 * sizeof text));
	backlog_done(&b);
	CHECK(b.bytes == 0 && !b.first);
}

TEST_MAIN()
