/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls of this architecture, and what is known against some. The usual outcomes are facts about the default profiles of Docker (moby/profiles, 2026) and
 * Podman (containers-common) for a container without added capabilities; where the two differ, the stricter counts. */
#include "kernel/seccomp.h"

#include <linux/audit.h>
#include <stdlib.h>

#if defined(__x86_64__)
const uint32_t seccomp_architecture = AUDIT_ARCH_X86_64;
#define NUMBER(name, x86_64, arm64) {#name, x86_64},
#elif defined(__aarch64__)
const uint32_t seccomp_architecture = AUDIT_ARCH_AARCH64;
#define NUMBER(name, x86_64, arm64) {#name, arm64},
#else
const uint32_t seccomp_architecture = 0;
#define NUMBER(name, x86_64, arm64) {#name, -1},
#endif

static const struct {
	const char *name;
	int32_t number;
} numbers[] = {
#include "kernel/syscall_numbers.def"
};

enum { COUNT = sizeof numbers / sizeof *numbers };

const seccomp_call *seccomp_calls(arena *a)
{
	seccomp_call *ret = ARENA_ARRAY(a, seccomp_call, COUNT + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < COUNT; i++)
		if (numbers[i].number >= 0)
			ret[n++] = (seccomp_call){numbers[i].name, (uint32_t)numbers[i].number};
	return ret;
}

#define BY_ARGUMENT (SECCOMP_RUNS | SECCOMP_REFUSED)

/* What one of them gives. */
#define MOUNTS     "mounts and moves file systems"
#define NAMESPACES "makes and enters namespaces, where the kernel offers much more to attack"
#define MODULES    "puts code into the kernel"
#define PROCESSES  "reads and changes other processes"
#define HANDLES    "opens files by handle, past what is mounted (the Shocker escape)"
#define EXPLOITS   "is what exploits of the kernel stand on"
#define KEYS       "reaches keys of the kernel that are not apart for each container"
#define CLOCK      "sets the clock of the host"
#define HARDWARE   "talks to hardware"
#define SYSTEM     "changes the whole host"
#define WATCHES    "observes the whole host"
#define WEAKENS    "takes away protections of memory"

/* clang-format off */
static const seccomp_danger dangers[] = { /* in the order of strcmp */
	{"acct", SYSTEM, SECCOMP_REFUSED},
	{"add_key", KEYS, SECCOMP_REFUSED},
	{"bpf", MODULES, SECCOMP_REFUSED},
	{"clock_settime", CLOCK, SECCOMP_REFUSED},
	{"clone", NAMESPACES, BY_ARGUMENT},
	{"clone3", NAMESPACES, SECCOMP_REFUSED},
	{"create_module", MODULES, SECCOMP_REFUSED},
	{"delete_module", MODULES, SECCOMP_REFUSED},
	{"fanotify_init", WATCHES, SECCOMP_REFUSED},
	{"finit_module", MODULES, SECCOMP_REFUSED},
	{"fsconfig", MOUNTS, SECCOMP_REFUSED},
	{"fsmount", MOUNTS, SECCOMP_REFUSED},
	{"fsopen", MOUNTS, SECCOMP_REFUSED},
	{"fspick", MOUNTS, SECCOMP_REFUSED},
	{"init_module", MODULES, SECCOMP_REFUSED},
	{"io_uring_enter", EXPLOITS, SECCOMP_REFUSED},
	{"io_uring_register", EXPLOITS, SECCOMP_REFUSED},
	{"io_uring_setup", EXPLOITS, SECCOMP_REFUSED},
	{"ioperm", HARDWARE, SECCOMP_REFUSED},
	{"iopl", HARDWARE, SECCOMP_REFUSED},
	{"kcmp", PROCESSES, SECCOMP_REFUSED},
	{"kexec_file_load", MODULES, SECCOMP_REFUSED},
	{"kexec_load", MODULES, SECCOMP_REFUSED},
	{"keyctl", KEYS, SECCOMP_REFUSED},
	{"lookup_dcookie", WATCHES, SECCOMP_REFUSED},
	{"mount", MOUNTS, SECCOMP_REFUSED},
	{"mount_setattr", MOUNTS, SECCOMP_REFUSED},
	{"move_mount", MOUNTS, SECCOMP_REFUSED},
	{"move_pages", PROCESSES, SECCOMP_REFUSED},
	{"nfsservctl", SYSTEM, SECCOMP_REFUSED},
	{"open_by_handle_at", HANDLES, SECCOMP_REFUSED},
	{"open_tree", MOUNTS, SECCOMP_REFUSED},
	{"open_tree_attr", MOUNTS, SECCOMP_REFUSED},
	{"perf_event_open", EXPLOITS, SECCOMP_REFUSED},
	{"personality", WEAKENS, BY_ARGUMENT},
	{"pidfd_getfd", PROCESSES, SECCOMP_REFUSED},
	{"pivot_root", MOUNTS, SECCOMP_REFUSED},
	{"process_madvise", PROCESSES, SECCOMP_REFUSED},
	{"process_vm_readv", PROCESSES, SECCOMP_RUNS},
	{"process_vm_writev", PROCESSES, SECCOMP_RUNS},
	{"ptrace", PROCESSES, SECCOMP_RUNS},
	{"quotactl", SYSTEM, SECCOMP_REFUSED},
	{"quotactl_fd", SYSTEM, SECCOMP_REFUSED},
	{"reboot", SYSTEM, SECCOMP_REFUSED},
	{"request_key", KEYS, SECCOMP_REFUSED},
	{"setdomainname", SYSTEM, SECCOMP_REFUSED},
	{"sethostname", SYSTEM, SECCOMP_REFUSED},
	{"setns", NAMESPACES, SECCOMP_REFUSED},
	{"settimeofday", CLOCK, SECCOMP_REFUSED},
	{"swapoff", SYSTEM, SECCOMP_REFUSED},
	{"swapon", SYSTEM, SECCOMP_REFUSED},
	{"syslog", WATCHES, SECCOMP_REFUSED},
	{"umount2", MOUNTS, SECCOMP_REFUSED},
	{"unshare", NAMESPACES, SECCOMP_REFUSED},
	{"userfaultfd", EXPLOITS, SECCOMP_REFUSED},
	{"vhangup", SYSTEM, SECCOMP_REFUSED},
};
/* clang-format on */

static int compare(const void *name, const void *row)
{
	return span_compare(*(const span *)name, span_of(((const seccomp_danger *)row)->name));
}

const seccomp_danger *seccomp_danger_of(span name)
{
	return bsearch(&name, dangers, sizeof dangers / sizeof *dangers, sizeof *dangers, compare);
}
