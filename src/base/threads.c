/* SPDX-License-Identifier: Apache-2.0
 *
 * The parallel loop: threads take the next index from one counter. */
#include "base/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { THREADS_MAX = 64 };

typedef struct loop {
	void (*run)(void *of, uint32_t i);
	void *of;
	uint32_t count;
	atomic_uint next;
} loop;

unsigned threads_available(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static void *loop_work(void *arg)
{
	loop *l = arg;
	for (uint32_t i; (i = atomic_fetch_add(&l->next, 1)) < l->count;)
		l->run(l->of, i);
	return NULL;
}

void threads_run(unsigned threads, uint32_t count, void (*run)(void *of, uint32_t i), void *of)
{
	loop l = {.run = run, .of = of, .count = count};
	pthread_t others[THREADS_MAX];
	unsigned started = 0;
	while (started + 1 < threads && started + 1 < count && started < THREADS_MAX &&
		pthread_create(&others[started], NULL, loop_work, &l) == 0)
		started++;
	loop_work(&l);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}
