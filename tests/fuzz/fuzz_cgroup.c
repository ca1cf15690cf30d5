/* SPDX-License-Identifier: Apache-2.0
 *
 * Cgroup paths and the command lines of what holds containers: what is found lies in the input, ids have 64 hex digits when they are said to. */
#include "fuzz.h"
#include "kernel/proc.h"

static bool lies_in(span part, span whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

FUZZ(bytes)
{
	proc_cgroup line;
	proc_supervisor s;
	for (span rest = bytes; proc_cgroup_next(&rest, &line);) {
		proc_cgroup_name n = proc_cgroup_identify(line.path);
		FUZZ_HOLDS(line.path.p[0] == '/' && lies_in(line.path, bytes));
		FUZZ_HOLDS(lies_in(n.id, line.path) && lies_in(n.pod, line.path));
		FUZZ_HOLDS(!n.hex || n.id.n == 64);
		FUZZ_HOLDS(n.hex || !n.monitor);
	}
	if (proc_supervisor_read(bytes, &s))
		FUZZ_HOLDS((s.id.n || s.foreground) && lies_in(s.id, bytes) && lies_in(s.name, bytes) &&
			   lies_in(s.bundle, bytes) && lies_in(s.runtime, bytes));
}
