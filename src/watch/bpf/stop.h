/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Processes that may have to be killed are stopped before they go on, so that what they began has no effect while the rules are asked. The
 * program outside kills them or lets them go; when it ends without doing so, a process that it left behind does (guardian.h). */
#pragma once

#include "send.h"

const volatile bool stops = false; /* processes may be stopped */

/* When the program outside last read records (as their time). Who does not answer for a second is not asked. */
volatile __u64 heartbeat = 0;

enum { HEARTBEAT_MOST = 1000000000 };

/* Processes that were stopped, with the time of their start, until they are let go. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} stopped SEC(".maps");

enum { SIGNAL_CONTINUE = 18, SIGNAL_STOP = 19, FIRST_PROCESS = 1 };

/* The signal comes first: the answer to the record could overtake it otherwise. Without room for the record nobody would let it go. */
static __always_inline void record_send_stopped(workroom *w)
{
	record *r = &w->head;
	__u32 pid = r->pid;
	__u64 start = r->start;
	r->stopped = pid != FIRST_PROCESS && (__s64)(r->time - heartbeat) < HEARTBEAT_MOST &&
		     bpf_map_update_elem(&stopped, &pid, &start, BPF_ANY) >= 0;
	if (r->stopped && bpf_send_signal(SIGNAL_STOP) < 0)
		r->stopped = 0;
	if (record_send(w, r->stopped ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP) && r->stopped)
		return;
	if (r->stopped)
		bpf_send_signal(SIGNAL_CONTINUE);
	bpf_map_delete_elem(&stopped, &pid);
}
