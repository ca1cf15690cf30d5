/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that decide over devices: any bytes are run to an end, with an answer that does not change. */
#include "fuzz.h"
#include "kernel/device_program.h"

#include <linux/bpf.h>

FUZZ(bytes)
{
	static struct bpf_insn program[4096];
	size_t count = bytes.n / sizeof *program;
	const device_request request = {6 << 16 | 2, 1, 3};
	if (count > sizeof program / sizeof *program)
		return;
	if (count)
		memcpy(program, bytes.p, count * sizeof *program);
	int answer = device_program_run(program, count, &request);
	FUZZ_HOLDS(answer >= -1 && answer <= 1);
	FUZZ_HOLDS(answer == device_program_run(program, count, &request));
}
