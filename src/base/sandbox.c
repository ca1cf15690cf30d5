/* SPDX-License-Identifier: Apache-2.0
 *
 * Landlock (landlock(7)) and seccomp (seccomp(2)), by the kernel's own interface. */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- files --- */

/* All that changes a file system, as of the first version of Landlock; reading is not restricted. */
enum {
	WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
		 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
		 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
};

static void allow_folder(int rules, const char *path)
{
	struct landlock_path_beneath_attr beneath = {.allowed_access = WRITES};
	beneath.parent_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return; /* writing the report will say why */
	syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
}

static bool restrict_files(const char *const *folders, uint32_t count)
{
	struct landlock_ruleset_attr all = {.handled_access_fs = WRITES};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0)
		return false;
	for (uint32_t i = 0; i < count; i++)
		allow_folder(rules, folders[i]);
	bool held = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return held;
}

/* --- calls --- */

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef THIS_ARCHITECTURE

/* The network comes first, so that it can be left out. */
static const uint32_t refused[] = {
	SYS_socket,
	SYS_socketpair,
	SYS_connect,
	SYS_bind,
	SYS_sendto,
	SYS_sendmsg,
	SYS_listen,
	SYS_accept4,
	SYS_execve,
	SYS_execveat,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_setns,
	SYS_unshare,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_io_uring_setup,
	SYS_process_vm_writev,
	SYS_init_module,
	SYS_finit_module,
	SYS_kexec_load,
	SYS_keyctl,
	SYS_userfaultfd,
#ifndef __SANITIZE_ADDRESS__ /* the leak check traces its own process */
	SYS_ptrace,
	SYS_process_vm_readv,
#endif
};
enum { REFUSED = sizeof refused / sizeof *refused, NETWORK_CALLS = 6 };

static bool restrict_calls(bool network)
{
	struct sock_filter code[4 + REFUSED + 2];
	uint16_t n = 0;
	code[n++] =
		(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (uint32_t i = network ? NETWORK_CALLS : 0; i < REFUSED;
		i++) /* jumps over the rest and the "allow" */
		code[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, refused[i], (uint8_t)(REFUSED - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	struct sock_fprog program = {.len = n, .filter = code};
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

static bool restrict_calls(bool network)
{
	(void)network;
	return false;
}

#endif

static sandbox enter(const char *const *folders, uint32_t count, bool network)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return (sandbox){0};
	sandbox ret = {.files = restrict_files(folders, count)};
	ret.calls = restrict_calls(network);
	return ret;
}

sandbox sandbox_enter(const char *const *folders, uint32_t count)
{
	return enter(folders, count, false);
}

sandbox sandbox_enter_network(const char *const *folders, uint32_t count)
{
	return enter(folders, count, true);
}

sandbox sandbox_offered(void)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	/* A NULL program is refused with EFAULT where filters are known. */
	bool calls = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) < 0 && errno == EFAULT;
	return (sandbox){.files = version > 0, .calls = calls};
}
