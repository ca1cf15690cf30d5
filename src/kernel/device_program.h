/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluates the BPF programs with which cgroups of version 2 decide over devices (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE). What runtimes and systemd load is
 * a row of comparisons; of anything else (calls, memory, jumps back) the answer is that it is not known. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

typedef struct device_request { /* struct bpf_cgroup_dev_ctx */
	uint32_t
		access; /* access << 16 | type; access of 1 make, 2 read, 4 write; type 1 block, 2 character */
	uint32_t major, minor;
} device_request;

/* 1: allowed, 0: refused, -1: it cannot be told. */
int device_program_run(const struct bpf_insn *program, size_t count, const device_request *request);
