/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of capabilities, in the order of linux/capability.h. */
#include "kernel/capability.h"

const char *const capability_names[CAPABILITY_COUNT] = {"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
	"FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
	"NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE",
	"SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
	"CHECKPOINT_RESTORE"};

int capability_number(span name)
{
	if (name.n > 4 && span_equal_fold(span_sub(name, 0, 4), SPAN("CAP_")))
		name = span_from(name, 4);
	for (int i = 0; i < CAPABILITY_COUNT; i++)
		if (span_is_fold(name, capability_names[i]))
			return i;
	return -1;
}
