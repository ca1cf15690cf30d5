/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * Sending a record. Nobody is woken up for one: the reader comes by itself every so often. When the buffer is nearly full, each process
 * may have only its share of what is left, so that none can hide what the others do behind its own noise. */
#pragma once

#include "section.h"

static __always_inline bool share_new(const record *r)
{
	record_share share = {.time = r->time, .tokens = SHARE_BURST - 1};
	__u32 pid = r->pid;
	__builtin_memcpy(share.comm, r->comm, sizeof share.comm);
	bpf_map_update_elem(&shares, &pid, &share, BPF_ANY);
	return true;
}

static __always_inline bool share_take(const record *r)
{
	__u32 pid = r->pid;
	record_share *share = bpf_map_lookup_elem(&shares, &pid);
	if (!share)
		return share_new(r);
	__u64 more = r->time > share->time ? (r->time - share->time) / SHARE_INTERVAL : 0;
	share->time += more * SHARE_INTERVAL;
	share->tokens += more;
	if (share->tokens > SHARE_BURST)
		share->tokens = SHARE_BURST;
	if (share->tokens == 0) {
		__sync_fetch_and_add(&share->held, 1);
		return false;
	}
	share->tokens--;
	return true;
}

/* Execs, forks and exits come in any case: what is known of processes hangs on them. */
static __always_inline bool share_left(const record *r)
{
	return r->kind != RECORD_CALL || bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) < SHARED_BYTES ||
	       share_take(r);
}

/* Gives whether it was sent. */
static __always_inline bool record_send(workroom *w, __u64 wakeup)
{
	watch_counters *c = counters_get();
	if (!c)
		return false;
	if (!share_left(&w->head)) {
		c->held++;
		return false;
	}
	if (bpf_ringbuf_output(&records, &w->head, sizeof w->head + data_end(w), wakeup) < 0) {
		c->lost++;
		return false;
	}
	c->sent++;
	return true;
}
