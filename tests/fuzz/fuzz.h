/* SPDX-License-Identifier: Apache-2.0
 *
 * A fuzz target is one function, FUZZ(bytes) { … }, in a file fuzz_NAME.c. With clang's libFuzzer it searches; without,
 * replay.c runs it over the committed corpus, so that every finding stays a test. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ(bytes)                                                  \
	static void fuzz_one(span bytes);                            \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{                                                            \
		fuzz_one((span){(const char *)data, size});          \
		return 0;                                            \
	}                                                            \
	static void fuzz_one(span bytes)

/* An invariant beyond not crashing. */
#define FUZZ_HOLDS(condition)             \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)
