/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of mounts: lines lie in the input, paths are absolute, escapes only shorten. */
#include "fuzz.h"
#include "kernel/proc.h"

static bool lies_in(span part, span whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

FUZZ(bytes)
{
	arena a = {0};
	proc_mounts mounts = {0};
	span rest;
	proc_mounts_read(bytes, &a, &mounts);
	list_each(const proc_mount, m, &mounts) {
		FUZZ_HOLDS(lies_in(m->line, bytes) && lies_in(m->options, m->line) &&
			   lies_in(m->super, m->line));
		FUZZ_HOLDS(m->target.n && m->target.p[0] == '/' && m->target.n <= m->line.n &&
			   m->root.n <= m->line.n);
		FUZZ_HOLDS(m->id >= 0 && m->parent >= 0);
		if (proc_below(m->target, m->root, &rest))
			FUZZ_HOLDS(rest.n <= m->target.n);
		if (proc_option(m->super, "size", &rest))
			FUZZ_HOLDS(lies_in(rest, m->super));
	}
	arena_done(&a);
}
