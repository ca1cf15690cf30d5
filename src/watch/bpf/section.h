/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * The texts of a record, each behind the one before it. */
#pragma once

#include "maps.h"

/* The compiler may not use what it knows of a number; so the check behind it stays where the verifier looks for it. */
#define VERIFIED(number) asm volatile("" : "+r"(number))

/* Where the next section begins; what is too much is left out. */
static __always_inline __u32 data_end(const workroom *w)
{
	__u32 end = w->end;
	if (end >= RECORD_DATA)
		end = RECORD_DATA - 1;
	VERIFIED(end);
	return end & (RECORD_DATA - 1);
}

static __always_inline void section_text(workroom *w, record_section which, const void *user)
{
	__u32 end = data_end(w);
	long n = bpf_probe_read_user_str(w->data + end, RECORD_TEXT, user);
	if (n <= 0)
		return;
	w->head.lengths[which] = (__u16)n;
	w->end = end + (__u32)n;
}

static __always_inline void section_bytes(workroom *w, record_section which, const void *user, __u32 n)
{
	__u32 end = data_end(w);
	if (n >= RECORD_TEXT)
		n = RECORD_TEXT - 1;
	VERIFIED(n);
	n &= RECORD_TEXT - 1;
	if (n == 0 || bpf_probe_read_user(w->data + end, n, user) < 0)
		return;
	w->head.lengths[which] = (__u16)n;
	w->end = end + n;
}
