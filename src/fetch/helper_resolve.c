/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-fetch --resolve: which addresses names have, as the system's own settings say (nsswitch.conf(5), resolv.conf(5)).
 *
 * A question (fetch/message.h): name. Its answer, in any order: name, and address (several); or none of these; or silent, with the reason why nobody
 * could say.
 *
 * gethostbyname2_r(3), not getaddrinfo(3): the latter connects sockets to what it has found, to sort it, which would look as if somebody
 * went there. */
#include "fetch/helper_resolve.h"

#include "base/limits.h"
#include "base/memory.h"
#include "fetch/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A server that does not answer holds up a thread for some ten seconds. ANSWER_BYTES: what DNS can give at most. */
enum { RESOLVE_THREADS = 8, ANSWER_BYTES = 1 << 16, STACK_BYTES = 1 << 19, NOBODY = 65534 };

typedef struct resolving {
	pthread_mutex_t in_lock, out_lock;
	buffer in;
} resolving;

/* Adds what is found in one family; gives h_errno. */
static int look_up(const char *name, int family, char *room, buffer *out, uint32_t *count)
{
	struct hostent host, *found = NULL;
	char text[INET6_ADDRSTRLEN];
	int why = 0;
	if (gethostbyname2_r(name, family, &host, room, ANSWER_BYTES, &found, &why) != 0 || !found)
		return why ? why : NO_RECOVERY;
	for (char **at = found->h_addr_list; *at && *count < LIMIT_RESOLVE_ADDRESSES; at++) {
		if (!inet_ntop(found->h_addrtype, *at, text, sizeof text))
			continue;
		message_add(out, "address", span_of(text));
		++*count;
	}
	return NETDB_SUCCESS;
}

static bool is_silent(int why)
{
	return why == TRY_AGAIN || why == NO_RECOVERY || why == NETDB_INTERNAL;
}

/* One family that answers is enough: many servers do not know what to say of the other. */
static void answer_make(const char *name, char *room, buffer *out)
{
	uint32_t count = 0;
	message_add(out, "name", span_of(name));
	int four = look_up(name, AF_INET, room, out, &count);
	int six = look_up(name, AF_INET6, room, out, &count);
	if (count == 0 && is_silent(four))
		message_add(out, "silent", span_of(hstrerror(four)));
	else if (count == 0 && is_silent(six))
		message_add(out, "silent", span_of(hstrerror(six)));
	message_end(out, (span){0});
}

/* false: there are no more. */
static bool question_take(resolving *r, arena *a, span *ret)
{
	message m;
	error e;
	pthread_mutex_lock(&r->in_lock);
	int got = message_read(STDIN_FILENO, &r->in, a, &m, &e);
	/* The others may be waiting for a server: they end with the process. */
	if (got <= 0)
		_exit(got < 0);
	pthread_mutex_unlock(&r->in_lock);
	*ret = message_get(&m, "name");
	return ret->n > 0;
}

static void *thread_run(void *of)
{
	resolving *r = of;
	buffer out = {0};
	char *room = memory_zeroed(ANSWER_BYTES, 1);
	for (;;) {
		arena a = {0};
		span name;
		error e;
		if (question_take(r, &a, &name)) {
			out.n = 0;
			answer_make(arena_string(&a, name), room, &out);
			pthread_mutex_lock(&r->out_lock);
			if (message_write(STDOUT_FILENO, buffer_span(&out), &e) < 0)
				_exit(EXIT_FAILURE);
			pthread_mutex_unlock(&r->out_lock);
		}
		arena_done(&a);
	}
	return NULL;
}

/* What answers of servers are parsed by need not be root; where this cannot be (in the sandbox of a service), it is one without rights. */
static void rights_drop(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	if (geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
		setresuid(NOBODY, NOBODY, NOBODY) == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* the change of the user has undone it */
	syscall(SYS_capset, &header, none);
}

void helper_resolve(void)
{
	resolving r = {.in_lock = PTHREAD_MUTEX_INITIALIZER, .out_lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_attr_t attributes;
	pthread_t thread;
	rights_drop();
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	for (int i = 1; i < RESOLVE_THREADS; i++)
		pthread_create(&thread, &attributes, thread_run, &r);
	thread_run(&r);
	_exit(EXIT_SUCCESS);
}
