/* SPDX-License-Identifier: Apache-2.0
 *
 * Load for the benchmark of watch: does one thing over and over, and prints nanoseconds a round, or how many rounds there were. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static const char *self;

static void act_getppid(void)
{
	syscall(SYS_getppid);
}

static void act_open(void)
{
	close(open("/usr/lib/os-release", O_RDONLY));
}

static void act_spawn(void)
{
	pid_t child = vfork();
	if (child == 0) {
		execl(self, self, "nothing", (char *)NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {{"getppid", act_getppid}, {"open", act_open}, {"spawn", act_spawn}};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median of 21 runs: one round in nanoseconds. */
static void measure(void (*act)(void), long rounds)
{
	double runs[21];
	for (int i = 0; i < 21; i++) {
		uint64_t start = now();
		for (long j = 0; j < rounds; j++)
			act();
		runs[i] = (double)(now() - start) / (double)rounds;
	}
	qsort(runs, 21, sizeof *runs, compare);
	printf("%.1f\n", runs[10]);
}

typedef struct storm {
	void (*act)(void);
	uint64_t until, rounds;
} storm;

static void *blow(void *of)
{
	storm *s = of;
	while (now() < s->until)
		for (int i = 0; i < 16; i++, s->rounds++)
			s->act();
	return NULL;
}

/* Two threads for some seconds. */
static void storms(void (*act)(void), long seconds)
{
	storm two[2];
	pthread_t threads[2];
	for (int i = 0; i < 2; i++) {
		two[i] = (storm){act, now() + (uint64_t)seconds * 1000000000u, 0};
		pthread_create(&threads[i], NULL, blow, &two[i]);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%llu\n", (unsigned long long)(two[0].rounds + two[1].rounds));
}

int main(int argc, char **argv)
{
	self = argv[0];
	for (size_t i = 0; argc == 4 && i < sizeof acts / sizeof *acts; i++) {
		if (strcmp(argv[1], acts[i].name) != 0)
			continue;
		if (strcmp(argv[2], "each") == 0)
			measure(acts[i].act, atol(argv[3]));
		else
			storms(acts[i].act, atol(argv[3]));
	}
	return 0;
}
