/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests: TEST(name) { CHECK(…); } registers itself; TEST_MAIN() runs them all and speaks TAP.
 * A failed CHECK says where and goes on with the next test. */
#pragma once

#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct test {
	const char *name;
	void (*run)(struct test *);
	struct test *next;
	bool failed;
} test;

extern test *test_first, **test_last;

#define TEST(name)                                                          \
	static void test_##name(test *test_self);                           \
	static test test_row_##name = {#name, test_##name, NULL, false};    \
	__attribute__((constructor)) static void test_register_##name(void) \
	{                                                                   \
		*test_last = &test_row_##name;                              \
		test_last = &test_row_##name.next;                          \
	}                                                                   \
	static void test_##name(test *test_self __attribute__((unused)))

#define TEST_FAIL(...)                                   \
	do {                                             \
		printf("# %s:%d: ", __FILE__, __LINE__); \
		printf(__VA_ARGS__);                     \
		printf("\n");                            \
		test_self->failed = true;                \
		return;                                  \
	} while (0)

#define CHECK(condition)                                           \
	do {                                                       \
		if (!(condition))                                  \
			TEST_FAIL("%s does not hold", #condition); \
	} while (0)

#define CHECK_SPAN(got, want)                                                                         \
	do {                                                                                          \
		span got_ = (got), want_ = span_of(want);                                             \
		if (!span_equal(got_, want_))                                                         \
			TEST_FAIL("%s is '%.*s', not '%.*s'", #got, SPAN_ARG(got_), SPAN_ARG(want_)); \
	} while (0)

#define CHECK_INT(got, want)                                                  \
	do {                                                                  \
		long long got_ = (long long)(got), want_ = (long long)(want); \
		if (got_ != want_)                                            \
			TEST_FAIL("%s is %lld, not %lld", #got, got_, want_); \
	} while (0)

#define TEST_MAIN()                                                                      \
	test *test_first = NULL, **test_last = &test_first;                              \
	int main(void)                                                                   \
	{                                                                                \
		int n = 0, failed = 0;                                                   \
		for (test *t = test_first; t; t = t->next) {                             \
			t->run(t);                                                       \
			printf("%sok %d - %s\n", t->failed ? "not " : "", ++n, t->name); \
			failed += t->failed;                                             \
		}                                                                        \
		printf("1..%d\n", n);                                                    \
		return failed ? EXIT_FAILURE : EXIT_SUCCESS;                             \
	}
