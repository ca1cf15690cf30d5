/* SPDX-License-Identifier: Apache-2.0
 *
 * Least privilege for the auditor (capabilities(7), capset(2)). */
#include "commands/audit.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (1ull << (capability))

/* To read the environment, root and namespaces of others; files that only their owner may read; to enter network namespaces and read filters. */
#define LOOKING (BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SYS_ADMIN))

static void keep(uint64_t wanted)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {0};
	if (syscall(SYS_capget, &head, sets) < 0)
		return;
	uint64_t have = sets[0].permitted | (uint64_t)sets[1].permitted << 32, kept = have & wanted;
	for (int i = 0; i < 2; i++)
		sets[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(kept >> 32 * i), .permitted = (uint32_t)(kept >> 32 * i)};
	syscall(SYS_capset, &head, sets);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* root could otherwise get them back by starting a program */
}

void audit_privileges_reduce(bool files)
{
	keep(LOOKING | (files ? BIT(CAP_DAC_OVERRIDE) : 0));
}

/* Reading stays: the policy and the files of --against may lie in somebody's private folder. */
void audit_privileges_drop(bool files)
{
	keep(BIT(CAP_DAC_READ_SEARCH) | (files ? BIT(CAP_DAC_OVERRIDE) : 0));
}
