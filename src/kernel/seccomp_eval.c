/* SPDX-License-Identifier: Apache-2.0
 *
 * Classic BPF over struct seccomp_data (linux/seccomp.h), once with known arguments and once with unknown ones.
 *
 * The second is what an audit needs: number and architecture are known, the arguments are not. A branch that depends on them is followed both ways; where an
 * argument was found equal to a number, it is that number from there on. Programs only jump forward, so every path ends; LIMIT_SECCOMP_STEPS bounds how much
 * is followed of a program that branches without end. */
#include "kernel/seccomp.h"

#include "base/limits.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

enum { WORDS = sizeof(struct seccomp_data) / 4, NO_WORD = 255 };

typedef struct cell { /* a register or a word of memory */
	uint32_t value;
	bool known;
	uint8_t word; /* the word of seccomp_data that it was loaded from, or NO_WORD */
} cell;

typedef struct state {
	uint32_t at; /* the next instruction */
	cell a, x, memory[BPF_MEMWORDS], data[WORDS];
} state;

static unsigned outcome_of(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return SECCOMP_RUNS;
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_USER_NOTIF:
		return SECCOMP_ASKED;
	default: /* what the kernel does not know ends the process */
		return SECCOMP_REFUSED;
	}
}

static cell known(uint32_t value)
{
	return (cell){.value = value, .known = true, .word = NO_WORD};
}

static cell unknown(void)
{
	return (cell){.word = NO_WORD};
}

/* --- instructions --- */

static bool load(const state *s, const struct sock_filter *i, cell *into)
{
	switch (BPF_MODE(i->code)) {
	case BPF_IMM:
		*into = known(i->k);
		return true;
	case BPF_ABS:
		if (i->k % 4 || i->k / 4 >= WORDS || BPF_SIZE(i->code) != BPF_W)
			return false;
		*into = s->data[i->k / 4];
		return true;
	case BPF_MEM:
		if (i->k >= BPF_MEMWORDS)
			return false;
		*into = s->memory[i->k];
		return true;
	case BPF_LEN:
		*into = known(sizeof(struct seccomp_data));
		return true;
	default:
		return false;
	}
}

/* Shifts by more than 31 and divisions by a constant 0 are refused by the kernel's checker. */
static bool calculate(uint16_t op, uint32_t a, uint32_t b, uint32_t *ret)
{
	switch (op) {
	case BPF_ADD:
		*ret = a + b;
		return true;
	case BPF_SUB:
		*ret = a - b;
		return true;
	case BPF_MUL:
		*ret = a * b;
		return true;
	case BPF_DIV:
		*ret = b ? a / b : 0;
		return true;
	case BPF_AND:
		*ret = a & b;
		return true;
	case BPF_OR:
		*ret = a | b;
		return true;
	case BPF_XOR:
		*ret = a ^ b;
		return true;
	case BPF_LSH:
		*ret = b < 32 ? a << b : 0;
		return true;
	case BPF_RSH:
		*ret = b < 32 ? a >> b : 0;
		return true;
	case BPF_NEG:
		*ret = -a;
		return true;
	default:
		return false;
	}
}

static bool holds(uint16_t op, uint32_t a, uint32_t b)
{
	return op == BPF_JEQ ? a == b : op == BPF_JGT ? a > b : op == BPF_JGE ? a >= b : (a & b) != 0;
}

static bool is_test(uint16_t op)
{
	return op == BPF_JEQ || op == BPF_JGT || op == BPF_JGE || op == BPF_JSET;
}

/* What is learnt from a test that was true: the argument is that number, wherever it is loaded again. */
static void learn(state *s, const struct sock_filter *i, cell by)
{
	if (BPF_OP(i->code) != BPF_JEQ || !by.known)
		return;
	if (s->a.word != NO_WORD) {
		s->data[s->a.word].value = by.value;
		s->data[s->a.word].known = true;
	}
	s->a.value = by.value;
	s->a.known = true;
}

/* --- following a program --- */

typedef struct walk {
	const seccomp_filter *filter;
	LIST(state) waiting; /* branches that were not followed yet */
	arena *arena;
	uint32_t steps;
	unsigned outcomes;
	bool damaged;
} walk;

/* A division by a register that is 0 ends the program, with the answer 0. */
typedef enum computed { COMPUTED, COMPUTED_ENDS, COMPUTED_DAMAGED } computed;

static computed arithmetic(walk *w, state *s, const struct sock_filter *i)
{
	uint32_t result = 0;
	bool from_x = BPF_SRC(i->code) == BPF_X;
	cell by = from_x ? s->x : known(i->k);
	uint16_t op = BPF_OP(i->code);
	if (!calculate(op, s->a.value, by.value, &result) || (op == BPF_DIV && !from_x && i->k == 0))
		return COMPUTED_DAMAGED;
	if (op == BPF_DIV && (!by.known || by.value == 0))
		w->outcomes |= outcome_of(SECCOMP_RET_KILL_THREAD);
	if (op == BPF_DIV && by.known && by.value == 0)
		return COMPUTED_ENDS;
	bool certain = s->a.known && (by.known || op == BPF_NEG);
	s->a = certain ? known(result) : unknown();
	return COMPUTED;
}

/* Follows a jump; of a test that cannot be decided the second branch waits. */
static bool jump(walk *w, state *s, const struct sock_filter *i)
{
	uint16_t op = BPF_OP(i->code);
	if (op == BPF_JA) {
		s->at += i->k;
		return i->k < w->filter->count;
	}
	if (!is_test(op))
		return false;
	cell by = BPF_SRC(i->code) == BPF_X ? s->x : known(i->k);
	if (s->a.known && by.known) {
		s->at += holds(op, s->a.value, by.value) ? i->jt : i->jf;
		return true;
	}
	state other = *s;
	other.at += i->jf;
	list_push(w->arena, &w->waiting, other);
	s->at += i->jt;
	learn(s, i, by);
	return true;
}

/* One instruction; false: the path ends here. */
static bool step(walk *w, state *s)
{
	bool valid = s->at < w->filter->count;
	const struct sock_filter *i = valid ? &w->filter->code[s->at++] : NULL;
	if (valid && BPF_CLASS(i->code) == BPF_RET) {
		uint16_t from = BPF_RVAL(i->code);
		cell answer = from == BPF_A ? s->a : known(i->k);
		w->outcomes |= answer.known ? outcome_of(answer.value)
					    : SECCOMP_RUNS | SECCOMP_REFUSED | SECCOMP_ASKED;
		return false;
	}
	if (valid)
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			valid = load(s, i, &s->a);
			break;
		case BPF_LDX:
			valid = load(s, i, &s->x);
			break;
		case BPF_ST:
		case BPF_STX:
			valid = i->k < BPF_MEMWORDS;
			if (valid)
				s->memory[i->k] = BPF_CLASS(i->code) == BPF_ST ? s->a : s->x;
			break;
		case BPF_ALU: {
			computed c = arithmetic(w, s, i);
			if (c == COMPUTED_ENDS)
				return false;
			valid = c == COMPUTED;
			break;
		}
		case BPF_JMP:
			valid = jump(w, s, i);
			break;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				s->x = s->a;
			else
				s->a = s->x;
			break;
		default:
			valid = false;
		}
	w->damaged |= !valid;
	return valid;
}

static unsigned follow(const seccomp_filter *f, const state *start)
{
	arena a = {0};
	walk w = {.filter = f, .arena = &a};
	list_push(&a, &w.waiting, *start);
	while (w.waiting.count && !w.damaged && w.steps < LIMIT_SECCOMP_STEPS) {
		state s = w.waiting.items[--w.waiting.count];
		while (step(&w, &s) && ++w.steps < LIMIT_SECCOMP_STEPS)
			;
	}
	bool whole = !w.damaged && w.steps < LIMIT_SECCOMP_STEPS;
	arena_done(&a);
	return whole ? w.outcomes : 0;
}

static state start_state(void)
{
	state s = {.a = known(0), .x = known(0)};
	for (int i = 0; i < BPF_MEMWORDS; i++)
		s.memory[i] = known(0);
	for (int i = 0; i < WORDS; i++)
		s.data[i] = (cell){.word = (uint8_t)i};
	return s;
}

unsigned seccomp_outcomes(const seccomp_filter *f, uint32_t audit, uint32_t number)
{
	state s = start_state();
	s.data[offsetof(struct seccomp_data, nr) / 4] = known(number);
	s.data[offsetof(struct seccomp_data, arch) / 4] = known(audit);
	return follow(f, &s);
}

unsigned seccomp_run(const seccomp_filter *f, const struct seccomp_data *data)
{
	state s = start_state();
	for (size_t i = 0; i < WORDS; i++) {
		uint32_t word;
		memcpy(&word, (const char *)data + 4 * i, sizeof word);
		s.data[i] = known(word);
	}
	return follow(f, &s);
}

/* The strictest of what two filters say, for every pair of what they may say. */
static unsigned combine(unsigned a, unsigned b)
{
	static const unsigned from_strictest[] = {SECCOMP_REFUSED, SECCOMP_ASKED, SECCOMP_RUNS};
	unsigned ret = 0, stricter = 0;
	for (size_t i = 0; i < sizeof from_strictest / sizeof *from_strictest; i++) {
		unsigned one = from_strictest[i];
		/* It is the answer when one filter says it and the other nothing stricter. */
		if ((a & one && b & ~stricter) || (b & one && a & ~stricter))
			ret |= one;
		stricter |= one;
	}
	return ret;
}

unsigned seccomp_stack_outcomes(const seccomp_stack *s, uint32_t audit, uint32_t number)
{
	unsigned ret = SECCOMP_RUNS;
	for (uint32_t i = 0; i < s->filters.count && ret; i++) {
		unsigned one = seccomp_outcomes(&s->filters.items[i], audit, number);
		ret = one ? combine(ret, one) : 0;
	}
	return ret;
}
