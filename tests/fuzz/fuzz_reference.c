/* SPDX-License-Identifier: Apache-2.0
 *
 * References: what is taken reads the same again; nothing that could end a line or leave a path of a URL is in it. */
#include "formats/reference.h"
#include "fuzz.h"

FUZZ(bytes)
{
	arena a = {0};
	reference r, again;
	error e;
	if (reference_parse(bytes, &a, &r, &e) >= 0) {
		span whole = reference_text(&r, &a);
		for (size_t i = 0; i < whole.n; i++)
			FUZZ_HOLDS(whole.p[i] > ' ' && whole.p[i] < 0x7f && !strchr("?#%\"\\", whole.p[i]));
		FUZZ_HOLDS(!span_contains(whole, "/.") && !span_contains(whole, "//"));
		FUZZ_HOLDS(reference_parse(whole, &a, &again, &e) >= 0 &&
			   span_equal(reference_text(&again, &a), whole));
	}
	arena_done(&a);
}
