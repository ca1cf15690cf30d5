/* SPDX-License-Identifier: Apache-2.0
 *
 * One block is handed over at a time. Where no thread can be started the bytes are hashed at once. */
#include "image/digest.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREAD_FROM_BYTES = 1 << 20 }; /* shorter streams are hashed before a thread would have started */

struct digest {
	stream in;
	sha256 *hash;
	uint64_t bytes;
	bool started, tried;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	span block; /* to be hashed; empty: there is none. Below the lock, as is: */
	bool done;
};

digest *digest_open(stream in, bool lasting)
{
	digest *d = memory_zeroed(1, sizeof *d);
	d->in = in;
	d->tried = !lasting;
	d->hash = sha256_new();
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->changed, NULL);
	return d;
}

static void *work(void *of)
{
	digest *d = of;
	pthread_mutex_lock(&d->lock);
	for (;;) {
		while (d->block.n == 0 && !d->done)
			pthread_cond_wait(&d->changed, &d->lock);
		if (d->block.n == 0)
			break;
		span block = d->block;
		pthread_mutex_unlock(&d->lock);
		sha256_add(d->hash, block);
		pthread_mutex_lock(&d->lock);
		d->block = (span){0};
		pthread_cond_signal(&d->changed);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static void start(digest *d)
{
	if (d->tried || d->bytes < THREAD_FROM_BYTES)
		return;
	d->tried = true;
	d->started = pthread_create(&d->thread, NULL, work, d) == 0;
}

/* Returns once the block before this one is hashed. */
static void give(digest *d, span block)
{
	start(d);
	if (!d->started) {
		sha256_add(d->hash, block);
		return;
	}
	pthread_mutex_lock(&d->lock);
	while (d->block.n)
		pthread_cond_wait(&d->changed, &d->lock);
	d->block = block;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

static int digest_next(void *of, span *ret, error *e)
{
	digest *d = of;
	int got = d->in.next(d->in.of, ret, e);
	if (got > 0) {
		d->bytes += ret->n;
		give(d, *ret);
	}
	return got;
}

stream digest_stream(digest *d)
{
	return (stream){digest_next, d};
}

static void stop(digest *d)
{
	if (!d->started)
		return;
	pthread_mutex_lock(&d->lock);
	d->done = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	d->started = false;
}

void digest_text(digest *d, char ret[SHA256_TEXT + 1])
{
	stop(d);
	sha256_text(d->hash, ret);
}

void digest_close(digest *d)
{
	if (!d)
		return;
	stop(d);
	sha256_free(d->hash);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
