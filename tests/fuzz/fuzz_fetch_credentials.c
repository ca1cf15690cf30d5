/* SPDX-License-Identifier: Apache-2.0
 *
 * Credential files, and what credential programs say. */
#include "fetch/credentials.h"
#include "fuzz.h"

FUZZ(bytes)
{
	arena a = {0};
	credential c;
	span program = {0};
	error e;
	int got = credentials_read("f", bytes, SPAN("docker.io"), SPAN("team/app"), &a, &c, &program, &e);
	FUZZ_HOLDS(got != 1 || c.secret.n > 0);
	FUZZ_HOLDS(got != 2 || program.n > 0);
	FUZZ_HOLDS(credentials_program_read(bytes, &a, &c, &e) != 1 || c.secret.n > 0);
	arena_done(&a);
}
