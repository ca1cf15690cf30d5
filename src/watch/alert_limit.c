/* SPDX-License-Identifier: Apache-2.0
 *
 * Token buckets in an open hash table of bounded size. */
#include "watch/alert_limit.h"

#include "base/limits.h"
#include "base/memory.h"

#include <stdlib.h>

enum { RULE_BYTES = 120, CONTAINER_BYTES = 16, FIRST_ROOM = 64, MOST_ALERTS = 1000000 };

typedef struct rate {
	uint64_t hash; /* 0: free */
	double tokens;
	uint64_t time;  /* when they were counted */
	uint64_t held;  /* and not told */
	uint64_t since; /* the first of these */
	char rule[RULE_BYTES], container[CONTAINER_BYTES];
	uint8_t rule_n, container_n;
} rate;

struct alert_limit {
	double most;
	uint64_t period; /* nanoseconds */
	rate *rates;
	uint32_t count, room; /* a power of two */
	rate others;          /* of those that there is no room for */
};

static uint64_t period_of(span s)
{
	static const struct {
		const char *word;
		uint64_t seconds;
	} rows[] = {{"s", 1}, {"m", 60}, {"h", 3600}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_is(s, rows[i].word))
			return rows[i].seconds * 1000000000u;
	return 0;
}

int alert_limit_new(const char *text, alert_limit **ret, error *e)
{
	int64_t most = 0;
	span s = span_of(text), number = {0};
	uint64_t period = span_cut(&s, '/', &number) ? period_of(s) : 0;
	if (!span_int(number, &most) || most < 1 || most > MOST_ALERTS || !period)
		return error_set(e, ERROR_USAGE,
			"--limit '%s': it takes a number from 1 to %d, and s, m or h: 10/m", text,
			MOST_ALERTS);
	alert_limit *l = memory_zeroed(1, sizeof *l);
	l->most = (double)most;
	l->period = period;
	l->others.tokens = l->most;
	l->room = FIRST_ROOM;
	l->rates = memory_zeroed(l->room, sizeof *l->rates);
	*ret = l;
	return 0;
}

void alert_limit_free(alert_limit *l)
{
	if (!l)
		return;
	free(l->rates);
	free(l);
}

static rate *slot_of(rate *rates, uint32_t room, uint64_t hash)
{
	uint32_t i = (uint32_t)(hash ^ hash >> 32) & (room - 1);
	while (rates[i].hash && rates[i].hash != hash)
		i = (i + 1) & (room - 1);
	return &rates[i];
}

/* Tokens as they are by now; full ones of which nothing is untold need not be remembered. */
static void refill(const alert_limit *l, rate *r, uint64_t now)
{
	if (now <= r->time)
		return;
	r->tokens += (double)(now - r->time) / (double)l->period * l->most;
	if (r->tokens > l->most)
		r->tokens = l->most;
	r->time = now;
}

/* Into a table that is twice as large when more than half of this one is still needed. */
static void make_room(alert_limit *l, uint64_t now)
{
	uint32_t needed = 0;
	for (uint32_t i = 0; i < l->room; i++) {
		if (!l->rates[i].hash)
			continue;
		refill(l, &l->rates[i], now);
		needed += l->rates[i].held || l->rates[i].tokens < l->most;
	}
	uint32_t room = l->room;
	if (needed > room / 4 && room < 2 * LIMIT_WATCH_RATES)
		room *= 2;
	rate *rates = memory_zeroed(room, sizeof *rates);
	l->count = 0;
	for (uint32_t i = 0; i < l->room; i++) {
		const rate *r = &l->rates[i];
		if (!r->hash || !(r->held || r->tokens < l->most))
			continue;
		*slot_of(rates, room, r->hash) = *r;
		l->count++;
	}
	free(l->rates);
	l->rates = rates;
	l->room = room;
}

static rate *rate_of(alert_limit *l, span rule, span container, uint64_t now)
{
	uint64_t hash = (span_hash(rule) * 31 + span_hash(container)) | 1;
	rate *r = slot_of(l->rates, l->room, hash);
	if (r->hash)
		return r;
	if (l->count >= l->room / 2) {
		/* A full table is not looked through for every stranger. */
		if (l->count >= LIMIT_WATCH_RATES && now - l->others.since < l->period)
			return &l->others;
		l->others.since = now;
		make_room(l, now);
		if (l->count >= LIMIT_WATCH_RATES)
			return &l->others;
		r = slot_of(l->rates, l->room, hash);
	}
	span rule_kept = span_sub(rule, 0, RULE_BYTES),
	     container_kept = span_sub(container, 0, CONTAINER_BYTES);
	*r = (rate){.hash = hash,
		.tokens = l->most,
		.time = now,
		.rule_n = (uint8_t)rule_kept.n,
		.container_n = (uint8_t)container_kept.n};
	memcpy(r->rule, rule_kept.p ? rule_kept.p : "", rule_kept.n);
	memcpy(r->container, container_kept.p ? container_kept.p : "", container_kept.n);
	l->count++;
	return r;
}

bool alert_limit_take(alert_limit *l, span rule, span container, uint64_t time, uint64_t *ret_held)
{
	rate *r = rate_of(l, rule, container, time);
	refill(l, r, time);
	if (r->tokens < 1) {
		if (r->held++ == 0 && r != &l->others)
			r->since = time;
		return false;
	}
	r->tokens -= 1;
	*ret_held = r->held;
	r->held = 0;
	return true;
}

static void tell_one(const alert_limit *l, rate *r, uint64_t now, bool all, alert_limit_tell *tell, void *of)
{
	if (r->held == 0 || !(all || now >= r->since + l->period))
		return;
	uint64_t held = r->held;
	r->held = 0;
	tell(of, (span){r->rule, r->rule_n}, (span){r->container, r->container_n}, held);
}

void alert_limit_due(alert_limit *l, uint64_t now, bool all, alert_limit_tell *tell, void *of)
{
	for (uint32_t i = 0; i < l->room; i++)
		tell_one(l, &l->rates[i], now, all, tell, of);
	tell_one(l, &l->others, now, all, tell, of);
}
