/* SPDX-License-Identifier: Apache-2.0
 *
 * The header WWW-Authenticate. */
#include "fetch/challenge.h"
#include "fuzz.h"

FUZZ(bytes)
{
	arena a = {0};
	challenge c = challenge_parse(bytes, &a);
	FUZZ_HOLDS(c.realm.n <= bytes.n && c.service.n <= bytes.n && c.scope.n <= bytes.n);
	arena_done(&a);
}
