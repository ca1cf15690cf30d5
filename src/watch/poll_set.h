/* SPDX-License-Identifier: Apache-2.0
 *
 * The descriptors that one poll(2) waits for. Those who add one need not be told which was ready: they try, and nothing blocks. */
#pragma once

#include <poll.h>
#include <stdint.h>

/* Outputs with two descriptors each, the connections of the server, signals, rule files. */
enum { POLL_SET_MAX = 192 };

typedef struct poll_set {
	struct pollfd fds[POLL_SET_MAX];
	uint32_t count;
} poll_set;

/* Nothing happens for fd < 0, or when the set is full: it is then looked at when the time is over. */
static inline void poll_set_add(poll_set *s, int fd, short events)
{
	if (fd >= 0 && s->count < POLL_SET_MAX)
		s->fds[s->count++] = (struct pollfd){.fd = fd, .events = events};
}
