/* SPDX-License-Identifier: Apache-2.0
 *
 * The status of a process, and ids as its user namespace has them: numbers stay in their ranges, mapped ids belong to a row. */
#include "fuzz.h"
#include "kernel/proc.h"

FUZZ(bytes)
{
	proc_status s;
	static proc_id_map map;
	proc_id_map_read(bytes, &map);
	FUZZ_HOLDS(map.count <= PROC_ID_ROWS);
	for (uint32_t i = 0; i < map.count; i++) {
		uint32_t id;
		uint64_t last = (uint64_t)map.rows[i].inside + map.rows[i].count;
		FUZZ_HOLDS(map.rows[i].count > 0);
		FUZZ_HOLDS(proc_id_inside(&map, map.rows[i].outside, &id));
		FUZZ_HOLDS(i || (id >= map.rows[i].inside && id < last));
	}
	if (!proc_status_read(bytes, &s))
		return;
	FUZZ_HOLDS(s.pid_depth >= 0 && s.no_new_privileges >= -1 && s.seccomp >= -1 && s.parent >= -1);
	for (size_t i = 0; i < sizeof s.line / sizeof *s.line; i++)
		FUZZ_HOLDS(s.line[i].n == 0 ||
			   (s.line[i].p >= bytes.p && s.line[i].p + s.line[i].n <= bytes.p + bytes.n));
	proc_status_line(bytes, "CapEff");
}
