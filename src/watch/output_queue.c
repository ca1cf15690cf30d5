/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of one destination: one growing run of bytes, whose start moves. */
#include "watch/output_parts.h"

#include "base/limits.h"

/* Before the bytes of each alert. */
typedef struct frame {
	uint64_t time;
	uint32_t n;
	uint32_t priority;
} frame;

enum { QUEUE_KEEP = 1 << 20 };

/* What is through is given back once it is the larger part: each byte is moved once at most. */
static void make_room(output_queue *q)
{
	if (q->head < q->bytes.n / 2)
		return;
	memmove(q->bytes.p, q->bytes.p + q->head, q->bytes.n - q->head);
	q->bytes.n -= q->head;
	q->next -= q->head;
	q->head = 0;
	if (q->bytes.n == 0 && q->bytes.room > QUEUE_KEEP)
		buffer_done(&q->bytes);
}

bool output_queue_add(output_queue *q, const output_alert *a)
{
	if (q->head)
		make_room(q);
	if (q->count >= LIMIT_WATCH_QUEUE || a->line.n > LIMIT_WATCH_ALERT_BYTES ||
		q->bytes.n - q->head > LIMIT_WATCH_QUEUE_BYTES - a->line.n)
		return false;
	frame f = {a->time, (uint32_t)a->line.n, (uint32_t)a->priority};
	buffer_add(&q->bytes, (span){(const char *)&f, sizeof f});
	buffer_add(&q->bytes, a->line);
	q->count++;
	return true;
}

static frame frame_at(const output_queue *q, size_t at)
{
	frame f;
	memcpy(&f, q->bytes.p + at, sizeof f);
	return f;
}

bool output_queue_next(const output_queue *q, output_alert *ret)
{
	if (q->ahead == q->count)
		return false;
	frame f = frame_at(q, q->next);
	*ret = (output_alert){{q->bytes.p + q->next + sizeof f, f.n}, (watch_priority)f.priority, f.time};
	return true;
}

void output_queue_advance(output_queue *q)
{
	if (q->ahead == q->count)
		return;
	q->next += sizeof(frame) + frame_at(q, q->next).n;
	q->ahead++;
	q->sent = 0;
}

void output_queue_taken(output_queue *q)
{
	if (q->ahead == 0)
		return;
	q->head += sizeof(frame) + frame_at(q, q->head).n;
	q->ahead--;
	q->count--;
}

int output_queue_gather(const output_queue *q, struct iovec *pieces, int room, size_t most)
{
	int ret = 0;
	size_t at = q->next, skip = q->sent;
	for (uint32_t i = q->ahead; i < q->count && ret < room && most; i++) {
		frame f = frame_at(q, at);
		size_t n = f.n - skip < most ? f.n - skip : most;
		pieces[ret++] = (struct iovec){q->bytes.p + at + sizeof f + skip, n};
		most -= n;
		at += sizeof f + f.n;
		skip = 0;
	}
	return ret;
}

uint32_t output_queue_sent(output_queue *q, size_t n)
{
	uint32_t ret = 0;
	q->sent += n;
	for (output_alert a; output_queue_next(q, &a) && q->sent >= a.line.n; ret++) {
		size_t rest = q->sent - a.line.n;
		output_queue_advance(q);
		output_queue_taken(q);
		q->sent = rest;
	}
	return ret;
}

void output_queue_rewind(output_queue *q)
{
	q->next = q->head;
	q->ahead = 0;
	q->sent = 0;
}

void output_queue_done(output_queue *q)
{
	buffer_done(&q->bytes);
}
