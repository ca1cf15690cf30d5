/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters of known meaning, evaluated with unknown arguments; and a real one, read back from a child. */
#include "kernel/seccomp.h"
#include "test.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR             offsetof(struct seccomp_data, nr)
#define ARCH           offsetof(struct seccomp_data, arch)
#define ARG(i)         (offsetof(struct seccomp_data, args) + 8 * (i))
#define ALLOW          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define LOAD(x)        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(x))
#define EQUAL(k, t, f) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (t), (f))

#define FILTER(...)                                                   \
	(&(seccomp_filter){(const struct sock_filter[]){__VA_ARGS__}, \
		sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter)})

static unsigned ask(const seccomp_filter *f, uint32_t number)
{
	return seccomp_outcomes(f, AUDIT_ARCH_X86_64, number);
}

TEST(seccomp_by_number)
{
	const seccomp_filter *f = FILTER(LOAD(NR), EQUAL(3, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 3), SECCOMP_RUNS);
	CHECK_INT(ask(f, 4), SECCOMP_REFUSED);
}

TEST(seccomp_by_architecture)
{
	const seccomp_filter *f = FILTER(LOAD(ARCH), EQUAL(AUDIT_ARCH_X86_64, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 1), SECCOMP_RUNS);
	CHECK_INT(seccomp_outcomes(f, AUDIT_ARCH_I386, 1), SECCOMP_REFUSED);
}

TEST(seccomp_by_argument)
{
	const seccomp_filter *f = FILTER(LOAD(ARG(0)), EQUAL(0, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 1), SECCOMP_RUNS | SECCOMP_REFUSED);
}

/* An argument cannot be 1 and 2: the branch that asks both is never taken. */
TEST(seccomp_impossible_branch)
{
	const seccomp_filter *f =
		FILTER(LOAD(ARG(1)), EQUAL(1, 0, 2), LOAD(ARG(1)), EQUAL(2, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 1), SECCOMP_RUNS | SECCOMP_REFUSED); /* ALLOW is reached from the first test, too */
	f = FILTER(LOAD(ARG(1)), EQUAL(1, 0, 3), LOAD(ARG(1)), EQUAL(2, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 1), SECCOMP_REFUSED);
}

TEST(seccomp_masked_argument)
{
	const seccomp_filter *f = FILTER(
		LOAD(ARG(0)), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7e020000), EQUAL(0, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 56), SECCOMP_RUNS | SECCOMP_REFUSED);
}

TEST(seccomp_memory_and_registers)
{
	const seccomp_filter *f = FILTER(LOAD(NR), BPF_STMT(BPF_ST, 2), BPF_STMT(BPF_LD | BPF_IMM, 9),
		BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_LD | BPF_MEM, 2),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0), EQUAL(12, 0, 1), ALLOW, REFUSE);
	CHECK_INT(ask(f, 3), SECCOMP_RUNS);
	CHECK_INT(ask(f, 4), SECCOMP_REFUSED);
}

TEST(seccomp_asked)
{
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)), 1), SECCOMP_ASKED);
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG)), 1), SECCOMP_RUNS);
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)), 1), SECCOMP_REFUSED);
}

TEST(seccomp_damaged)
{
	CHECK_INT(ask(FILTER(LOAD(NR)), 1), 0);                                      /* no end */
	CHECK_INT(ask(FILTER(EQUAL(0, 7, 7), ALLOW), 1), 0);                         /* past the end */
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), ALLOW), 1), 0); /* backwards */
	CHECK_INT(ask(FILTER(LOAD(NR + 1), ALLOW), 1), 0);                           /* no word */
	CHECK_INT(ask(FILTER(LOAD(sizeof(struct seccomp_data)), ALLOW), 1), 0);      /* past the data */
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_LD | BPF_MEM, BPF_MEMWORDS), ALLOW), 1), 0);
	CHECK_INT(ask(FILTER(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW), 1), 0);
	CHECK_INT(ask(&(seccomp_filter){0}, 1), 0);
}

/* Dividing by a register that is 0 is valid, and ends the program with 0: the call is refused. */
TEST(seccomp_division_by_zero)
{
	const seccomp_filter *f = FILTER(LOAD(NR), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), ALLOW);
	CHECK_INT(ask(f, 1), SECCOMP_REFUSED);
	f = FILTER(
		LOAD(ARG(0)), BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), ALLOW);
	CHECK_INT(ask(f, 1), SECCOMP_RUNS | SECCOMP_REFUSED);
}

/* Branches upon branches: 2^40 paths, which nobody follows to the end. */
TEST(seccomp_endless_branches)
{
	struct sock_filter code[82];
	for (int i = 0; i < 40; i++) {
		code[2 * i] = (struct sock_filter)LOAD(ARG(i % 6));
		code[2 * i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)i, 0, 0);
	}
	code[80] = (struct sock_filter)ALLOW;
	CHECK_INT(ask(&(seccomp_filter){code, 81}, 1), 0);
}

TEST(seccomp_strictest_of_two)
{
	static const unsigned expected[] = {SECCOMP_RUNS, SECCOMP_RUNS | SECCOMP_REFUSED,
		SECCOMP_ASKED | SECCOMP_REFUSED, SECCOMP_REFUSED};
	const seccomp_filter *filters[] = {FILTER(ALLOW), FILTER(LOAD(ARG(0)), EQUAL(0, 0, 1), ALLOW, REFUSE),
		FILTER(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)), FILTER(REFUSE)};
	arena a = {0};
	seccomp_stack s = {0};
	for (size_t i = 0; i < 4; i++) {
		list_push(&a, &s.filters, *filters[i]);
		CHECK_INT(seccomp_stack_outcomes(&s, AUDIT_ARCH_X86_64, 1), expected[i]);
	}
	arena_done(&a);
}

TEST(seccomp_tables)
{
	arena a = {0};
	uint32_t dangerous = 0;
	const seccomp_call *calls = seccomp_calls(&a);
	for (const seccomp_call *c = calls; c->name; c++) {
		CHECK(c == calls || strcmp(c[-1].name, c->name) < 0);
		dangerous += seccomp_danger_of(span_of(c->name)) != NULL;
	}
	if (seccomp_architecture == AUDIT_ARCH_X86_64)
		CHECK_INT(dangerous, 56); /* all of them: the table is in order, and names calls that exist */
	CHECK(seccomp_danger_of(SPAN("bpf")) && !seccomp_danger_of(SPAN("read")));
	arena_done(&a);
}

/* A child gives itself a filter and waits; what is read back is what it has installed. */
static _Noreturn void confined_child(int ready)
{
	struct sock_filter code[] = {LOAD(NR), EQUAL(424242, 0, 1), REFUSE, ALLOW};
	struct sock_fprog program = {.len = 4, .filter = code};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	char word = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 'y' : 'n';
	if (write(ready, &word, 1) == 1)
		pause();
	_exit(0);
}

TEST(seccomp_read_back)
{
	arena a = {0};
	error e = {0};
	seccomp_stack s = {0};
	int ends[2];
	char word = 'n';
	CHECK(pipe(ends) == 0);
	pid_t child = fork();
	if (child == 0)
		confined_child(ends[1]);
	ssize_t n = read(ends[0], &word, 1);
	int got = n == 1 && word == 'y' ? seccomp_read(child, &a, &s, &e) : -ERROR_DENIED;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (got < 0) { /* an ordinary user, or a test that runs under a filter itself */
		printf("# filters cannot be read back here: %s\n", e.text);
		return;
	}
	CHECK_INT(s.filters.count, 1);
	CHECK_INT(s.filters.items[0].count, 4);
	CHECK_INT(ask(&s.filters.items[0], 424242), SECCOMP_REFUSED);
	CHECK_INT(ask(&s.filters.items[0], 1), SECCOMP_RUNS);
	CHECK(s.stopped > 0);
	arena_done(&a);
}

TEST_MAIN()
