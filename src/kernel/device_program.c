/* SPDX-License-Identifier: Apache-2.0
 *
 * A small interpreter: moves, 32 and 64 bit arithmetic without division, loads from the request, jumps forward. Every step goes forward, so it ends. */
#include "kernel/device_program.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <string.h>

enum { REGISTERS = 11, CONTEXT = 1 /* the register that points to the request */, SIZE_MASK = 0x18 };

typedef struct machine {
	uint64_t value[REGISTERS];
	const device_request *request;
} machine;

static bool calculate(uint8_t operation, bool narrow, uint64_t by, uint64_t *value)
{
	unsigned shift = (unsigned)(by & (narrow ? 31 : 63));
	uint64_t old = narrow ? (uint32_t)*value : *value, new;
	switch (operation) {
	case BPF_MOV:
		new = by;
		break;
	case BPF_ADD:
		new = old + by;
		break;
	case BPF_SUB:
		new = old - by;
		break;
	case BPF_AND:
		new = old &by;
		break;
	case BPF_OR:
		new = old | by;
		break;
	case BPF_XOR:
		new = old ^ by;
		break;
	case BPF_LSH:
		new = old << shift;
		break;
	case BPF_RSH:
		new = old >> shift;
		break;
	default:
		return false;
	}
	*value = narrow ? (uint32_t) new : new;
	return true;
}

/* 1: it jumps, 0: it does not, -1: unknown. */
static int compare(uint8_t operation, bool narrow, uint64_t a, uint64_t b)
{
	if (narrow) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (operation) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		return -1;
	}
}

/* Only from the request. Nothing is ever calculated with its address, or the answer is unknown. */
static bool load(machine *m, const struct bpf_insn *i)
{
	uint32_t words[3] = {m->request->access, m->request->major, m->request->minor}, word = 0;
	uint16_t half;
	if ((i->code & 0xe0) != BPF_MEM || i->src_reg != CONTEXT || i->off < 0)
		return false;
	if ((i->code & SIZE_MASK) == BPF_W && i->off <= 8 && i->off % 4 == 0)
		word = words[i->off / 4];
	else if ((i->code & SIZE_MASK) == BPF_H && i->off <= 10 && i->off % 2 == 0) {
		memcpy(&half, (const char *)words + i->off, sizeof half);
		word = half;
	} else
		return false;
	m->value[i->dst_reg] = word;
	return true;
}

int device_program_run(const struct bpf_insn *program, size_t count, const device_request *request)
{
	machine m = {.request = request};
	bool moved = false; /* the address of the request was overwritten or copied */
	for (size_t at = 0; at < count; at++) {
		const struct bpf_insn *i = &program[at];
		uint8_t class = BPF_CLASS(i->code), operation = BPF_OP(i->code);
		bool narrow = class == BPF_ALU || class == BPF_JMP32, by_register = BPF_SRC(i->code) == BPF_X;
		if (i->dst_reg >= REGISTERS || i->src_reg >= REGISTERS)
			return -1;
		if (class == BPF_JMP && operation == BPF_EXIT)
			return m.value[0] != 0;
		if (class == BPF_LDX) {
			if (moved || !load(&m, i))
				return -1;
			moved |= i->dst_reg == CONTEXT;
			continue;
		}
		uint64_t by = by_register ? m.value[i->src_reg] : (uint64_t)(int64_t)i->imm;
		if (by_register && i->src_reg == CONTEXT && !moved)
			return -1;
		if (class == BPF_ALU || class == BPF_ALU64) {
			if (!calculate(operation, narrow, narrow ? (uint32_t)by : by, &m.value[i->dst_reg]))
				return -1;
			moved |= i->dst_reg == CONTEXT;
		} else if (class == BPF_JMP || class == BPF_JMP32) {
			int jumps = class == BPF_JMP && operation == BPF_JA
					    ? 1
					    : compare(operation, narrow, m.value[i->dst_reg], by);
			if (jumps < 0 || i->off < 0)
				return -1;
			at += jumps ? (size_t)i->off : 0;
		} else
			return -1;
	}
	return -1;
}
