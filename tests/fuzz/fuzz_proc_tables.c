/* SPDX-License-Identifier: Apache-2.0
 *
 * The small tables: limits, devices of cgroup version 1, unix sockets, descriptors, the start of a process, command lines of supervisors. The first byte
 * chooses. */
#include "fuzz.h"
#include "kernel/proc.h"

FUZZ(bytes)
{
	proc_limit limit;
	proc_device device;
	proc_unix socket;
	proc_descriptor descriptor;
	proc_supervisor supervisor;
	uint64_t started;
	if (!bytes.n)
		return;
	span rest = span_from(bytes, 1);
	if (bytes.p[0] == 'l')
		while (proc_limit_next(&rest, &limit))
			FUZZ_HOLDS(limit.name && limit.soft >= -1 && limit.hard >= -1);
	else if (bytes.p[0] == 'd')
		while (proc_device_next(&rest, &device)) {
			FUZZ_HOLDS(device.type == 'a' || device.type == 'b' || device.type == 'c');
			FUZZ_HOLDS(device.major >= -1 && device.minor >= -1 && device.access.n);
		}
	else if (bytes.p[0] == 'f') {
		proc_descriptor_read(rest, &descriptor);
		FUZZ_HOLDS(descriptor.mount >= -1 && descriptor.pid >= -1 && descriptor.pid_depth >= 0);
	} else if (bytes.p[0] == 's')
		proc_stat_started(rest, &started);
	else if (bytes.p[0] == 'c') {
		if (proc_supervisor_read(rest, &supervisor))
			FUZZ_HOLDS(supervisor.foreground || supervisor.id.n);
	} else
		while (proc_unix_next(&rest, &socket))
			FUZZ_HOLDS(socket.path.n && socket.path.p[0] == '/');
}
