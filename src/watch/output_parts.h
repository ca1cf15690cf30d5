/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kinds of destinations share. */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "watch/output.h"

#include <sys/types.h>
#include <sys/uio.h>

/* Alerts in their order. Those before `next` are with the destination, which has not yet said that it took them. */
typedef struct output_queue {
	buffer bytes;
	size_t head, next;     /* offsets of the oldest alert, and of the one that is to be sent */
	size_t sent;           /* bytes of that one which are sent */
	uint32_t count, ahead; /* alerts from head, and from head to next */
} output_queue;

typedef struct output_alert {
	span line; /* with its line feed; borrowed until the queue changes */
	watch_priority priority;
	uint64_t time;
} output_alert;

/* false: it has no room for it (LIMIT_WATCH_QUEUE…). */
bool output_queue_add(output_queue *q, const output_alert *a);
/* The one that is to be sent. */
bool output_queue_next(const output_queue *q, output_alert *ret);
/* The one that is to be sent is with the destination; the oldest of these was taken. */
void output_queue_advance(output_queue *q);
void output_queue_taken(output_queue *q);
/* What is to be sent as pieces of at most `most` bytes in all; returns how many pieces. Then n bytes of these were taken: gives the number
 * of alerts that are through. */
int output_queue_gather(const output_queue *q, struct iovec *pieces, int room, size_t most);
uint32_t output_queue_sent(output_queue *q, size_t n);
/* Nothing is with the destination any more: it is all to be sent. */
void output_queue_rewind(output_queue *q);
void output_queue_done(output_queue *q);

typedef struct output output;

typedef struct output_kind {
	const char *name;
	bool must_open;                   /* from the start, or it is an error */
	bool wants_where;                 /* an empty one is an error */
	int (*open)(output *o, error *e); /* fills fd (and in) */
	int (*send)(output *o, error *e); /* 1: did something, 0: would have to wait, < 0: it is broken */
	void (*poll)(const output *o, poll_set *set); /* NULL: fd, for writing when something is queued */
	void (*shut)(output *o);                      /* closes; NULL: just fd */
	bool (*end)(output *o); /* nothing more will come: true once the destination has all; NULL: it has */
} output_kind;

struct output {
	const output_kind *kind;
	const output_options *options;
	const char *where, *name;
	arena *arena; /* of the outputs */
	int fd;       /* written to; < 0: closed */
	int in;       /* read from */
	pid_t process;
	bool stream;      /* syslog: a socket of connections */
	buffer out, back; /* http: what is being written, what was read */
	output_queue queue;
	uint64_t written, dropped, refused;
	error trouble;
	uint32_t troubles;
	bool gone, broken;
	int64_t opened, retry; /* milliseconds */
	uint32_t pause;
};

extern const output_kind output_stdout, output_file, output_syslog, output_program, output_http;

/* Writes what is queued to fd: what send is for streams. */
int output_stream_send(output *o, size_t most, error *e);

void output_shut(output *o);

/* Starts a process whose standard input is a pipe, with signals as they are at the start of a program; `back` (may be NULL) gives its
 * standard output, else that is ours. */
int output_start(output *o, const char *path, char *const arguments[], bool back, error *e);

/* Whether the process has ended (or there is none). */
bool output_ended(output *o);

int64_t output_now(void); /* milliseconds of the monotonic clock */
