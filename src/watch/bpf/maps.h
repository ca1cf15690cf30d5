/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * What the program outside sets and reads, and the room in which a record is built. */
#pragma once

#include "kernel.h"
#include "record.h"

enum {
	NAME_MASK = 255, /* bytes of the name of a file */
};

const volatile bool unified = false;      /* cgroups are those of version 2 */
const volatile bool compat_alone = false; /* calls of others have tracepoints of their own */
const volatile __u32 own_pid = 0;         /* the watcher's own deeds are not told */

/* Which call it is that a 32-bit program makes: 1 + its number elsewhere; 0: none that is told. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COMPAT_ROWS);
	__type(key, __u32);
	__type(value, __u32);
} compat SEC(".maps");

/* What is known of cgroups. Those of containers that are long gone make room; one that is forgotten is told anew. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u8);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RECORDS_BYTES);
} records SEC(".maps");

/* Of processes that made calls while the buffer was nearly full. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, record_share);
} shares SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, watch_counters);
} counters SEC(".maps");

/* Positions are kept here and not in variables: the verifier then knows nothing of them, and so has only one state to follow. */
typedef struct workroom {
	__u32 taken;  /* where rooms are lent */
	__u32 end;    /* of what is in data */
	__u32 start;  /* of what is in path, which is filled from its end on */
	__u32 compat; /* the call is a 32-bit program's */
	__u32 whole;  /* the path begins at the root; otherwise its beginning is missing */
	record head;
	char data[RECORD_DATA + RECORD_PATH];
	char path[RECORD_PATH + NAME_MASK + 1];
	char raw[RECORD_RAW];
	prefix_key prefix;
	suffix_key suffix;
} workroom;

static __always_inline watch_counters *counters_get(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&counters, &zero);
}
